"""Subcontracted work on the purchase order: the material that goes along, when it was issued, what came back."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from linkage.models import Demand, StockMovement
from linkage.operations import issue
from production import operations
from purchasing.models import PurchaseOrderRow
from purchasing.operations import Arriving, receive, receive_all, send
from purchasing.subcontracting import work_of
from tests.linkage.factories import TODAY, stock
from tests.production.test_routings import _all_short, bike, order_of, painting, routing_of
from tests.purchasing.factories import purchase_row

pytestmark = pytest.mark.django_db


@pytest.fixture
def painted(planner, buyer):
    """The purchase row of ten bicycles to be painted, sent."""
    part = bike()
    routing_of(part, (painting(),))
    order = order_of(part, 10, by=planner)
    operations.create_purchase_orders(order=order, quantities=_all_short(order), by=planner, business_date=TODAY)
    row = PurchaseOrderRow.objects.for_list().get(supply__part__number="PAINTING")
    send(order=row.order, by=buyer)
    return PurchaseOrderRow.objects.for_list().get(pk=row.pk)


def test_work_names_material_issues_and_returns(painted, planner, buyer):
    component = Demand.objects.get(kind="component")
    stock(component.part, component.warehouse, 50)
    issue(demand=component, quantity=Decimal(6), by=planner, effective_on=date(2026, 3, 3))
    receive(row=painted, quantity=Decimal(4), by=buyer, effective_on=date(2026, 3, 9))

    [work] = work_of([painted])

    assert (str(work.demand), work.ordered, work.demand.done, work.returned_on) == (
        "M-1001/1/op10", 10, 4, date(2026, 3, 9),
    )  # fmt: skip
    assert [(sent.demand.part, sent.demand.done, sent.issued_on) for sent in work.material] == [
        (component.part, 6, date(2026, 3, 3))
    ]


def test_many_receipts_at_once_serve_the_operation_and_start_its_order(painted, buyer):
    stocked = purchase_row(sent=True, by=buyer)
    lines = [
        Arriving(row=row, quantity=Decimal(quantity), effective_on=TODAY)
        for row, quantity in [(painted, 4), (stocked, 100), (painted, 6)]
    ]

    receive_all(lines=lines, by=buyer)

    operation = Demand.objects.get(kind="subcontract")
    moved = StockMovement.objects.order_by("pk").values_list("kind", "quantity", "demand")
    assert list(moved) == [("service", 4, operation.pk), ("service", 6, operation.pk), ("receipt", 100, None)]
    assert (operation.done, operation.for_supply.status) == (10, "started")
    assert [row.supply.status for row in PurchaseOrderRow.objects.for_list()] == ["closed", "closed"]
    assert work_of([painted])[0].returned_on == TODAY


def test_order_page_shows_the_work_and_only_where_there_is_some(painted, buyer_client):
    plain = purchase_row()

    assertContains(buyer_client.get(reverse("purchasing:order", args=[painted.order_id])), "Subcontracted work")
    assertNotContains(buyer_client.get(reverse("purchasing:order", args=[plain.order_id])), "Subcontracted work")


def test_work_takes_a_fixed_number_of_queries(painted, django_assert_num_queries):
    with django_assert_num_queries(5):
        work_of([painted])
    plain = purchase_row()
    with django_assert_num_queries(1):
        work_of([plain])
