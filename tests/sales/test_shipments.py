"""Delivery notes that go together: one PDF, with a shipping list for each customer and address."""

import io
import re
from decimal import Decimal

import pytest
from django.urls import reverse
from pypdf import PdfReader
from pytest_django.asserts import assertContains

from sales import operations
from sales.models import DeliveryNote
from sales.operations import Delivered, NewShippingLine
from sales.printing import shipments_pdf
from sales.shipments import shipments_of
from sales.views import papers
from tests.factories import PartFactory, PartnerFactory
from tests.linkage.factories import stock
from tests.sales.factories import order_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def part():
    return PartFactory(weight=Decimal("1.25"))


@pytest.fixture
def warehouse(part):
    return order_with(1, part=part).warehouse


def note_for(customer, *quantities, part, warehouse, by, **facts):
    order = order_with(*quantities, part=part, customer=customer, warehouse=warehouse, **facts)
    stock(part, warehouse, sum(quantities))
    lines = [Delivered(row=row, quantity=row.quantity) for row in order.rows.for_list().in_order()]
    [note] = operations.deliver_rows(lines=lines, by=by)
    return DeliveryNote.objects.for_list().get(pk=note.pk)


@pytest.fixture
def notes(part, warehouse, warehouse_keeper):
    """Two notes of one customer, one of them to another address than a third, and one of another customer."""
    ours, theirs = PartnerFactory(name="Ours"), PartnerFactory(name="Theirs")
    facts = {"part": part, "warehouse": warehouse, "by": warehouse_keeper}
    return [
        note_for(ours, 2, 3, customer_order_number="PO-1", **facts),
        note_for(theirs, 1, **facts),
        note_for(ours, 4, customer_order_number="PO-2", **facts),
        note_for(ours, 1, delivery_address="Dock 2", **facts),
    ]


def test_notes_of_one_customer_and_address_stand_on_one_shipping_list(notes):
    shipments = shipments_of(notes)

    assert [len(shipment["papers"]) for shipment in shipments] == [2, 1, 1]
    assert [[line[0], *line[2:3], *line[4:]] for line in shipments[0]["notes"]] == [
        [str(notes[0]), "PO-1", "2", "6.25 kg"],
        [str(notes[2]), "PO-2", "1", "5 kg"],
    ]
    assert shipments[0]["sums"] == ["", "", "", "", "3", "11.25 kg"]
    assert (shipments[0]["customer"]["name"], shipments[2]["deliver_to"]) == ("Ours", "Dock 2")


def test_shipping_information_of_an_order_counts_once(part, warehouse, warehouse_keeper, seller):
    order = order_with(2, part=part, warehouse=warehouse)
    operations.set_shipping(order=order, lines=[NewShippingLine(quantity=2, weight=Decimal(7))], by=seller)
    stock(part, warehouse, 2)
    for _time in range(2):
        [row] = order.rows.for_list()
        operations.deliver_rows(lines=[Delivered(row=row, quantity=Decimal(1))], by=warehouse_keeper)

    [shipment] = shipments_of(DeliveryNote.objects.for_list().order_by("serial"))

    assert shipment["shipping"][:2] == [["Packages", "2"], ["Weight", "7 kg"]]


def test_each_note_of_a_shipment_counts_its_own_pages(notes):
    shipments = shipments_of(notes[:3])
    [_first, last] = shipments[0]["papers"]
    last["rows"] *= 60

    pages = [page.extract_text() for page in PdfReader(io.BytesIO(shipments_pdf(shipments))).pages]

    counted = [re.search(r"\d+ / \d+", page) for page in pages]
    assert [found and found[0] for found in counted] == [None, "1 / 1", "1 / 2", "2 / 2", "1 / 1"]


def test_ticked_notes_are_printed_in_the_order_of_their_numbers(notes, viewer_client, monkeypatch):
    DeliveryNote.objects.filter(pk=notes[0].pk).update(serial=notes[3].serial + 1)
    printed = []
    monkeypatch.setattr(papers, "shipments_of", lambda found: printed.extend(note.pk for note in found) or [])
    monkeypatch.setattr(papers, "shipments_pdf", lambda shipments: b"%PDF")

    viewer_client.post(reverse("sales:notes_print"), {"rows": [note.pk for note in notes]})

    assert printed == [note.pk for note in (*notes[1:], notes[0])]


def test_a_shipment_is_a_pdf(notes):
    assert shipments_pdf(shipments_of(notes)).startswith(b"%PDF")


def test_list_prints_the_ticked_notes_together(notes, viewer_client):
    page = viewer_client.get(reverse("sales:delivery_note_list"))
    answer = viewer_client.post(reverse("sales:notes_print"), {"rows": [note.pk for note in notes]})

    assertContains(page, "Print together")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")


@pytest.mark.parametrize("ticked", [[], ["x"], ["0"], ["-1"], [str(10**18)]])
def test_printing_together_asks_for_ticks(viewer_client, ticked):
    answer = viewer_client.post(reverse("sales:notes_print"), {"rows": ticked})

    assertContains(answer, "Tick at least one delivery note.", status_code=409)
