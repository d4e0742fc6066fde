"""A planner acts on many orders at once and reads what became of each."""

from decimal import Decimal

import pytest
from playwright.sync_api import expect

from production.models import Bom, ProductionOrder
from production.operations import create_order

pytestmark = pytest.mark.django_db(transaction=True)


def statuses():
    return list(ProductionOrder.objects.order_by("pk").values_list("status", flat=True))


def test_planner_releases_one_and_cancels_what_nobody_waits_for(shop, at_desk):
    facts = {"warehouse": shop.works, "by": shop.people["planner"], "business_date": shop.today}
    order = create_order(bom=Bom.objects.get(part__number="FK-10"), quantity=Decimal(4), **facts)
    create_order(bom=Bom.objects.get(part__number="FR-100"), quantity=Decimal(4), **facts)
    planner = at_desk("planner")
    page = planner.page
    planner.open("/production/orders/")
    page.get_by_role("checkbox", name=f"Row {order}/1").check()
    planner.look()
    page.get_by_role("button", name="Release").click()
    expect(page.locator("#messages")).to_contain_text("1 order is released.")
    assert statuses() == ["released", "planned", "planned"]

    page.get_by_role("checkbox", name="All rows of this page").check()
    page.get_by_role("button", name="Cancel orders").click()
    expect(page.get_by_role("heading", name="3 orders would be cancelled")).to_be_visible()
    planner.look()
    page.get_by_label("Reason").fill("Autumn is over")
    page.get_by_role("button", name="Cancel orders").click()
    expect(page.locator("#messages")).to_contain_text("3 orders are cancelled.")
    assert set(statuses()) == {"cancelled"}

    page.get_by_role("checkbox", name="All rows of this page").check()
    page.get_by_role("button", name="Release").click()
    expect(page.locator("#messages")).to_contain_text(f"{order} is cancelled and cannot become released.")
    planner.look()
