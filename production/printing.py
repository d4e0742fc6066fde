"""A printed production order as PDF: the texts of ``queries.papers`` set by the layouts in ``production/paper``."""

from pathlib import Path

from erp.web.typesetting import qr, typeset

PAPER = Path(__file__).resolve().parent / "paper"


def pdf_of(papers):
    """The PDF of one or several orders as bytes: texts with their ``layout`` and the ``url`` that the QR code opens."""
    return typeset(PAPER / "orders.typ", [paper | {"qr": qr(paper["url"])} for paper in papers])
