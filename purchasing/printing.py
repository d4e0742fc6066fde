"""The PDF of a paper, set from its texts by the layout in ``purchasing/paper``; and its rows for a spreadsheet."""

from pathlib import Path

from erp.web.typesetting import qr, typeset
from purchasing.papers import PRICES

COLUMNS = ["order", "position", "supplier_part", "part", "name", "quantity", "unit", "price", "discount", "amount"]
COLUMNS += ["currency", "date", "goods_label"]  # the kept texts know no order of their names
PAPER = Path(__file__).resolve().parent / "paper"


def pdf_of(texts):
    """The PDF as bytes. The QR code is the order's number, so that a scanner at the gate finds the order."""
    return typeset(PAPER / "order.typ", texts | {"qr": qr(texts["number"])})


def labels_of(texts):
    """The PDF of labels, one page each; each one's QR code is its ``url``."""
    labels = [label | {"qr": qr(label["url"])} for label in texts["labels"]]
    return typeset(PAPER / "labels.typ", texts | {"labels": labels})


def table_of(texts):
    """(header, rows) of the paper's rows for a program."""
    header = [name for name in COLUMNS if texts["costs"] or name not in PRICES]
    return header, [[row[name] for name in header] for row in texts["data"]]
