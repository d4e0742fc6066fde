"""A save that made purchase orders says which, row by row; they can be opened, and printed."""

import pytest
import time_machine
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from linkage.models import OrderLink
from purchasing.models import PurchaseOrder, PurchaseOrderRow
from sales.statuses import QUOTE
from tests.factories import PartFactory
from tests.purchasing.factories import SupplierTermFactory
from tests.sales.factories import order_with, row_with

HTMX = {"HX-Request": "true"}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel("2026-03-02"):
        yield


def bought_part(**terms):
    part = PartFactory(lot_sizing="LR")
    SupplierTermFactory(part=part, unit=part.unit, **terms)
    return part


def url(name, *args):
    return reverse(f"sales:{name}", args=args)


def test_ticked_rows_that_are_ordered_are_named_with_their_orders(seller_client):
    order = order_with(3, 4, part=bought_part())
    rows = [row.pk for row in order.rows.all()]

    response = seller_client.post(url("buy_orders", order.pk), {"rows": rows}, follow=True)

    made = PurchaseOrder.objects.get()
    page, paper = reverse("purchasing:order", args=[made.pk]), reverse("purchasing:paper", args=[made.pk])
    for position in (10, 20):
        opened, printed = f'<a href="{page}">P-1001</a>', f'<a href="{paper}" target="_blank" rel="noopener">PDF</a>'
        assertContains(response, f"{order}/{position}: {opened} ({printed})")
    assertContains(response, "message-info")


def test_save_opens_the_dialog_of_what_it_made_and_leads_to_it_without_javascript(seller_client):
    order = order_with(3, part=bought_part())
    [row] = order.rows.all()

    response = seller_client.post(url("buy_orders", order.pk), {"rows": [row.pk]}, follow=True)

    made = PurchaseOrderRow.objects.get()
    where = f"{url('purchases_made', order.pk)}?first={made.pk}&amp;last={made.pk}"
    load = 'hx-trigger="load, click" hx-target="#dialog-body" hx-swap="innerHTML"'
    assertContains(response, f'<a href="{where}" hx-get="{where}" {load}>Show</a>', html=True)


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "dialog"])
def test_dialog_shows_row_order_quantity_and_surplus(seller_client, headers):
    order = order_with(3, 4, part=bought_part(multiple=5))
    seller_client.post(url("buy_orders", order.pk), {"rows": [row.pk for row in order.rows.all()]})
    first, last = PurchaseOrderRow.objects.order_by("pk")

    response = seller_client.get(url("purchases_made", order.pk), {"first": first.pk, "last": last.pk}, headers=headers)

    shown = [(str(one.row), str(one.purchase_row), one.quantity, one.surplus) for one in response.context["made"]]
    assert shown == [(f"{order}/10", "P-1001/10", 3, 2), (f"{order}/20", "P-1001/20", 4, 1)]
    assertContains(response, "PDF of P-1001", count=2)
    assert ("<html" in response.content.decode()) == (headers == {})


@pytest.mark.parametrize("query", [{}, {"first": "x", "last": "9" * 30}, {"first": 1, "last": 10**17}])
def test_dialog_of_another_order_shows_nothing_of_this_one(seller_client, query):
    order, other = order_with(3, part=bought_part()), order_with(3)
    seller_client.post(url("buy_orders", order.pk), {"rows": [order.rows.get().pk]})

    response = seller_client.get(url("purchases_made", other.pk), query)

    assertContains(response, "No purchase order was made for a row of this order.")


def test_message_names_twelve_rows_and_counts_the_others(seller_client):
    order = order_with(*range(1, 15), part=bought_part())

    response = seller_client.post(
        url("buy_orders", order.pk), {"rows": [row.pk for row in order.rows.all()]}, follow=True
    )

    assertContains(response, f"{order}/120: <a")
    assertContains(response, ", and 2 more")


@pytest.mark.parametrize("rows", [1, 3])
def test_dialog_query_count_does_not_grow(seller_client, django_assert_num_queries, rows):
    order = order_with(*[3] * rows, part=bought_part())
    seller_client.post(url("buy_orders", order.pk), {"rows": [row.pk for row in order.rows.all()]})

    with django_assert_num_queries(9):
        seller_client.get(url("purchases_made", order.pk), {"first": 1, "last": 10**17}, headers=HTMX)


def test_register_names_the_orders_of_ticked_boxes(seller_client):
    order = order_with(3, part=bought_part(), status=QUOTE, row={"order_box": True})

    response = seller_client.post(url("order_register", order.pk), follow=True)

    assertContains(response, "Purchase orders made: S-1001/10: ")


def test_save_that_made_none_names_none(seller_client):
    order = order_with(3, part=PartFactory(), status=QUOTE)

    response = seller_client.post(url("order_register", order.pk), follow=True)

    assertNotContains(response, "Purchase orders made")


def test_row_with_an_order_goes_to_its_procedure(seller_client, planner):
    row, plain = row_with(3, part=bought_part()), row_with(3)
    seller_client.post(url("buy_orders", row.order_id), {"rows": [row.pk]})

    shown = seller_client.get(url("order", row.order_id))

    assertContains(shown, "Go to procedure")
    assertNotContains(seller_client.get(url("order", plain.order_id)), "Go to procedure")
    assert OrderLink.objects.get().kind == "bound"


def test_page_of_one_row_says_what_its_box_made(seller_client):
    row = row_with(3, part=bought_part(), row={"order_box": True})
    page = url("row", row.pk)
    form = seller_client.get(page).context["form"]
    data = {name: form[name].value() for name in form.fields if form[name].value() is not None}

    response = seller_client.post(page, data | {"goods_label": "Hall 3"}, follow=True)

    assertContains(response, f"Purchase orders made: {row}")
