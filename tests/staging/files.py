"""Files as people and hostile programs make them."""

import io
import zipfile

from openpyxl import Workbook

from erp.staging.kinds import kinds
from erp.staging.operations import stage
from erp.staging.reading.values import Habits
from erp.staging.uploads import read


def csv_of(header, *rows, separator=";"):
    """A CSV file, UTF-8."""
    return "\r\n".join(separator.join(str(cell) for cell in row) for row in [header, *rows]).encode()


def xlsx_of(*rows, name="Sheet1"):
    book, handle = Workbook(), io.BytesIO()
    book.active.title = name
    for row in rows:
        book.active.append(row)
    book.save(handle)
    return handle.getvalue()


def with_part(data, name, content):
    """The archive with one part replaced."""
    copy = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, content if part == name else old.read(part))
    return copy.getvalue()


def staged_from(data, *, by, kind="purchase-orders", name="orders.csv", decimal="", first="", **how):
    """A file, uploaded and checked."""
    table = read(data, kind=kinds()[kind], **how)
    said = Habits(decimal=decimal, first=first)
    return stage(kind=kind, file_name=name, file=table, size=len(data), said=said, by=by)


def problems_of(staged):
    """[(line, column, read, what is wrong)]"""
    return list(staged.problems.order_by("line", "pk").values_list("line", "column", "read", "sentence"))
