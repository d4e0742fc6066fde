"""Two people at the goods of one row at once. Each race has its control: without locks and guard it goes wrong."""

import contextlib
from decimal import Decimal

import pytest
from django.db.models import Sum

from erp.exceptions import Refused, Stale
from linkage.models import StockMovement
from linkage.operations import disconnect, issue, link
from linkage.operations.stock import balance_of, move_stock
from purchasing import operations
from purchasing.operations import Arriving
from purchasing.rehearsal import rehearse
from tests.factories import UserFactory, WarehouseFactory
from tests.linkage.factories import TODAY
from tests.purchasing.factories import again, demand_of, purchase_row
from tests.races import run_before_commit, without_guard, without_locks

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
TEN = Decimal(10)


@pytest.fixture
def by():
    return UserFactory()


@pytest.fixture
def row():
    return purchase_row(quantity=10, sent=True)


@pytest.fixture
def bare(monkeypatch):
    stack = contextlib.ExitStack()

    def take_away():
        stack.enter_context(without_guard())
        stack.enter_context(without_locks(monkeypatch))
        return stack

    return take_away


def promise(row, by, quantity=10):
    demand = demand_of(row, quantity=quantity)
    return link(demand=demand, supply=row.supply, quantity=Decimal(quantity), by=by, accept_warnings=True)


def receiving(row, by, quantity=10, **options):
    return lambda: operations.receive(row=row, quantity=Decimal(quantity), by=by, effective_on=TODAY, **options)


def disconnecting(made, by, quantity):
    return lambda: disconnect(link=made, quantity=Decimal(quantity), by=by)


def reversing(row, movement, by, **options):
    return lambda: operations.reverse_receipt(row=row, movement=movement, by=by, effective_on=TODAY, **options)


def delivering(demand, by):
    return lambda: issue(demand=demand, quantity=TEN, kind="delivery", by=by, effective_on=TODAY)


def on_shelf(made):
    made.refresh_from_db()
    return made.on_shelf


def moved(shelf):
    """On hand as its movements say, whatever the balance says."""
    came = StockMovement.objects.filter(to_stock=shelf).aggregate(sum=Sum("quantity", default=0))["sum"]
    left = StockMovement.objects.filter(from_stock=shelf).aggregate(sum=Sum("quantity", default=0))["sum"]
    return came - left


def test_receipt_waits_for_a_disconnect_and_gives_only_what_is_still_promised(row, by):
    made = promise(row, by)

    had_to_wait, outcome = run_before_commit(disconnecting(made, by, 6), receiving(row, by))

    assert had_to_wait
    assert outcome.order.status == "received"
    assert (on_shelf(made), balance_of(row.supply.part, row.supply.warehouse).free) == (4, 6)


def test_rehearsed_receipt_waits_for_a_disconnect_and_says_what_moved(row, by):
    made = promise(row, by)
    seen = rehearse(again(row)).standing

    had_to_wait, outcome = run_before_commit(disconnecting(made, by, 6), receiving(row, by, seen=seen))

    assert had_to_wait
    assert isinstance(outcome, Stale)
    assert outcome.theirs == {"free": ("6", "0"), str(made.demand): ("4", "10")}
    assert not StockMovement.objects.exists()


def test_disconnect_waits_for_a_receipt_and_frees_the_goods_on_the_shelf(row, by):
    made = promise(row, by)

    had_to_wait, _ = run_before_commit(receiving(row, by), disconnecting(made, by, 6))

    assert had_to_wait
    assert (on_shelf(made), balance_of(row.supply.part, row.supply.warehouse).free) == (4, 6)


def test_rehearsed_receipt_overtakes_a_disconnect_without_locks(row, by, bare):
    made = promise(row, by)
    seen = rehearse(again(row)).standing

    with bare():
        _, outcome = run_before_commit(disconnecting(made, by, 6), receiving(row, by, seen=seen))

    assert not isinstance(outcome, Stale)  # the control: it was posted, or fell over a constraint, unseen


def test_two_deliveries_with_one_row_are_not_both_posted(row, by):
    other = purchase_row(quantity=10, sent=True)
    first, second = (
        [Arriving(row=one, quantity=TEN, effective_on=TODAY) for one in rows] for rows in ([row, other], [other, row])
    )

    had_to_wait, outcome = run_before_commit(
        lambda: operations.receive_delivery(lines=first, by=by),
        lambda: operations.receive_delivery(lines=second, by=by),
    )

    assert had_to_wait
    assert isinstance(outcome, Refused)
    assert (again(row).supply.done, again(other).supply.done) == (10, 10)


def test_two_receipts_of_one_row_are_both_posted_without_locks_and_guard(row, by, bare):
    balance_of(row.supply.part, row.supply.warehouse)  # there already, or the second waits to make it too

    with bare():
        run_before_commit(receiving(row, by), receiving(row, by))

    assert moved(balance_of(row.supply.part, row.supply.warehouse)) == 20


def test_reversal_waits_for_a_delivery_and_is_refused_with_its_path(row, by):
    made = promise(row, by)
    receiving(row, by)()
    receipt = StockMovement.objects.get()

    had_to_wait, outcome = run_before_commit(delivering(made.demand, by), reversing(row, receipt, by))

    assert had_to_wait
    assert isinstance(outcome, Refused)
    assert f"The rest: 10 delivered to {made.demand}" in str(outcome)


def test_reversal_waits_for_a_move_of_free_goods_and_says_what_moved(row, by):
    receiving(row, by)()
    receipt = StockMovement.objects.select_related("to_stock__warehouse", "part").get()
    part, here, there = receipt.part, receipt.to_stock.warehouse, WarehouseFactory()

    had_to_wait, outcome = run_before_commit(
        lambda: move_stock(
            part=part, from_warehouse=here, to_warehouse=there, quantity=Decimal(4), by=by, effective_on=TODAY
        ),
        reversing(row, receipt, by, quantity=Decimal(5), seen={0: TEN}),
    )

    assert had_to_wait
    assert isinstance(outcome, Stale)
    assert outcome.theirs == {"free": ("6", "10")}


def test_delivery_waits_for_a_reversal_and_is_refused(row, by):
    made = promise(row, by)
    receiving(row, by)()
    receipt = StockMovement.objects.get()

    had_to_wait, outcome = run_before_commit(reversing(row, receipt, by), delivering(made.demand, by))

    assert had_to_wait
    assert isinstance(outcome, Refused)
    assert moved(balance_of(row.supply.part, row.supply.warehouse)) == 0


def test_goods_are_taken_back_and_delivered_without_locks_and_guard(row, by, bare):
    receiving(row, by)()
    receipt, demand = StockMovement.objects.get(), demand_of(row, quantity=10)

    with bare():
        run_before_commit(delivering(demand, by), reversing(row, receipt, by))

    assert moved(receipt.to_stock) == -10
