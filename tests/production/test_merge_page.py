"""Merging from the list: the ticks, what comes of it, the sentences of what differs."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from production import operations
from production.models import ProductionOrder
from tests.production.making import bought, made, promise
from tests.production.test_merging import bike, orders_of
from tests.production.test_splitting import line_of

pytestmark = pytest.mark.django_db
URL = "/production/orders/merge/"


def rows(*orders):
    return {"rows": [line_of(order).pk for order in orders]}


def test_list_offers_to_merge_to_whom_may(planner_client, viewer_client, planner):
    [order] = orders_of(bike(), 5, by=planner)
    box = f'name="rows" value="{line_of(order).pk}" form="bulk"'

    page = planner_client.get(reverse("production:order_list"))

    assertContains(page, box)
    assertContains(page, f'formaction="{URL}"')
    assertNotContains(viewer_client.get(reverse("production:order_list")), f'formaction="{URL}"')


def test_merge_shows_what_comes_of_it_first(planner_client, planner):
    first, second = orders_of(bike(), 5, 3, by=planner)
    row = promise(line_of(second), 2, planner)

    page = planner_client.post(URL, rows(second, first))

    assertContains(page, f"{row} 2.00")
    assertContains(page, '<td class="num">8.00</td>', html=True)
    assertContains(page, '<td class="num">16.00 pcs</td>', html=True)
    assert set(ProductionOrder.objects.values_list("status", flat=True)) == {"planned"}


def test_merge_merges_when_it_is_confirmed(planner_client, planner):
    first, second = orders_of(bike(), 5, 3, by=planner)

    page = planner_client.post(URL, rows(first, second) | {"confirm": "1", "reason": "one batch"}, follow=True)

    assertContains(page, f"2 orders are merged into {first}.")
    assertContains(page, f"{second} (3) merged into {first} (5): one batch")
    gone = planner_client.get(reverse("production:order", args=[second.pk]))
    assertContains(gone, f"{second} (3) merged into {first} (5): one batch")


def test_merge_confirmed_twice_merges_once(planner_client, planner):
    first, second = orders_of(bike(), 5, 3, by=planner)
    once = rows(first, second) | {"confirm": "1", "operation_key": "7b1d3a3e-0000-4000-8000-000000000003"}

    answers = [planner_client.post(URL, once).status_code for _ in range(2)]

    assert (answers, line_of(first).supply.quantity) == ([302, 302], 8)


def test_merge_says_which_order_differs_in_what(planner_client, planner):
    [first] = orders_of(bike(), 5, by=planner)
    [other] = orders_of(made("CART", (bought("AXLE"), 1)), 5, by=planner, warehouse=first.site)

    page = planner_client.post(URL, rows(first, other))

    assertContains(page, f"{other} makes CART, {first} BIKE.", status_code=409)
    assertNotContains(page, "confirm", status_code=409)


def test_merge_confirmed_too_late_is_refused(planner_client, planner):
    first, second = orders_of(bike(), 5, 3, by=planner)
    operations.cancel(order=second, by=planner)

    page = planner_client.post(URL, rows(first, second) | {"confirm": "1"})

    assertContains(page, f"{second} is cancelled and cannot be merged.", status_code=409)


@pytest.mark.parametrize("ticked", [[], ["x"], ["-1"], ["9" * 30], ["\u0661"]])
def test_merge_asks_for_orders(planner_client, ticked):
    assertContains(planner_client.post(URL, {"rows": ticked}), "Tick at least two orders.", status_code=409)


def test_merge_of_one_order_asks_for_more(planner_client, planner):
    [order] = orders_of(bike(), 5, by=planner)

    assertContains(planner_client.post(URL, rows(order)), "Choose at least 2 orders to merge", status_code=409)


def test_merge_says_what_is_wrong_with_the_reason(planner_client, planner):
    orders = orders_of(bike(), 5, 3, by=planner)

    page = planner_client.post(URL, rows(*orders) | {"confirm": "1", "reason": "x" * 300})

    assert (page.status_code, ProductionOrder.objects.filter(status="cancelled").count()) == (422, 0)


def queries_of_a_list(client, planner, count):
    orders_of(made(f"P{count}", (bought(f"X{count}"), 1)), *[Decimal(2)] * count, by=planner)
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("production:order_list"))
    return len(queries)


def test_list_query_count_does_not_grow_with_ticks(planner_client, planner):
    planner_client.get(reverse("production:order_list"))  # what is read once per process

    one, three = (queries_of_a_list(planner_client, planner, count) for count in (1, 3))

    assert one == three


def test_merge_opened_by_hand_says_what_to_do(planner_client):
    page = planner_client.get(URL)

    assertContains(page, "Tick the orders that belong together")
    assertContains(page, f'href="{reverse("production:order_list")}"')
