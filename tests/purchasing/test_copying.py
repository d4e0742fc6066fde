"""The same purchase order again: its rows at today's terms, promised to nobody."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains

from erp.exceptions import Refused
from linkage.models import OrderLink
from linkage.operations import cancel_supply
from purchasing import operations
from tests.purchasing.factories import (
    SupplierTermFactory,
    component_for,
    purchase_order,
    purchase_row,
)

pytestmark = pytest.mark.django_db
NOW = date(2026, 3, 9)


def copy(order, by):
    return operations.copy_order(order=order, by=by, business_date=NOW)


def rows_of(order):
    rows = order.rows.select_related("supply__part", "unit").order_by("position")
    return [(row.position, row.supply.part.number, row.quantity, row.price) for row in rows]


def test_copy_order_is_a_draft_with_the_same_rows_promised_to_nobody(buyer):
    order = purchase_order(by=buyer, goods_label="Dock 4", note="Blue")
    row = purchase_row(order=order, quantity=60, price=Decimal("3.5"), by=buyer)
    operations.send(order=order, by=buyer)
    operations.link_to_component(row=row, component=component_for(row), quantity=Decimal(5), by=buyer, wider=True)

    made = copy(order, buyer)

    assert (made.status, made.supplier, made.goods_label, made.note) == ("draft", order.supplier, "Dock 4", "Blue")
    assert (made.document.ordered_on, made.sent_at, made.buyer) == (NOW, None, buyer)
    assert rows_of(made) == [(10, row.supply.part.number, 60, Decimal("3.5"))]
    assert OrderLink.objects.filter(supply__document=made.document).count() == 0


def test_copy_order_takes_price_and_date_from_the_terms_of_today(buyer, monkeypatch):
    order = purchase_order(by=buyer)
    row = purchase_row(order=order, price=Decimal(9), by=buyer)
    SupplierTermFactory(part=row.supply.part, supplier=order.supplier, price=Decimal(2), lead_time=5)
    monkeypatch.setattr("purchasing.operations.rows.business_date", lambda: NOW)

    [again] = copy(order, buyer).rows.select_related("supply")

    assert (again.price, again.supply.due_date) == (2, date(2026, 3, 16))


def test_copy_order_without_terms_keeps_the_price_and_has_no_date(buyer):
    row = purchase_row(price=Decimal(9), by=buyer)

    [again] = copy(row.order, buyer).rows.select_related("supply")

    assert (again.price, again.supply.due_date, again.supply.quantity) == (9, None, 100)


def test_copy_order_leaves_out_what_was_cancelled(buyer):
    stays = purchase_row(by=buyer)
    gone = purchase_row(order=stays.order, by=buyer)
    cancel_supply(gone.supply)

    assert rows_of(copy(stays.order, buyer)) == [(10, stays.supply.part.number, 100, 0)]


def test_copy_order_brings_back_the_rows_of_a_cancelled_order(buyer):
    order = purchase_row(by=buyer).order
    operations.cancel(order=order, by=buyer)

    assert len(rows_of(copy(order, buyer))) == 1


def test_copy_order_refuses_an_order_without_rows(buyer):
    order = purchase_order(by=buyer)

    with pytest.raises(Refused, match=f"{order} has no rows to copy"):
        copy(order, buyer)


def test_the_button_opens_the_copy(buyer_client, buyer):
    order = purchase_row(by=buyer, sent=True).order

    answer = buyer_client.post(reverse("purchasing:copy", args=[order.pk]), follow=True)

    assertContains(answer, "is a draft with the same rows")
    assert answer.context["order"].document.number != order.document.number
