"""Several people at once, in real transactions. Each race is run again with its protection taken away."""

from contextlib import ExitStack
from datetime import date
from decimal import Decimal

import pytest
from django.db.models import F, Sum

from erp.exceptions import Refused
from linkage import operations
from linkage.locks import lock
from linkage.models import Demand, OrderLink, StockMovement
from linkage.operation import operation
from linkage.refusals import NotEnough
from tests.factories import UserFactory
from tests.linkage.factories import LinkFactory, SupplyFactory, demand_for
from tests.races import at_once, run_before_commit, without_guard, without_locks

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def promised(supply):
    return OrderLink.objects.filter(supply=supply).aggregate(sum=Sum("open", default=0))["sum"]


def two_planners(supply, quantity=10):
    """Two functions: each links all of the supply to a demand of its own."""
    by = UserFactory()
    return [
        lambda demand=demand: operations.link(demand=demand, supply=supply, quantity=Decimal(quantity), by=by)
        for demand in (demand_for(supply, quantity=quantity), demand_for(supply, quantity=quantity))
    ]


def bare(monkeypatch):
    """Neither the locks of the operations nor the guard of the database."""
    stack = ExitStack()
    stack.enter_context(without_guard())
    stack.enter_context(without_locks(monkeypatch))
    return stack


def test_two_planners_cannot_promise_the_same_pieces():
    supply = SupplyFactory(quantity=10)

    had_to_wait, outcome = run_before_commit(*two_planners(supply))

    assert had_to_wait
    assert isinstance(outcome, NotEnough)
    assert (outcome.wanted, outcome.left, promised(supply)) == (10, 0, 10)


def test_two_planners_are_stopped_by_the_guard_where_locks_are_missing(monkeypatch):
    supply = SupplyFactory(quantity=10)

    with without_locks(monkeypatch):
        had_to_wait, outcome = run_before_commit(*two_planners(supply))

    assert had_to_wait
    assert isinstance(outcome, NotEnough)
    assert promised(supply) == 10


def test_two_planners_promise_twice_without_locks_and_guard(monkeypatch):
    supply = SupplyFactory(quantity=10)

    with bare(monkeypatch):
        _, outcome = run_before_commit(*two_planners(supply))

    assert isinstance(outcome, OrderLink)
    assert promised(supply) == 20


def test_two_planners_at_the_same_moment_are_one_accepted_and_one_refused():
    supply = SupplyFactory(quantity=5)

    outcomes = at_once(*two_planners(supply, quantity=5))

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["NotEnough", "OrderLink"]
    assert promised(supply) == 5


# A link against a receipt of the same goods


def link_against_receipt(supply):
    by = UserFactory()
    demand = demand_for(supply)
    return run_before_commit(
        lambda: operations.receive(supply=supply, quantity=Decimal(10), by=by, effective_on=date(2026, 3, 10)),
        lambda: operations.link(demand=demand, supply=supply, quantity=Decimal(10), by=by),
    )


def test_link_waits_for_a_receipt_and_finds_nothing_left_to_come():
    had_to_wait, outcome = link_against_receipt(SupplyFactory(quantity=10))

    assert had_to_wait
    assert isinstance(outcome, NotEnough)
    assert (outcome.left, OrderLink.objects.count()) == (0, 0)


def test_link_against_a_receipt_is_stopped_by_the_guard_where_locks_are_missing(monkeypatch):
    with without_locks(monkeypatch):
        _, outcome = link_against_receipt(SupplyFactory(quantity=10))

    assert isinstance(outcome, NotEnough)
    assert OrderLink.objects.count() == 0


def test_link_promises_what_has_arrived_without_locks_and_guard(monkeypatch):
    supply = SupplyFactory(quantity=10)

    with bare(monkeypatch):
        link_against_receipt(supply)

    arrived = StockMovement.objects.aggregate(sum=Sum("quantity"))["sum"]
    assert (arrived, promised(supply), supply.quantity) == (10, 10, 10)


