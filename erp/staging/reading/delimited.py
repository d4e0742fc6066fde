"""CSV files: encoding and separator are found out, or said by the person who uploads."""

import codecs
import csv
import io
import re

from erp.staging.reading.files import MOST_LINES, ReadFile, Unreadable, table_of

ENCODINGS = {"utf-8": "UTF-8", "utf-16": "UTF-16", "cp1252": "Latin-1"}
SEPARATORS = {";": "semicolon", ",": "comma", "\t": "tab", "|": "bar"}
BINARY = re.compile(r"[\x00-\x08\x0e-\x1f]")
# Excel writes this as a first line to say its separator.
HINTED = set(SEPARATORS)
HINT = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)


def read_csv(data, *, encoding="", separator=""):
    """The table of a CSV file; an empty ``encoding`` or ``separator`` is found out."""
    text, encoding = _decode(data, encoding)
    if BINARY.search(text):
        raise Unreadable("This is not a text file. CSV and XLSX files are taken.")
    if hint := HINT.match(text):
        text, separator = text[hint.end() :], separator or (hint[1] if hint[1] in HINTED else "")
    separator = separator or _separator_of(text)
    header, lines = table_of(_rows(text, separator))
    how = f"CSV, {ENCODINGS[encoding]}, {SEPARATORS.get(separator, separator)}"
    return ReadFile(header=header, lines=lines, how=how)


def _decode(data, encoding):
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    if data.startswith(codecs.BOM_UTF8):
        data, encoding = data[len(codecs.BOM_UTF8) :], "utf-8"
    tried = [encoding] if encoding else ["utf-8", "cp1252"]
    for name in tried:
        try:
            return data.decode(name), name
        except UnicodeDecodeError:
            continue
    if encoding in {"", "cp1252"}:
        return data.decode("latin-1"), "cp1252"
    raise Unreadable(f"The file is not written in {ENCODINGS[encoding]}. Choose another encoding, or let it be found.")


def _separator_of(text):
    """The one that the header has most of, outside of quotes."""
    first = re.sub(r'"[^"]*"', "", next((line for line in text.splitlines() if line.strip()), ""))
    found = max(SEPARATORS, key=first.count)
    return found if first.count(found) else ";"


def _rows(text, separator):
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    start = 1
    try:
        for cells in reader:
            yield start, [cell.strip() for cell in cells]
            start = reader.line_num + 1
            if start > 4 * MOST_LINES:
                raise Unreadable(f"The file has more than {MOST_LINES:,} lines. Divide it.")
    except csv.Error as error:
        raise Unreadable(f"Line {start} cannot be read as CSV ({error}). Look at its quotation marks.") from error
