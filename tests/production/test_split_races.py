"""Splitting and merging while somebody links, finishes or splits: who comes second waits and finds what is there.

Every pair of deeds is in ``tests/interplay``; here is what each of the two is told, and what happens without locks.
"""

from decimal import Decimal

import pytest

from erp.exceptions import Refused
from linkage.models import OrderLink, Supply
from linkage.operations import link
from linkage.refusals import NotEnough
from production import operations
from production.models import ProductionOrder
from production.operations import NewPart
from tests.factories import UserFactory
from tests.linkage.factories import TODAY
from tests.production.making import bought, made, released, row_of
from tests.production.test_merging import bike, orders_of
from tests.production.test_splitting import drift, line_of
from tests.races import run_before_commit, without_guard, without_locks

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def a_line(by):
    return released(made("BIKE", (bought("WHEEL"), 2)), 10, on_hand=30, by=by)


def splitting(line, by, *quantities):
    parts = [NewPart(quantity=Decimal(quantity)) for quantity in quantities]
    return lambda: operations.split_order(line=line, parts=parts, reason="Capacity", by=by)


def linking(line, by, quantity):
    row = row_of(line.supply.part, quantity, warehouse=line.supply.warehouse)
    facts = {"supply": line.supply, "quantity": Decimal(quantity), "accept_warnings": True}
    return lambda: link(demand=row, by=by, **facts)


def finishing(line, by, quantity):
    return lambda: operations.finish(line=line, quantity=Decimal(quantity), effective_on=TODAY, by=by)


def quantities():
    return list(Supply.objects.filter(kind="production").order_by("pk").values_list("quantity", "done", "allocated"))


def test_link_waits_for_a_split_and_finds_the_smaller_order():
    by = UserFactory()
    line = a_line(by)

    had_to_wait, outcome = run_before_commit(splitting(line, by, 4, 6), linking(line, by, 10))

    assert had_to_wait
    assert isinstance(outcome, NotEnough)
    assert (outcome.left, quantities(), drift()) == (4, [(4, 0, 0), (6, 0, 0)], [])


def test_split_waits_for_a_link_and_takes_it_along():
    by = UserFactory()
    line = a_line(by)

    had_to_wait, outcome = run_before_commit(linking(line, by, 10), splitting(line, by, 4, 6))

    assert (had_to_wait, len(outcome), quantities(), drift()) == (True, 2, [(4, 0, 4), (6, 0, 6)], [])


def test_split_waits_for_a_report_and_leaves_the_finished_where_they_are():
    by = UserFactory()
    line = a_line(by)

    had_to_wait, outcome = run_before_commit(finishing(line, by, 5), splitting(line, by, 4, 6))

    assert (had_to_wait, isinstance(outcome, Refused)) == (True, True)
    assert "5 pcs of M-1001/1 are reported and stay with it" in str(outcome)
    assert (quantities(), drift()) == ([(10, 5, 0)], [])


def test_report_waits_for_a_split_and_closes_the_smaller_order():
    by = UserFactory()
    line = a_line(by)

    had_to_wait, _ = run_before_commit(splitting(line, by, 4, 6), finishing(line, by, 4))

    assert (had_to_wait, quantities(), drift()) == (True, [(4, 4, 0), (6, 0, 0)], [])
    assert set(ProductionOrder.objects.values_list("status", flat=True)) == {"finished", "released"}


def test_two_splits_of_one_order_are_not_both_done():
    by = UserFactory()
    line = a_line(by)

    had_to_wait, outcome = run_before_commit(splitting(line, by, 4, 6), splitting(line, by, 5, 5))

    assert (had_to_wait, str(outcome)) == (True, "The parts add up to 10, but there are 4 to divide.")
    assert quantities() == [(4, 0, 0), (6, 0, 0)]


def test_link_waits_for_a_merge_and_finds_the_order_gone():
    by = UserFactory()
    first, second = orders_of(bike(), 5, 3, by=by)

    had_to_wait, outcome = run_before_commit(
        lambda: operations.merge_orders(orders=[first, second], by=by), linking(line_of(second), by, 3)
    )

    assert had_to_wait
    assert "is cancelled and cannot be linked" in str(outcome)
    assert (quantities(), drift()) == ([(8, 0, 0), (3, 0, 0)], [])


def test_merge_waits_for_a_link_and_takes_it_along():
    by = UserFactory()
    first, second = orders_of(bike(), 5, 3, by=by)

    had_to_wait, outcome = run_before_commit(
        linking(line_of(second), by, 3), lambda: operations.merge_orders(orders=[first, second], by=by)
    )

    assert (had_to_wait, outcome.pk, quantities()) == (True, first.pk, [(8, 0, 3), (3, 0, 0)])
    assert OrderLink.objects.get().supply.document == first.document


def test_without_locks_and_guard_a_link_holds_more_than_the_split_order_makes(monkeypatch):
    by = UserFactory()
    line = a_line(by)

    with without_guard(), without_locks(monkeypatch):
        run_before_commit(splitting(line, by, 4, 6), linking(line, by, 10))

    promised = OrderLink.objects.get()
    assert (promised.open, promised.supply.quantity) == (10, 4)
