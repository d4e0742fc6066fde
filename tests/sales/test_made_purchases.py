"""A save that made purchase orders says which, row by row; they can be opened, and printed."""

import pytest
import time_machine
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from linkage.models import OrderLink
from purchasing.models import PurchaseOrder
from sales.statuses import QUOTE
from tests.factories import PartFactory
from tests.purchasing.factories import SupplierTermFactory
from tests.sales.factories import order_with, row_with

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel("2026-03-02"):
        yield


def bought_part():
    part = PartFactory(lot_sizing="LR")
    SupplierTermFactory(part=part, unit=part.unit)
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
