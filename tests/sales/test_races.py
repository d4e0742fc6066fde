"""Two people on one sales row: who comes second waits, and nothing is promised or lost twice."""

from decimal import Decimal

import pytest
from django.db import OperationalError, transaction

from erp.exceptions import Refused
from linkage import drift
from linkage.locks import lock
from linkage.models import Demand, OrderLink
from linkage.operations import link, receive
from sales import operations
from sales.models import SalesOrderRow
from sales.operations import NewPart
from sales.operations.replacing import Replacing
from tests.factories import UserFactory
from tests.linkage.factories import TODAY, SupplyFactory, stock
from tests.production.making import bought, made
from tests.races import Rival, run_before_commit, without_locks
from tests.sales.factories import again, order_with, row_with

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _ledger_stays_true():
    yield
    assert [
        found for found in drift.findings() if not found.what.startswith("no row owns it")
    ] == []  # nobody owns the factories' supplies


def halves(row, by):
    operations.split_row(row=row, parts=[NewPart(quantity=Decimal(6)), NewPart(quantity=Decimal(4))], by=by)


def row_and_supply(by, *, linked):
    """A row of 10 and a supply of 10, so much of it promised to the row."""
    row = row_with(10, by=by)
    supply = SupplyFactory(part=row.part, warehouse=row.warehouse, quantity=Decimal(10))
    if linked:
        link(demand=row.demand, supply=supply, quantity=Decimal(linked), accept_warnings=True, by=by)
    return again(row), supply


def promised(part):
    return sorted(OrderLink.objects.open().filter(part=part).values_list("demand__quantity", "open"))


def test_split_row_and_link_one_after_the_other():
    by = UserFactory()
    row, supply = row_and_supply(by, linked=0)

    had_to_wait, outcome = run_before_commit(
        lambda: halves(row, by),
        lambda: link(demand=row.demand, supply=supply, quantity=Decimal(10), accept_warnings=True, by=by),
    )

    assert (had_to_wait, isinstance(outcome, Refused), promised(row.part)) == (True, True, [])


def test_row_gets_less_while_its_goods_are_received():
    by = UserFactory()
    row, supply = row_and_supply(by, linked=10)

    had_to_wait, outcome = run_before_commit(
        lambda: receive(supply=supply, quantity=Decimal(10), effective_on=TODAY, by=by),
        lambda: operations.change_row(row=row, quantity=Decimal(4), by=by),
    )

    assert (had_to_wait, outcome.quantity, promised(row.part)) == (True, 4, [(4, 4)])
    assert OrderLink.objects.get().on_shelf == 4


def test_two_sellers_change_one_row():
    by = UserFactory()
    row, _supply = row_and_supply(by, linked=10)

    had_to_wait, outcome = run_before_commit(
        lambda: operations.change_row(row=row, quantity=Decimal(6), version=row.version, by=by),
        lambda: operations.change_row(row=row, quantity=Decimal(8), version=row.version, by=by),
    )

    assert (had_to_wait, "Somebody else changed" in str(outcome)) == (True, True)
    assert (SalesOrderRow.objects.get().quantity, promised(row.part)) == (6, [(6, 6)])


def test_two_sellers_without_the_lock_do_not_notice_each_other(monkeypatch):
    by = UserFactory()
    row, _supply = row_and_supply(by, linked=0)

    with without_locks(monkeypatch):
        _waited, outcome = run_before_commit(
            lambda: operations.change_row(row=row, quantity=Decimal(6), version=row.version, by=by),
            lambda: operations.change_row(row=row, quantity=Decimal(8), version=row.version, by=by),
        )

    assert "Somebody else changed" not in str(outcome)


def demand_is_free(row):
    try:
        Demand.objects.select_for_update(nowait=True).get(pk=row.demand_id)
    except OperationalError:
        return False
    return True


def test_ticked_row_waits_for_what_its_order_may_take_before_it_locks_its_demand():
    by = UserFactory()
    frame = made("FRAME", (bought("TUBE"), 1))
    row = row_with(3, part=made("BIKE", (frame, 1)), by=by)
    shelf = stock(frame, row.warehouse, 2)
    rival = Rival(lambda: operations.change_row(row=row, order_box=True, by=by))

    with transaction.atomic():
        lock(shelf)
        rival.start()
        waited, is_free = rival.waits(), demand_is_free(row)

    assert (waited, is_free, isinstance(rival.answer(), SalesOrderRow)) == (True, True, True)


def test_replacing_waits_for_what_every_order_may_take_before_it_locks_a_demand():
    by = UserFactory()
    frame = made("FRAME", (bought("TUBE"), 1))
    order = order_with(3, 3, part=made("BIKE", (frame, 1)), by=by)
    rows = list(order.rows.for_list().order_by("position"))
    rows[1].order_box = True
    rows[1].save(update_fields=["order_box"])
    shelf = stock(frame, order.warehouse, 2)
    what = Replacing(field="name", find=rows[0].name, put="Bicycle")
    rows = list(what.rows_of(order))
    rival = Rival(lambda: operations.replace_in_rows(order=order, rows=rows, replacing=what, by=by))

    with transaction.atomic():
        lock(shelf)
        rival.start()
        waited, is_free = rival.waits(), demand_is_free(rows[0])

    assert (waited, is_free, len(rival.answer()[0])) == (True, True, 2)