# The same form sent several times at once


def send_often(supply, keys):
    by = UserFactory()
    demand = demand_for(supply, quantity=20)
    return at_once(
        *(
            lambda key=key: operations.link(demand=demand, supply=supply, quantity=Decimal(4), by=by, key=key)
            for key in keys
        )
    )


def test_a_form_sent_four_times_at_once_has_one_effect_and_one_answer():
    supply = SupplyFactory(quantity=20)

    outcomes = send_often(supply, ["6f7f1a5e-0000-4000-8000-000000000001"] * 4)

    assert outcomes == [OrderLink.objects.get()] * 4
    assert promised(supply) == 4


def test_a_form_sent_four_times_without_its_key_has_four_effects():
    supply = SupplyFactory(quantity=20)

    send_often(supply, [None] * 4)

    assert promised(supply) == 16


# Two decisions on the same link


def hand_over_against_disconnect(link):
    taker = demand_for(link.supply)
    by = UserFactory()
    return run_before_commit(
        lambda: operations.hand_over(link=link, demand=taker, quantity=Decimal(3), by=by),
        lambda: operations.disconnect(link=link, quantity=Decimal(2), by=by),
    )


def test_disconnect_waits_for_a_hand_over_and_sees_what_is_left():
    link = LinkFactory(quantity=4)

    had_to_wait, outcome = hand_over_against_disconnect(link)

    assert had_to_wait
    assert isinstance(outcome, NotEnough)
    assert (outcome.wanted, outcome.left, promised(link.supply)) == (2, 1, 4)


def test_disconnect_undoes_a_hand_over_without_locks(monkeypatch):
    link = LinkFactory(quantity=4)

    with without_locks(monkeypatch):
        _, outcome = hand_over_against_disconnect(link)

    assert isinstance(outcome, OrderLink)
    assert promised(link.supply) == 5  # of a link of 4, and no sum of the guard is wrong


def test_disconnect_is_refused_when_all_was_handed_over_meanwhile():
    link = LinkFactory(quantity=4)
    taker = demand_for(link.supply)

    had_to_wait, outcome = run_before_commit(
        lambda: operations.hand_over(link=link, demand=taker, by=link.created_by),
        lambda: operations.disconnect(link=link, by=link.created_by),
    )

    assert had_to_wait
    assert isinstance(outcome, Refused)
    assert promised(link.supply) == 4


# A split against a link


@operation
def split_off(*, demand, quantity, by):
    """Half of what an order app's split does: lock, and divide the position."""
    [demand] = lock(demand)
    facts = {name: getattr(demand, name) for name in ("document", "kind", "part", "warehouse", "need_date")}
    return operations.split_demand(demand, [Demand(**facts, position=20, quantity=quantity)], by=by)


def split_against_link(supply):
    demand = demand_for(supply)
    by = UserFactory()
    return run_before_commit(
        lambda: split_off(demand=demand, quantity=Decimal(5), by=by),
        lambda: operations.link(demand=demand, supply=supply, quantity=Decimal(8), by=by),
    )


def test_link_waits_for_a_split_and_finds_the_smaller_row():
    had_to_wait, outcome = split_against_link(SupplyFactory(quantity=10))

    assert had_to_wait
    assert isinstance(outcome, NotEnough)
    assert (outcome.wanted, outcome.left) == (8, 5)


def test_link_against_a_split_is_stopped_by_the_guard_where_locks_are_missing(monkeypatch):
    with without_locks(monkeypatch):
        _, outcome = split_against_link(SupplyFactory(quantity=10))

    assert isinstance(outcome, NotEnough)
    assert OrderLink.objects.count() == 0


def test_link_holds_more_than_a_split_row_needs_without_locks_and_guard(monkeypatch):
    with bare(monkeypatch):
        split_against_link(SupplyFactory(quantity=10))

    assert OrderLink.objects.filter(open__gt=F("demand__quantity")).count() == 1
