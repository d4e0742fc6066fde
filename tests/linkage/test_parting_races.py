"""Parting and swapping against others at the same moment; each race again with its protection taken away."""

from contextlib import ExitStack
from datetime import date
from decimal import Decimal

import pytest
from django.db.models import Sum

from erp.exceptions import Refused
from linkage import operations
from linkage.models import OrderLink, Supply, SwapProposal
from linkage.queries.harmless import harmless_swaps
from linkage.refusals import NotEnough
from tests.factories import PartnerFactory, UserFactory
from tests.linkage.factories import LinkFactory, SupplyFactory, demand_for
from tests.races import run_before_commit, without_guard, without_locks

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
UNTIL = date(2199, 1, 1)


def bare(monkeypatch):
    """Neither the locks of the operations nor the guard of the database."""
    stack = ExitStack()
    stack.enter_context(without_guard())
    stack.enter_context(without_locks(monkeypatch))
    return stack


def two_links():
    """Four of each of two supplies, each for a demand of its own, full in both directions."""
    first = LinkFactory(supply=SupplyFactory(quantity=4), quantity=4, demand__quantity=4)
    other = SupplyFactory(part=first.part, warehouse=first.warehouse, quantity=4)
    return first, LinkFactory(supply=other, demand=demand_for(other, quantity=4), quantity=4)


def promised_of(supply):
    return OrderLink.objects.filter(supply=supply).aggregate(sum=Sum("to_come", default=0))["sum"]


def arrived(link):
    return OrderLink.objects.filter(supply=link.supply).aggregate(sum=Sum("received", default=0))["sum"]


def receive(link, by):
    return lambda: operations.receive(supply=link.supply, quantity=Decimal(4), by=by, effective_on=date(2026, 3, 10))


# A swap against a receipt


def swap_against_receipt(first, second):
    by = UserFactory()
    return run_before_commit(receive(first, by), lambda: operations.swap(link=first, other=second, by=by))


def test_swap_waits_for_a_receipt_and_takes_the_goods_from_the_shelf():
    first, second = two_links()

    had_to_wait, outcome = swap_against_receipt(first, second)

    taken = OrderLink.objects.open().get(demand=second.demand)
    assert (had_to_wait, len(outcome)) == (True, 2)
    assert (taken.supply, taken.on_shelf, promised_of(first.supply), arrived(first)) == (first.supply, 4, 0, 4)


def test_swap_loses_what_arrived_without_locks_and_guard(monkeypatch):
    first, second = two_links()

    with bare(monkeypatch):
        swap_against_receipt(first, second)

    taken = OrderLink.objects.get(demand=second.demand, supply=first.supply)
    assert (taken.on_shelf, taken.to_come) != (4, 0)


# A disconnect against a receipt


def disconnect_against_receipt(link):
    by = UserFactory()
    return run_before_commit(receive(link, by), lambda: operations.disconnect(link=link, by=by))


def test_disconnect_waits_for_a_receipt_and_frees_the_goods_on_the_shelf():
    link, _other = two_links()

    had_to_wait, _outcome = disconnect_against_receipt(link)

    shelf = Supply.objects.stock().get()
    assert (had_to_wait, shelf.quantity, shelf.free, OrderLink.objects.get(pk=link.pk).open) == (True, 4, 4, 0)


def test_disconnect_forgets_what_arrived_without_locks_and_guard(monkeypatch):
    link, _other = two_links()

    with bare(monkeypatch):
        disconnect_against_receipt(link)

    ended = OrderLink.objects.get(pk=link.pk)
    assert (ended.open, ended.on_shelf) != (0, 0) or Supply.objects.stock().get().free != 4


# Two swaps that share a link


def two_swaps(first, second):
    by = UserFactory()
    third = SupplyFactory(part=first.part, warehouse=first.warehouse, quantity=4)
    last = LinkFactory(supply=third, demand=demand_for(third, quantity=4), quantity=4)
    return run_before_commit(
        lambda: operations.swap(link=first, other=second, by=by),
        lambda: operations.swap(link=first, other=last, by=by),
    )


def test_second_swap_of_a_link_waits_and_finds_it_given_away():
    first, second = two_links()

    had_to_wait, outcome = two_swaps(first, second)

    assert (had_to_wait, str(outcome)) == (True, f"Nothing of {first} is open any more.")
    assert [promised_of(link.supply) for link in (first, second)] == [4, 4]


def test_second_swap_promises_a_link_twice_without_locks_and_guard(monkeypatch):
    first, second = two_links()

    with bare(monkeypatch):
        _, outcome = two_swaps(first, second)

    assert isinstance(outcome, list)
    assert promised_of(first.supply) == 8


# A hold against a link


def hold_against_link(supply):
    by, demand, partner = UserFactory(), demand_for(supply), PartnerFactory()
    return run_before_commit(
        lambda: operations.link(demand=demand, supply=supply, quantity=Decimal(10), accept_warnings=True, by=by),
        lambda: operations.hold(supply=supply, quantity=Decimal(6), partner=partner, until=UNTIL, by=by),
    )


def test_hold_waits_for_a_link_and_finds_nothing_free():
    supply = SupplyFactory(quantity=10)

    had_to_wait, outcome = hold_against_link(supply)

    assert had_to_wait
    assert isinstance(outcome, NotEnough)
    assert (outcome.left, promised_of(supply)) == (0, 10)


def test_hold_keeps_what_is_promised_without_locks_and_guard(monkeypatch):
    supply = SupplyFactory(quantity=10)

    with bare(monkeypatch):
        hold_against_link(supply)

    assert promised_of(supply) == 16


# A destination against others


def test_disconnect_to_a_demand_waits_for_who_serves_it_meanwhile():
    first, _second = two_links()
    taker, by = demand_for(first.supply, quantity=4), UserFactory()
    free = SupplyFactory(part=first.part, warehouse=first.warehouse, quantity=4)

    had_to_wait, outcome = run_before_commit(
        lambda: operations.link(demand=taker, supply=free, quantity=Decimal(4), accept_warnings=True, by=by),
        lambda: operations.disconnect(link=first, goes="taker", give_to=taker, by=by),
    )

    assert had_to_wait
    assert isinstance(outcome, NotEnough)
    assert OrderLink.objects.get(pk=first.pk).open == 4


def test_accepting_the_same_swap_twice_does_it_once():
    late, _early = two_links()
    type(late.demand).objects.filter(pk=late.demand_id).update(need_date=date(2198, 1, 3))
    Supply.objects.filter(pk=late.supply_id).update(due_date=date(2198, 6, 2))
    type(late.demand).objects.exclude(pk=late.demand_id).update(need_date=date(2199, 1, 2))
    by = UserFactory()
    operations.note_swaps(swaps=harmless_swaps(), by=by)
    proposals = list(SwapProposal.objects.all())

    had_to_wait, outcome = run_before_commit(
        lambda: operations.accept_swaps(proposals=proposals, by=by),
        lambda: operations.accept_swaps(proposals=proposals, by=by),
    )

    assert (len(proposals), had_to_wait, isinstance(outcome, Refused)) == (1, True, True)
    assert OrderLink.objects.open().count() == 2
