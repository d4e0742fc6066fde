"""What an invoice basis says beside its figures: the texts for invoices, and the total row that priced a line."""

import csv
import io
from decimal import Decimal

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains

from sales import operations
from sales.invoice_texts import say_texts
from sales.models import DeliveryRow, InvoiceLine
from tests.sales.factories import again, order_with
from tests.sales.test_invoicing import deliver, export

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(seller):
    """Two rows of 10 for 5 each."""
    return order_with(10, 10, row={"unit_price": Decimal(5)}, by=seller)


def text(order, words, by, *, before=None, **where):
    """A text row for the invoice, or for where it says."""
    where = where or {"on_invoice": True}
    return operations.add_row(order=order, row_type=4, text=words, before=before, by=by, **where)


def rows(order):
    return list(order.rows.for_list().main().goods().order_by("position"))


def deliver_all(order, by, quantity=10):
    for row in rows(order):
        deliver(row, quantity, by)


def test_texts_marked_for_the_invoice_stand_with_the_next_line_else_the_last(order, seller, warehouse_keeper):
    first, second = rows(order)
    text(order, "Dear Alpha", seller, before=first)
    text(order, "Spare parts:", seller, before=second)
    text(order, "Mind the paint", seller, on_delivery_note=True, on_confirmation=True, on_pick_list=True)
    text(order, "Thank you", seller)
    operations.add_sub_row(row=again(first), row_type=4, text="In red", on_invoice=True, by=seller)
    deliver_all(order, warehouse_keeper)

    basis = export(first, seller)

    assert [line.text for line in basis.lines.order_by("pk")] == ["Dear Alpha\nIn red", "Spare parts:\nThank you"]


def test_texts_stand_on_every_basis_that_has_a_line_of_the_order(order, seller, warehouse_keeper):
    first, second = rows(order)
    text(order, "Thank you", seller)
    operations.add_sub_row(row=second, row_type=4, text="In red", on_invoice=True, by=seller)
    found = []
    for row in (first, second):
        deliver(row, 10, warehouse_keeper)
        found += export(row, seller).lines.values_list("text", flat=True)

    assert found == ["Thank you", "In red\nThank you"]


def test_text_below_a_row_stands_once_with_two_deliveries_of_it(order, seller, warehouse_keeper):
    row = rows(order)[0]
    operations.add_sub_row(row=row, row_type=4, text="In red", on_invoice=True, by=seller)
    for _time in range(2):
        deliver(row, 5, warehouse_keeper)

    assert [line.text for line in export(row, seller).lines.order_by("pk")] == ["In red", ""]


def test_credit_has_no_text_and_is_priced_as_what_it_takes_back_was(order, seller, warehouse_keeper):
    total = operations.add_row(order=order, row_type=3, name="Together", by=seller)
    operations.edit_total(row=total, total=Decimal(90), by=seller)
    text(order, "Thank you", seller)
    row = rows(order)[0]
    deliver(row, 10, warehouse_keeper)
    export(row, seller)
    operations.reverse_delivery(delivered=DeliveryRow.objects.get(row=row), by=warehouse_keeper)
    operations.edit_total(row=again(total), total=None, by=seller)

    [line] = export(row, seller).lines.all()

    assert (line.quantity, line.text, line.priced_by) == (-10, "", "30 Together")


def test_line_says_which_total_row_priced_it(order, seller, warehouse_keeper):
    typed = operations.add_row(order=order, row_type=3, name="Together", by=seller)
    operations.edit_total(row=typed, total=Decimal(90), included=rows(order)[1:2], by=seller)
    deliver_all(order, warehouse_keeper)

    basis = export(typed, seller)

    assert list(basis.lines.order_by("pk").values_list("priced_by", "amount")) == [("", 50), ("30 Together", 90)]


def test_total_row_that_only_sums_prices_nothing(order, seller, warehouse_keeper):
    operations.add_row(order=order, row_type=3, name="Sum", by=seller)
    deliver_all(order, warehouse_keeper)

    assert {line.priced_by for line in export(rows(order)[0], seller).lines.all()} == {""}


def test_page_and_file_of_a_basis_have_both(order, seller, seller_client, warehouse_keeper):
    total = operations.add_row(order=order, row_type=3, name="Together", by=seller)
    operations.edit_total(row=total, total=Decimal(90), by=seller)
    text(order, "Thank you", seller)
    deliver_all(order, warehouse_keeper)
    url = reverse("sales:basis", args=[export(rows(order)[0], seller).pk])

    page = seller_client.get(url)
    file = b"".join(seller_client.get(url, {"export": "csv"}).streaming_content).decode("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(file)))

    assertContains(page, "30 Together", count=2)
    assertContains(page, "Thank you", count=1)
    assert [(line["Priced by total row"], line["Texts"]) for line in lines] == [
        ("30 Together", ""),
        ("30 Together", "Thank you"),
    ]


def test_texts_of_two_orders_are_read_in_one_statement(seller, django_assert_num_queries):
    orders = [order_with(1, by=seller) for _ in range(2)]
    for order in orders:
        text(order, "Thank you", seller)
    lines = [InvoiceLine(row=row) for order in orders for row in rows(order)]

    with django_assert_num_queries(1):
        say_texts(lines)

    assert [line.text for line in lines] == ["Thank you", "Thank you"]
