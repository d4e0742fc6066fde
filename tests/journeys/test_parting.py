"""The planner parts rows from their orders with each destination, swaps two rows, and takes the swap back."""

from decimal import Decimal

import pytest
from playwright.sync_api import expect

from linkage.models import Demand, Hold, OrderLink, Supply
from production.models import ProductionOrder
from sales import operations
from sales.operations import NewRow
from sales.statuses import REGISTERED
from tests.linkage.factories import stock

pytestmark = pytest.mark.django_db(transaction=True)


def made_row(shop, *, days, quantity=4, with_order=True):
    """A registered row of a bike, with its own production order where asked for."""
    new = NewRow(part=shop.parts["CB-100"], quantity=Decimal(quantity), delivery_date=shop.day(days))
    order = operations.create_order(
        customer=shop.partners["10002"],
        status=REGISTERED,
        rows=[new],
        ordered_on=shop.today,
        warehouse=shop.works,
        by=shop.people["planner"],
    )
    row = order.rows.get()
    if with_order:
        operations.create_production_orders(rows=[row], by=shop.people["planner"])
    return row


def link_of(row):
    return OrderLink.objects.open().with_ends().get(demand=row.demand_id)


def ask_to_disconnect(planner, row):
    """The dialog of the row's link, as it opens from the page of the demand."""
    planner.open(f"/demands/{row.demand_id}/")
    planner.page.get_by_role("link", name="Disconnect", exact=True).click()
    dialog = planner.page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name="What happens")).to_be_visible()
    return dialog


def test_planner_disconnects_with_each_destination(shop, at_desk):
    free, given, dropped, kept = (made_row(shop, days=40 + n) for n in range(4))
    waiting = made_row(shop, days=38, with_order=False)
    planner = at_desk("planner")

    dialog = ask_to_disconnect(planner, free)
    planner.look()
    dialog.get_by_role("button", name="Disconnect").click()
    expect(planner.page.get_by_text("4 short")).to_be_visible()
    assert Supply.objects.orphans().count() == 1

    dialog = ask_to_disconnect(planner, given)
    dialog.get_by_label("goes to another demand").check()
    expect(dialog.get_by_role("row", name=f"{waiting} uncovered 4 0")).to_be_visible()
    dialog.get_by_role("button", name="Disconnect").click()
    expect(dialog).to_be_hidden()
    assert link_of(waiting).open == 4

    dialog = ask_to_disconnect(planner, dropped)
    order = ProductionOrder.objects.get(lines__supply__links__demand=dropped.demand_id)
    dialog.get_by_label("is not needed").check()
    expect(dialog.get_by_role("row", name=f"{order}/1 status planned cancelled")).to_be_visible()
    planner.look()
    dialog.get_by_role("button", name="Disconnect").click()
    expect(dialog).to_be_hidden()
    order.refresh_from_db()
    assert order.status == "cancelled"

    dialog = ask_to_disconnect(planner, kept)
    dialog.get_by_label("Until", exact=True).fill(shop.day(30).isoformat())
    expect(dialog.get_by_label("is kept for a customer")).to_be_checked()
    dialog.get_by_role("button", name="Disconnect").click()
    expect(dialog).to_be_hidden()
    assert Hold.objects.get().partner == shop.partners["10002"]

    planner.open("/holds/")
    expect(planner.page.get_by_role("row").filter(has_text="Velo Nord")).to_contain_text("4.00")
    planner.page.get_by_role("button", name="End now: hold for").click()
    expect(planner.page.get_by_text("Nothing is kept for anybody.")).to_be_visible()


def due_the_wrong_way_round(shop, late, early):
    """The row that is needed first waits for what comes last; all material is there tomorrow."""
    mine, theirs = link_of(late).supply, link_of(early).supply
    for part, warehouse in {(each.part, each.warehouse) for each in Demand.objects.filter(kind="component")}:
        stock(part, warehouse, 1000)
    Supply.objects.filter(due_date__isnull=False).update(due_date=shop.day(1), status="started")
    Supply.objects.filter(pk=mine.pk).update(due_date=shop.day(40))
    Supply.objects.filter(pk=theirs.pk).update(due_date=shop.day(20))
    return mine, theirs


def test_planner_swaps_two_rows_with_proof_and_takes_it_back(shop, at_desk):
    late, early = made_row(shop, days=30), made_row(shop, days=60)
    mine, theirs = due_the_wrong_way_round(shop, late, early)
    planner = at_desk("planner")
    page = planner.page

    planner.open(f"/demands/{late.demand_id}/")
    page.get_by_role("link", name="Swap", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("row").filter(has_text=str(theirs))).to_contain_text("10 work days → in time")
    planner.look()
    dialog.get_by_role("link", name=f"Swap with {early.demand}").click()
    expect(dialog.get_by_role("heading", name="The proof")).to_be_visible()
    expect(dialog.get_by_role("row").filter(has_text=str(early))).to_contain_text("in time")
    planner.look()
    dialog.get_by_role("button", name="Swap", exact=True).click()
    expect(dialog).to_be_hidden()
    assert (link_of(late).supply, link_of(early).supply) == (theirs, mine)

    page.get_by_role("button", name="Undo").first.click()
    expect(page.get_by_text("Undone:")).to_be_visible()
    assert (link_of(late).supply, link_of(early).supply) == (mine, theirs)


def test_planner_accepts_a_swap_from_the_worklist_unless_the_world_has_moved(shop, at_desk):
    late, early = made_row(shop, days=30), made_row(shop, days=60)
    mine, theirs = due_the_wrong_way_round(shop, late, early)
    planner = at_desk("planner")
    page = planner.page

    planner.open("/worklists/swaps/")
    page.get_by_role("button", name="Look again").click()
    line = page.get_by_role("row").filter(has_text=str(theirs))
    expect(line).to_contain_text("in time")
    planner.look()
    Demand.objects.filter(pk=early.demand_id).update(need_date=shop.day(33))
    accept(page, line)
    expect(page.get_by_text(f"{early.demand} would be late by")).to_be_visible()
    assert link_of(late).supply == mine

    Demand.objects.filter(pk=early.demand_id).update(need_date=shop.day(60))
    planner.open("/worklists/swaps/")
    accept(page, line)
    expect(page.get_by_text("1 swap is done.")).to_be_visible()
    assert (link_of(late).supply, link_of(early).supply) == (theirs, mine)


def accept(page, line):
    line.get_by_role("checkbox").check()
    page.get_by_role("button", name="Accept").click()
