"""What the preview of a change tells: who is hurt and what is at stake, what was spent, what is still to decide."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from linkage.changes import Decisions
from linkage.changes.report import report_of
from linkage.operations import link, receive
from linkage.preview import preview
from production import operations as production
from production.models import Operation, ProductionOrderLine
from purchasing import operations as purchasing
from purchasing.models import PurchaseOrderRow
from sales import operations
from tests.factories import MadePartFactory, PartFactory, PartnerFactory
from tests.fixtures import user_with
from tests.production.factories import WorkCentreFactory, bom_of, routing_of
from tests.purchasing.factories import SupplierTermFactory, purchase_row
from tests.sales.factories import again, row_with

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel("2026-03-02"):
        yield


@pytest.fixture
def both(db):
    return user_with("planner", "buyer", "seller")


@pytest.fixture
def row(both):
    """Ten bikes at 100 for Nordwind, of a bought frame each; all ordered for each other."""
    frame = PartFactory(number="FRAME", lot_sizing="LR")
    SupplierTermFactory(part=frame, unit=frame.unit, price=8)
    bike = MadePartFactory(number="BIKE", lot_sizing="LR", lead_time=2)
    bom_of(bike, (frame, 1))
    routing_of(bike, (WorkCentreFactory(hourly_rate=60), 0, 6))
    customer = PartnerFactory(name="Nordwind")
    row = row_with(10, part=bike, customer=customer, by=both, row={"unit_price": Decimal(100)})
    operations.create_production_orders(rows=[row], buy=True, by=both)
    return again(row)


def purchase():
    return PurchaseOrderRow.objects.for_list().get(supply__part__number="FRAME")


def line():
    return ProductionOrderLine.objects.for_list().get(supply__part__number="BIKE")


def report(operation, by, answers=None, **facts):
    trial = Decisions(answers, trial=True)
    shown = preview(operation, decisions=trial, by=by, **facts)
    return report_of(trial.plan, shown, by=by)


def lines(report):
    return {line.label: line for line in report.lines}


def test_late_purchase_names_the_customer_row_the_days_and_the_money(both, row):
    late = purchase().supply.due_date + timedelta(days=14)

    told = report(purchasing.change_row, both, row=purchase(), due_date=late)

    assert told.warnings == [
        f"{row} becomes late by 10 work days because of {purchase()}: {row.order.document.partner}, 1,000.00 EUR."
    ]
    assert "Nordwind" in told.warnings[0]


def test_a_row_that_was_late_before_is_named_only_where_it_becomes_later(both, row):
    purchasing.change_row(row=purchase(), due_date=purchase().supply.due_date + timedelta(days=14), by=both)
    order = line()

    harmless = report(production.change_line, both, line=order, finish_date=row.delivery_date + timedelta(days=7))
    worse = report(production.change_line, both, line=order, finish_date=row.delivery_date + timedelta(days=21))

    assert harmless.warnings == []
    assert worse.warnings == [
        f"{row} is late by 15 work days and not by 10 because of {order}: {row.order.document.partner}, 1,000.00 EUR."
    ]


def test_a_change_that_breaks_nothing_says_nothing(both, row):
    decisions = Decisions()

    operations.change_row(row=row, quantity=Decimal(9), decisions=decisions, by=both)
    told = report(purchasing.change_row, both, row=purchase(), due_date=purchase().supply.due_date - timedelta(days=1))

    assert told.warnings == []


def test_queries_of_the_warnings_do_not_grow_with_the_rows(both):
    counts = [queries_for(rows, both) for rows in (1, 3)]

    assert counts[0] == counts[1]


def queries_for(rows, by):
    """How many queries tell who becomes late of so many rows that wait for one purchase row."""
    waiting = [row_with(2, part=PartFactory(), by=by) for _ in range(1)]
    for _ in range(rows - 1):
        waiting.append(row_with(2, part=waiting[0].part, warehouse=waiting[0].warehouse, by=by))
    bought = purchase_row(part=waiting[0].part, quantity=6, warehouse=waiting[0].warehouse, by=by)
    for one in waiting:
        link(demand=one.demand, supply=bought.supply, quantity=Decimal(2), accept_warnings=True, by=by)
    trial = Decisions(trial=True)
    facts = {"row": bought, "due_date": date(2026, 5, 4), "decisions": trial, "by": by}
    shown = preview(purchasing.change_row, **facts)
    with CaptureQueriesContext(connection) as queries:
        assert len(report_of(trial.plan, shown, by=by).warnings) == rows
    return len(queries)


def test_cost_so_far_is_what_was_used_and_what_arrived(both, row):
    order = production.release(order=line().order, by=both)
    production.start(order=order, by=both)
    step = Operation.objects.select_related("line__order__document").get(line=line())
    production.report_operation(step=step, minutes=Decimal(30), by=both, effective_on=TODAY)
    purchasing.send(order=purchase().order, by=both)
    receive(supply=purchase().supply, quantity=Decimal(4), effective_on=TODAY, by=both)

    told = lines(
        report(operations.change_row, both, row=again(row), delivery_date=row.delivery_date + timedelta(days=7))
    )

    costs = {label: (shown.done, shown.cost) for label, shown in told.items()}
    assert costs == {str(line()): (0, 30), str(purchase()): (4, 32)}


def test_costs_are_not_shown_to_a_viewer(row, viewer):
    told = report(operations.change_row, viewer, row=again(row), quantity=Decimal(12))

    assert (told.shows_value, {line.cost for line in told.lines}) == (False, {None})


def test_cost_so_far_stands_beside_the_order_that_would_be_cancelled(client, both, row):
    client.force_login(both)
    purchasing.send(order=purchase().order, by=both)
    receive(supply=purchase().supply, quantity=Decimal(4), effective_on=TODAY, by=both)

    page = client.post(reverse("sales:row_delete", args=[row.pk]), {"version": row.version})

    assertContains(page, "4.00 done")
    assertContains(page, "cost so far 32.00")


def test_what_is_still_to_decide_is_marked_on_its_line(client, both, row):
    client.force_login(both)
    purchasing.send(order=purchase().order, by=both)
    typed = {"version": row.version, "revision": "", "seen": ""}
    url = reverse("sales:row_delete", args=[row.pk])

    page = client.post(url, typed)
    told = report(operations.delete_row, both, row=again(row))

    assert {label: shown.is_open for label, shown in lines(told).items()} == {
        str(line()): False,
        str(purchase()): True,
    }
    marked = re.findall(r'<tr class="[^"]*is-open">.*?</tr>', page.content.decode(), flags=re.DOTALL)
    assert [str(purchase()) in one and "Choose what happens" in one for one in marked] == [True]
    answered = client.post(url, typed | {f"choice-less-{purchase().supply_id}": "leave"})
    assertNotContains(answered, "Choose what happens")
