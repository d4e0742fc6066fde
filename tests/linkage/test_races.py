"""Several people at once, in real transactions. Each race is run again with its protection taken away."""

from contextlib import ExitStack
from decimal import Decimal

import pytest
from django.db.models import Sum

from linkage import operations
from linkage.models import OrderLink
from linkage.refusals import NotEnough
from tests.factories import UserFactory
from tests.linkage.factories import SupplyFactory, demand_for
from tests.races import run_before_commit, without_guard, without_locks

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

    with ExitStack() as stack:
        stack.enter_context(without_guard())
        stack.enter_context(without_locks(monkeypatch))
        _, outcome = run_before_commit(*two_planners(supply))

    assert isinstance(outcome, OrderLink)
    assert promised(supply) == 20
