"""What a change does to other orders, seen before it is saved: sellers, planners and buyers at their desks."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from playwright.sync_api import expect

from erp.register.models import User
from linkage.models import OrderLink, Supply
from production.models import ProductionOrder, ProductionOrderLine
from purchasing.operations import send
from sales import operations
from sales.models import SalesOrderRow
from tests.factories import PartRevisionFactory
from tests.fixtures import user_with
from tests.production.factories import bom_of
from tests.purchasing.factories import purchase_row
from tests.sales.factories import order_with

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def row(shop):
    """Five bikes in forty days with their whole tree of orders, and whoever made it."""
    by = user_with("planner", "buyer")
    part = shop.parts["CB-100"]
    facts = {"warehouse": shop.works, "customer": shop.partners["10001"]}
    order = order_with(5, part=part, by=by, row={"delivery_date": shop.day(40)}, **facts)
    row = SalesOrderRow.objects.for_list().get(order=order)
    operations.create_production_orders(rows=[row], by=by)
    return SalesOrderRow.objects.for_list().get(pk=row.pk)


def edit(desk, row, **values):
    """F2 on the row, type, Enter."""
    page = desk.page
    page.locator(f"#row-{row.pk}").focus()
    desk.press("F2")
    for name, value in values.items():
        page.locator(f"#row-{row.pk} [name={name}]").fill(str(value))
    page.locator(f"#row-{row.pk} [name=quantity]").press("Enter")


def test_planner_raises_a_row_and_chooses_what_each_order_does(row, at_desk):
    planner = at_desk("planner")
    page = planner.page
    planner.open(f"/sales/{row.order_id}/")
    edit(planner, row, quantity=8)
    dialog = page.get_by_role("dialog")
    first = Supply.objects.get(part=row.part, kind="production")
    expect(dialog.get_by_role("row").filter(has_text=str(first)).first).to_contain_text("5.00 → 8.00")
    planner.look()

    dialog.get_by_label("Leave 3 uncovered").first.check()
    expect(dialog.get_by_role("row").filter(has_text=str(first)).first).not_to_contain_text("5.00 → 8.00")
    dialog.get_by_label(f"{first}: 5 → 8").check()
    expect(dialog.get_by_role("row").filter(has_text=str(first)).first).to_contain_text("5.00 → 8.00")
    dialog.get_by_role("button", name="Save").click()

    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator(f"#row-{row.pk}")).to_contain_text("8 planned")
    first.refresh_from_db()
    assert (first.quantity, first.allocated) == (8, 8)


def test_questions_have_room_on_a_phone(row, at_desk):
    planner = at_desk("planner", viewport={"width": 390, "height": 800})
    planner.open(f"/sales/{row.order_id}/")
    edit(planner, row, quantity=8)
    expect(planner.page.get_by_role("dialog").get_by_label("Leave 3 uncovered").first).to_be_visible()
    planner.look()

    planner.page.get_by_role("dialog").get_by_role("button", name="Save").click()

    expect(planner.page.get_by_role("dialog")).to_have_count(0)


def test_planner_sees_who_becomes_late_before_the_date_is_saved(row, shop, at_desk):
    planner = at_desk("planner")
    page = planner.page
    order = ProductionOrder.objects.get(lines__supply__part=row.part)
    planner.open(f"/production/orders/{order.pk}/")
    page.get_by_role("link", name="Change", exact=True).first.click()
    dialog = page.get_by_role("dialog")
    late = (row.delivery_date + timedelta(days=14)).isoformat()
    dialog.get_by_label("Finish date").fill(late)
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_contain_text(f"{row} becomes late")
    planner.look()

    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_contain_text("Choose what happens to")
    dialog.get_by_label(re.compile(rf"{row}: .* → ")).check()
    expect(dialog).not_to_contain_text("becomes late")
    dialog.get_by_role("button", name="Save").click()

    page.wait_for_url(f"**/production/orders/{order.pk}/**")
    expect(page.get_by_role("dialog")).to_have_count(0)
    row.refresh_from_db()
    assert row.delivery_date.isoformat() >= late


def test_seller_deletes_a_row_and_says_what_becomes_of_each_supply(row, at_desk):
    seller = at_desk("seller")
    page = seller.page
    seller.open(f"/sales/rows/{row.pk}/delete/")
    page.get_by_role("button", name="Delete the row").click()
    first = Supply.objects.get(part=row.part, kind="production")
    expect(page.get_by_label(f"Cancel {first}")).to_be_checked()
    seller.look()

    page.get_by_label("Leave 5 free").first.check()
    expect(page.get_by_text("is cancelled")).to_have_count(0)  # what it is made of stays with it
    page.get_by_role("button", name="Save").click()

    page.wait_for_url(re.compile(rf"/sales/{row.order_id}/"))
    first.refresh_from_db()
    assert (first.status, first.free, first.orphaned_at is not None) == ("planned", 5, True)


def test_buyer_moves_a_date_and_the_sales_row_follows(shop, at_desk):
    by = user_with("planner", "buyer")
    part = shop.parts["BT-500"]
    facts = {"warehouse": shop.works, "customer": shop.partners["10001"]}
    order = order_with(5, part=part, by=by, row={"delivery_date": shop.day(40)}, **facts)
    row = SalesOrderRow.objects.for_list().get(order=order)
    [purchase] = operations.create_purchase_orders(rows=[row], by=by)
    both = at_desk("planner", java_script_enabled=False)
    User.objects.get(username="planner").groups.add(Group.objects.get(name="buyer"))
    page = both.page
    both.open(f"/purchasing/rows/{purchase.pk}/edit/")
    page.get_by_role("textbox", name="Due date").first.fill(shop.day(60).isoformat())
    page.get_by_role("button", name="Save", exact=True).first.click()
    page.get_by_label(re.compile(rf"{row}: .* → ")).check()
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("button", name="Save", exact=True).click()  # without JavaScript the choice is shown first

    page.wait_for_url(re.compile(rf"/purchasing/orders/{purchase.order_id}/"))
    row.refresh_from_db()
    assert row.delivery_date >= shop.day(60)


def test_planner_gives_a_row_another_revision(row, at_desk):
    part = row.part
    bom = part.boms.get()
    revision = PartRevisionFactory(part=part, code="B")
    bom_of(part, *((line.component, line.quantity_per) for line in bom.rows.all()[1:4]), revision=revision)
    planner = at_desk("planner")
    page = planner.page
    planner.open(f"/sales/rows/{row.pk}/")
    page.get_by_label("Revision").select_option(label="B")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Choose what happens")).to_be_visible()
    planner.look()

    page.get_by_label("Take it over: revision none → B").check()
    expect(page.get_by_text("no longer needed").first).to_be_visible()
    planner.look()
    page.get_by_role("button", name="Save", exact=True).click()

    expect(page.get_by_text(f"Row {row} is changed.")).to_be_visible()
    line = ProductionOrderLine.objects.select_related("bom", "supply").get(supply__part=part)
    assert (line.bom.revision_id, line.supply.revision_id) == (revision.pk, revision.pk)


def test_buyer_cancels_an_order_and_its_link_moves_to_free_supply(shop, at_desk):
    by = user_with("planner", "buyer")
    part = shop.parts["BT-500"]
    facts = {"warehouse": shop.works, "customer": shop.partners["10001"]}
    row = SalesOrderRow.objects.for_list().get(
        order=order_with(5, part=part, by=by, row={"delivery_date": shop.day(40)}, **facts)
    )
    [purchase] = operations.create_purchase_orders(rows=[row], by=by)
    send(order=purchase.order, by=by)
    free = purchase_row(part=part, quantity=20, warehouse=shop.works, due_date=shop.day(30), sent=True, by=by)
    buyer = at_desk("buyer")
    page, other = buyer.page, buyer.page.context.new_page()
    for tab in (page, other):
        tab.goto(f"/purchasing/orders/{purchase.order_id}/")
        tab.get_by_role("link", name="Cancel", exact=True).click()
        tab.get_by_role("button", name="Cancel the order").click()
        expect(tab.get_by_role("dialog")).to_contain_text("Choose what happens")
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_contain_text(f"Choose what happens to {purchase}")
    buyer.look()

    dialog.get_by_label(f"Take 5 of {free}").check()
    expect(dialog).not_to_contain_text("Choose what happens")
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_text(f"{purchase.order} is cancelled.")).to_be_visible()

    other.get_by_label("Order 5 anew").check()  # the tab that is out of date says so, and changes nothing
    expect(other.locator("body")).to_contain_text(f"{purchase.order} is cancelled already.")
    [link] = OrderLink.objects.open().filter(demand=row.demand)
    assert (link.supply_id, link.open) == (free.supply_id, 5)


def test_buyer_who_saves_before_the_preview_of_a_choice_has_come_is_not_ignored(shop, at_desk):
    by = user_with("planner", "buyer")
    facts = {"warehouse": shop.works, "customer": shop.partners["10001"]}
    order = order_with(5, part=shop.parts["BT-500"], by=by, row={"delivery_date": shop.day(40)}, **facts)
    [purchase] = operations.create_purchase_orders(rows=[SalesOrderRow.objects.for_list().get(order=order)], by=by)
    send(order=purchase.order, by=by)
    page = at_desk("buyer").page
    page.goto(f"/purchasing/orders/{purchase.order_id}/")
    page.get_by_role("link", name="Close short").click()
    page.get_by_role("button", name="Close the row short").click()
    page.route("**/close/", lambda route: "look_again" in route.request.post_data or route.continue_())

    page.get_by_label("Leave 5 of").check()
    page.get_by_role("button", name="Save", exact=True).click()

    expect(page.get_by_text(f"{purchase} is closed short.")).to_be_visible()
