"""The PDF of a paper, set from its texts by the layout in ``purchasing/paper``; and its rows for a spreadsheet."""

import io
import json
from pathlib import Path

import segno
import typst
from django.conf import settings

from purchasing.papers import PRICES

COLUMNS = ["order", "position", "supplier_part", "part", "name", "quantity", "unit", "price", "discount", "amount"]
COLUMNS += ["currency", "date", "goods_label"]  # the kept texts know no order of their names
PAPER = Path(__file__).resolve().parent / "paper"
FONTS = settings.BASE_DIR / "static" / "vendor" / "dejavu" / "2.37"


def pdf_of(texts):
    """The PDF as bytes. The QR code is the order's number, so that a scanner at the gate finds the order."""
    data = json.dumps(texts | {"qr": _qr(texts["number"])})
    return typst.compile(
        str(PAPER / "order.typ"),
        root=str(PAPER),
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        sys_inputs={"data": data},
    )


def _qr(text):
    image = io.BytesIO()
    segno.make(text, error="m", micro=False).save(image, kind="svg", border=1)
    return image.getvalue().decode()


def table_of(texts):
    """(header, rows) of the paper's rows for a program."""
    header = [name for name in COLUMNS if texts["costs"] or name not in PRICES]
    return header, [[row[name] for name in header] for row in texts["data"]]
