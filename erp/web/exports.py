"""The one writer of spreadsheets: what a person gets is data, never a formula.

Numbers and dates stay numbers and dates. Text that a spreadsheet might run gets an apostrophe in front.
"""

import csv
import io
import re
import tempfile
from datetime import date, datetime
from decimal import Decimal

import xlsxwriter
from django.http import FileResponse
from django.utils import timezone

# ASCII and full-width forms of = + - @, tab, carriage return and line feed; spaces before them do not help.
RISKY = re.compile(r"\s*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
BIGGEST_CELL = 32_767
EXACT_DIGITS = 15


def export(rows, *, header, name, kind):
    """A download of ``rows`` (lists of values) under ``header``; ``kind`` is csv or xlsx."""
    handle = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    WRITERS[kind](handle, header, rows)
    handle.seek(0)
    filename = f"{re.sub(r'[^a-z0-9-]+', '-', str(name).lower()).strip('-') or 'list'}.{kind}"
    return FileResponse(handle, as_attachment=True, filename=filename, content_type=TYPES[kind])


def small_file(rows, *, header, kind):
    """The same as bytes, for a handful of rows: an example, an attachment."""
    handle = io.BytesIO()
    WRITERS[kind](handle, header, rows)
    return handle.getvalue()


def safe_cell(value):
    """The value as a spreadsheet may have it: typed if it is a number, a date or a truth, else harmless text."""
    if value is None or isinstance(value, bool | int | float | Decimal | date):
        return value
    text = UNPRINTABLE.sub("", str(value))[: BIGGEST_CELL - 1]
    return f"'{text}" if RISKY.match(text) else text


def _write_csv(handle, header, rows):
    text = io.TextIOWrapper(handle, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow([safe_cell(str(cell)) for cell in header])
    writer.writerows([_csv_text(safe_cell(cell)) for cell in row] for row in rows)
    text.detach()


def _csv_text(cell):
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    if isinstance(cell, datetime):
        return _local(cell).isoformat(sep=" ", timespec="seconds")
    return cell.isoformat() if isinstance(cell, date) else cell


def _local(moment):
    return timezone.localtime(moment).replace(tzinfo=None) if timezone.is_aware(moment) else moment


def _write_xlsx(handle, header, rows):
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(handle, options)
    sheet = book.add_worksheet()
    bold = book.add_format({"bold": True})
    formats = {date: book.add_format({"num_format": "yyyy-mm-dd"})}
    formats[datetime] = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    for column, cell in enumerate(header):
        sheet.write_string(0, column, safe_cell(str(cell)), bold)
    sheet.freeze_panes(1, 0)
    for number, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            _write_cell(sheet, number, column, safe_cell(cell), formats)
    book.close()


def _write_cell(sheet, row, column, cell, formats):
    if cell is None:
        return
    if isinstance(cell, bool):
        sheet.write_boolean(row, column, cell)
    elif isinstance(cell, datetime):
        sheet.write_datetime(row, column, _local(cell), formats[datetime])
    elif isinstance(cell, date):
        sheet.write_datetime(row, column, datetime(cell.year, cell.month, cell.day), formats[date])  # noqa: DTZ001
    elif isinstance(cell, int | float | Decimal):
        _write_number(sheet, row, column, cell)
    else:
        sheet.write_string(row, column, cell)


def _write_number(sheet, row, column, cell):
    """A spreadsheet keeps fifteen digits: a longer number is written as text rather than changed."""
    number = Decimal(str(cell))
    if not number.is_finite() or len(number.normalize().as_tuple().digits) > EXACT_DIGITS:
        sheet.write_string(row, column, f"{number:f}")
    else:
        sheet.write_number(row, column, number)


WRITERS = {"csv": _write_csv, "xlsx": _write_xlsx}
