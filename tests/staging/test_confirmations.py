"""Confirmations from a file."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from erp.staging import operations
from erp.staging.models import StagedImport
from linkage.models import OrderLink
from linkage.operations import link
from purchasing.operations import change_row, receive
from tests.factories import PartFactory
from tests.linkage.factories import TODAY
from tests.purchasing.factories import DUE, again, demand_of, purchase_order, purchase_row
from tests.staging.files import csv_of, problems_of, staged_from

HEADER = ["Order", "Row", "Confirmed quantity", "Confirmed date", "Supplier's reference"]
LATER = date(2026, 3, 25)


@pytest.fixture
def rows(acme, bolt, warehouse, buyer):
    """A sent order with two rows of a hundred."""
    order = purchase_order(company=warehouse.company, supplier=acme, by=buyer)
    first = purchase_row(order=order, part=bolt, warehouse=warehouse, by=buyer)
    return [again(first), purchase_row(order=order, part=bolt, warehouse=warehouse, by=buyer, sent=True)]


def staged(by, header, *lines):
    return staged_from(csv_of(header, *lines), by=by, kind="confirmations", name="confirmed.csv")


def facts(rows):
    return [(row.quantity, row.supply.due_date, row.confirmed_on, row.order.status) for row in map(again, rows)]


def test_load_confirms_quantity_and_date_row_by_row(buyer, rows):
    order = rows[0].order
    file = staged(buyer, HEADER, [order, 10, 80, "25.03.2026", "AB-1"], [order, 20, "", "", "AB-1"])

    loaded = operations.load(staged=file, by=buyer)

    assert loaded.message == "1 order, 2 confirmed rows, 1 other date, 1 other quantity"
    assert facts(rows) == [(80, LATER, LATER, "confirmed"), (100, DUE, DUE, "confirmed")]
    assert again(rows[0]).order.supplier_reference == "AB-1"
    assert [(str(row.document), row.number) for row in loaded.documents.all()] == [(str(order), f"20001 AB-1 {order}")]


def test_rows_that_the_file_does_not_name_go_on_waiting(buyer, rows):
    operations.load(staged=staged(buyer, ["Row", "Date"], [str(rows[1]), "2026-03-25"]), by=buyer)

    assert facts(rows) == [(100, DUE, None, "sent"), (100, LATER, LATER, "sent")]


def test_a_smaller_quantity_cuts_links_as_the_rules_say(buyer, rows):
    demand = demand_of(rows[0], quantity=100)
    link(demand=demand, supply=rows[0].supply, quantity=Decimal(100), by=buyer, accept_warnings=True)

    operations.load(staged=staged(buyer, ["Row", "Quantity"], [str(rows[0]), 60]), by=buyer)

    assert [promise.open for promise in OrderLink.objects.all()] == [60]


def test_stage_names_every_bad_line(buyer, rows, warehouse):
    row, other = rows
    receive(row=row, quantity=Decimal(30), by=buyer, effective_on=TODAY)
    closed = purchase_row(part=PartFactory(number="C-1"), warehouse=warehouse, sent=True, quantity=5, by=buyer)
    receive(row=closed, quantity=Decimal(5), by=buyer, effective_on=TODAY)
    draft = purchase_row(warehouse=warehouse, by=buyer)
    order = row.order
    lines = [
        ["P-0", 10, "", "", "", ""],
        [order, 30, "", "", "", ""],
        [order, "ten", "", "", "", ""],
        ["", 10, "", "", "", ""],
        ["", draft, "", "", "", ""],
        ["", closed, "", "", "", ""],
        [order, 10, "X-1", "", "", "R"],
        [order, 10, "AC-7", 20, "", "R"],
        [order, 20, "B-100", "1.5", "", ""],
        [order, 20, "", "", "", "R"],
    ]

    file = staged(buyer, ["PO", "Pos", "Part", "Qty", "Date", "Confirmation"], *lines)

    assert problems_of(file) == [
        (2, "Order", "P-0", "There is no purchase order with this number."),
        (3, "Row", "30", f"{order} has no such row; it has 10, 20."),
        (4, "Row", "ten", "This is not a row such as 10 or P-1042/10."),
        (5, "Order", "", "Say which order: a column Order, or a row such as P-1042/10."),
        (6, "Row", str(draft), f"{draft.order} is draft and not at the supplier."),
        (7, "Row", str(closed), f"{closed.order} is received and not at the supplier."),
        (8, "Part", "X-1", f"{row} is B-100."),
        (9, "Confirmed quantity", "20", f"30 pcs of {row} have arrived already."),
        (10, "Confirmed quantity", "1.5", "1.5 pcs has too many decimals: pcs allows whole numbers only."),
        (10, "Supplier's reference", "", f"{order} has another reference in line 9: R."),
        (11, "Row", "20", f"{other} already stands in line 10."),
    ]


def test_a_line_without_a_quantity_confirms_no_change_that_was_not_told(buyer, rows):
    row, other = rows
    change_row(row=row, quantity=Decimal(120), by=buyer)

    file = staged(buyer, ["Row", "Quantity"], [row, ""], [other, ""])

    [(line, column, read, why)] = problems_of(file)
    assert (line, column, read) == (2, "Row", str(row))
    assert why.startswith(f"{row} is 120 now, the supplier was asked for 100.")


def test_a_confirmation_that_was_loaded_is_refused_by_its_number(buyer, rows):
    order = rows[0].order
    first = staged(buyer, HEADER, [order, 10, "", "", "AB-1"])
    operations.load(staged=first, by=buyer)

    second = staged(buyer, HEADER, [order, 10, "", "", "AB-1"], [order, 20, "", "", "AB-1"])

    [(line, column, read, sentence), _other] = problems_of(second)
    assert (line, column, read) == (2, "Supplier's reference", "AB-1")
    assert sentence.startswith(f"This was loaded for {order} on ")
    assert sentence.endswith(f"by {buyer}, as import {first.pk}.")


def test_load_is_all_or_nothing_over_several_orders(buyer, rows, warehouse):
    other = purchase_row(warehouse=warehouse, by=buyer, sent=True)
    file = staged(buyer, ["Row", "Date"], [rows[0], "2026-03-25"], [other, "2026-03-25"])
    receive(row=other, quantity=Decimal(100), by=buyer, effective_on=TODAY)

    with pytest.raises(operations.NotClean):
        operations.load(staged=file, by=buyer)

    assert facts([rows[0]]) == [(100, DUE, None, "sent")]
    assert StagedImport.objects.get().status == "staged"


def test_an_exported_list_of_rows_is_taken_once_its_quantities_and_dates_are_the_suppliers(buyer, buyer_client, rows):
    response = buyer_client.get(reverse("purchasing:row_list"), {"export": "csv"})
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    mended = text.replace('"100.000000"', '"90"', 1).replace(DUE.isoformat(), LATER.isoformat())

    file = staged_from(mended.encode("utf-8-sig"), by=buyer, kind="confirmations")
    operations.load(staged=file, by=buyer)

    assert sorted(facts(rows)) == [(90, LATER, LATER, "confirmed"), (100, LATER, LATER, "confirmed")]
