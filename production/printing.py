"""A printed production order as PDF: the texts of ``queries.papers`` set by the layouts in ``production/paper``."""

import io
import json
from pathlib import Path

import segno
import typst
from django.conf import settings

PAPER = Path(__file__).resolve().parent / "paper"
FONTS = settings.BASE_DIR / "static" / "vendor" / "dejavu" / "2.37"


def pdf_of(papers):
    """The PDF of one or several orders as bytes: texts with their ``layout`` and the ``url`` that the QR code opens."""
    data = json.dumps([paper | {"qr": _qr(paper["url"])} for paper in papers])
    return typst.compile(
        str(PAPER / "orders.typ"),
        root=str(PAPER),
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        sys_inputs={"data": data},
    )


def _qr(url):
    image = io.BytesIO()
    segno.make(url, error="m").save(image, kind="svg", border=1)
    return image.getvalue().decode()
