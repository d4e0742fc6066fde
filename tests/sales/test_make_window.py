"""The window that asks before production orders are made of rows."""

import re
from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from erp.exceptions import Refused
from linkage.models import OrderLink, Tombstone
from linkage.operations import disconnect
from production.models import ProductionOrder, ProductionOrderLine
from sales import operations
from sales.operations import Wish
from tests.factories import MadePartFactory, PartFactory, UserFactory
from tests.linkage.factories import stock
from tests.production.factories import bom_of
from tests.production.making import order_of
from tests.sales.factories import again, order_with, row_with

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel("2026-03-02"):
        yield


def window(order):
    return reverse("sales:make_orders", args=[order.pk])


def made_part(**facts):
    part = MadePartFactory(**facts)
    bom_of(part, (PartFactory(), 1))
    return part


def links_of(row):
    found = OrderLink.objects.open().filter(demand=row.demand).order_by("pk")
    return list(found.values_list("supply__kind", "quantity", "kind"))


def typed(row, **values):
    return {"rows": [row.pk]} | {f"{name}-{row.pk}": value for name, value in values.items()}


def test_make_window_shows_what_is_uncovered_free_and_when(seller_client, seller):
    part = made_part(lead_time=2)
    row = row_with(10, part=part, by=seller)
    stock(part, row.warehouse, 3)
    order_of(part, 4, warehouse=row.warehouse, finish_date=date(2026, 3, 10))
    order_of(part, 5, warehouse=row.warehouse, finish_date=date(2026, 4, 10))

    response = seller_client.get(window(row.order))

    [(line, inputs)] = response.context["form"].cells
    assert (line.uncovered, line.stock, line.coming, line.takeable) == (10, 3, 4, 7)
    assert [(supply.label, supply.free) for supply in line.later] == [("M-1002/1", 5)]
    assert [field.value() for field in inputs] == ["", "10", date(2026, 3, 18), date(2026, 3, 20)]


def test_make_window_asks_then_makes_with_quantity_dates_and_employee(planner_client, planner):
    row, joiner = row_with(10, part=made_part(), by=planner), UserFactory(first_name="Bo")
    values = typed(row, quantity="6", start="2026-03-09", finish="2026-03-12")

    response = planner_client.post(
        window(row.order), values | {"employee": joiner.pk, "note": "Blue", "layout": "picking"}, follow=True
    )

    line = ProductionOrderLine.objects.select_related("order", "supply").get()
    assert (line.supply.quantity, line.start_date, line.supply.due_date) == (6, date(2026, 3, 9), date(2026, 3, 12))
    order = line.order
    assert (order.employee, order.note, order.layout, str(order.sales_document)) == (
        joiner,
        "Blue",
        "picking",
        "S-1001",
    )
    assert links_of(row) == [("production", 6, "bound")]
    assertContains(response, f'<a href="{reverse("production:order", args=[line.order_id])}">M-1001</a>')


def test_make_window_says_which_order_is_for_which_row(planner_client, planner):
    frame = made_part(lot_sizing="LR")
    bike = MadePartFactory(lot_sizing="LR")
    bom_of(bike, (frame, 1))
    order = order_with(3, part=bike, by=planner)
    facts = {"part": frame, "quantity": Decimal(2), "delivery_date": date(2026, 5, 1)}
    rows = [order.rows.get(), operations.add_row(order=order, by=planner, **facts)]
    values = typed(rows[0], quantity="3") | typed(rows[1], quantity="2") | {"rows": [row.pk for row in rows]}

    response = planner_client.post(window(order), values, follow=True)

    words = re.sub("<[^>]+>", "", response.content.decode())
    assert "Made: M-1001 for S-1001/10, M-1003 for S-1001/20; 1 more with them." in words


def test_make_window_of_ticked_rows_leads_to_those_rows_and_tells_who_gets_none(planner_client, planner):
    good, bad = made_part(), PartFactory(number="BOLT")
    order = order_with(3, part=good, by=planner)
    operations.add_row(order=order, part=bad, quantity=Decimal(1), delivery_date=date(2026, 4, 1), by=planner)
    ticked = list(order.rows.order_by("position").values_list("pk", flat=True))

    response = planner_client.post(reverse("sales:make_ticked", args=[order.pk]), {"rows": ticked})

    shown = f"{window(order)}?rows={ticked[0]}&rows={ticked[1]}"
    assertRedirects(response, shown)
    assertContains(planner_client.get(shown, headers=HTMX), "BOLT is not a manufactured part.")


def test_make_window_is_offered_only_where_a_row_has_a_bom(seller_client, seller):
    with_bom, without = order_with(3, part=made_part(), by=seller), order_with(3, by=seller)

    offered = seller_client.get(reverse("sales:order", args=[with_bom.pk]))
    refused = seller_client.get(window(without))

    assertContains(offered, window(with_bom))
    assertNotContains(seller_client.get(reverse("sales:order", args=[without.pk])), "Create production order")
    assertContains(refused, "No row of S-1001 has a part with a BOM.", status_code=409)


