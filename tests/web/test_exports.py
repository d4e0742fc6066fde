import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest

from erp.web.exports import export, safe_cell

PAYLOADS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "\uff1d1",
    "\uff0b1",
    "\uff0d1",
    "\uff201",
    '=HYPERLINK("http://evil.example")',
    "=cmd|' /C calc'!A0",
]
HARMLESS = ["Bearing", "http://example.com", "a=b", "<img src=x onerror=alert(1)>", "{{7*7}}", '"quoted"', "1,5", "Ö"]


def body_of(response):
    with response.file_to_stream as file:
        return file.read()


def sheet_of(rows, header=("Text",)):
    response = export(rows, header=header, name="List", kind="xlsx")
    return openpyxl.load_workbook(io.BytesIO(body_of(response))).active


def lines_of(rows, header=("Text",)):
    response = export(rows, header=header, name="List", kind="csv")
    return body_of(response)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_export_neutralises_formulas(payload):
    cell = sheet_of([[payload]])["A2"]
    text = list(csv.reader(io.StringIO(lines_of([[payload]]).decode("utf-8-sig"), newline="")))[1][0]

    assert cell.data_type == "s"
    assert cell.value.startswith("'")
    assert text == f"'{payload}"


@pytest.mark.parametrize("text", HARMLESS)
def test_export_leaves_other_text_alone(text):
    assert safe_cell(text) == text
    assert sheet_of([[text]])["A2"].value == text


def test_export_neutralises_its_header_and_file_name():
    response = export([], header=["=1"], name='../=x"\r\n', kind="csv")

    assert body_of(response) == b'\xef\xbb\xbf"\'=1"\r\n'
    assert response["Content-Disposition"] == 'attachment; filename="x.csv"'


def test_export_keeps_numbers_and_dates_typed():
    moment = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
    row = [Decimal("-12.500000"), 3, date(2026, 3, 1), moment, True, None]

    cells = [cell.value for cell in sheet_of([row], header=list("abcdef"))[2]]

    assert cells[:5] == [-12.5, 3, datetime(2026, 3, 1), datetime(2026, 3, 1, 12, 30), True]  # noqa: DTZ001
    assert lines_of([row], header=list("abcdef")).decode("utf-8-sig").splitlines()[1] == (
        '"-12.500000","3","2026-03-01","2026-03-01 12:30:00","True",""'
    )


def test_export_writes_a_number_that_is_too_long_as_text_rather_than_changing_it():
    assert sheet_of([[Decimal("12345678901.123456")]])["A2"].value == "12345678901.123456"


def test_export_survives_unstorable_text():
    assert sheet_of([["a\x00b" + "x" * 40_000]])["A2"].value == "ab" + "x" * 32_764
