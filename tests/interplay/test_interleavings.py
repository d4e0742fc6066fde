"""Two people, every pair of deeds on the same orders at the same time: it comes out as if one had come after the other.

For each pair both orders are run alone first, each taken back; then the two really meet: the second begins while the
first has done its work and not yet committed. What the ledger says then, and what both were answered, must be one of
the two. Whoever is second and touches the same rows waits.
"""

from decimal import Decimal
from itertools import combinations_with_replacement

import pytest
import time_machine
from django.db import transaction

from erp.exceptions import Refused
from linkage import drift
from tests.interplay import deeds
from tests.interplay.world import a_company
from tests.races import run_before_commit, without_guard, without_locks
from tests.standing import standing

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

# Chosen so that all of them meet in the first customer row, its order and its purchase.
MEETING = {
    deed.__name__: (deed, pick, other, Decimal(quantity))
    for deed, pick, other, quantity in [
        (deeds.link, 0, 0, 2),
        (deeds.change_link, 0, 0, 7),
        (deeds.disconnect, 0, 0, 3),
        (deeds.hand_over, 0, 0, 4),
        (deeds.undo, 0, 0, 1),
        (deeds.swap, 0, 0, 4),
        (deeds.disconnect_and_reduce, 0, 0, 2),
        (deeds.split_sales_row, 0, 1, 5),
        (deeds.split_order, 0, 1, 4),
        (deeds.split_order_to_another_site, 1, 1, 3),
        (deeds.split_purchase_row, 0, 2, 20),
        (deeds.change_sales_quantity, 0, 0, 9),
        (deeds.change_sales_date, 0, 9, 1),
        (deeds.change_sales_revision, 0, 1, 1),
        (deeds.cancel_production, 1, 0, 1),
        (deeds.change_purchase, 0, 3, 7),
        (deeds.receive, 0, 0, 9),
        (deeds.merge_orders, 2, 0, 1),
    ]
}


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel("2026-03-02", tick=False):
        yield


class TakeBack(Exception):
    """Raised to roll an outcome back after it was read."""


def bound(world, name):
    """The deed as a function without arguments; what it is done to is chosen now, as on a page that is open."""
    deed, pick, other, quantity = MEETING[name]
    operation, arguments = deed(world, pick, other, quantity)
    return lambda: operation(by=world.by, **arguments)


def answer_of(act):
    """The kind of answer: the object made or changed, or the refusal."""
    try:
        return type(act()).__name__
    except Refused as refusal:
        return type(refusal).__name__


def after_both(world, first, second):
    """(answers, ledger) when one comes after the other; taken back."""
    try:
        with transaction.atomic():
            outcome = (answer_of(first), answer_of(second)), world.reading()
            raise TakeBack
    except TakeBack:
        return outcome


def answers_by_name(answers, names):
    return tuple(sorted(zip(names, answers, strict=True)))


def alone(world, names):
    """Both ways in which the two can come one after the other."""
    ways = []
    for order in (names, names[::-1]):
        answers, reading = after_both(world, *(bound(world, name) for name in order))
        ways.append((answers_by_name(answers, order), reading))
    return ways


def together(world, names):
    """The two at once: the second begins before the first commits."""
    first, second = (bound(world, name) for name in names)
    answers = []
    _, outcome = run_before_commit(lambda: answers.append(answer_of(first)), second)
    if isinstance(outcome, Exception) and not isinstance(outcome, Refused):
        raise outcome
    answers.append(type(outcome).__name__)
    return answers_by_name(answers, names), world.reading()


@pytest.mark.parametrize("names", list(combinations_with_replacement(MEETING, 2)), ids=" ".join)
def test_two_at_once_come_out_as_one_after_the_other(names):
    world = standing(a_company)
    ways = alone(world, names)

    outcome = together(world, names)

    assert outcome in ways
    assert list(drift.findings()) == []


def test_without_locks_and_guard_two_at_once_come_out_as_neither(monkeypatch):
    world = standing(a_company)
    names = ("link", "link")
    ways = alone(world, names)

    with without_guard(), without_locks(monkeypatch):
        outcome = together(world, names)

    assert outcome not in ways
