"""XLSX files. What a hostile one might do to the reader is looked at first, in the unpacked parts.

A sheet is read as one rectangle from A1 to its last cell, so a cell far out would need all memory there is; and a
small archive may unpack to gigabytes. Formulas are never computed: a cell is the value that was saved with it.
"""

import io
import re
import zipfile
import zlib
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal

from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

from erp.staging.reading.files import MOST_COLUMNS, MOST_LINES, ReadFile, Unreadable, table_of

MOST_PARTS, MOST_UNPACKED = 500, 100 * 1024 * 1024
NEEDED = re.compile(r"\[Content_Types\]\.xml|_rels/.*|xl/(?!media/|drawings/|charts/|printerSettings/|vba).*")
SHEET = re.compile(r"xl/worksheets/.*\.xml", re.IGNORECASE)
PLACE = re.compile(rb"""\sr\s*=\s*["']\s*([A-Za-z]*)([0-9]*)""")
STARTS = re.compile(rb"<(?:[^\s<>/:]+:)?(row|c)[\s/>]")
BROKEN = (zipfile.BadZipFile, CalamineError, RuntimeError, NotImplementedError, zlib.error, OSError, ValueError)
MILLIONTH = Decimal("0.000001")
TOO_LONG = f"The sheet has more than {MOST_LINES:,} lines. Delete what is far down, or divide it."
NOT_A_SHEET = "This XLSX file is damaged or none at all. Open it in a spreadsheet and save it again, or use CSV."


def read_xlsx(data):
    """The table on the first visible sheet."""
    try:
        name, rows = _rows_of(_unpacked(data))
    except Unreadable:
        raise
    except BROKEN as error:
        raise Unreadable(NOT_A_SHEET) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # what the reader's own language raises; not an Exception
            raise
        raise Unreadable(NOT_A_SHEET) from error
    header, lines = table_of((number, [_cell(cell) for cell in cells]) for number, cells in enumerate(rows, start=1))
    return ReadFile(header=header, lines=lines, how=f"XLSX, sheet “{name}”", texts_only=False)


def _unpacked(data):
    """The parts that hold the table, as an archive without compression: what is checked here is what is read."""
    left, copy = MOST_UNPACKED, io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(copy, "w") as plain:
        parts = [part for part in archive.infolist() if NEEDED.fullmatch(part.filename)]
        if len(parts) > MOST_PARTS:
            raise Unreadable(
                f"The XLSX file has more than {MOST_PARTS} parts. Save the one sheet as a file of its own."
            )
        for part in parts:
            with archive.open(part) as reading:
                content = reading.read(left + 1)
            left -= len(content)
            if left < 0:
                most = MOST_UNPACKED // 1024 // 1024
                raise Unreadable(f"The XLSX file unpacks to more than {most} MB. Divide it, or save it as CSV.")
            if SHEET.fullmatch(part.filename):
                _check_places(content)
                _check_counts(content)
            plain.writestr(part.filename, content)
    copy.seek(0)
    return copy


def _check_counts(content):
    """Rows and cells need not say their places: then each stands after the one before."""
    rows = cells = 0
    for start in STARTS.finditer(content):
        rows, cells = (rows + 1, 0) if start[1] == b"row" else (rows, cells + 1)
        if rows > 4 * MOST_LINES:
            raise Unreadable(TOO_LONG)
        if cells > 2 * MOST_COLUMNS:
            raise Unreadable("The sheet has far too many columns. Delete what is not part of the table.")


def _check_places(content):
    for place in PLACE.finditer(content):
        letters, digits = place[1].upper(), place[2]
        if len(digits) > 7 or int(digits or 0) > 4 * MOST_LINES:
            raise Unreadable(TOO_LONG)
        if len(letters) > 3 or _column(letters) > 2 * MOST_COLUMNS:
            where = (letters + digits).decode()
            raise Unreadable(f"The sheet has a cell far to the right, {where}. Delete what is not part of the table.")


def _column(letters):
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _rows_of(archive):
    with CalamineWorkbook.from_filelike(archive) as book:
        seen = [sheet.name for sheet in book.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible]
        names = seen or book.sheet_names
        if not names:
            raise Unreadable("The XLSX file has no sheet.")
        return names[0], book.get_sheet_by_name(names[0]).to_python(skip_empty_area=False)


def _cell(value):
    """A number is exact again: it comes as a float, and only millionths of it mean anything here."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, time | timedelta):
        return str(value)
    if isinstance(value, date):
        return value
    return str(value).replace("\x00", "").strip()


def _number(value):
    exact = Decimal(str(value))
    if not exact.is_finite() or abs(exact) >= Decimal(10) ** 20:
        return str(value)
    rounded = exact.quantize(MILLIONTH, rounding=ROUND_HALF_UP) if exact.as_tuple().exponent < 0 else exact
    whole = rounded.to_integral_value()
    return whole if whole == rounded else rounded.normalize()
