"""Goods labels of a delivery note: one for each row that left, with the customer's references."""

import io
from decimal import Decimal

import pytest
from django.urls import reverse
from pypdf import PdfReader
from pytest_django.asserts import assertContains

from sales import operations
from sales.goods_labels import labels_of, labels_pdf
from sales.models import RowType
from tests.linkage.factories import stock
from tests.sales.factories import row_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def note(seller, warehouse_keeper):
    facts = {"manufacturing_reference": "VIN 9", "delivery_reference": "C-55", "customer_row_position": "7"}
    row = row_with(2, row=facts, customer_order_number="PO-1", goods_label="Line 3", by=seller)
    text = {"text": "Blue", "on_delivery_note": True}
    operations.add_sub_row(row=row, row_type=RowType.TEXT, by=seller, **text)
    stock(row.part, row.warehouse, 2)
    operations.deliver(row=row, quantity=Decimal(2), by=warehouse_keeper)
    return row.delivery_rows.get().note


def test_label_says_what_it_is_and_the_references_of_the_row(note):
    [label] = labels_of(note)["labels"]

    row = note.rows.get(row__row_type=RowType.PART).row
    assert (label["part"], label["quantity"]) == (str(row.part), f"2 {row.part.unit}")
    assert label["facts"] == [
        ["Our order", f"{row}"],
        ["Your order", "PO-1 / 7"],
        ["Goods label", "Line 3"],
        ["Ref. manufacturing", "VIN 9"],
        ["Ref. delivery", "C-55"],
    ]


def test_labels_are_a_page_each(note):
    texts = labels_of(note)
    texts["labels"] *= 2

    pages = PdfReader(io.BytesIO(labels_pdf(texts))).pages

    assert [("VIN 9" in page.extract_text(), len(page.images)) for page in pages] == [(True, 0)] * 2


def test_labels_are_printed_from_the_delivery_note(viewer_client, note):
    page = viewer_client.get(reverse("sales:delivery_note", args=[note.pk]))
    url = reverse("sales:note_labels", args=[note.pk])

    assertContains(page, url)
    assert viewer_client.get(url)["Content-Type"] == "application/pdf"


def test_note_that_was_taken_back_has_no_labels(viewer_client, warehouse_keeper, note):
    for one in note.rows.exclude(base_quantity=0):
        operations.reverse_delivery(delivered=one, by=warehouse_keeper)

    answer = viewer_client.get(reverse("sales:note_labels", args=[note.pk]))

    assertContains(answer, "there is nothing to label", status_code=409)


def test_freight_has_no_label(seller, warehouse_keeper):
    row = row_with(2, by=seller)
    facts = {"row_type": RowType.ADDITIONAL, "name": "Freight", "quantity": Decimal(1)}
    freight = operations.add_row(order=row.order, by=seller, **facts)
    stock(row.part, row.warehouse, 2)
    lines = [operations.Delivered(row=one, quantity=one.quantity) for one in (row, freight)]
    [note] = operations.deliver_rows(lines=lines, by=warehouse_keeper)

    assert note.rows.count() == 2
    assert [label["part"] for label in labels_of(note)["labels"]] == [str(row.part)]
