"""The PDF of a paper, set from its texts by the layout in ``sales/paper``; and its rows for a spreadsheet."""

from base64 import b64encode
from pathlib import Path

from erp.web.typesetting import qr, typeset
from sales.models import TextImage

PAPER = Path(__file__).resolve().parent / "paper"


def pdf_of(texts):
    """The PDF as bytes. The QR code is the number, so that a scanner finds the order, note or list."""
    return typeset(PAPER / "paper.typ", _with_pictures(texts))


def shipments_pdf(shipments):
    """The PDF of delivery notes that go together (``sales.shipments``)."""
    return typeset(
        PAPER / "shipments.typ",
        [shipment | {"papers": [_with_pictures(paper) for paper in shipment["papers"]]} for shipment in shipments],
    )


def _with_pictures(texts):
    return texts | {"qr": qr(texts["number"]), "images": _images(texts)}


def _images(texts):
    """{id: the image as SVG} of the images in formatted texts: one statement, and only where there are some."""
    blocks = [block for row in texts["rows"] for block in row.get("blocks", ())]
    wanted = {block["image"] for block in blocks if block["kind"] == "image"}
    return {str(image.pk): _as_svg(image) for image in TextImage.objects.filter(pk__in=wanted)} if wanted else {}


def _as_svg(image):
    """The layout reads nothing but its data, and that is text."""
    data, size = b64encode(image.content).decode(), f'width="{image.width}" height="{image.height}"'
    picture = f'<image {size} href="data:{image.content_type};base64,{data}"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {image.width} {image.height}">{picture}</svg>'


def table_of(texts):
    """(header, rows) of the paper's rows for a program."""
    header = list(texts["data"][0]) if texts["data"] else []
    return header, [[row[name] for name in header] for row in texts["data"]]
