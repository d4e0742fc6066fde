"""From a sales row to its production order: the window, the routing, the reports, the paper."""

import re
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from linkage.models import OrderLink, StockMovement, Supply
from production import operations
from production.models import Bom, ProductionOrder
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


def test_foreman_reports_operations_and_planner_sees_the_cost(shop, at_desk):
    """A rack for stock: the first operation with scrap, the last one finishes the line along."""
    line = rack_line(shop)
    foreman = at_desk("foreman")
    page = foreman.page
    foreman.open(f"/production/orders/{line.order_id}/")
    foreman.look()

    page.get_by_role("button", name="Start 10").click()
    steps = page.get_by_role("region", name="Operations")
    expect(steps.get_by_role("row").filter(has_text="Saw and bend")).to_contain_text("Started")
    dialog = page.get_by_role("dialog")
    page.get_by_role("link", name="Hold 10").click()
    dialog.get_by_label("Reason").fill("Blade broken")
    dialog.get_by_role("button", name="Put on hold").click()
    expect(steps.get_by_role("row").filter(has_text="Saw and bend")).to_contain_text("Blade broken")
    foreman.look()
    page.get_by_role("button", name="End the hold 10").click()
    page.get_by_role("link", name="Report 10").click()
    dialog.get_by_label("Good", exact=True).fill("3")
    dialog.get_by_label("Scrapped", exact=True).fill("1")
    foreman.look()
    dialog.get_by_role("button", name="Post the report").click()
    expect(dialog.get_by_text("Say why it was scrapped.")).to_be_visible()
    dialog.get_by_label("Reason of the scrap").fill("Kinked")
    dialog.get_by_label("Minutes").fill("40")
    dialog.get_by_role("button", name="Post the report").click()
    reports = page.get_by_role("region", name="Reports")
    expect(reports.get_by_role("row").filter(has_text="Kinked")).to_contain_text("40.00")

    page.get_by_role("link", name="Report 30").click()
    dialog.get_by_label("Good", exact=True).fill("3")
    dialog.get_by_role("button", name="Post the report").click()
    expect(page.locator(".page-head").first).to_contain_text("Finished")
    assert shop_shelf(shop, "RK-10") == 3

    planner = at_desk("planner")
    planner.open(f"/production/orders/{line.order_id}/")
    expect(planner.page.get_by_role("row").filter(has_text="Time reported")).to_be_visible()
    expect(planner.page.get_by_role("button", name="Reverse")).to_have_count(0)


def rack_line(shop):
    """The line of a released order for four racks, with everything for them on the shelf."""
    bom = Bom.objects.select_related("part__unit").get(part=shop.parts["RK-10"])
    planner = shop.people["planner"]
    order = operations.create_order(
        bom=bom, quantity=Decimal(4), warehouse=shop.works, by=planner, business_date=shop.today
    )
    operations.release(order=order, by=planner)
    for component in order.lines.get().components.select_related("demand__part"):
        stock(component.demand.part, shop.works, 100)
    return order.lines.get()


def shop_shelf(shop, part):
    return Supply.objects.stock().get(part=shop.parts[part], warehouse=shop.works).quantity


def test_planner_adds_to_inventory_and_takes_it_apart_again(shop, at_desk):
    """Production without an order, and its reverse: today's date on every movement."""
    for part in ("TU-160", "WW-08", "PT-GRA", "SC-M5"):
        stock(shop.parts[part], shop.works, 100)
    bom = Bom.objects.get(part=shop.parts["RK-10"])
    planner = at_desk("planner")
    page = planner.page

    for typed, on_hand, tubes in (("5", 5, Decimal("87.234")), ("-2", 3, Decimal("92.341"))):
        planner.open(f"/production/boms/{bom.pk}/")
        page.get_by_role("link", name="Add to inventory").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Quantity").fill(typed)
        planner.look()
        dialog.get_by_role("button", name="Add to inventory").click()
        expect(page.get_by_text("The stock of RK-10 and its components is changed.")).to_be_visible()
        assert shop_shelf(shop, "RK-10") == on_hand
        assert shop_shelf(shop, "TU-160") == tubes

    moved = StockMovement.objects.filter(kind__in=["finish", "issue"])
    assert set(moved.values_list("effective_on", flat=True)) == {shop.today}
    assert not ProductionOrder.objects.exists()
