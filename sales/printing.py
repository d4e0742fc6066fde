"""The PDF of a paper, set from its texts by the layout in ``sales/paper``; and its rows for a spreadsheet."""

from pathlib import Path

from erp.web.typesetting import qr, typeset

PAPER = Path(__file__).resolve().parent / "paper"


def pdf_of(texts):
    """The PDF as bytes. The QR code is the number, so that a scanner finds the order, note or list."""
    return typeset(PAPER / "paper.typ", texts | {"qr": qr(texts["number"])})


def table_of(texts):
    """(header, rows) of the paper's rows for a program."""
    header = list(texts["data"][0]) if texts["data"] else []
    return header, [[row[name] for name in header] for row in texts["data"]]
