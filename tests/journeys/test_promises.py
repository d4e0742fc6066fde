"""From a sales row to a linked order, split, parted and linked again: the seller and the planner."""

import re

import pytest
from playwright.sync_api import expect

from linkage.models import OrderLink
from sales.models import SalesOrder
from tests.journeys.desk import choose

pytestmark = pytest.mark.django_db(transaction=True)


def open_an_order(seller, customer="Velo Nord"):
    """With the keyboard: the customer by part of its name, the rest as offered."""
    page = seller.page
    seller.open("/sales/new/")
    page.get_by_role("combobox", name="Customer").press_sequentially(customer)
    page.get_by_role("option", name=customer).click()
    page.get_by_role("button", name="Open the order").click()
    page.wait_for_url(re.compile(r"/sales/\d+/"))
    return page.url.split("?")[0]


def type_row(seller, part, quantity, *, delivery, box=""):
    """In the line that is open: part, Tab, Tab, quantity, ... Enter."""
    page = seller.page
    expect(page.get_by_role("combobox", name="Part")).to_be_focused()
    seller.type(part)
    expect(page.get_by_role("option", name=re.compile(f"^{part} "))).to_be_visible()
    seller.press("Tab", "Tab")
    seller.type(quantity)
    page.get_by_label("Delivery date").fill(delivery.isoformat())
    if box:
        page.get_by_label("Make its order").select_option(box)
    page.get_by_role("textbox", name="Quantity").press("Enter")
    expect(page.get_by_role("row").filter(has=page.get_by_role("link", name=part))).to_be_visible()


def test_seller_orders_splits_and_parts_and_planner_links_again(shop, at_desk):
    seller = at_desk("seller")
    page = seller.page
    order = open_an_order(seller)
    seller.look()
    type_row(seller, "CB-100", "5", delivery=shop.day(40), box="yes")
    type_row(seller, "LI-10", "4", delivery=shop.day(40))
    seller.press("Escape")
    first = page.get_by_role("row").filter(has=page.get_by_role("link", name="CB-100"))
    expect(first).to_contain_text("5 planned")
    expect(first).to_contain_text("M-1001")
    expect(page.get_by_role("row").filter(has=page.get_by_role("link", name="LI-10"))).to_contain_text("4 short")
    seller.look()

    choose(first, "Split row")
    page.wait_for_url("**/split/")
    seller.look()
    page.locator("[name=quantity-0]").fill("3")
    page.locator("[name=quantity-1]").fill("2")
    page.locator("[name=date-1]").fill(shop.day(50).isoformat())
    page.get_by_role("button", name="Split row").click()
    parts = page.get_by_role("row").filter(has=page.get_by_role("link", name="CB-100"))
    expect(parts).to_have_count(2)
    expect(parts.nth(0)).to_contain_text("3 planned")
    expect(parts.nth(1)).to_contain_text("2 planned")
    assert sorted(
        OrderLink.objects.open().filter(supply__document__number="M-1001").values_list("open", flat=True)
    ) == [2, 3]

    for part, quantity in enumerate((3, 2)):
        choose(parts.nth(part), "Disconnect linked order")
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("Disconnect M-1001/1")
        expect(dialog.get_by_label("Quantity")).to_have_value(str(quantity))
        seller.look()
        dialog.get_by_role("button", name="Disconnect").click()
        expect(parts.nth(part)).to_contain_text(f"{quantity} short")

    link_again(at_desk("planner"), order)


def link_again(planner, order):
    """The order stands on the worklist; the planner names the rows on its tracking page."""
    page = planner.page
    planner.open("/")
    expect(page.get_by_role("link", name="Orphans")).to_contain_text("1")
    page.get_by_role("link", name="Orphans").click()
    page.get_by_role("link", name="M-1001/1", exact=True).click()
    page.wait_for_url(re.compile(r"/supplies/\d+/"))
    planner.look()
    page.get_by_role("link", name="Order link tracking lines").click()
    page.get_by_role("link", name="New", exact=True).click()
    expect(page.get_by_role("combobox", name="Downstream order")).to_be_focused()
    planner.type("S-1001")
    page.get_by_role("option", name="S-1001 5 pcs uncovered").click()
    page.get_by_role("combobox", name="Line", exact=True).click()
    planner.type("10")
    page.get_by_role("option", name="10 3 pcs uncovered").click()
    expect(page.get_by_text("60 % of the line · 100 % of the need")).to_be_visible()
    planner.look()
    page.get_by_role("button", name="Save", exact=True).click()
    # Only a saved line can be removed; the one being typed says 60 %, too.
    expect(page.get_by_role("button", name="Remove the link to S-1001")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="60 %")).to_contain_text("S-1001")
    planner.look()

    planner.open("/worklists/orphans/")
    expect(page.get_by_role("link", name="M-1001/1", exact=True)).to_have_count(0)
    planner.open(order.split("/", 3)[3].join(("/", "")))
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name="CB-100")).first
    expect(row).to_contain_text("3 planned")


def test_seller_works_without_javascript(shop, at_desk):
    seller = at_desk("seller", java_script_enabled=False)
    page = seller.page
    seller.open("/sales/new/")
    page.get_by_label("Customer", exact=True).fill("10002")
    page.get_by_role("button", name="Open the order").click()
    page.get_by_label("Part", exact=True).fill("CB-110")
    page.get_by_label("Quantity").fill("6")
    page.get_by_label("Delivery date").fill(shop.day(40).isoformat())
    page.get_by_label("Make its order").select_option("yes")
    page.get_by_role("button", name="Add the row").click()
    expect(page.get_by_text("6 planned")).to_be_visible()

    choose(page.get_by_role("row").filter(has_text="6 planned"), "Split row")
    page.locator("[name=quantity-0]").fill("4")
    page.locator("[name=quantity-1]").fill("2")
    page.get_by_role("button", name="Split row").click()

    expect(page.get_by_text("4 planned")).to_be_visible()
    expect(page.get_by_text("2 planned")).to_be_visible()
    order = SalesOrder.objects.get()
    assert [(row.position, row.quantity) for row in order.rows.order_by("position")] == [(10, 4), (20, 2)]
    assert seller.troubles == []
