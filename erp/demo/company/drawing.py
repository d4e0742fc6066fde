"""The one drawing of the demo company: the way to a customer's gate, on a text row that is formatted."""

import io

from PIL import Image, ImageDraw

from sales.formatting import plain_of
from sales.models import RowType
from sales.operations import add_text_image, change_row

SAID = (
    "<p>Deliver to <b>gate 4</b>, weekdays 7 to 15.</p><ul><li>Ring at the gate</li><li>Pallets only</li></ul>"
    '<img src="image:{}" alt="The way to gate 4">'
)


def show_the_way(scene, order):
    """Formats the text of the order that says where to deliver."""
    seller = scene.people["seller"]
    image = add_text_image(content=_drawn(), name="gate-4.png", by=seller)
    text, row = SAID.format(image.pk), order.rows.main().for_list().get(row_type=RowType.TEXT)
    change_row(row=row, text=plain_of(text), formatted=text, by=seller)


def _drawn():
    picture = Image.new("RGB", (360, 160), "white")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((200, 20, 340, 110), outline="black", width=3)
    pen.line((0, 130, 270, 130, 270, 110), fill="steelblue", width=6)
    pen.rectangle((255, 100, 285, 114), fill="firebrick")
    pen.text((220, 50), "Hall B", fill="black", font_size=22)
    pen.text((292, 112), "4", fill="firebrick", font_size=24)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
