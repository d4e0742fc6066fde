"""Splitting and merging: the planner divides an order and puts it together again, the buyer divides a purchase row."""

import re
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from linkage.models import OrderLink, Supply
from linkage.operations import link
from production.models import ProductionOrder
from production.operations import create_orders_for
from tests.journeys.ordering import bought, sold

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def order(shop):
    """Ten bicycles made for a sales row, with all orders below."""
    demand = sold(shop, "CB-110", 10)
    create_orders_for(demands=[demand], by=shop.people["planner"], business_date=shop.today)
    return ProductionOrder.objects.get(document__number="M-1001")


def rows_with(page, text):
    return page.get_by_role("row").filter(has_text=text)


def test_planner_splits_an_order_and_merges_it_again(shop, order, at_desk):
    planner = at_desk("planner")
    page = planner.page
    planner.open(f"/production/orders/{order.pk}/")
    page.get_by_role("link", name="Split", exact=True).click()
    page.wait_for_url("**/split/")
    planner.look()

    page.get_by_label("A list").fill("3 2")
    page.get_by_label("A list").press("Enter")
    expect(page.locator("[name=quantity-0]")).to_have_value("5")
    expect(page.locator("#split-picture")).to_contain_text("M-1001-2")
    page.locator("[name=quantity-1]").fill("4")
    page.get_by_role("button", name="Split order").click()
    expect(page.get_by_text("The 3 parts add up to 11; there are 10 to divide.")).to_be_visible()
    planner.look()
    page.locator("[name=quantity-0]").fill("4")
    page.get_by_label("Reason").select_option("Batch size")
    page.get_by_role("button", name="Preview").click()
    expect(rows_with(page.locator("#split-picture"), "M-1001-1").first).to_contain_text("4.00")
    assert ProductionOrder.objects.filter(document__number__startswith="M-1001").count() == 1
    planner.look()

    page.get_by_role("button", name="Split order").click()
    expect(page.get_by_text("M-1001/1 is split: M-1001, M-1001-1, M-1001-2.")).to_be_visible()
    expect(page.get_by_text("Batch size: 10 pcs of M-1001 split into").first).to_be_visible()
    planner.look()
    served = OrderLink.objects.open().filter(demand__kind="sales").order_by("supply")
    assert list(served.values_list("open", flat=True)) == [4, 4, 2]

    merge_again(planner)


def merge_again(planner):
    page = planner.page
    planner.open("/production/orders/?sort=number")
    for number in ("M-1001", "M-1001-1", "M-1001-2"):
        row = page.get_by_role("row").filter(has=page.get_by_role("link", name=number, exact=True))
        row.get_by_role("checkbox").check()
    page.get_by_role("button", name="Merge orders").click()
    expect(page.get_by_role("heading", name="What the merge makes")).to_be_visible()
    planner.look()
    page.get_by_role("button", name="Merge orders").click()
    expect(page.get_by_text("3 orders are merged into M-1001.")).to_be_visible()
    planner.look()
    made = Supply.objects.filter(document__number__startswith="M-1001", status="planned")
    assert list(made.values_list("quantity", "allocated")) == [(10, 10)]


def test_planner_splits_and_merges_without_javascript(shop, order, at_desk):
    planner = at_desk("planner", java_script_enabled=False)
    page = planner.page
    planner.open(f"/production/orders/{order.pk}/")
    page.get_by_role("link", name="Split", exact=True).click()
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#split-picture")).to_contain_text("M-1001-1")
    page.get_by_role("button", name="Split order").click()
    expect(page.get_by_text("M-1001/1 is split: M-1001, M-1001-1.")).to_be_visible()

    planner.open("/production/orders/?sort=number")
    for number in ("M-1001", "M-1001-1"):
        row = page.get_by_role("row").filter(has=page.get_by_role("link", name=number, exact=True))
        row.get_by_role("checkbox").check()
    page.get_by_role("button", name="Merge orders").click()
    page.get_by_role("button", name="Merge orders").click()

    expect(page.get_by_text("2 orders are merged into M-1001.")).to_be_visible()
    assert planner.troubles == []


def test_buyer_splits_a_purchase_row_for_two_lorries(shop, at_desk):
    row = bought(shop, "TY-28", 100, supplier="20005")
    link(
        demand=sold(shop, "TY-28", 60),
        supply=row.supply,
        quantity=Decimal(60),
        by=shop.people["planner"],
        accept_warnings=True,
    )
    buyer = at_desk("buyer")
    page = buyer.page
    buyer.open(f"/purchasing/orders/{row.order_id}/")
    page.get_by_role("link", name="Split row").click()
    page.wait_for_url("**/split/")
    buyer.look()
    page.locator("[name=quantity-0]").fill("40")
    page.locator("[name=quantity-1]").fill("60")
    page.locator("[name=date-1]").fill(shop.day(40).isoformat())
    page.get_by_label("Reason").fill("two lorries")
    page.get_by_role("button", name="Preview").click()
    expect(rows_with(page.locator("#split-picture"), "P-1001/20")).to_contain_text("S-1001/10 20.00")
    buyer.look()
    page.get_by_role("button", name="Split row").click()

    expect(page.get_by_text("P-1001/10 is split: P-1001/10, P-1001/20.")).to_be_visible()
    expect(page.get_by_text(re.compile("two lorries: P-1001/10 split: 100 pcs = 40 \\+ 60")).first).to_be_visible()
    buyer.look()
    assert list(OrderLink.objects.order_by("pk").values_list("open", flat=True)) == [40, 20]
