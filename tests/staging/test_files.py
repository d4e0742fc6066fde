"""Files of every make: a table, or one sentence that says why there is none."""

import io
import zipfile
from datetime import date, datetime
from decimal import Decimal

import pytest

from erp.staging.reading.delimited import read_csv
from erp.staging.reading.files import MOST_BYTES, MOST_LINES, Unreadable, check_size, kind_of
from erp.staging.reading.sheets import read_xlsx
from erp.staging.uploads import plain_file_name
from tests.staging.files import with_part, xlsx_of

SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize(
    ("data", "how"),
    [
        ("Part;Größe\nA;1".encode(), "CSV, UTF-8, semicolon"),
        ("\ufeffPart,Größe\nA,1".encode(), "CSV, UTF-8, comma"),
        ("Part\tGröße\nA\t1".encode("cp1252"), "CSV, Latin-1, tab"),
        ("Part\tGröße\nA\t1".encode("utf-16"), "CSV, UTF-16, tab"),
        ("sep=,\r\nPart,Größe\nA,1".encode(), "CSV, UTF-8, comma"),
        ("sep=|\r\nPart|Größe\nA|1".encode(), "CSV, UTF-8, bar"),
        ('sep="\r\nPart;Größe\nA;1'.encode(), "CSV, UTF-8, semicolon"),
        ('"Part";"Größe"\r\n"A";"1"\r\n\r\n;\r\n'.encode(), "CSV, UTF-8, semicolon"),
    ],
)
def test_csv_is_read_whatever_its_encoding_and_separator(data, how):
    file = read_csv(data)

    assert (file.how, file.header, [cells for _, cells in file.lines]) == (how, ["Part", "Größe"], [["A", "1"]])


def test_csv_lines_have_the_numbers_of_the_file_also_after_a_cell_of_two_lines():
    file = read_csv(b'a;b\n\n"one\ntwo";1\nthree;2\n')

    assert file.lines == [(3, ["one\ntwo", "1"]), (5, ["three", "2"])]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "The file has no lines."),
        (b"\n\n  \n", "The file has no lines."),
        (b"Part;Quantity\n", "The file has a header and no lines below it."),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "This is not a text file. CSV and XLSX files are taken."),
        (b'a;b\n"x', "Line 2 cannot be read as CSV (unexpected end of data). Look at its quotation marks."),
        (b";".join([b"a"] * 101) + b"\n1", "The header in line 1 has 101 columns; at most 100 are taken."),
        (b"a;b\n" + b"1;2\n" * (MOST_LINES + 1), f"The file has more than {MOST_LINES:,} lines. Divide it."),
        (b"a;b\n" + b"\n" * 100_000 + b"1;2", f"The file has more than {MOST_LINES:,} lines. Divide it."),
    ],
)
def test_csv_that_cannot_be_read_is_refused_with_a_sentence(data, sentence):
    with pytest.raises(Unreadable) as refusal:
        read_csv(data)

    assert str(refusal.value) == sentence


def test_csv_in_another_encoding_than_said_is_refused():
    with pytest.raises(Unreadable, match="not written in UTF-8"):
        read_csv("Größe\n1".encode("cp1252"), encoding="utf-8")


def test_xlsx_keeps_numbers_exact_and_dates_dates():
    seven = datetime(2026, 3, 31, 7)  # noqa: DTZ001 - a sheet knows no time zone
    cells = ["A-1", 12, 0.1 + 0.2, date(2026, 3, 31), seven, True, None, "12,5"]

    file = read_xlsx(xlsx_of(["a", "b", "c", "d", "e", "f", "g", "h"], cells, name="Wanted"))

    read = ["A-1", Decimal(12), Decimal("0.3"), date(2026, 3, 31), date(2026, 3, 31), "yes", "", "12,5"]
    assert (file.how, file.lines) == ("XLSX, sheet “Wanted”", [(2, read)])


def test_xlsx_formula_without_a_saved_value_is_empty():
    assert read_xlsx(xlsx_of(["a", "b"], ["x", "=1+1"])).lines == [(2, ["x", ""])]


@pytest.mark.parametrize("place", ["XFD1048576", "A1048576", "XFD2", "ZZZZ1", "A99999999999"])
def test_xlsx_with_a_cell_far_out_is_refused_before_it_takes_all_memory(place):
    cells = f'<c r="A1"><v>1</v></c><c r="{place}"><v>1</v></c>'
    sheet = f'<worksheet><sheetData><row r="1">{cells}</row></sheetData></worksheet>'

    with pytest.raises(Unreadable, match=r"more than 20,000 lines|far to the right"):
        read_xlsx(with_part(xlsx_of(["a"], ["b"]), SHEET, sheet))


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ("<row/>" * 80_001, "more than 20,000 lines"),
        ("<x:row></x:row>" * 80_001, "more than 20,000 lines"),
        ("<row>" + "<c/>" * 201 + "</row>", "far too many columns"),
    ],
    ids=["rows", "rows with a prefix", "cells"],
)
def test_xlsx_with_too_many_rows_or_cells_that_do_not_say_their_place_is_refused(table, sentence):
    sheet = f'<worksheet xmlns:x="x"><sheetData>{table}</sheetData></worksheet>'

    with pytest.raises(Unreadable, match=sentence):
        read_xlsx(with_part(xlsx_of(["a"], ["b"]), SHEET, sheet))


def test_xlsx_that_unpacks_to_gigabytes_is_refused():
    bomb = with_part(xlsx_of(["a"], ["b"]), SHEET, b" " * 101 * 1024 * 1024)

    assert len(bomb) < MOST_BYTES
    with pytest.raises(Unreadable, match="unpacks to more than 100 MB"):
        read_xlsx(bomb)


@pytest.mark.parametrize(
    "sheet", ["", "<worksheet", "<worksheet><sheetData><row><c><v>1", '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>']
)
def test_xlsx_that_is_damaged_is_refused(sheet):
    with pytest.raises(Unreadable):
        read_xlsx(with_part(xlsx_of(["a"], ["b"]), SHEET, sheet))


def test_zip_that_is_no_spreadsheet_is_refused():
    handle = io.BytesIO()
    with zipfile.ZipFile(handle, "w") as archive:
        archive.writestr("readme.txt", "hello")

    for data in (handle.getvalue(), b"PK\x03\x04 and then nothing", handle.getvalue()[:40]):
        with pytest.raises(Unreadable, match="damaged or none at all"):
            read_xlsx(data)


def test_old_excel_files_are_named_as_such():
    with pytest.raises(Unreadable, match="old or a protected Excel file"):
        kind_of(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")


@pytest.mark.parametrize(
    ("size", "sentence"),
    [(0, "The file is empty."), (6 * 1024 * 1024, "The file has 6.0 MB; at most 5 MB are taken. Divide it.")],
)
def test_size_is_checked_before_reading(size, sentence):
    with pytest.raises(Unreadable) as refusal:
        check_size(size)

    assert str(refusal.value) == sentence


@pytest.mark.parametrize(
    ("name", "plain"),
    [("C:\\files\\orders.csv", "orders.csv"), ("../../etc/passwd", "passwd"), ("a\x00\nb.csv", "ab.csv"), ("", "file")],
)
def test_file_names_are_names(name, plain):
    assert plain_file_name(name) == plain
