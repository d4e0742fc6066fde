"""The page that splits a purchase row."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from linkage.models import OrderLink
from purchasing import operations
from purchasing.models import PurchaseOrderRow
from tests.purchasing.factories import again, purchase_row
from tests.purchasing.test_splitting import promised, received

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def url(row):
    return reverse("purchasing:split_row", args=[row.pk])


def data(row, **changes):
    return {"quantity-0": "4", "quantity-1": "6", "version": row.version} | changes


@pytest.fixture
def row(buyer, planner):
    """Ten of a part on a sent order, eight of them promised."""
    row = purchase_row(quantity=10, sent=True, by=buyer)
    promised(row, 8, planner, need_date=date(2026, 4, 1))
    return again(row)


def test_split_page_shows_rows_and_links_before_the_save(buyer_client, row):
    page = buyer_client.get(url(row))

    assertContains(page, f"Split {row}: 10.00 pcs")
    assertContains(page, 'name="quantity-1" value="5"')
    assertContains(page, f'name="move-{OrderLink.objects.get().pk}-1" value="3"')
    assertContains(page, f"<td>{row.order}/20</td>", html=True)
    assertContains(page, "The order is at the supplier")
    assert PurchaseOrderRow.objects.count() == 1


@pytest.mark.parametrize(
    ("query", "quantities"),
    [
        ("?ways=equal&count=3", ["3", "3", "4"]),
        ("?ways=size&size=4", ["4", "4", "2"]),
        ("?ways=list&list=1+2", ["7", "1", "2"]),
    ],
)
def test_split_page_fills_in_parts(buyer_client, row, query, quantities):
    page = buyer_client.get(url(row) + query)

    for place, quantity in enumerate(quantities):
        assertContains(page, f'name="quantity-{place}" value="{quantity}"')


def test_split_page_fills_in_what_has_not_arrived(buyer_client, buyer, row):
    received(row, 4, buyer)

    page = buyer_client.get(url(row))

    assertContains(page, 'name="quantity-0" value="7"')
    assertContains(page, "4.00 pcs have arrived.")


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("?ways=equal&count=11", "10 pcs cannot be divided into 11 parts."),
        ("?ways=size&size=20", "Split into at least 2 parts."),
        ("?ways=list&list=4+x", "Enter the parts with spaces between them, such as 4 3.5 2."),
    ],
)
def test_split_page_says_what_cannot_be_cut(buyer_client, row, query, sentence):
    page = buyer_client.get(url(row) + query)

    assertContains(page, sentence)
    assertNotContains(page, "split-picture")


def test_split_page_says_why_a_row_cannot_be_split(buyer_client, buyer, row):
    received(row, 10, buyer)

    assertContains(buyer_client.get(url(row)), f"{row.order} is received; its rows cannot be split.")


def test_split_preview_keeps_what_was_typed(buyer_client, row):
    link = OrderLink.objects.get()
    typed = data(row, by_hand="yes", preview="1", reason="two lorries", **{f"move-{link.pk}-1": "5"})

    for answer in (buyer_client.post(url(row), typed), buyer_client.post(url(row), typed, headers=HTMX)):
        assertContains(answer, f'name="move-{link.pk}-1" value="5"')
        assertContains(answer, 'value="two lorries"')
        assertContains(answer, "split-picture")
    assert PurchaseOrderRow.objects.count() == 1


def test_split_preview_says_what_the_operation_would_refuse(buyer_client, row):
    link = OrderLink.objects.get()

    answer = buyer_client.post(url(row), data(row, by_hand="yes", preview="1", **{f"move-{link.pk}-1": "7"}))

    assertContains(answer, "Part 2 takes 6; more than that is linked to it.")


def test_split_saves_what_the_preview_showed(buyer_client, row):
    answer = buyer_client.post(url(row), data(row, reason="two lorries", **{"date-1": "2026-03-31"}), follow=True)

    assertContains(answer, f"{row} is split: {row.order}/10, {row.order}/20.")
    rows = PurchaseOrderRow.objects.order_by("position").values_list(
        "quantity", "supply__due_date", "supply__allocated"
    )
    assert list(rows) == [(4, row.supply.due_date, 4), (6, date(2026, 3, 31), 4)]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"quantity-1": "5"}, "The 2 parts add up to 9; there are 10 to divide."),
        ({"quantity-0": "NaN"}, "Enter a quantity such as 12 or 12.5"),
        ({"date-1": "soon"}, "Enter a date such as 2026-03-31."),
        ({"version": "x"}, "Reload the page and send this form again."),
    ],
)
def test_split_says_what_is_wrong_at_its_place(buyer_client, row, changes, sentence):
    answer = buyer_client.post(url(row), data(row, **changes))

    assertContains(answer, sentence, status_code=422)
    assert PurchaseOrderRow.objects.count() == 1


def test_split_posted_twice_is_one_split(buyer_client, row):
    once = data(row, operation_key="7b1d3a3e-0000-4000-8000-000000000002")

    first, second = (buyer_client.post(url(row), once) for _ in range(2))

    assert (first.status_code, second.status_code, PurchaseOrderRow.objects.count()) == (302, 302, 2)


def test_split_refuses_a_stale_form(buyer_client, buyer, row):
    operations.change_row(row=row, price=Decimal(3), by=buyer)

    assert buyer_client.post(url(row), data(row)).status_code == 409


def test_order_page_offers_the_split_to_the_buyer_as_long_as_something_is_open(
    buyer_client, planner_client, buyer, row
):
    page = reverse("purchasing:order", args=[row.order_id])

    assertContains(buyer_client.get(page), url(row))
    assertNotContains(planner_client.get(page), url(row))
    received(row, 10, buyer)
    assertNotContains(buyer_client.get(page), url(row))


def queries_of_a_split(client, buyer, planner, count):
    row = purchase_row(quantity=30, sent=True, by=buyer)
    for _ in range(count):
        promised(again(row), 2, planner)
    with CaptureQueriesContext(connection) as queries:
        client.get(url(row) + f"?ways=equal&count={count + 1}")
    return len(queries)


def test_split_page_query_count_does_not_grow(buyer_client, buyer, planner):
    buyer_client.get(reverse("purchasing:order_list"))  # what is read once per process

    one, three = (queries_of_a_split(buyer_client, buyer, planner, count) for count in (1, 3))

    assert one == three
