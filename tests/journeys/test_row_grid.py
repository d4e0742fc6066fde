"""Typing rows without looking at the screen: what Enter does, and that a grid of real rows fits the window."""

import re

import pytest
from playwright.sync_api import expect

from erp.register.models import Partner
from sales.operations import NewRow, create_order
from sales.statuses import REGISTERED

pytestmark = pytest.mark.django_db(transaction=True)


def order_of(shop, *parts):
    return create_order(
        customer=Partner.objects.customers().first(),
        warehouse=shop.works,
        status=REGISTERED,
        rows=[NewRow(part=shop.parts[number], quantity=5, delivery_date=shop.day(40)) for number in parts],
        by=shop.people["seller"],
    )


def test_enter_in_a_lookup_takes_the_part_and_saves_nothing_yet(shop, at_desk):
    seller = at_desk("seller")
    order = order_of(shop)
    seller.open(f"/sales/{order.pk}/?new=1")
    expect(seller.page.get_by_role("combobox", name="Part")).to_be_focused()

    seller.type("CB-100")
    expect(seller.page.get_by_role("option", name=re.compile("^CB-100 "))).to_be_visible()
    seller.press("ArrowUp", "Enter")
    expect(seller.page.locator("[name=part]")).to_have_value("CB-100")
    seller.press("Tab", "Tab")
    expect(seller.page.get_by_role("textbox", name="Quantity")).to_be_focused()
    seller.type("x")
    seller.press("Enter")
    expect(seller.page.locator(".errorlist")).to_contain_text("Enter a quantity such as 12")
    expect(seller.page.locator(".errorlist")).to_have_count(1)
    seller.page.get_by_role("textbox", name="Quantity").fill("2")
    seller.press("Enter")

    expect(seller.page.get_by_role("link", name="CB-100")).to_be_visible()
    seller.look()


def test_new_order_begins_with_the_cursor_in_its_first_field(shop, at_desk):
    seller = at_desk("seller")

    seller.open("/sales/new/")

    expect(seller.page.get_by_role("combobox", name="Customer")).to_be_focused()


@pytest.mark.parametrize("width", [1280, 390])
def test_save_of_a_row_is_in_sight_without_scrolling(shop, at_desk, width):
    seller = at_desk("seller", viewport={"width": width, "height": 800})
    order = order_of(shop, "CB-100", "LI-10", "TB-200")
    seller.open(f"/sales/{order.pk}/")

    seller.page.get_by_role("link", name="Edit").first.click()
    save = seller.page.get_by_role("button", name="Save")
    expect(save).to_be_visible()

    box = save.bounding_box()
    assert box["x"] + box["width"] <= width
    assert seller.page.evaluate("document.documentElement.scrollWidth") <= width
