"""Linking, changing, disconnecting and handing over."""

from datetime import date
from decimal import Decimal

import pytest

from erp.exceptions import KeyReused, Refused
from linkage import operations
from linkage.checks import NeedsConfirmation
from linkage.models import Operation, OrderLink, Status, Tombstone
from linkage.refusals import NotEnough
from tests.factories import PartFactory, WarehouseFactory
from tests.linkage.factories import (
    DemandFactory,
    LinkFactory,
    MadeSupplyFactory,
    SupplyFactory,
    component_of,
    demand_for,
    stock,
)

pytestmark = pytest.mark.django_db


def figures(row, *names):
    row.refresh_from_db()
    return tuple(getattr(row, name) for name in names)


def test_link_promises_a_quantity(planner):
    supply = SupplyFactory(quantity=10)
    demand = demand_for(supply, quantity=6)

    link = operations.link(demand=demand, supply=supply, quantity=Decimal(4), by=planner)

    assert (link.quantity, link.open, link.to_come, link.kind, link.created_by) == (4, 4, 4, "claimed", planner)
    assert figures(supply, "allocated", "free") == (4, 6)
    assert figures(demand, "allocated", "uncovered") == (4, 2)


@pytest.mark.parametrize(
    ("factory", "statements"),
    [
        # savepoint, lock supply and demand, unit, tombstone, open link, insert, settle and defer, release
        pytest.param(SupplyFactory, 10, id="bought: nothing below it"),
        # and the chain below before and after the lock, the deadline, the calendar (three), the components
        pytest.param(MadeSupplyFactory, 16, id="made: its components' dates"),
    ],
)
def test_link_takes_so_many_statements(planner, django_assert_num_queries, factory, statements):
    supply = factory()
    demand = demand_for(supply)

    with django_assert_num_queries(statements):
        operations.link(demand=demand, supply=supply, quantity=Decimal(4), by=planner, accept_warnings=True)


def test_link_again_adds_to_the_same_link(planner):
    link = LinkFactory(quantity=4)

    operations.link(demand=link.demand, supply=link.supply, quantity=Decimal(2), by=planner)

    assert list(OrderLink.objects.values_list("pk", "quantity")) == [(link.pk, Decimal(6))]


def test_link_from_stock_lies_on_the_shelf(planner):
    demand = DemandFactory(quantity=10)
    shelf = stock(demand.part, demand.warehouse, 7)

    link = operations.link(demand=demand, supply=shelf, quantity=Decimal(7), by=planner)

    assert (link.stock, link.received, link.on_shelf, link.to_come) == (shelf, 7, 7, 0)
    assert figures(shelf, "quantity", "allocated", "free") == (7, 7, 0)


@pytest.mark.parametrize(
    ("needed", "made", "asked", "left"),
    [
        pytest.param(5, 10, 6, 5, id="more than the row needs"),
        pytest.param(10, 5, 6, 5, id="more than the order makes"),
    ],
)
def test_link_refuses_too_much(planner, needed, made, asked, left):
    supply = SupplyFactory(quantity=made)
    demand = demand_for(supply, quantity=needed)

    with pytest.raises(NotEnough) as refusal:
        operations.link(demand=demand, supply=supply, quantity=Decimal(asked), by=planner)

    assert (refusal.value.wanted, refusal.value.left) == (asked, left)
    assert not OrderLink.objects.exists()


@pytest.mark.parametrize("quantity", ["0", "-1", "0.5"])
def test_link_refuses_an_impossible_quantity(planner, quantity):
    supply = SupplyFactory()

    with pytest.raises(Refused):
        operations.link(demand=demand_for(supply), supply=supply, quantity=Decimal(quantity), by=planner)


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({"part": PartFactory}, id="another part"),
        pytest.param({"warehouse": WarehouseFactory}, id="another warehouse"),
        pytest.param({"kind": "forecast"}, id="a forecast"),
        pytest.param({"status": Status.CLOSED}, id="a closed row"),
        pytest.param({"status": Status.CANCELLED}, id="a cancelled row"),
    ],
)
def test_link_refuses_what_does_not_fit(planner, facts):
    supply = SupplyFactory()
    facts = {name: value() if isinstance(value, type) else value for name, value in facts.items()}
    demand = DemandFactory(**{"part": supply.part, "warehouse": supply.warehouse} | facts)

    with pytest.raises(Refused):
        operations.link(demand=demand, supply=supply, quantity=Decimal(1), by=planner)


def test_link_refuses_a_closed_supply(planner):
    supply = SupplyFactory(status=Status.CLOSED)

    with pytest.raises(Refused, match="closed"):
        operations.link(demand=demand_for(supply), supply=supply, quantity=Decimal(1), by=planner)


