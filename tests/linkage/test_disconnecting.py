"""Disconnect with its four destinations: free, to another demand, reduce or cancel, kept for a customer."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine

from erp.exceptions import Refused
from linkage import operations
from linkage.models import Hold, OrderLink, Supply, Tombstone
from linkage.operations.undoing import undo_link_change
from linkage.queries.timeline import latest_event
from linkage.refusals import NotEnough
from production import operations as production
from production.models import ProductionOrder
from sales import operations as sales
from tests.factories import MadePartFactory, PartFactory, PartnerFactory
from tests.linkage.factories import TODAY, LinkFactory, SupplyFactory, demand_for, stock
from tests.production.factories import bom_of
from tests.sales.factories import row_with

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(TODAY, tick=False):
        yield


def open_links(supply):
    return sorted(OrderLink.objects.open().filter(supply=supply).values_list("demand", "open", "kind"))


def made_row(planner, quantity=10):
    """A sales row with a production order of its own; returns (row, link)."""
    part = MadePartFactory()
    bom_of(part, (PartFactory(), 2))
    row = row_with(quantity, part=part, by=planner)
    sales.create_production_orders(rows=[row], by=planner)
    return row, OrderLink.objects.get(demand=row.demand_id)


def test_disconnect_leaves_the_supply_free_and_remembers_the_pair(planner):
    row, link = made_row(planner)

    ended = operations.disconnect(link=link, quantity=Decimal(4), by=planner)

    supply = Supply.objects.get(pk=link.supply_id)
    assert (ended.open, supply.free, supply.orphaned_at) == (6, 4, None)
    assert Tombstone.objects.filter(supply=supply, demand=row.demand_id).count() == 1


def test_disconnect_all_makes_an_orphan_of_what_was_made_for_the_row(planner):
    _row, link = made_row(planner)

    operations.disconnect(link=link, by=planner)

    assert list(Supply.objects.orphans()) == [link.supply]


def test_disconnect_to_another_demand_gives_it_the_goods_and_keeps_the_kind(planner):
    link = LinkFactory(quantity=6, kind="bound", contract=True)
    taker = demand_for(link.supply)

    operations.disconnect(link=link, quantity=Decimal(4), goes="taker", give_to=taker, by=planner)

    assert open_links(link.supply) == sorted([(link.demand_id, 2, "bound"), (taker.pk, 4, "bound")])
    assert OrderLink.objects.get(demand=taker).contract is False
    assert Tombstone.objects.filter(supply=link.supply, demand=link.demand).exists()


def test_disconnect_to_a_demand_without_room_is_refused_as_a_whole(planner):
    link = LinkFactory(quantity=6)
    taker = demand_for(link.supply, quantity=3)

    with pytest.raises(NotEnough, match="Only 3 of"):
        operations.disconnect(link=link, goes="taker", give_to=taker, by=planner)

    assert (open_links(link.supply), Tombstone.objects.count()) == ([(link.demand_id, 6, "claimed")], 0)


def test_disconnect_to_nobody_is_refused(planner):
    with pytest.raises(Refused, match="Choose the demand"):
        operations.disconnect(link=LinkFactory(), goes="taker", by=planner)


def test_disconnect_and_cancel_ends_an_order_that_nobody_else_needs(planner):
    row, link = made_row(planner)

    operations.disconnect(link=link, goes="reduce", reason="sold out", by=planner)

    order = ProductionOrder.objects.get()
    row.demand.refresh_from_db()
    assert (order.status, row.demand.uncovered, Supply.objects.orphans().count()) == ("cancelled", 10, 0)


def test_disconnect_and_reduce_lowers_the_order_and_its_components(planner):
    _row, link = made_row(planner)

    operations.disconnect(link=link, quantity=Decimal(4), goes="reduce", by=planner)

    supply = Supply.objects.get(pk=link.supply_id)
    components = list(supply.components.values_list("quantity", flat=True))
    assert (supply.quantity, supply.free, components) == (6, 0, [12])


def test_disconnect_and_reduce_is_refused_once_the_order_has_started(planner):
    _row, link = made_row(planner)
    order = production.start(order=production.release(order=ProductionOrder.objects.get(), by=planner), by=planner)

    with pytest.raises(Refused, match=f"{order} is started"):
        operations.disconnect(link=link, goes="reduce", by=planner)

    assert OrderLink.objects.get(pk=link.pk).open == 10


def test_disconnect_and_reduce_leaves_what_lies_on_the_shelf(planner):
    shelf = stock(PartFactory(), SupplyFactory().warehouse, 5)
    link = LinkFactory(supply=shelf, stock=shelf, received=4, quantity=4)

    with pytest.raises(Refused, match="is on hand"):
        operations.disconnect(link=link, goes="reduce", by=planner)


def test_disconnect_and_keep_for_the_customer_holds_the_goods(planner):
    link = LinkFactory(quantity=6, supply__quantity=6)
    customer = PartnerFactory()

    operations.disconnect(link=link, goes="hold", partner=customer, until=date(2026, 3, 31), by=planner)

    kept = Hold.objects.get()
    assert (kept.partner, kept.until, kept.demand.quantity) == (customer, date(2026, 3, 31), 6)
    assert open_links(link.supply) == [(kept.demand_id, 6, "claimed")]


def test_disconnect_and_keep_goods_on_the_shelf_holds_them_there(planner):
    shelf = stock(PartFactory(), SupplyFactory().warehouse, 9)
    link = LinkFactory(supply=shelf, stock=shelf, received=6, quantity=6)

    operations.disconnect(link=link, goes="hold", partner=PartnerFactory(), until=date(2026, 3, 31), by=planner)

    shelf.refresh_from_db()
    assert (shelf.free, OrderLink.objects.open().get().on_shelf) == (3, 6)


@pytest.mark.parametrize(
    ("partner", "until", "sentence"),
    [
        (False, date(2026, 3, 31), "for which customer"),
        (True, None, "until when"),
        (True, TODAY.replace(day=1), "passed"),
    ],
)
def test_disconnect_and_keep_needs_a_customer_and_a_day_to_come(planner, partner, until, sentence):
    link = LinkFactory()

    with pytest.raises(Refused, match=sentence):
        operations.disconnect(
            link=link, goes="hold", partner=PartnerFactory() if partner else None, until=until, by=planner
        )


@pytest.mark.parametrize(("quantity", "sentence"), [("0", "never disconnected"), ("7", "Only 6 of")])
def test_disconnect_refuses_what_is_not_open(planner, quantity, sentence):
    with pytest.raises(Refused, match=sentence):
        operations.disconnect(link=LinkFactory(quantity=6), quantity=Decimal(quantity), by=planner)


# Undo


def undo(link, planner):
    return undo_link_change(event=latest_event(link), by=planner)


def test_undo_of_a_disconnect_to_another_demand_brings_the_goods_back(planner):
    link = LinkFactory(quantity=6, kind="bound", contract=True)
    taker = demand_for(link.supply)
    ended = operations.disconnect(link=link, goes="taker", give_to=taker, by=planner)

    undo(ended, planner)

    [again] = OrderLink.objects.open()
    assert (again.demand, again.open, again.kind, again.contract) == (link.demand, 6, "bound", True)
    assert not Tombstone.objects.exists()


def test_undo_says_who_has_the_goods_now(planner):
    link = LinkFactory(quantity=6)
    taker, last = demand_for(link.supply), demand_for(link.supply)
    ended = operations.disconnect(link=link, goes="taker", give_to=taker, by=planner)
    operations.hand_over(link=OrderLink.objects.get(demand=taker), demand=last, quantity=Decimal(5), by=planner)

    with pytest.raises(Refused, match=rf"is promised to {taker} \(1\), {last} \(5\) now"):
        undo(ended, planner)


def test_undo_of_a_hold_ends_the_hold(planner):
    link = LinkFactory(quantity=6)
    ended = operations.disconnect(link=link, goes="hold", partner=PartnerFactory(), until=date(2026, 3, 31), by=planner)

    undo(ended, planner)

    assert (open_links(link.supply), Hold.objects.get().demand.status) == ([(link.demand_id, 6, "claimed")], "closed")


def test_undo_of_a_reduced_order_raises_it_again(planner):
    row, link = made_row(planner)
    ended = operations.disconnect(link=link, quantity=Decimal(4), goes="reduce", by=planner)

    undo(ended, planner)

    supply = Supply.objects.get(pk=link.supply_id)
    assert (supply.quantity, open_links(supply)) == (10, [(row.demand_id, 10, "bound")])


def test_undo_does_not_bring_a_cancelled_order_back(planner):
    _row, link = made_row(planner)
    ended = operations.disconnect(link=link, goes="reduce", by=planner)

    with pytest.raises(Refused, match="does not bring it back"):
        undo(ended, planner)


@pytest.mark.parametrize("was_parted", [False, True])
def test_undo_of_a_link_leaves_the_pair_as_parted_as_it_was(planner, was_parted):
    supply = SupplyFactory()
    demand = demand_for(supply)
    if was_parted:
        Tombstone.objects.create(supply=supply, demand=demand, created_by=planner)
    made = operations.link(demand=demand, supply=supply, quantity=Decimal(4), accept_warnings=True, by=planner)

    undo(made, planner)

    assert Tombstone.objects.filter(supply=supply, demand=demand).exists() is was_parted
