"""Order link tracking lines by keyboard alone: a buyer promises what a purchase row brings to production components."""

import pytest
from playwright.sync_api import expect

from linkage.models import Demand, DemandKind, OrderLink, Supply
from production.operations import create_orders_for
from tests.journeys.ordering import bought, sold

pytestmark = pytest.mark.django_db(transaction=True)


def test_buyer_links_a_purchase_row_by_keyboard_alone(shop, at_desk):
    row = sold(shop, "WH-F28", 4)
    create_orders_for(
        demands=[row], by=shop.people["planner"], business_date=shop.today, dates={row.pk: (None, shop.day(4))}
    )
    component = Demand.objects.get(kind=DemandKind.COMPONENT, part__number="RM-28")
    row = bought(shop, "RM-28", 10, supplier="20002", due=60)
    buyer = at_desk("buyer")
    page = buyer.page
    buyer.open(f"/supplies/{row.supply_id}/tracking/")

    buyer.press("Control+Insert")
    expect(page.get_by_role("combobox", name="Downstream order")).to_be_focused()
    expect(page.get_by_role("option")).to_contain_text([f"{component.document}  4 pcs uncovered"])
    buyer.press("Enter")
    expect(page.get_by_text("40 % of the line · 100 % of the need")).to_be_visible()
    expect(page.get_by_text("later than")).to_be_visible()
    buyer.look()
    buyer.press("Tab", "Tab", "Tab")
    expect(page.get_by_role("textbox", name="Allocated quantity")).to_be_focused()
    buyer.type("9")
    buyer.press("Enter")
    expect(page.get_by_text(f"Only 4 of {component} is uncovered; 9 was asked for.")).to_be_visible()
    expect(page.get_by_role("textbox", name="Allocated quantity")).to_be_focused()
    buyer.press("Control+a")
    buyer.type("3")
    expect(page.get_by_text("30 % of the line · 75 % of the need")).to_be_visible()
    buyer.press("Tab")
    buyer.type("agreed")
    buyer.press("Tab", "Space", "Enter")
    expect(page.get_by_role("row").filter(has_text="75 %")).to_be_visible()
    buyer.look()
    assert [(link.open, link.reason) for link in OrderLink.objects.filter(demand=component)] == [(3, "agreed")]
    change_and_remove(buyer, component)


def change_and_remove(buyer, component):
    """F2 edits the line, Enter saves it, Ctrl+Delete removes it; the toast takes that back."""
    page = buyer.page
    page.get_by_role("row").filter(has_text="75 %").focus()
    buyer.press("F2")
    expect(page.get_by_role("textbox", name="Open quantity")).to_be_focused()
    buyer.press("Control+a")
    buyer.type("2")
    expect(page.get_by_text("20 % of the line · 50 % of the need")).to_be_visible()
    buyer.press("Enter")
    line = page.get_by_role("row").filter(has_text="50 %")
    expect(line).to_be_focused()
    buyer.press("Control+Delete")
    expect(page.get_by_text("2 is no longer linked")).to_be_visible()
    assert OrderLink.objects.open().filter(demand=component).count() == 0
    page.get_by_role("button", name="Undo").press("Enter")
    expect(page.get_by_text("Undone")).to_be_visible()
    assert [link.open for link in OrderLink.objects.open().filter(demand=component)] == [2]
    assert Supply.objects.get(links__demand=component, links__open__gt=0).free == 8