def test_link_refuses_a_circle_and_names_the_path(planner):
    top = MadeSupplyFactory()
    middle = MadeSupplyFactory(warehouse=top.warehouse)
    link = LinkFactory(supply=middle, demand=component_of(top, part=middle.part), part=middle.part)
    back = component_of(middle, part=top.part)

    with pytest.raises(Refused, match=f"{top}.*{link.supply}.*{top}"):
        operations.link(demand=back, supply=top, quantity=Decimal(1), by=planner)


def test_link_warns_of_a_late_supply_until_accepted(planner):
    supply = SupplyFactory(due_date=date(2026, 4, 1))
    demand = demand_for(supply, need_date=date(2026, 3, 20))

    with pytest.raises(NeedsConfirmation) as warning:
        operations.link(demand=demand, supply=supply, quantity=Decimal(1), by=planner)
    operations.link(demand=demand, supply=supply, quantity=Decimal(1), by=planner, accept_warnings=True)

    assert warning.value.warnings == [f"{supply} is due 2026-04-01, later than {demand} needs it (2026-03-20)."]
    assert OrderLink.objects.get().quantity == 1


def test_change_link_takes_more_of_the_supply(planner):
    link = LinkFactory(quantity=4)

    operations.change_link(link=link, quantity=Decimal(9), by=planner)

    assert figures(link, "quantity", "open") == (9, 9)


def test_change_link_to_more_asks_about_warnings_first(planner):
    supply = SupplyFactory(quantity=10, due_date="2026-04-01")
    link = LinkFactory(supply=supply, quantity=4, demand=demand_for(supply))

    with pytest.raises(NeedsConfirmation) as warning:
        operations.change_link(link=link, quantity=Decimal(5), by=planner)
    operations.change_link(link=link, quantity=Decimal(3), by=planner)
    operations.change_link(link=link, quantity=Decimal(5), by=planner, accept_warnings=True)

    assert warning.value.warnings == [f"{supply} is due 2026-04-01, later than {link.demand} needs it (2026-03-20)."]
    assert figures(link, "open") == (5,)


def test_change_link_to_less_disconnects_the_rest(planner):
    link = LinkFactory(quantity=4)

    operations.change_link(link=link, quantity=Decimal(1), by=planner)

    assert figures(link, "quantity", "released", "open") == (4, 3, 1)
    assert figures(link.supply, "free") == (9,)


def test_change_link_refuses_nothing_and_too_much(planner):
    link = LinkFactory(quantity=4)

    with pytest.raises(Refused):
        operations.change_link(link=link, quantity=Decimal(0), by=planner)
    with pytest.raises(NotEnough):
        operations.change_link(link=link, quantity=Decimal(11), by=planner)


def test_disconnect_frees_both_ends_and_leaves_a_tombstone(planner):
    link = LinkFactory(quantity=4)

    operations.disconnect(link=link, by=planner, reason="customer waits")

    assert figures(link, "released", "open", "reason", "status") == (4, 0, "customer waits", "ended")
    assert figures(link.supply, "allocated") + figures(link.demand, "allocated") == (0, 0)
    assert Tombstone.objects.filter(supply=link.supply, demand=link.demand, created_by=planner).exists()


def test_disconnect_a_part_keeps_the_rest(planner):
    link = LinkFactory(quantity=4)

    operations.disconnect(link=link, quantity=Decimal(1), by=planner)

    assert figures(link, "open") == (3,)


def test_disconnect_frees_what_lies_on_the_shelf(planner):
    link = LinkFactory(quantity=4)
    operations.receive(supply=link.supply, quantity=Decimal(4), by=planner, effective_on=date(2026, 3, 10))

    operations.disconnect(link=link, by=planner)

    assert figures(link, "received", "released", "on_shelf") == (0, 4, 0)
    assert figures(operations.balance_of(link.part, link.warehouse), "quantity", "free") == (4, 4)


def test_disconnect_refuses_more_than_is_open_and_what_was_issued(planner):
    link = LinkFactory(quantity=4)
    operations.receive(supply=link.supply, quantity=Decimal(4), by=planner, effective_on=date(2026, 3, 10))
    operations.issue(demand=link.demand, quantity=Decimal(4), by=planner, effective_on=date(2026, 3, 11))

    with pytest.raises(Refused, match="never disconnected"):
        operations.disconnect(link=link, by=planner)
    with pytest.raises(NotEnough):
        operations.disconnect(link=LinkFactory(quantity=4), quantity=Decimal(5), by=planner)


