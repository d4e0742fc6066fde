"""Papers as PDF: a layout of typst, its data as JSON that is never read as markup, the one font that is shipped."""

import io
import json

import segno
import typst
from django.conf import settings

FONTS = settings.BASE_DIR / "static" / "vendor" / "dejavu" / "2.37"


def typeset(layout, data):
    """The PDF as bytes; ``layout`` is the path of a .typ file, which may import from its own folder only."""
    return typst.compile(
        str(layout),
        root=str(layout.parent),
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data)},
    )


def qr(text):
    """A QR code as SVG."""
    image = io.BytesIO()
    segno.make(text, error="m", micro=False).save(image, kind="svg", border=1)
    return image.getvalue().decode()
