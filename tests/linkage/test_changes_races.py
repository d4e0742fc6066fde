"""Two people on one tree: who comes second waits, and sees the chain as the first left it."""

from datetime import date
from decimal import Decimal

import pytest

from erp.exceptions import Refused
from linkage import drift
from linkage.changes import Decisions
from linkage.changes.decisions import LookAgain
from linkage.models import OrderLink, Supply
from linkage.operations import link
from linkage.preview import preview
from production import operations as production
from production.models import ProductionOrder
from purchasing import operations as purchasing
from purchasing.models import PurchaseOrderRow
from sales import operations as sales
from sales.models import SalesOrderRow
from tests.factories import MadePartFactory, PartFactory, PartRevisionFactory, UserFactory
from tests.fixtures import user_with
from tests.linkage.factories import TODAY, DemandFactory, stock
from tests.production.factories import bom_of
from tests.purchasing.factories import SupplierTermFactory
from tests.races import run_before_commit, without_locks
from tests.sales.factories import again, row_with

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _ledger_stays_true():
    yield
    assert [found for found in drift.findings() if not found.what.startswith("no row owns it")] == []


def tree(by):
    """A row of ten with its planned order and the one below."""
    below = MadePartFactory(lot_sizing="LR")
    bom_of(below, (PartFactory(), 1))
    part = MadePartFactory(lot_sizing="LR")
    bom_of(part, (below, 2))
    row = row_with(10, part=part, by=by)
    sales.create_production_orders(rows=[row], by=by)
    return again(row)


def to(row, quantity, by, **decided):
    return sales.change_row(row=row, quantity=Decimal(quantity), decisions=Decisions(**decided), by=by)


def quantities():
    found = Supply.objects.filter(kind="production").order_by("pk")
    return list(found.values_list("quantity", "allocated"))


def test_two_changes_of_one_tree_come_one_after_the_other():
    by = UserFactory()
    row = tree(by)

    had_to_wait, _outcome = run_before_commit(lambda: to(row, 15, by), lambda: to(row, 6, by))

    assert (had_to_wait, quantities()) == (True, [(6, 6), (12, 12)])


def test_second_of_two_who_saw_the_same_preview_looks_again():
    by = UserFactory()
    row = tree(by)
    trial = Decisions(trial=True)
    preview(sales.change_row, row=row, quantity=Decimal(6), decisions=trial, by=by)
    seen = trial.plan.fingerprint

    had_to_wait, outcome = run_before_commit(lambda: to(row, 15, by), lambda: to(row, 6, by, seen=seen))

    assert (had_to_wait, isinstance(outcome, LookAgain), quantities()) == (True, True, [(15, 15), (30, 30)])


def test_change_and_release_of_the_order_one_after_the_other():
    by = user_with("planner")
    row = tree(by)
    order = ProductionOrder.objects.order_by("pk").filter(lines__supply__part=row.part).get()

    had_to_wait, outcome = run_before_commit(lambda: production.release(order=order, by=by), lambda: to(row, 15, by))

    assert (had_to_wait, isinstance(outcome, LookAgain), quantities()) == (True, True, [(10, 10), (20, 20)])


def test_change_and_link_of_the_same_supply_one_after_the_other():
    by = UserFactory()
    row = tree(by)
    supply = Supply.objects.get(part=row.part, kind="production")
    other = DemandFactory(part=row.part, warehouse=row.warehouse, quantity=Decimal(4))
    keep = {f"less-{supply.pk}": "leave"}

    had_to_wait, outcome = run_before_commit(
        lambda: to(row, 6, by, answers=keep),
        lambda: link(demand=other, supply=supply, quantity=Decimal(4), accept_warnings=True, by=by),
    )

    assert (had_to_wait, isinstance(outcome, OrderLink)) == (True, True)
    assert sorted(OrderLink.objects.open().filter(supply=supply).values_list("open", flat=True)) == [4, 6]


def test_change_and_receipt_of_a_purchase_row_one_after_the_other():
    by = UserFactory()
    part = PartFactory(lot_sizing="LR")
    SupplierTermFactory(part=part, unit=part.unit)
    row = row_with(10, part=part, by=by)
    [purchase] = sales.create_purchase_orders(rows=[row], by=by)
    purchasing.send(order=purchase.order, by=by)
    purchase = PurchaseOrderRow.objects.for_list().get(pk=purchase.pk)
    [promise] = OrderLink.objects.open()
    leave = {f"link-{promise.pk}": "leave"}

    had_to_wait, outcome = run_before_commit(
        lambda: purchasing.receive(row=purchase, quantity=Decimal(8), by=by, effective_on=TODAY),
        lambda: purchasing.change_row(row=purchase, quantity=Decimal(6), decisions=Decisions(leave), by=by),
    )

    assert (had_to_wait, isinstance(outcome, Refused)) == (True, True)
    assert again(row).demand.uncovered == 0


def order_and_row_at_once(by):
    """The row gets more while the finish date of its order is changed; returns what the second planned on."""
    row = tree(by)
    line = ProductionOrder.objects.get(lines__supply__part=row.part).lines.get()
    decisions = Decisions({f"row-{row.demand_id}": "leave"})

    had_to_wait, _outcome = run_before_commit(
        lambda: to(row, 15, by),
        lambda: production.change_line(line=line, finish_date=date(2026, 3, 13), decisions=decisions, by=by),
    )

    return had_to_wait, decisions.plan.tree.supplies[line.supply_id].quantity


def test_change_of_a_row_and_of_its_order_one_after_the_other():
    assert order_and_row_at_once(user_with("planner")) == (True, 15)


def test_without_locks_the_second_plans_on_what_the_first_is_about_to_change(monkeypatch):
    """The negative control of the test above."""
    with without_locks(monkeypatch):
        assert order_and_row_at_once(user_with("planner"))[1] == 10
    to(again(SalesOrderRow.objects.get()), 7, UserFactory())  # mends it, for the check of the ledger afterwards


def test_taking_a_revision_over_waits_for_who_takes_the_free_component():
    by = user_with("planner")
    row = tree(by)
    frame = MadePartFactory(lot_sizing="LR")
    bom_of(frame, (PartFactory(), 1))
    revision = PartRevisionFactory(part=row.part, code="B")
    bom_of(row.part, (frame, 1), revision=revision)
    sales.change_row(row=row, revision=revision, by=by)  # without decisions no order is touched
    order = Supply.objects.get(part=row.part)
    assert order.revision is None  # the order was made for a row of any revision
    shelf, other = stock(frame, row.warehouse, 10), DemandFactory(part=frame, warehouse=row.warehouse, quantity=4)

    had_to_wait, _outcome = run_before_commit(
        lambda: link(demand=other, supply=shelf, quantity=Decimal(4), accept_warnings=True, by=by),
        lambda: production.take_revision(line=order.production_line, by=by),
    )

    links = OrderLink.objects.open().filter(part=frame, demand__for_supply=order).order_by("pk")
    assert (had_to_wait, [(one.supply.kind, one.open) for one in links]) == (True, [("stock", 6), ("production", 4)])
