"""From a sales row to its production order: the window, the routing, the reports, the paper."""

import re
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from linkage.models import OrderLink
from sales.operations import NewRow, create_order
from tests.linkage.factories import stock

pytestmark = pytest.mark.django_db(transaction=True)


def sold(shop, part, quantity):
    """A registered order for so many."""
    return create_order(
        customer=shop.partners["10002"],
        warehouse=shop.works,
        rows=[NewRow(part=shop.parts[part], quantity=Decimal(quantity), delivery_date=shop.day(40))],
        by=shop.people["seller"],
    )


def test_seller_takes_what_is_free_and_has_the_rest_made(shop, at_desk):
    order = sold(shop, "CB-100", 5)
    stock(shop.parts["CB-100"], shop.works, 2)
    seller = at_desk("seller")
    page = seller.page
    seller.open(f"/sales/{order.pk}/")

    page.get_by_label("Row 10").check()
    page.locator("#bulk").get_by_role("button", name="Create production order").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Make, S-1001/10")).to_have_value("5")
    seller.look()
    dialog.get_by_role("button", name="Take these first").click()
    expect(dialog.get_by_label("Make, S-1001/10")).to_have_value("3")
    expect(dialog.get_by_label("Take first, S-1001/10")).to_have_value("2")
    dialog.get_by_label("Note").fill("Blue")
    dialog.get_by_role("button", name="Create", exact=True).click()

    page.get_by_role("status").get_by_role("link", name="M-1001", exact=True).click()
    page.wait_for_url(re.compile(r"/production/orders/\d+/"))
    expect(page.get_by_text("Blue", exact=True)).to_be_visible()
    open_links = OrderLink.objects.open().filter(demand__document=order.document)
    assert sorted(open_links.values_list("open", "kind")) == [(2, "claimed"), (3, "bound")]
    seller.look()
