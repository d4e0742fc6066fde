"""From an empty target list to goods on the right sales row: order, extend, send, receive."""

import pytest
from playwright.sync_api import expect

from linkage.models import OrderLink
from purchasing.models import PurchaseOrder
from tests.journeys.ordering import sold

pytestmark = pytest.mark.django_db(transaction=True)


def order_what_is_short(desk, demand):
    """Tick the demand on the target list and come to the page before ordering."""
    page = desk.page
    desk.open("/purchasing/targets/")
    page.get_by_role("checkbox", name=f"Row {demand}").check()
    page.get_by_role("button", name="Order…").click()
    page.wait_for_url("**/targets/review/")
    desk.look()


def test_buyer_orders_what_is_short_and_it_comes_to_the_right_rows(shop, at_desk):
    buyer, keeper = at_desk("buyer"), at_desk("warehouse")
    page = buyer.page
    buyer.open("/purchasing/targets/")
    expect(page.get_by_text("Nothing bought is short here.")).to_be_visible()

    first, second = sold(shop, "BT-750", 4), sold(shop, "BT-750", 3)
    order_what_is_short(buyer, first)
    expect(page.get_by_text("order 4.00 pcs")).to_be_visible()
    page.get_by_role("button", name="Order", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("P-1001")

    order_what_is_short(buyer, second)
    page.get_by_label("Order", exact=True).select_option("Add to P-1001")
    page.get_by_role("button", name="Order", exact=True).click()
    expect(page.get_by_text("P-1001: 1 row.")).to_be_visible()
    buyer.look()
    buyer.open("/purchasing/targets/")
    expect(page.get_by_text("Nothing bought is short here.")).to_be_visible()

    order = PurchaseOrder.objects.get()
    buyer.open(f"/purchasing/orders/{order.pk}/")
    page.get_by_role("link", name="Send").click()
    page.get_by_role("dialog").get_by_role("button", name="Send").click()
    expect(page.get_by_text("P-1001 is sent").first).to_be_visible()

    keeper.open(f"/purchasing/orders/{order.pk}/")
    keeper.page.get_by_role("link", name="Receive").nth(1).click()
    keeper.page.get_by_role("button", name="Post the receipt").click()
    expect(keeper.page.get_by_text("3 pcs of P-1001/20 received.")).to_be_visible()
    keeper.open(f"/demands/{second.pk}/")
    expect(keeper.page.get_by_role("row").filter(has_text="P-1001/20").first).to_contain_text("3.00")
    held = OrderLink.objects.order_by("pk").values_list("demand", "quantity", "received", "kind")
    assert list(held) == [(first.pk, 4, 0, "bound"), (second.pk, 3, 3, "bound")]


def test_buyer_gives_a_row_to_other_demands_in_one_save(shop, at_desk):
    first, second = sold(shop, "BT-750", 4), sold(shop, "BT-750", 3)
    buyer = at_desk("buyer")
    page = buyer.page
    order_what_is_short(buyer, first)
    page.get_by_role("button", name="Order", exact=True).click()
    page.get_by_role("link", name="Waiting demands").first.click()
    page.wait_for_url("**/*tab=waiting")
    buyer.look()

    page.get_by_role("textbox", name=f"Quantity for {first}").fill("1")
    page.get_by_role("textbox", name=f"Quantity for {second}").fill("3")
    page.get_by_role("button", name="Save all").click()
    expect(page.get_by_text("The promises of P-1001/10 are saved.")).to_be_visible()
    buyer.look()

    held = OrderLink.objects.filter(to_come__gt=0).values_list("demand", "to_come")
    assert sorted(held) == [(first.pk, 1), (second.pk, 3)]
