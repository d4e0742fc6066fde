"""What of a row counts in sums and amounts: what was received and what is still to come."""

from decimal import Decimal

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains

from linkage.dates import business_date
from purchasing import operations, queries
from purchasing.counting import counted_of
from purchasing.operations import Rejected
from tests.factories import UnitConversionFactory
from tests.linkage.factories import TODAY
from tests.purchasing.factories import SupplierTermFactory, again, purchase_order, purchase_row

pytestmark = pytest.mark.django_db


def receive(row, quantity, by, **facts):
    return operations.receive(row=row, quantity=Decimal(quantity), by=by, effective_on=TODAY, **facts)


def nothing(row, by):
    """An open row."""


def ended_short(row, by):
    receive(row, 40, by, final=True)


def given_up(row, by):
    receive(row, 0, by, rejected=Rejected(Decimal(30), "damaged", owed=False))


def given_up_then_ended(row, by):
    receive(row, 50, by, rejected=Rejected(Decimal(30), "damaged", owed=False), final=True)


def too_much(row, by):
    receive(row, 110, by, approve_over=True, reason="extra")


def taken_off(row, by):
    operations.short_close(row=row, by=by)


@pytest.mark.parametrize("boxed", [False, True], ids=["pieces", "boxes of twelve"])
@pytest.mark.parametrize(
    ("happens", "counts"),
    [(nothing, 100), (ended_short, 40), (given_up, 70), (given_up_then_ended, 50), (too_much, 110), (taken_off, 0)],
)
def test_rows_orders_and_lists_count_what_came_and_what_comes(buyer, happens, counts, boxed):
    box = UnitConversionFactory(numerator=12) if boxed else None
    row = purchase_row(
        price=Decimal("2.50"), by=buyer, **({"part": boxed_part(box), "unit": box.unit} if boxed else {})
    )
    operations.send(order=row.order, by=buyer)

    happens(again(row), buyer)

    row, today = again(row), business_date()
    assert counted_of([row]) == {row.pk: counts}
    assert queries.rows_for_list(today=today).get(pk=row.pk).counted == counts
    assert queries.orders_for_list(today=today).get(pk=row.order_id).amount == counts * Decimal("2.50")
    assert queries.order_view(row.order).amount == counts * Decimal("2.50")


def boxed_part(box):
    return SupplierTermFactory(part__unit=box.base, unit=box.unit).part


def test_pages_say_what_their_totals_count(buyer, buyer_client):
    order = purchase_order(by=buyer)
    first = purchase_row(order=order, price=Decimal(2), by=buyer)
    purchase_row(order=order, warehouse=first.supply.warehouse, price=Decimal(1), by=buyer)
    operations.send(order=order, by=buyer)
    receive(first, 40, buyer, final=True)

    assertContains(buyer_client.get(reverse("purchasing:order_list")), "Amount received and to come")
    assertContains(buyer_client.get(reverse("purchasing:row_list")), "Received and to come")
    page = buyer_client.get(reverse("purchasing:order", args=[order.pk]))
    assertContains(page, "<dt>Amount received and to come</dt><dd>180.00 EUR</dd>", html=True)
    assertContains(page, "(40.00 came)")
