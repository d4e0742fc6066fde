"""Reading the files: text without a header, each line checked before anything is written.

A file that is missing or broken raises BadFile with the file, the line and the column, and stops the load.
"""

import re
from collections import namedtuple
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

FOLDERS = ("", "oltp-2014", "rebuilt")
WHOLE = re.compile(r"[0-9]{1,9}")
DECIMAL = re.compile(r"(?=\.?[0-9])[0-9]{0,10}(\.[0-9]{0,9})?")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}( [0-9:.]+)?")
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f]")


class BadFile(Exception):
    """A file that cannot be loaded; one sentence says where and why."""


def whole(text):
    """A whole number, 0 or more."""
    if not WHOLE.fullmatch(text):
        raise ValueError("is not a whole number of at most nine digits")
    return int(text)


def above_zero(text):
    if not (number := whole(text)):
        raise ValueError("is not above 0")
    return number


def amount(text):
    """A decimal number, 0 or more; AdventureWorks writes .00 for nothing."""
    if not DECIMAL.fullmatch(text):
        raise ValueError("is not a number of at most ten digits")
    return Decimal(text)


def positive(text):
    if not (number := amount(text)):
        raise ValueError("is not above 0")
    return number


def share(text):
    if (number := amount(text)) > 1:
        raise ValueError("is above 1")
    return number


@lru_cache(maxsize=10_000)
def day(text):
    """The date of a date and time; AdventureWorks plans in whole days."""
    if not DAY.fullmatch(text):
        raise ValueError("is not a date like 2013-08-02 00:00:00")
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise ValueError("is not a day of the calendar") from None


def flag(text):
    if text not in {"0", "1"}:
        raise ValueError("is neither 0 nor 1")
    return text == "1"


def words(most):
    """Text of at most so many characters, without the blanks that fill fixed columns."""

    def parse(text):
        text = text.strip()
        if not text:
            raise ValueError("is empty")
        if len(text) > most:
            raise ValueError(f"is longer than {most} characters")
        if UNPRINTABLE.search(text):
            raise ValueError("has a control character")
        return text

    return parse


def optional(parse):
    """An empty column is None."""
    return lambda text: parse(text) if text.strip() else None


class Layout:
    """One kind of file: its columns in order, and which of them are read: ``attribute=("Column", parser)``.

    ``unique`` names attributes of which no two lines may have the same value. A row is a named tuple of the attributes
    and ``line``, its number in the file.
    """

    def __init__(self, names, columns, *, unique=(), encoding="cp1252", between="\t", ending="\n", **read):
        self.names = [f"{name}.csv" for name in names.split()]
        self.columns = columns.split()
        self.unique = unique
        self.encoding, self.between, self.ending = encoding, between, ending
        self.read = [(self.columns.index(column), parser) for column, parser in read.values()]
        self.titles = {name: column for name, (column, _parser) in read.items()}
        self.Row = namedtuple(self.names[0].removesuffix(".csv"), [*read, "line"])

    def parse(self, path):
        """All rows of a file."""
        rows = [self._row(path.name, line, record) for line, record in self._records(path)]
        if not rows:
            raise BadFile(f"{path.name}, line 1, column 1: the file is empty.")
        for attribute in self.unique:
            self._check_unique(path.name, rows, attribute)
        return rows

    def _records(self, path):
        """(line, text) of each record; a record of the wide files may have line breaks inside."""
        text = self._text(path).replace("\r\n", "\n")
        *records, rest = text.split(self.ending)
        line = 1
        for record in [*records, rest] if rest.strip() else records:
            yield line, record
            line += record.count("\n") + 1

    def _text(self, path):
        try:
            data = path.read_bytes()
        except OSError as error:
            raise BadFile(f"{path.name} cannot be read: {error.strerror}.") from error
        try:
            return data.decode(self.encoding)
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            raise BadFile(f"{path.name}, line {line}: this is not {self.encoding} text.") from error

    def _row(self, file, line, record):
        cells = record.split(self.between)
        if len(cells) != len(self.columns):
            where = f"{file}, line {line}, column {min(len(cells), len(self.columns))}"
            raise BadFile(f"{where}: the line has {len(cells)} columns, not {len(self.columns)}.")
        values = []
        for place, parse in self.read:
            try:
                values.append(parse(cells[place]))
            except ValueError as error:
                where = f"{file}, line {line}, column {place + 1} ({self.columns[place]})"
                raise BadFile(f"{where}: “{cells[place][:40]}” {error}.") from None
        return self.Row(*values, line)

    def _check_unique(self, file, rows, attribute):
        lines = {}
        for row in rows:
            value = getattr(row, attribute)
            if value in lines:
                title = self.titles[attribute]
                where = f"{file}, line {row.line}, column {self.columns.index(title) + 1} ({title})"
                raise BadFile(f"{where}: {value} stands on line {lines[value]} already.")
            lines[value] = row.line


class Source:
    """A folder with the files, as they were published or all beside each other. Each file is read once."""

    def __init__(self, folder):
        self.folder = Path(folder)
        if not self.folder.is_dir():
            raise BadFile(f"{folder} is not a folder.")
        self._rows = {}

    def rows(self, layout):
        if layout not in self._rows:
            self._rows[layout] = layout.parse(self.path_of(layout))
        return self._rows[layout]

    def path_of(self, layout):
        for name in layout.names:
            for folder in FOLDERS:
                if (path := self.folder / folder / name).is_file():
                    return path
        places = ", ".join(folder for folder in FOLDERS if folder)
        raise BadFile(f"{layout.names[0]} is missing: it is neither in {self.folder} nor in its folders {places}.")