def test_row_page_leads_to_the_window_with_that_row(seller_client, seller):
    row = row_with(3, part=made_part(), by=seller)

    response = seller_client.get(reverse("sales:row", args=[row.pk]))

    assertContains(response, f"{window(row.order)}?rows={row.pk}")


def test_take_these_first_fills_in_what_is_free_and_keeps_what_was_typed(seller_client, seller):
    part = made_part()
    row = row_with(10, part=part, by=seller)
    stock(part, row.warehouse, 4)

    values = typed(row, quantity="10", finish="2026-03-19") | {"take": row.pk, "note": "Blue"}
    response = seller_client.post(window(row.order), values)

    [(_line, inputs)] = response.context["form"].cells
    assert (response.status_code, ProductionOrder.objects.count()) == (200, 0)
    assert [field.value() for field in inputs] == ["4", "6", None, "2026-03-19"]
    assertContains(response, "Blue")


def test_make_window_takes_what_is_free_first_and_makes_the_rest(seller_client, seller):
    part = made_part()
    row = row_with(10, part=part, by=seller)
    stock(part, row.warehouse, 3)
    order_of(part, 4, warehouse=row.warehouse, finish_date=date(2026, 3, 10))

    seller_client.post(window(row.order), typed(row, take="5", quantity="5"))

    assert links_of(row) == [("stock", 3, "claimed"), ("production", 2, "claimed"), ("production", 5, "bound")]
    assert again(row).demand.uncovered == 0


def test_make_window_can_take_without_making(seller_client, seller):
    part = made_part()
    row = row_with(3, part=part, by=seller)
    stock(part, row.warehouse, 3)

    response = seller_client.post(window(row.order), typed(row, take="3", quantity=""), follow=True)

    assertContains(response, "Nothing had to be made: the rows have what was free.")
    assert (links_of(row), ProductionOrder.objects.count()) == ([("stock", 3, "claimed")], 0)


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"take": "9", "quantity": "1"}, "take", "Only 3 can be taken in time."),
        ({"quantity": "1", "start": "2026-03-12", "finish": "2026-03-10"}, "finish", "lies before the start date"),
        ({"quantity": "x"}, "quantity", "Enter a quantity such as"),
        ({"take": "", "quantity": "0"}, None, "Nothing is to be made or taken"),
    ],
)
def test_make_window_says_what_is_wrong(seller_client, seller, values, field, sentence):
    part = made_part()
    row = row_with(10, part=part, by=seller)
    stock(part, row.warehouse, 3)

    response = seller_client.post(window(row.order), typed(row, **values))

    errors = response.context["form"].errors
    assert (response.status_code, list(errors)) == (422, [f"{field}-{row.pk}" if field else "__all__"])
    assertContains(response, sentence, status_code=422)


def test_make_window_query_count_does_not_grow(seller_client, seller):
    def queries_of(rows):
        order = order_with(*[2] * rows, part=made_part(), by=seller)
        seller_client.get(window(order))
        with CaptureQueriesContext(connection) as captured:
            seller_client.get(window(order))
        return len(captured)

    assert queries_of(1) == queries_of(3)


def test_create_production_orders_refuses_to_take_what_is_not_free_in_time(planner):
    part = made_part(number="BIKE")
    row = row_with(10, part=part, by=planner)
    stock(part, row.warehouse, 3)

    with pytest.raises(Refused, match="Only 3 of BIKE is free in time; 5 was asked for"):
        operations.create_production_orders(rows=[row], wishes={row.pk: Wish(take=Decimal(5))}, by=planner)

    assert links_of(row) == []


def test_create_production_orders_refuses_to_take_more_than_is_uncovered(planner):
    part = made_part()
    row = row_with(2, part=part, by=planner)
    stock(part, row.warehouse, 3)

    with pytest.raises(Refused, match="Only 2 of S-1001/10 is uncovered; 3 was asked for"):
        operations.create_production_orders(rows=[row], wishes={row.pk: Wish(take=Decimal(3))}, by=planner)


def test_create_production_orders_takes_again_what_a_person_disconnected(planner):
    part = made_part()
    row = row_with(2, part=part, by=planner)
    stock(part, row.warehouse, 2)
    wishes = {row.pk: Wish(take=Decimal(2), quantity=Decimal(0))}
    operations.create_production_orders(rows=[row], wishes=wishes, by=planner)
    disconnect(link=OrderLink.objects.get(), by=planner)

    operations.create_production_orders(rows=[row], wishes=wishes, by=planner)

    assert (links_of(row), Tombstone.objects.count()) == ([("stock", 2, "claimed")], 0)


def test_create_production_orders_makes_more_than_the_row_lacks_and_leaves_the_rest_free(planner):
    row = row_with(2, part=made_part(), by=planner)

    operations.create_production_orders(rows=[row], wishes={row.pk: Wish(quantity=Decimal(5))}, by=planner)

    line = ProductionOrderLine.objects.select_related("supply").get()
    assert (line.supply.quantity, line.supply.free, links_of(row)) == (5, 3, [("production", 2, "bound")])
