"""A seller writes a formatted text with an image, on the keyboard and with the buttons of the editor."""

import io
import re
from decimal import Decimal

import pytest
from PIL import Image
from playwright.sync_api import expect

from sales.models import SalesOrderRow, Signature, TextImage
from sales.operations import NewRow, create_order

pytestmark = pytest.mark.django_db(transaction=True)


def picture():
    out = io.BytesIO()
    Image.new("RGB", (120, 80), "steelblue").save(out, "PNG")
    return {"name": "plan.png", "mimeType": "image/png", "buffer": out.getvalue()}


def test_seller_writes_a_formatted_text_with_an_image(shop, at_desk):
    rows = [NewRow(part=shop.parts["TY-28"], quantity=Decimal(5))]
    order = create_order(customer=shop.partners["10001"], warehouse=shop.works, rows=rows, by=shop.people["seller"])
    Signature.objects.create(user=shop.people["seller"], text="Sanna")
    seller = at_desk("seller")
    page = seller.page
    seller.open(f"/sales/{order.pk}/")
    page.get_by_role("link", name="Text row").click()
    editor = page.get_by_role("textbox", name="Text")
    expect(editor).to_be_focused()
    seller.type("Regards")
    page.get_by_label("Insert phrase or signature").select_option(label="My signature")
    assert editor.inner_text().split() == ["Regards", "Sanna"]
    seller.press("Control+a")
    seller.type("Mount ")
    seller.press("Control+b")
    seller.type("carefully")
    seller.press("Control+b", "Enter")
    page.get_by_role("button", name="List", exact=True).click()
    seller.type("First")
    seller.press("Enter")
    seller.type("Second")
    page.locator("input[type=file]").set_input_files(picture())
    expect(editor.locator("img")).to_be_visible()
    seller.look()
    page.get_by_role("checkbox", name="Quote and confirmation").check()
    page.get_by_role("button", name="Add the row").click()

    shown = page.locator(".formatted")
    expect(shown.locator("b")).to_have_text("carefully")
    expect(shown.get_by_role("img", name="plan.png")).to_be_visible()
    row, image = SalesOrderRow.objects.get(order=order, row_type=4), TextImage.objects.get()
    assert row.text == "Mount carefully\n• First\n• Second\n[plan.png]"
    assert re.sub(r"</?(div|p|br)>", "", row.formatted).startswith("Mount <b>carefully</b><ul><li>First</li>")
    assert f'src="image:{image.pk}"' in row.formatted
    page.keyboard.press("Escape")
    seller.look()
