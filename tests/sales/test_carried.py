"""What the orders made for a row carry of the customer order: changed there, and nowhere else."""

from datetime import date

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains

from erp.exceptions import Refused
from linkage.operations import disconnect
from production.models import ProductionOrder, ProductionOrderType
from production.operations import change_header
from sales import operations
from sales.models import OrderType, SalesOrder
from tests.factories import MadePartFactory, PartFactory
from tests.production.factories import bom_of
from tests.sales.factories import row_with

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to("2026-03-02 12:00Z")


@pytest.fixture
def row(planner):
    """A row of S-1001, project NORTH, with an order of the usual type and one below that."""
    ProductionOrderType.objects.create(code="N", name="Normal", is_default=True)
    frame, bike = MadePartFactory(lot_sizing="LR"), MadePartFactory(lot_sizing="LR")
    bom_of(frame, (PartFactory(), 1))
    bom_of(bike, (frame, 1))
    row = row_with(3, part=bike, by=planner, project="NORTH", row={"delivery_date": date(2026, 4, 1)})
    operations.create_production_orders(rows=[row], by=planner)
    return row


def projects():
    return list(ProductionOrder.objects.order_by("document__number").values_list("project", flat=True))


def top():
    return ProductionOrder.objects.get(lines__supply__links__demand__kind="sales")


def test_change_order_takes_the_project_of_the_orders_below_along(row, planner):
    carried = projects()

    operations.change_order(order=row.order, project="SOUTH", by=planner)

    assert (carried, projects()) == (["NORTH", "NORTH"], ["SOUTH", "SOUTH"])


def types():
    return list(ProductionOrder.objects.order_by("document__number").values_list("order_type__code", flat=True))


def naming(code):
    """A type of sales orders that names the type of the production orders made for them."""
    kind = ProductionOrderType.objects.create(code=code, name=code)
    return OrderType.objects.create(code=code, name=code, production_order_type=kind)


def test_change_order_gives_the_orders_below_the_type_that_its_own_names(row, planner):
    carried, spare, service = types(), naming("SPARE"), naming("SERV")

    operations.change_order(order=row.order, order_type=spare, by=planner)
    spares = types()
    operations.change_order(order=fresh(row), order_type=service, by=planner)
    services = types()
    operations.change_order(order=fresh(row), order_type=None, by=planner)

    assert (carried, spares, services, types()) == (["N", "N"], ["SPARE", "SPARE"], ["SERV", "SERV"], ["SERV", "SERV"])


def test_change_order_leaves_orders_of_another_type(row, planner):
    operations.change_order(order=row.order, order_type=naming("SPARE"), by=planner)
    below = ProductionOrder.objects.exclude(pk=top().pk).get()
    change_header(order=below, order_type=None, by=planner)

    operations.change_order(order=fresh(row), order_type=naming("SERV"), by=planner)

    assert (top().order_type.code, ProductionOrder.objects.get(pk=below.pk).order_type) == ("SERV", None)


def test_change_order_leaves_the_type_of_orders_that_only_name_it(row, planner):
    own = ProductionOrder.objects.get(pk=top().pk)
    disconnect(link=row.demand.links.get(), by=planner)

    operations.change_order(order=fresh(row), order_type=naming("SPARE"), by=planner)

    assert (ProductionOrder.objects.get(pk=own.pk).sales_document, types()) == (row.order.document, ["N", "N"])


def test_change_order_gives_no_type_that_is_out_of_use(row, planner):
    spare = naming("SPARE")
    ProductionOrderType.objects.filter(code="SPARE").update(is_active=False)

    operations.change_order(order=row.order, order_type=OrderType.objects.get(pk=spare.pk), by=planner)

    assert types() == ["N", "N"]


def fresh(row):
    return SalesOrder.objects.for_list().get(pk=row.order_id)


def test_change_order_leaves_orders_that_say_another_project(row, planner):
    below = ProductionOrder.objects.exclude(pk=top().pk).get()
    change_header(order=below, project="OWN", by=planner)

    operations.change_order(order=row.order, project="SOUTH", by=planner)

    assert sorted(projects()) == ["OWN", "SOUTH"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"project": "OTHER"}, "project"),
        ({"customer": None}, "customer"),
        ({"order_type": None}, "order type"),
        ({"customer": None, "sales_document": None, "project": "OTHER"}, "customer and sales order and project"),
    ],
)
def test_change_header_refuses_what_is_carried_over(row, planner, changes, words):
    order = top()

    with pytest.raises(Refused) as refused:
        change_header(order=order, by=planner, **changes)

    assert str(refused.value) == f"{order} is bound to S-1001/10: its {words} is changed on the customer order."


def test_change_header_changes_what_is_the_orders_own(row, planner):
    order = change_header(order=top(), goods_label="BOX 7", note="Careful", project="NORTH", by=planner)

    assert (order.goods_label, order.note, order.project) == ("BOX 7", "Careful", "NORTH")


def test_change_header_is_free_once_the_order_is_disconnected(row, planner):
    order = top()
    disconnect(link=row.demand.links.get(), by=planner)

    assert change_header(order=order, project="OTHER", customer=None, by=planner).project == "OTHER"


def test_header_form_of_an_order_that_is_disconnected_meanwhile_keeps_what_it_could_not_change(
    row, planner, planner_client
):
    order = top()
    customer, document = order.customer, order.sales_document
    disconnect(link=row.demand.links.get(), by=planner)

    planner_client.post(
        reverse("production:change_header", args=[order.pk]), {"note": "Careful", "version": order.version}
    )

    order.refresh_from_db()
    assert (order.note, order.project, order.customer, order.sales_document) == ("Careful", "NORTH", customer, document)


def test_page_shows_what_is_carried_over_to_be_read(row, planner_client):
    order = top()

    page = planner_client.get(reverse("production:order", args=[order.pk]))
    answer = planner_client.post(
        reverse("production:change_header", args=[order.pk]),
        {"project": "OTHER", "note": "Careful", "version": order.version},
        follow=True,
    )

    assertContains(page, "Changed on the customer order.", count=4)
    order.refresh_from_db()
    assert (answer.status_code, order.project, order.note) == (200, "NORTH", "Careful")
