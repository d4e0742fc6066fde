"""Two sellers, each in a company of ours: what the one sells the other makes, and both see what the other does."""

import pytest
from playwright.sync_api import expect

from erp.demo.company.between import sell_abroad
from linkage.operations import adjust_stock
from sales import operations
from sales.models import SalesOrderRow

pytestmark = pytest.mark.django_db(transaction=True)


def mirror_of(row):
    return SalesOrderRow.objects.for_list().get(transferred_from__row=row)


def test_a_row_goes_over_its_date_comes_back_and_its_goods_arrive(shop, at_desk):
    order = sell_abroad(shop)
    here, there, keeper = at_desk("seller"), at_desk("planner"), at_desk("warehouse")

    here.open(f"/sales/{order.pk}/rows/new/")
    line = here.page.locator("#row-new")
    profile = line.locator("[name=transfer_profile]")
    expect(profile.locator("option:checked")).to_have_text("as the part says")
    line.get_by_role("combobox", name="Part").fill("CB-100")
    here.press("Tab")
    expect(profile.locator("option:checked")).to_have_text("SE (of the part)")
    line.locator("[name=quantity]").fill("3")
    here.press("Enter")
    expect(here.page.locator("#messages")).to_contain_text("is added")
    row = order.rows.order_by("position").last()
    made = mirror_of(row)

    there.open(f"/sales/rows/{made.pk}/")
    expect(there.page.get_by_text("Order in the selling company")).to_be_visible()
    there.open(f"/sales/{made.order_id}/")
    there.page.locator(f"#row-{made.pk}").focus()
    there.press("F2")
    there.page.locator(f"#row-{made.pk} [name=delivery_date]").fill("2031-03-14")
    there.press("Enter")
    expect(there.page.locator(f"#row-{made.pk}")).to_contain_text("2031-03-14")
    here.open(f"/sales/rows/{row.pk}/")
    expect(here.page.get_by_text("2031-03-14").first).to_be_visible()

    facts = {"part": made.part, "warehouse": made.warehouse, "effective_on": shop.today, "by": shop.people["admin"]}
    adjust_stock(quantity=made.quantity, reason="Made", **facts)
    operations.deliver(row=made, quantity=made.quantity, by=shop.people["warehouse"])
    keeper.open(f"/sales/rows/{row.pk}/")
    expect(keeper.page.get_by_text("not here yet")).to_be_visible()
    keeper.page.get_by_role("link", name="Goods have come").click()
    expect(keeper.page.get_by_label("Quantity that has come")).to_have_value("3")
    keeper.page.get_by_role("button", name="They have come").click()
    expect(keeper.page.locator("#messages")).to_contain_text("3 pcs lie in stock")

    expect(keeper.page.get_by_role("link", name="Goods have come")).to_have_count(0)
    row.refresh_from_db()
    assert (row.demand.uncovered, row.delivery_date.isoformat()) == (0, "2031-03-14")
