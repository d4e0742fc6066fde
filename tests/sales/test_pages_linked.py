"""Pages of sales that show orders made from rows."""

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.asserts import assertContains

from linkage.models import OrderLink
from production.models import ProductionOrder
from sales import operations
from tests.factories import MadePartFactory, PartFactory
from tests.production.factories import bom_of
from tests.sales.factories import order_with, row_with

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel("2026-03-02"):
        yield


def url(name, *args):
    return reverse(f"sales:{name}", args=args)


def made_part():
    part = MadePartFactory()
    bom_of(part, (PartFactory(), 1))
    return part


def queries_of(client, page):
    client.get(page)
    with CaptureQueriesContext(connection) as captured:
        response = client.get(page)
    assert response.status_code == 200
    return len(captured)


def test_order_page_with_linked_orders_query_count_does_not_grow(seller_client, planner):
    def linked_order(rows):
        order = order_with(*[1] * rows, part=made_part(), by=planner)
        operations.create_production_orders(rows=list(order.rows.all()), by=planner)
        return order

    small, big = linked_order(1), linked_order(6)

    assert queries_of(seller_client, url("order", small.pk)) == queries_of(seller_client, url("order", big.pk))


@pytest.mark.parametrize("name", ["order", "order_timeline", "order_supplies", "order_deliveries"])
def test_order_pages_open_for_a_linked_order(viewer_client, planner, name):
    row = row_with(3, part=made_part(), by=planner)
    operations.create_production_orders(rows=[row], by=planner)

    response = viewer_client.get(url(name, row.order_id))

    assertContains(response, "S-1001")


def test_order_page_shows_a_linked_number_plain_and_a_stock_driven_one_in_italics(seller_client, planner):
    part = MadePartFactory(lot_sizing="LL", make_from_sales_row=True)
    bom_of(part, (PartFactory(), 1))
    linked, stocked = row_with(3, part=made_part(), by=planner), row_with(3, part=part, by=planner)
    operations.create_production_orders(rows=[linked], by=planner)
    operations.create_production_orders(rows=[stocked], by=planner)

    assertContains(seller_client.get(url("order", linked.order_id)), ">M-1001</a>")
    assertContains(seller_client.get(url("order", stocked.order_id)), ">M-1001</i>")


def stock_driven_part():
    part = MadePartFactory(lot_sizing="LL", make_from_sales_row=True)
    bom_of(part, (PartFactory(), 1))
    return part


def test_box_of_a_stock_driven_part_opens_the_registration_of_its_order(planner_client, planner):
    order, part = order_with(by=planner), stock_driven_part()
    data = {"part": part.number, "quantity": "3", "row_status": "fixed", "order_box": "yes"}

    planner_client.post(url("row_new", order.pk), data | {"delivery_date": "2026-04-01"})
    response = planner_client.get(url("order", order.pk))

    [row] = order.rows.all()
    address = f"{url('make_orders', order.pk)}?rows={row.pk}"
    assertContains(response, f'hx-get="{address}" hx-trigger="load, click"')
    assertContains(response, f"{part} is stock-driven; say how much is made for stock, and when.")
    assert (row.order_box, ProductionOrder.objects.count()) == (True, 0)
    assertContains(planner_client.get(address, headers=HTMX), f'name="quantity-{row.pk}"')


def test_registered_order_of_a_stock_driven_part_is_made_for_stock_and_asked_for_once(planner_client, planner):
    row = row_with(3, part=stock_driven_part(), by=planner)
    data = {"rows": [row.pk], f"quantity-{row.pk}": "5", f"take-{row.pk}": "0"}

    planner_client.post(url("make_orders", row.order_id), data)
    refused = {}
    operations.change_row(row=row, order_box=True, refused=refused, by=planner)

    [line] = ProductionOrder.objects.get().lines.all()
    assert (line.supply.quantity, OrderLink.objects.count()) == (5, 0)
    told = f"{row}: {line} was made for it and is still open, so the box makes no second order."
    assert refused == {row.pk: told}
    assertContains(planner_client.get(url("order", row.order_id)), ">M-1001</i>")


def test_row_new_with_its_box_says_what_was_made(planner_client, planner):
    order, part = order_with(by=planner), made_part()
    data = {"part": part.number, "quantity": "2", "row_status": "fixed", "order_box": "yes"}

    planner_client.post(url("row_new", order.pk), data | {"delivery_date": "2026-04-01"}, headers=HTMX)
    response = planner_client.post(url("row_new", order.pk), data, headers=HTMX)

    assert ProductionOrder.objects.count() == 1
    assertContains(response, "No order was made. S-1001/20 has no date.")


def test_linked_orders_of_an_order(planner_client, planner):
    order = order_with(3, part=made_part(), by=planner)

    response = planner_client.post(url("linked_orders_of", order.pk), follow=True)

    assertContains(response, "1 production order is made.")