def test_disconnect_makes_an_orphan_of_what_was_made_for_the_row(planner):
    link = LinkFactory(quantity=4)
    operations.add_provenance([(link.supply, link.demand, Decimal(4))])

    operations.disconnect(link=link, by=planner)

    link.supply.refresh_from_db()
    assert link.supply.orphaned_at is not None
    operations.keep_as_stock(supply=link.supply, by=planner)
    assert figures(link.supply, "orphaned_at") == (None,)


def test_linking_again_takes_tombstone_and_orphan_away(planner):
    link = LinkFactory(quantity=4)
    operations.add_provenance([(link.supply, link.demand, Decimal(4))])
    operations.disconnect(link=link, by=planner)

    operations.link(demand=link.demand, supply=link.supply, quantity=Decimal(4), by=planner)

    assert not Tombstone.objects.exists()
    assert figures(link.supply, "orphaned_at") == (None,)


def test_hand_over_gives_the_quantity_to_another_demand(planner):
    old = LinkFactory(quantity=4, kind="bound", contract=True)
    taker = demand_for(old.supply)

    new = operations.hand_over(link=old, demand=taker, by=planner, quantity=Decimal(3))

    assert figures(old, "released", "open") == (3, 1)
    assert (new.demand, new.supply, new.quantity, new.kind, new.contract, new.handed_from) == (
        taker,
        old.supply,
        3,
        "bound",
        False,
        old,
    )
    assert figures(old.supply, "allocated") == (4,)


def test_hand_over_takes_over_what_lies_on_the_shelf(planner):
    old = LinkFactory(quantity=4)
    operations.receive(supply=old.supply, quantity=Decimal(4), by=planner, effective_on=date(2026, 3, 10))

    new = operations.hand_over(link=old, demand=demand_for(old.supply), by=planner)

    assert (new.received, new.on_shelf, new.supply) == (4, 4, old.supply)
    assert new.stock == operations.balance_of(old.part, old.warehouse)


def test_hand_over_takes_goods_of_a_closed_order_from_the_shelf(planner):
    old = LinkFactory(quantity=4)
    operations.receive(supply=old.supply, quantity=Decimal(4), by=planner, effective_on=date(2026, 3, 10))
    operations.close_supply(old.supply)

    new = operations.hand_over(link=old, demand=demand_for(old.supply), by=planner)

    assert (new.on_shelf, new.to_come, figures(old, "open")) == (4, 0, (0,))


def test_change_link_refuses_a_link_that_has_ended(planner):
    link = LinkFactory(quantity=4)
    operations.disconnect(link=link, by=planner)

    with pytest.raises(Refused, match="is ended: link the two again"):
        operations.change_link(link=link, quantity=Decimal(2), by=planner)


def test_hand_over_refuses_the_same_demand_and_too_much(planner):
    old = LinkFactory(quantity=4)

    with pytest.raises(Refused, match="already serves"):
        operations.hand_over(link=old, demand=old.demand, by=planner)
    with pytest.raises(NotEnough):
        operations.hand_over(link=old, demand=demand_for(old.supply), quantity=Decimal(5), by=planner)
    with pytest.raises(NotEnough):
        operations.hand_over(link=old, demand=demand_for(old.supply, quantity=1), by=planner)


def test_an_operation_sent_twice_has_one_effect_and_one_answer(planner):
    supply = SupplyFactory()
    demand = demand_for(supply)
    key = "6f7f1a5e-0000-4000-8000-000000000001"

    first = operations.link(demand=demand, supply=supply, quantity=Decimal(4), by=planner, key=key)
    second = operations.link(demand=demand, supply=supply, quantity=Decimal(4), by=planner, key=key)

    assert (second, second.quantity) == (first, 4)
    assert Operation.objects.get().name == "linkage.link"


def test_an_operation_key_with_other_values_is_refused(planner):
    supply = SupplyFactory()
    demand = demand_for(supply)
    key = "6f7f1a5e-0000-4000-8000-000000000002"
    operations.link(demand=demand, supply=supply, quantity=Decimal(4), by=planner, key=key)

    with pytest.raises(KeyReused):
        operations.link(demand=demand, supply=supply, quantity=Decimal(5), by=planner, key=key)


def test_every_change_of_a_link_names_who_and_why(planner):
    link = LinkFactory(quantity=4)

    operations.disconnect(link=link, by=planner, reason="wrong row")

    context = link.events.order_by("pgh_id").last().pgh_context.metadata
    assert context == {"user": planner.pk, "operation": "linkage.disconnect", "reason": "wrong row"}
