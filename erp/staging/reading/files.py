"""One way in for every file: a header and its lines, or one sentence that says why it cannot be read."""

import hashlib
from dataclasses import dataclass, field

from erp.exceptions import Refused

MOST_BYTES = 5 * 1024 * 1024
MOST_LINES = 20_000
MOST_COLUMNS = 100
LONGEST_CELL = 1000
LONGEST_IN_MESSAGE = 60

ZIP, OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


class Unreadable(Refused):
    """The file is not a table that can be read; nothing was stored."""


@dataclass(frozen=True)
class ReadFile:
    """The table that a file holds. A cell is a text, a Decimal, a date or None."""

    header: list
    lines: list  # (line number in the file, its cells)
    how: str  # in words: what kind of file, encoding, separator
    digest: str = ""
    texts_only: bool = field(default=True)  # CSV: numbers and dates are still texts


def digest_of(data):
    return hashlib.sha256(data).hexdigest()


def check_size(size):
    """Refuse an empty file and one that is too large, before it is read."""
    if size == 0:
        raise Unreadable("The file is empty.")
    if size > MOST_BYTES:
        megabytes, most = size / 1024 / 1024, MOST_BYTES // 1024 // 1024
        raise Unreadable(f"The file has {megabytes:.1f} MB; at most {most} MB are taken. Divide it.")


def kind_of(data):
    """``xlsx`` or ``csv``, by what the file begins with: names lie."""
    if data.startswith(OLD_EXCEL):
        raise Unreadable("This is an old or a protected Excel file. Save it as XLSX without a password, or as CSV.")
    return "xlsx" if data.startswith(ZIP) else "csv"


def table_of(rows):
    """(header, lines) of numbered rows: the first row that is not empty is the header, empty rows are passed over."""
    filled = ((number, cells) for number, cells in rows if any(cell not in (None, "") for cell in cells))
    number, header = next(filled, (0, []))
    if not header:
        raise Unreadable("The file has no lines.")
    if len(header) > MOST_COLUMNS:
        raise Unreadable(f"The header in line {number} has {len(header)} columns; at most {MOST_COLUMNS} are taken.")
    lines = []
    for line in filled:
        lines.append(line)
        if len(lines) > MOST_LINES:
            raise Unreadable(f"The file has more than {MOST_LINES:,} lines. Divide it.")
    if not lines:
        raise Unreadable("The file has a header and no lines below it.")
    return ["" if cell is None else str(cell).strip() for cell in header], lines


def short(text):
    """A cell as a sentence quotes it."""
    text = str(text)
    return text if len(text) <= LONGEST_IN_MESSAGE else f"{text[: LONGEST_IN_MESSAGE - 1]}…"
