"""A seller divides a row along what supplies it, and reads which purchase orders a save has made."""

from decimal import Decimal

import pytest
from playwright.sync_api import expect

from linkage.models import OrderLink
from linkage.operations import link
from purchasing.models import PurchaseOrder
from sales.models import SalesOrderRow
from tests.journeys.desk import choose
from tests.journeys.ordering import bought, sold

pytestmark = pytest.mark.django_db(transaction=True)


def test_seller_splits_a_row_along_its_supply(shop, at_desk):
    coming = bought(shop, "TY-28", 40, supplier="20005", due=30)
    demand = sold(shop, "TY-28", 60)
    link(demand=demand, supply=coming.supply, quantity=Decimal(40), by=shop.people["planner"], accept_warnings=True)
    row = SalesOrderRow.objects.get(demand=demand)
    seller = at_desk("seller")
    page = seller.page

    seller.open(f"/sales/{row.order_id}/")
    choose(page.locator(f"#row-{row.pk}"), "Split row")
    page.wait_for_url("**/split/")
    assert [page.locator(f"[name=quantity-{place}]").input_value() for place in (0, 1)] == ["40", "20"]
    seller.look()
    page.get_by_role("button", name="Split row").click()

    page.wait_for_url("**/sales/*/**")
    expect(page.get_by_text("is split into 2 rows.")).to_be_visible()
    rows = SalesOrderRow.objects.filter(order=row.order_id).order_by("position")
    assert [(part.quantity, part.demand.uncovered) for part in rows.select_related("demand")] == [(40, 0), (20, 20)]
    assert list(OrderLink.objects.open().values_list("demand", "open")) == [(demand.pk, 40)]


def test_seller_reads_which_purchase_orders_a_save_made(shop, at_desk):
    demand = sold(shop, "TY-28", 60)
    row = SalesOrderRow.objects.get(demand=demand)
    seller = at_desk("seller")
    page = seller.page

    seller.open(f"/sales/{row.order_id}/")
    page.get_by_role("checkbox", name="Row 10").check()
    page.get_by_role("button", name="Create purchase order").click()

    made = PurchaseOrder.objects.get()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name="Purchase orders made")).to_be_visible()
    expect(dialog.get_by_role("link", name=f"{made}/10")).to_have_attribute(
        "href", f"/purchasing/orders/{made.pk}/#row-{made.rows.get().pk}"
    )
    expect(dialog.get_by_role("link", name=f"PDF of {made}")).to_be_visible()
    seller.look()
    seller.press("Escape")
    expect(dialog).to_have_count(0)
    page.get_by_role("link", name="Show", exact=True).click()
    expect(page.get_by_role("dialog")).to_contain_text("S-1001/10")
