"""A printed production order as PDF: the texts of ``queries.papers`` set by the layouts in ``production/paper``."""

import io
import json
from pathlib import Path

import segno
import typst
from django.conf import settings

PAPER = Path(__file__).resolve().parent / "paper"
FONTS = settings.BASE_DIR / "static" / "vendor" / "dejavu" / "2.37"


def pdf_of(texts, *, layout, url):
    """The PDF as bytes; ``url`` is what the QR code opens."""
    data = json.dumps(texts | {"qr": _qr(url)})
    return typst.compile(
        str(PAPER / f"{layout}.typ"),
        root=str(PAPER),
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        sys_inputs={"data": data},
    )


def _qr(url):
    image = io.BytesIO()
    segno.make(url, error="m").save(image, kind="svg", border=1)
    return image.getvalue().decode()
