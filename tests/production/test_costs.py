"""Planned and actual cost of an order, and who sees it."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from production import operations
from production.models import Operation, Report
from production.queries.costs import costs_of
from purchasing.models import PurchaseOrderRow, SupplierTerm
from purchasing.operations import receive, send
from tests.factories import SupplierFactory, UnitConversionFactory, UnitFactory, WarehouseFactory
from tests.linkage.factories import TODAY, stock
from tests.production.factories import WorkCentreFactory, routing_of
from tests.production.making import bought, made, order_of, released, report
from tests.production.test_routings import painting

pytestmark = pytest.mark.django_db


def line_with(*steps, on_hand=100, **facts):
    """10 bikes of 2 wheels that cost 3 each."""
    part = made("BIKE", (bought("WHEEL", standard_price=3), 2), **facts)
    routing_of(part, *(steps or [(WorkCentreFactory(hourly_rate=60), 10, 2)]))
    return released(part, 10, on_hand=on_hand)


def figures(line):
    """(material, time, outside) planned and actual"""
    line.refresh_from_db()
    cost = costs_of([line])[line.pk]
    return [(each.material, each.time, each.outside) for each in (cost.planned, cost.actual)]


def work(line, minutes, by):
    step = Operation.objects.select_related("line__order__document").get(line=line, demand=None)
    return operations.report_operation(step=step, minutes=Decimal(minutes), by=by, effective_on=TODAY)


def test_cost_is_material_at_its_standard_price_and_time_at_its_rate(planner):
    line = line_with()

    report(line, 4, planner)
    work(line, 20, planner)

    assert figures(line) == [(60, 30, 0), (24, 20, 0)]
    cost = costs_of([line])[line.pk]
    assert (cost.planned_each, cost.actual_each) == (9, 11)


def test_cost_of_an_undone_report_is_gone(planner):
    line = line_with()
    work(line, 20, planner)
    report(line, 4, planner)

    for told in Report.objects.order_by("-pk"):
        operations.undo_report(report=told, by=planner, effective_on=TODAY)

    assert figures(line)[1] == (0, 0, 0)
    assert costs_of([line])[line.pk].actual_each is None


@pytest.mark.parametrize(("currency", "worth"), [("EUR", 80), ("SEK", 60)])
def test_cost_of_material_is_the_price_of_its_receipt_where_it_is_in_our_currency(planner, buyer, currency, worth):
    """A box of 12 wheels costs 48: 4 each, not 3."""
    line = line_with(on_hand=0)
    wheel = line.components.get().demand.part
    box = UnitFactory(code="box")
    UnitConversionFactory(unit=box, base=wheel.unit, numerator=12)
    SupplierTerm.objects.create(
        part=wheel, supplier=SupplierFactory(currency=currency), unit=box, price=48, currency=currency
    )
    [row] = operations.create_purchase_orders(order=line.order, by=planner, business_date=TODAY)
    send(order=row.order, by=buyer)
    receive(row=PurchaseOrderRow.objects.for_list().get(pk=row.pk), quantity=row.quantity, by=buyer, effective_on=TODAY)

    report(line, 10, planner)

    assert figures(line)[1] == (worth, 0, 0)


def test_cost_of_what_is_done_outside_is_the_price_of_the_service(planner, buyer):
    line = line_with((painting(),))
    [demand] = [step.demand for step in Operation.objects.filter(line=line).for_list()]
    operations.create_purchase_orders(
        order=line.order, quantities={demand.pk: Decimal(10)}, by=planner, business_date=TODAY
    )
    row = PurchaseOrderRow.objects.for_list().get(supply__part__number="PAINTING")
    send(order=row.order, by=buyer)
    receive(row=row, quantity=Decimal(5), by=buyer, effective_on=TODAY)

    assert figures(line) == [(60, 0, 70), (0, 0, 40)]


def test_costs_of_takes_the_same_number_of_queries_for_any_line(planner):
    few = line_with()
    trike = made("TRIKE", *[(bought(f"P{n}", standard_price=1), 1) for n in range(4)])
    many = order_of(trike, by=planner).lines.select_related("supply").get()

    def queries_of(line):
        with CaptureQueriesContext(connection) as captured:
            costs_of([line])
        return len(captured)

    assert queries_of(few) == queries_of(many) == 5


def test_order_page_shows_costs_to_all_but_viewers(seller_client, viewer_client, planner):
    line = line_with()
    report(line, 4, planner)
    page = reverse("production:order", args=[line.order_id])

    assertContains(seller_client.get(page), "Material issued")
    assertNotContains(viewer_client.get(page), "Material issued")


def test_cost_of_a_made_component_is_that_of_the_order_that_made_it(planner):
    """A frame takes three tubes at 5 and two minutes at 1: 17 each, not 40."""
    warehouse = WarehouseFactory()
    frame = made("FRAME", (bought("TUBE", standard_price=5), 3), standard_price=40)
    routing_of(frame, (WorkCentreFactory(hourly_rate=60), 0, 1))
    lower = released(frame, 6, on_hand=100, warehouse=warehouse)
    upper = released(made("BIKE", (frame, 1)), 10, warehouse=warehouse)  # it takes the six, four are made for it
    work(lower, 12, planner)
    report(lower, 6, planner)
    stock(frame, warehouse, 4)

    report(upper, 10, planner)

    cost = costs_of([upper])[upper.pk]
    assert cost.basis == {"receipt": 0, "order": 6 * 17, "standard": 4 * 40}
    assert cost.actual.material == 6 * 17 + 4 * 40


def test_cost_of_an_order_that_nothing_was_used_for_is_the_standard_price(planner):
    warehouse = WarehouseFactory()
    frame = made("FRAME", (bought("TUBE"), 3), standard_price=40)
    lower = released(frame, 10, on_hand=100, warehouse=warehouse)
    upper = released(made("BIKE", (frame, 1)), 10, warehouse=warehouse)
    report(lower, 10, planner)

    report(upper, 10, planner)

    assert costs_of([upper])[upper.pk].basis == {"receipt": 0, "order": 0, "standard": 400}


def test_cost_says_on_the_page_where_the_worth_of_material_comes_from(planner_client, planner):
    line = line_with()
    report(line, 4, planner)

    shown = planner_client.get(reverse("production:order", args=[line.order_id]))

    assertContains(shown, "24.00 at standard price")
