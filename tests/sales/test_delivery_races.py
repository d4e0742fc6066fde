"""Two people on goods that are about to leave: nothing leaves twice, and what is picked is taken by nobody."""

from decimal import Decimal

import pytest

from erp.exceptions import Refused
from linkage import drift
from linkage.models import OrderLink, StockMovement
from linkage.operations import disconnect, link
from sales import operations
from sales.models import PickRow, PickStatus
from sales.operations import Delivered, NewPart, Picked
from tests.factories import PartFactory, UserFactory
from tests.linkage.factories import stock
from tests.races import run_before_commit, without_locks
from tests.sales.factories import again, row_with

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _ledger_stays_true():
    yield
    assert list(drift.findings()) == []


def deliver(row, quantity, by):
    return operations.deliver_rows(lines=[Delivered(row=row, quantity=Decimal(quantity))], by=by)


def pick(row, quantity, by):
    return operations.create_pick_lists(lines=[Picked(row=row, quantity=Decimal(quantity))], by=by)


def linked_row(by, *, linked=10, on_hand=10):
    row = row_with(10, by=by)
    balance = stock(row.part, row.warehouse, on_hand)
    own = link(demand=row.demand, supply=balance, quantity=Decimal(linked), accept_warnings=True, by=by)
    return again(row), own


def test_two_who_deliver_the_same_row_deliver_it_once():
    by = UserFactory()
    row = row_with(10, by=by)
    stock(row.part, row.warehouse, 20)

    had_to_wait, outcome = run_before_commit(lambda: deliver(row, 10, by), lambda: deliver(row, 10, by))

    assert (had_to_wait, str(outcome)) == (True, f"{row} is finished and cannot be changed.")
    assert StockMovement.objects.filter(kind="delivery").count() == 1


def test_two_lists_take_a_row_once():
    by = UserFactory()
    row = row_with(10, by=by)
    stock(row.part, row.warehouse, 20)

    had_to_wait, outcome = run_before_commit(lambda: pick(row, 6, by), lambda: pick(row, 6, by))

    assert (had_to_wait, isinstance(outcome, Refused)) == (True, True)
    assert list(PickRow.objects.values_list("quantity", flat=True)) == [6]


def test_two_lists_of_different_rows_share_free_stock():
    by = UserFactory()
    ours = row_with(10, by=by)
    theirs = row_with(10, part=ours.part, warehouse=ours.warehouse, by=by)
    stock(ours.part, ours.warehouse, 10)

    had_to_wait, outcome = run_before_commit(lambda: pick(ours, 6, by), lambda: pick(theirs, 6, by))

    assert (had_to_wait, isinstance(outcome, Refused)) == (True, True)
    assert PickRow.objects.get().row == ours


@pytest.mark.parametrize("other", ["deliver", "take off"])
def test_two_who_end_different_rows_of_a_pick_list_end_the_list(other):
    by = UserFactory()
    ours = row_with(10, by=by)
    rows = [ours, row_with(10, part=PartFactory(), warehouse=ours.warehouse, by=by)]
    for row in rows:
        stock(row.part, row.warehouse, 10)
    [made] = operations.create_pick_lists(lines=[Picked(row=row, quantity=Decimal(10)) for row in rows], by=by)
    first, second = made.rows.for_list().order_by("pk")

    def leave(pick):
        line = Delivered(row=again(pick.row), quantity=Decimal(10), pick_row=pick)
        return operations.deliver_rows(lines=[line], pick_list=made, by=by)

    def end():
        return (
            leave(second) if other == "deliver" else operations.change_pick(pick_row=second, quantity=Decimal(0), by=by)
        )

    run_before_commit(lambda: leave(first), end)

    made.refresh_from_db()
    assert made.status == PickStatus.DELIVERED


CHANGES = [
    pytest.param(lambda row, own, by: disconnect(link=own, quantity=Decimal(6), by=by), id="disconnect"),
    pytest.param(lambda row, own, by: operations.change_row(row=row, quantity=Decimal(4), by=by), id="change"),
    pytest.param(
        lambda row, own, by: operations.split_row(
            row=row, parts=[NewPart(quantity=Decimal(4)), NewPart(quantity=Decimal(6))], by=by
        ),
        id="split",
    ),
]


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_waits_for_the_pick_list_and_is_refused(change):
    by = UserFactory()
    row, own = linked_row(by)

    had_to_wait, outcome = run_before_commit(lambda: pick(row, 6, by), lambda: change(row, own, by))

    assert (had_to_wait, "are on pick list PL-1001" in str(outcome)) == (True, True)
    assert (PickRow.objects.get().open, OrderLink.objects.get().on_shelf) == (6, 10)


@pytest.mark.parametrize("change", CHANGES)
def test_a_pick_list_waits_for_the_change_and_takes_what_is_left(change):
    by = UserFactory()
    row, own = linked_row(by)

    had_to_wait, outcome = run_before_commit(lambda: change(row, own, by), lambda: pick(row, 9, by))

    picked = PickRow.objects.filter(demand=row.demand_id).first()
    on_shelf = sum(OrderLink.objects.filter(demand=row.demand_id).values_list("on_shelf", flat=True))
    assert had_to_wait
    assert isinstance(outcome, Refused) or picked.open <= on_shelf


def test_without_the_locks_the_database_still_refuses_the_second_list(monkeypatch):
    by = UserFactory()
    row, _own = linked_row(by)

    with without_locks(monkeypatch):
        _waited, outcome = run_before_commit(lambda: pick(row, 6, by), lambda: pick(row, 6, by))

    assert isinstance(outcome, Refused)
    assert PickRow.objects.get().open == 6
