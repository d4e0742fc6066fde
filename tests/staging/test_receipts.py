"""Receipts from a file."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from erp.exceptions import LinesRefused, Refused
from erp.staging import operations, running
from linkage.dates import business_date
from linkage.models import StockMovement
from linkage.operations import link
from purchasing.imports import receipts
from purchasing.models import OverReceipt, PurchaseOrderRow, Reject
from purchasing.operations import ask_over_receipt, link_to_component, receive, reverse_receipt
from tests.linkage.factories import TODAY
from tests.purchasing.factories import again, component_for, demand_of, purchase_order, purchase_row
from tests.staging.files import csv_of, problems_of, staged_from

HOW_TO_ASK = "Write yes under “Ask a buyer” with “Why more” and it waits for a buyer, or a buyer receives it by hand."
ASKING = ["Row", "Quantity", "Delivery note", "Ask a buyer", "Why more"]
HEADER = ["Row", "Quantity", "Delivery note", "Received", "Final"]
DAY = "2026-03-02"


@pytest.fixture
def rows(acme, bolt, warehouse, buyer):
    """A sent order with two rows of a hundred."""
    order = purchase_order(company=warehouse.company, supplier=acme, by=buyer)
    first = purchase_row(order=order, part=bolt, warehouse=warehouse, by=buyer)
    return [again(first), purchase_row(order=order, part=bolt, warehouse=warehouse, by=buyer, sent=True)]


def staged(by, header, *lines):
    return staged_from(csv_of(header, *lines), by=by, kind="receipts", name="received.csv")


def facts(rows):
    return [(row.supply.done, row.supply.status, row.short_closed) for row in map(again, rows)]


def test_load_posts_receipts_and_what_is_promised_stays_promised(warehouse_keeper, planner, rows):
    demand = demand_of(rows[0], quantity=40)
    link(demand=demand, supply=rows[0].supply, quantity=Decimal(40), by=planner, accept_warnings=True)
    file = staged(
        warehouse_keeper,
        HEADER,
        [rows[0], 60, "DN-1", DAY, ""],
        [rows[0], 40, "DN-2", DAY, ""],
        [rows[1], 30, "DN-2", DAY, "yes"],
    )

    loaded = operations.load(staged=file, by=warehouse_keeper)

    assert loaded.message == "1 order, 3 receipts, 0 rejects"
    assert facts(rows) == [(100, "closed", False), (30, "closed", True)]
    assert again(rows[0]).order.status == "closed"
    assert [promise.on_shelf for promise in demand.links.all()] == [40]
    posted = StockMovement.objects.order_by("pk").values_list("quantity", "reference", "effective_on", "created_by")
    assert list(posted) == [
        (40, "DN-1", date(2026, 3, 2), warehouse_keeper.pk),
        (20, "DN-1", date(2026, 3, 2), warehouse_keeper.pk),
        (40, "DN-2", date(2026, 3, 2), warehouse_keeper.pk),
        (30, "DN-2", date(2026, 3, 2), warehouse_keeper.pk),
    ]


def test_load_keeps_the_file_as_the_reason(warehouse_keeper, rows):
    file = staged(warehouse_keeper, HEADER, [rows[0], 60, "DN-1", DAY, "yes"])

    operations.load(staged=file, by=warehouse_keeper)

    assert StockMovement.objects.get().reason == f"import {file}"
    assert again(rows[0]).short_closed_reason == f"import {file}"


def test_load_keeps_rejects_with_their_reason(warehouse_keeper, rows):
    header = ["Row", "Quantity", "Delivery note", "Rejected", "Reject reason", "Reject note", "Replacement owed"]
    file = staged(
        warehouse_keeper,
        header,
        [rows[0], 90, "DN-1", 10, "Damaged", "", ""],
        [rows[1], 0, "DN-1", 5, "other", "wet", "no"],
    )

    operations.load(staged=file, by=warehouse_keeper)

    kept = Reject.objects.order_by("pk").values_list("quantity", "code", "note", "owed", "given_up", "reference")
    assert list(kept) == [(10, "damaged", "", True, 0, "DN-1"), (5, "other", "wet", False, 5, "DN-1")]
    assert facts(rows) == [(90, "started", False), (0, "firm", False)]


def test_stage_names_every_bad_line(warehouse_keeper, buyer, rows):
    row, other = rows
    receive(row=row, quantity=Decimal(10), by=buyer, effective_on=TODAY, reference="DN-0")
    tomorrow = business_date() + timedelta(days=1)
    header = [*HEADER, "Rejected", "Reject reason", "Reject note", "Replacement owed"]
    lines = [
        [row, 10, "DN-0", DAY, "", "", "", "", ""],
        [row, 10, "DN-1", tomorrow, "", "", "", "", ""],
        [row, 10, "DN-1", DAY, "", "", "", "", ""],
        [row, 71, "DN-2", DAY, "", "", "", "", ""],
        [row, 1, "DN-3", DAY, "", "", "", "", ""],
        [other, 0, "DN-4", DAY, "", "", "", "", ""],
        [other, "", "DN-5", DAY, "", 1, "", "", ""],
        [other, 1, "", DAY, "", 1, "ugly", "", ""],
        [other, 1.5, "DN-7", DAY, "", 1, "other", "", ""],
        [other, 1, "DN-8", DAY, "yes", "", "", "", "maybe"],
        [other, 1, "DN-9", DAY, "", "", "", "", ""],
    ]

    assert problems_of(staged(warehouse_keeper, header, *lines)) == [
        (2, "Delivery note", "DN-0", f"{row} was received on this delivery note on 2026-03-02."),
        (3, "Received", str(tomorrow), "This day is still to come: today or a day before."),
        (4, "Row", str(row), f"{row} and DN-1 already stands in line 3."),
        (
            5,
            "Quantity",
            "71",
            f"1 pcs more than ordered on {row}; 0 % are allowed. {HOW_TO_ASK}",
        ),
        (6, "Row", str(row), f"Nothing more comes of {row} after line 5."),
        (7, "Quantity", "0", "Nothing came and nothing was rejected. Leave the line out."),
        (8, "Quantity", "", "This must not be empty."),
        (8, "Reject reason", "", "Say why it was rejected."),
        (9, "Delivery note", "", "This must not be empty."),
        (9, "Reject reason", "ugly", "The reasons are damaged, wrong-part, measures, surface, expired, papers, other."),
        (10, "Reject note", "", "Say in words why it was rejected."),
        (10, "Quantity", "1.5", "1.5 pcs has too many decimals: pcs allows whole numbers only."),
        (11, "Replacement owed", "maybe", "Write yes or no."),
        (12, "Row", str(other), f"Nothing more comes of {other} after line 11."),
    ]


def test_lines_that_the_operation_refuses_are_named_and_nothing_is_loaded(warehouse_keeper, rows, monkeypatch):
    def refusing(**facts):
        raise LinesRefused([(0, Refused("Not today.")), (1, Refused("Nor this."))])

    monkeypatch.setattr(receipts, "receive_all", refusing)
    file = staged(warehouse_keeper, HEADER, [rows[0], 10, "DN-1", DAY, ""], [rows[1], 10, "DN-1", DAY, "yes"])

    with pytest.raises(operations.LineRefused, match=r"Nothing was loaded: line 2: Not today\. \(1 more line is wrong"):
        running.load(file, by=warehouse_keeper)

    named = [(line, column, words) for line, column, _read, words in problems_of(file)]
    assert named == [(2, "", "Not today."), (3, "", "Nor this.")]
    assert facts(rows) == [(0, "firm", False), (0, "firm", False)]


def test_a_line_beyond_the_tolerance_asks_a_buyer_and_the_others_are_posted(warehouse_keeper, rows):
    row, other = rows
    file = staged(
        warehouse_keeper,
        ASKING,
        [row, 40, "DN-1", "yes", "Full pallet"],
        [row, 70, "DN-2", "yes", "Full pallet"],
        [other, 30, "DN-2", "", ""],
    )

    loaded = operations.load(staged=file, by=warehouse_keeper)

    assert loaded.message == "1 order, 2 receipts, 0 rejects, 1 question for a buyer"
    assert facts(rows) == [(40, "started", False), (30, "started", False)]
    [asked] = OverReceipt.objects.all()
    assert (asked.row, asked.quantity, asked.reference, asked.reason, asked.created_by, asked.status) == (
        row, 70, "DN-2", "Full pallet", warehouse_keeper, "waiting",
    )  # fmt: skip
    assert asked.standing == {0: 60}


def test_a_file_may_bring_nothing_but_a_question(warehouse_keeper, rows):
    file = staged(warehouse_keeper, ASKING, [rows[0], 120, "DN-1", "yes", "Full pallet"])

    operations.load(staged=file, by=warehouse_keeper)

    assert (OverReceipt.objects.get().quantity, StockMovement.objects.count()) == (120, 0)


def test_stage_names_every_question_that_no_buyer_can_answer(warehouse_keeper, buyer, rows):
    row, other = rows
    ask_over_receipt(row=other, quantity=Decimal(101), effective_on=TODAY, reason="Pallet", by=buyer)
    header = [*ASKING, "Rejected", "Reject reason"]
    lines = [
        [row, 1101, "DN-1", "yes", "", 2, "damaged"],
        [row, 1, "DN-2", "", "", "", ""],
        [other, 150, "DN-1", "yes", "Pallet", "", ""],
    ]

    assert problems_of(staged(warehouse_keeper, header, *lines)) == [
        (2, "Why more", "", f"1001 pcs more than ordered on {row}; 0 % are allowed. Say why it should be taken in."),
        (
            2,
            "Rejected quantity",
            "2",
            "A buyer is asked about what was taken in; what was rejected stands in a line of its own.",
        ),
        (2, "Quantity", "1101", f"1001 pcs is more than ten times what {row} ordered."),
        (3, "Row", str(row), f"A buyer is asked about {row} in line 2; its other lines stand before that one."),
        (4, "Ask a buyer", "yes", f"{buyer} asked about {other} already, and no buyer has answered."),
    ]


REJECTING = [*HEADER, "Rejected", "Reject reason", "Replacement owed"]


def test_stage_names_lines_after_rejects_that_are_not_replaced_ended_the_row(warehouse_keeper, rows):
    row, other = rows
    lines = [
        [row, 60, "DN-1", DAY, "", 40, "damaged", "no"],
        [row, 1, "DN-2", DAY, "", "", "", ""],
        [other, 0, "DN-1", DAY, "", 30, "damaged", "no"],
        [other, 10, "DN-2", DAY, "", 30, "damaged", "yes"],
        [other, 61, "DN-3", DAY, "", "", "", ""],
    ]

    assert problems_of(staged(warehouse_keeper, REJECTING, *lines)) == [
        (3, "Row", str(row), f"Nothing more comes of {row} after line 2."),
        (
            6,
            "Quantity",
            "61",
            f"1 pcs more than ordered on {other}; 0 % are allowed. {HOW_TO_ASK}",
        ),
    ]


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ([60, "DN-1", DAY, "yes", "", "", ""], "Final"),
        ([60, "DN-1", DAY, "", 40, "damaged", "no"], "Rejected quantity"),
        ([10, "DN-1", DAY, "", 30, "damaged", "no"], "Rejected quantity"),
    ],
)
def test_stage_names_lines_that_would_cut_a_contract_link(warehouse_keeper, buyer, rows, line, column):
    component = component_for(rows[0], quantity=80)
    link_to_component(row=rows[0], component=component, quantity=Decimal(80), by=buyer, wider=True)

    [(number, title, _read, words)] = problems_of(staged(warehouse_keeper, REJECTING, [rows[0], *line]))

    assert (number, title) == (2, column)
    assert words == (
        f"{rows[0]} is contract-linked to {component} (80 pcs). Receive it by hand, or disconnect these links."
    )


@pytest.mark.parametrize(
    "line", [[80, "DN-1", DAY, "yes", "", "", ""], [0, "DN-1", DAY, "", 20, "damaged", "no"]], ids=["final", "rejected"]
)
def test_load_ends_what_no_contract_link_waits_for(warehouse_keeper, buyer, rows, line):
    component = component_for(rows[0], quantity=80)
    link_to_component(row=rows[0], component=component, quantity=Decimal(80), by=buyer, wider=True)

    file = staged(warehouse_keeper, REJECTING, [rows[0], *line])
    operations.load(staged=file, by=warehouse_keeper)

    assert again(rows[0]).supply.done == line[0]


def test_a_delivery_note_may_be_received_again_once_its_receipt_was_taken_back(warehouse_keeper, buyer, rows):
    receive(row=rows[0], quantity=Decimal(10), by=buyer, effective_on=TODAY, reference="DN-1")
    movement = StockMovement.objects.get()
    reverse_receipt(row=again(rows[0]), movement=movement, by=buyer, effective_on=TODAY)

    file = staged(warehouse_keeper, HEADER, [rows[0], 10, "DN-1", DAY, ""])

    assert problems_of(file) == []


def test_stage_says_what_a_final_receipt_within_tolerance_cuts_of_a_contract_link(warehouse_keeper, buyer, rows):
    row = rows[0]
    PurchaseOrderRow.objects.filter(pk=row.pk).update(under_tolerance=5)
    component = component_for(row, quantity=100)
    link_to_component(row=row, component=component, quantity=Decimal(100), wider=True, by=buyer)

    file = staged(warehouse_keeper, HEADER, [row, 97, "DN-1", DAY, "yes"])

    unit = row.supply.part.unit
    words = f"{unit} cut from contract links of {row}, missing within its tolerance"
    assert file.effects[-1] == {"words": words, "figure": "3"}
    operations.load(staged=file, by=warehouse_keeper)
    assert [(promise.on_shelf, promise.released) for promise in component.links.all()] == [(97, 3)]
