"""A fictitious part, from the row that is typed to its delivered parts."""

import re
from datetime import date

import pytest
from playwright.sync_api import expect

from erp.register.models import Partner
from sales.operations import create_order
from sales.statuses import REGISTERED
from tests.linkage.factories import stock

pytestmark = pytest.mark.django_db(transaction=True)


def test_fictitious_part_is_registered_and_delivered(shop, at_desk):
    customer = Partner.objects.customers().first()
    order = create_order(customer=customer, warehouse=shop.works, status=REGISTERED, by=shop.people["seller"])
    seller = at_desk("seller")
    seller.open(f"/sales/{order.pk}/?new=1")
    page = seller.page
    expect(page.get_by_role("combobox", name="Part")).to_be_focused()
    seller.type("KT-CO")
    expect(page.get_by_role("option", name=re.compile("^KT-CO "))).to_be_visible()
    seller.press("ArrowUp", "Enter")
    page.get_by_role("textbox", name="Quantity").fill("2")
    page.get_by_role("button", name="Add the row").click()

    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name="Parts of 2")).to_be_visible()
    seller.look()
    dialog.get_by_label("Delivery date of all parts").fill("2027-01-15")
    dialog.get_by_role("button", name="Add the row").last.click()

    expect(page.locator("tr.sub-row")).not_to_have_count(0)
    seller.look()
    [main, *parts] = order.rows.for_list().in_order()
    assert {part.delivery_date for part in parts} == {date(2027, 1, 15)}
    assert main.demand is None
    assert all(part.demand for part in parts if part.part.is_stock_updated)

    for part in parts:
        stock(part.part, part.warehouse, part.quantity)
    warehouse = at_desk("warehouse")
    for left in ("2", "1"):  # one complete kit after the other
        warehouse.open(f"/sales/rows/{main.pk}/")
        warehouse.page.locator("main").get_by_role("link", name="Deliver").first.click()
        quantity = warehouse.page.get_by_role("textbox", name="Quantity")
        expect(quantity).to_have_value(left)
        quantity.fill("1")
        warehouse.page.get_by_role("button", name="Deliver").click()
        warehouse.page.wait_for_url(re.compile(r"/sales/\d+/\?row=\d+#row-\d+$"))

    seller.open(f"/sales/{order.pk}/")
    expect(page.get_by_text("Delivered").first).to_be_visible()
    assert [row.is_closed for row in order.rows.all()] == [True] * (1 + len(parts))
