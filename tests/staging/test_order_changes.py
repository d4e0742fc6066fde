"""Changes of customer orders from a file: what each line changes is said first, then all of it is done or nothing."""

from datetime import date
from decimal import Decimal
from unittest import mock

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from pytest_django.asserts import assertContains

from erp.register.operations import change_setting
from erp.staging import operations
from erp.staging.models import LoadedDocument
from erp.staging.reading.files import Unreadable
from linkage.models import OrderLink, Supply, UndecidedChange
from production.operations import release
from sales.answer_files import message_of
from sales.models import AskedLine, RowType, SalesOrder, SalesOrderRow
from sales.operations import add_row, answer_order, change_row, confirm_order, deliver
from tests.factories import MadePartFactory, PartFactory, UnitConversionFactory
from tests.linkage.factories import stock
from tests.production.factories import bom_of
from tests.sales.factories import again, order_with
from tests.staging.changes import (
    CHANGES,
    DAY,
    HEADER,
    LATER,
    ORDERS,
    answered,
    line,
    ordchg,
    rows_of,
    staged,
    told,
    wrong_in,
)
from tests.staging.files import csv_of, problems_of, staged_from, xlsx_of
from tests.staging.messages import BUYER, interchange


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(date(2026, 11, 2), tick=False):
        yield


def test_another_price_is_rounded_to_the_decimals_of_the_setting_and_an_older_one_stays(seller, order, admin_user):
    first, second = order.rows.order_by("position")
    SalesOrderRow.objects.filter(pk=second.pk).update(unit_price=Decimal("249.1234"))
    change_setting(name="price_decimals", value=2, by=admin_user)

    found = staged(line("10", price="249,985"), line("20", price="249,1234"), by=seller)
    operations.load(staged=found, by=seller)

    assert told(found) == [f"{first}: 250 → 249.99", f"{second}: nothing changes."]
    assert "A price has at most 2 decimals here: 249.99 is taken." in [sentence for *_, sentence in problems_of(found)]
    assert [again(row).unit_price for row in (first, second)] == [Decimal("249.99"), Decimal("249.1234")]


def test_page_says_what_each_line_changes_and_nothing_is_done_yet(order, seller, seller_client):
    found = staged(
        line("10", quantity="12", day=LATER), line("20", "cancel"), line("30", "add", "BIKE", "2", LATER), by=seller
    )

    assert told(found) == [
        f"{order}/10: 10 → 12",
        f"{order}/10: 2026-12-18 → 2027-01-08",
        f"{order}/20 is cancelled: 4 pcs BIKE.",
        f"{order}: a new row of 2 pcs BIKE.",
    ]
    assert [(effect["figure"], effect["words"]) for effect in found.effects] == [
        ("1", "order"),
        ("1", "changed row"),
        ("1", "new row"),
        ("1", "cancelled row"),
    ]
    assert rows_of(order) == [("10", 10, DAY, 250), ("20", 4, DAY, 250)]
    page = seller_client.get(reverse("staging:import", args=[found.pk]))
    assertContains(page, "What each line changes")
    assertContains(page, f"{order}/10: 10 → 12")
    assertContains(page, "no, it changes", count=4)


def test_load_changes_adds_and_cancels_by_the_ordinary_operations(order, seller):
    found = staged(
        line("10", quantity="12", day=LATER, price="240"),
        line("20", "cancel"),
        line("30", "add", "BIKE", "2", LATER),
        by=seller,
    )

    operations.load(staged=found, by=seller)

    assert rows_of(order) == [("10", 12, LATER, 240), ("30", 2, LATER, 250)]
    row = order.rows.get(customer_row_position="10")
    assert (row.demand.quantity, row.demand.need_date, row.price_locked) == (12, LATER, True)
    assert (row.desired_date, row.at_customer_date) == (LATER, LATER)


def test_what_is_not_said_stays_and_keep_changes_nothing(order, seller):
    found = staged(line("10", quantity="10"), line("20", "keep", quantity="9"), by=seller)

    operations.load(staged=found, by=seller)

    assert told(found) == [f"{order}/10: nothing changes.", f"{order}/20: nothing changes."]
    assert rows_of(order) == [("10", 10, DAY, 250), ("20", 4, DAY, 250)]
    assert set(AskedLine.objects.values_list("ended", flat=True)) == {""}


@pytest.fixture
def made_for(alpha, warehouse, planner):
    """The production order of 10 that was made for row 10 of PO-1."""
    part = MadePartFactory(number="FRAME", default_warehouse=warehouse)
    bom_of(part, (PartFactory(), 1))
    facts = {"delivery_date": DAY, "customer_row_position": "10"}
    order = order_with(10, part=part, warehouse=warehouse, customer=alpha, by=planner, row=facts)
    SalesOrder.objects.update(customer_order_number="PO-1")
    change_row(row=order.rows.get(), order_box=True, by=planner)
    return Supply.objects.orders().get()


def test_an_order_made_for_the_row_follows_as_its_status_says(made_for, seller):
    found = staged(line("10", quantity="12"), by=seller)
    before = Supply.objects.get(pk=made_for.pk).quantity
    operations.load(staged=found, by=seller)

    assert told(found)[1:] == [f"{made_for}: quantity 10 → 12"]
    assert (before, Supply.objects.get(pk=made_for.pk).quantity) == (10, 12)
    assert OrderLink.objects.open().get().quantity == 12


def test_what_would_have_to_be_asked_goes_to_the_worklist(made_for, seller, planner):
    release(order=made_for.production_line.order, by=planner)

    operations.load(staged=staged(line("10", quantity="12"), by=seller), by=seller)

    assert (Supply.objects.get(pk=made_for.pk).quantity, UndecidedChange.objects.count()) == (10, 1)


def test_all_or_nothing_where_an_operation_would_refuse(order, bike, warehouse, seller):
    stock(bike, warehouse, 10)
    deliver(row=order.rows.get(position=20), quantity=Decimal(3), by=seller)

    found = staged(line("10", quantity="12"), line("20", quantity="2"), by=seller)

    assert found.bad_count == 1
    assert wrong_in(found)[-1] == f"3 pcs of {order}/20 are delivered; the quantity cannot be less than that."
    with pytest.raises(operations.NotClean):
        operations.load(staged=found, by=seller)
    assert rows_of(order)[0] == ("10", 10, DAY, 250)


def test_what_is_refused_only_when_it_is_loaded_is_said_with_its_line(order, bike, warehouse, seller):
    found = staged(line("10", quantity="12"), line("20", "cancel"), by=seller)
    stock(bike, warehouse, 10)
    deliver(row=order.rows.get(position=20), quantity=Decimal(3), by=seller)

    with pytest.raises(operations.LineRefused) as refused:
        operations.load(staged=found, by=seller)
    checked = operations.check_again(staged=found, by=seller)

    assert str(refused.value).startswith(f"Nothing was loaded: line 3: 3 pcs of {order}/20 are delivered")
    assert (checked.bad_count, rows_of(order)[0][1]) == (1, 10)


def test_without_partial_delivery_the_dates_are_compared_when_all_is_changed(order, seller):
    SalesOrder.objects.update(partial_delivery_allowed=False)

    good = staged(line("10", day=LATER), line("20", day=LATER), by=seller)
    bad = staged(line("10", day=LATER), by=seller)

    assert (good.bad_count, bad.bad_count) == (0, 1)
    assert "Partial delivery is not allowed, so all rows" in wrong_in(bad)[-1]


@pytest.mark.parametrize(
    ("wrong", "column", "sentence"),
    [
        (line("10", order="PO-9"), "Customer's order number", "No order of Alpha has this number."),
        (line("99"), "Customer's row position", "No row of S-1001 has this position of the customer."),
        (line("10", "add", "BIKE", "1"), "Customer's row position", "S-1001/10 has this position already; change it."),
        (line("30", "add", "BIKE"), "Quantity", "A line that is added needs a quantity."),
        (line("30", "add", "BOAT", "1"), "Part", "There is no part with this number or name."),
        (line("10", "more"), "Action", "An action is add, change, cancel, keep, replace or cancel order."),
        (line("10", part="WHEEL"), "Part", "S-1001/10 is of BIKE. Cancel the row and add another one."),
        (line("10", day="2026-02-31"), "Desired date", None),
        (line("10", quantity="-1"), "Quantity", None),
        (line("10", quantity="=1+1"), "Quantity", None),
    ],
)
def test_wrong_lines_are_named_with_column_and_reason(order, seller, wrong, column, sentence):
    PartFactory(number="WHEEL")

    found = staged(wrong, by=seller)

    [(_line, said, _read, words)] = problems_of(found)
    assert (said, sentence or words) == (column, words)


def test_two_lines_of_one_position_and_several_rows_of_one_are_refused(order, seller):
    twice = staged(line("10", quantity="11"), line("10", quantity="12"), by=seller)
    SalesOrderRow.objects.filter(customer_row_position="20").update(customer_row_position="10")
    several = staged(line("10", quantity="13"), by=seller)

    assert wrong_in(twice) == ["Position 10 already stands in line 2."]
    assert wrong_in(several) == [f"{order}/10, {order}/20 have this position. Change them by hand."]


def test_a_row_of_another_order_of_the_customer_is_not_what_a_position_names(order, seller):
    other = order.rows.get(position=20)
    change_row(row=other, customer_order_number="PO-7", customer_row_position="10", by=seller)

    found = staged(line("10", quantity="12"), line("20", "add", "BIKE", "2", DAY), by=seller)
    operations.load(staged=found, by=seller)

    assert (found.bad_count, again(other).quantity) == (0, 4)
    assert rows_of(order) == [("10", 12, DAY, 250), ("10", 4, DAY, 250), ("20", 2, DAY, 250)]


def test_a_row_without_a_part_is_changed_by_hand(order, seller):
    facts = {"row_type": RowType.ADDITIONAL, "name": "Freight", "customer_row_position": "30"}
    row = add_row(order=order, quantity=Decimal(1), by=seller, **facts)

    found = staged(line("30", quantity="2"), by=seller)

    assert (row.unit, wrong_in(found)) == (None, [f"{row} is an additional row; change it by hand."])


def test_a_new_row_is_told_in_the_unit_that_it_gets(order, bike, seller):
    box = UnitConversionFactory(part=bike, base=bike.unit, numerator=12, for_sales=True).unit

    found = staged(line("30", "add", "BIKE", "2", DAY), by=seller)
    operations.load(staged=found, by=seller)

    assert told(found) == [f"{order}: a new row of 2 {box} BIKE."]
    assert order.rows.get(customer_row_position="30").unit == box


def test_the_same_file_and_the_same_change_number_are_loaded_once(order, seller):
    lines = [line("10", quantity="12")]
    operations.load(staged=staged(*lines, by=seller), by=seller)

    with pytest.raises(operations.LoadedBefore):
        staged(*lines, by=seller)
    again_ = staged(line("10", quantity="14"), by=seller)

    assert again_.bad_count == 1
    [words] = wrong_in(again_)
    assert words.startswith("This was loaded on 2026-11-02")


def test_a_second_order_with_the_number_says_where_changes_go(order, seller):
    table = csv_of(HEADER, line("10", part="BIKE", quantity="12"))

    SalesOrder.objects.update(customer_order_number="PO-2")
    table = table.replace(b"PO-1", b"PO-2")
    found = staged_from(table, by=seller, kind=ORDERS)

    assert wrong_in(found) == [
        f"Alpha ordered with this number before: {order} of 2026-11-02. What is to change is sent as changes of "
        "customer orders (ORDCHG, or a table): single lines, or with the action replace all that is wanted now. Or "
        "change it there."
    ]


def test_the_answer_compares_with_what_is_asked_for_since(order, seller):
    operations.load(
        staged=staged(line("10", quantity="12"), line("20", "cancel"), line("30", "add", "BIKE", "2", DAY), by=seller),
        by=seller,
    )
    confirm_order(order=order, by=seller)

    texts = answer_order(order=order, by=seller).texts

    lines = [(line["position"], line["action"], line["asked"], line["quantity"]) for line in texts["lines"]]
    assert (texts["whole"], lines) == (
        "accepted",
        [("20", "cancelled", "4", "0"), ("10", "accepted", "12", "12"), ("30", "accepted", "2", "2")],
    )


def test_a_change_that_says_no_quantity_leaves_the_asked_one(order, seller):
    change_row(row=order.rows.get(position=10), quantity=Decimal(8), by=seller)
    confirm_order(order=order, by=seller)

    operations.load(staged=staged(line("10", day=LATER), by=seller), by=seller)

    assert answered(order, by=seller) == [("20", "accepted", "4", "4"), ("10", "changed", "10", "8")]


def test_a_customer_that_agrees_to_what_we_changed_is_answered_accepted(order, seller):
    change_row(row=order.rows.get(position=10), quantity=Decimal(8), delivery_date=LATER, by=seller)
    confirm_order(order=order, by=seller)
    before = answered(order, by=seller)

    operations.load(staged=staged(line("10", quantity="8", day=LATER), by=seller), by=seller)

    assert before[0] == ("10", "changed", "10", "8")
    assert answered(order, by=seller) == [("20", "accepted", "4", "4"), ("10", "accepted", "8", "8")]


def test_ordrsp_says_deleted_for_a_line_that_the_customer_cancelled(order, seller, warehouse):
    company = warehouse.company
    company.gln = "7350000000016"
    company.save(update_fields=["gln"])
    operations.load(staged=staged(line("20", "cancel"), by=seller), by=seller)
    confirm_order(order=order, by=seller)

    message = message_of(answer_order(order=order, by=seller)).decode("latin-1")

    assert "LIN+20+2'" in message
    assert "BGM+231+S-1001-1+29'" in message


def test_ordchg_is_read_as_the_same_lines(order, seller):
    data = interchange(
        ordchg(
            "LIN+10+3",
            "QTY+21:12:PCE",
            "DTM+2:20270108:102",
            "LIN+20+2",
            "LIN+30+1",
            "PIA+5+BIKE:SA",
            "QTY+21:2:PCE",
            "DTM+2:20270108:102",
        )
    )

    found = staged_from(data, by=seller, kind=CHANGES, name="change.edi")
    operations.load(staged=found, by=seller)

    assert told(found) == [
        f"{order}/10: 10 → 12",
        f"{order}/10: 2026-12-18 → 2027-01-08",
        f"{order}/20 is cancelled: 4 pcs BIKE.",
        f"{order}: a new row of 2 pcs BIKE.",
    ]
    assert rows_of(order) == [("10", 12, LATER, 250), ("30", 2, LATER, 250)]


@pytest.mark.parametrize(
    ("message", "kind", "sentence"),
    [
        (
            ordchg("LIN+10+3", function="9"),
            CHANGES,
            "Its function is 9; changes (4), cancellations (1) and replacements (5) are taken.",
        ),
        (ordchg("LIN+10"), CHANGES, "Its action is not given; 1 (added), 2 (deleted), 3 (changed) and 4"),
        (ordchg("LIN+10+3", order=""), CHANGES, "RFF+ON is missing"),
        (ordchg("LIN+10+3"), ORDERS, "This is a change: load it as Changes of customer orders (ORDCHG)."),
    ],
)
def test_messages_that_say_something_else_are_refused_with_the_segment(order, seller, message, kind, sentence):
    with pytest.raises(Unreadable) as refusal:
        staged_from(interchange(message), by=seller, kind=kind, name="change.edi")

    assert sentence in str(refusal.value)


def test_a_change_in_another_currency_than_its_order_is_refused(order, seller):
    lines = ["LIN+10+3", "PRI+AAA:100"]
    bad, good = (ordchg(*lines, more=[f"CUX+2:{currency}:9"]) for currency in ("USD", "EUR"))

    found = staged_from(interchange(bad), by=seller, kind=CHANGES, name="change.edi")
    operations.load(staged=staged_from(interchange(good), by=seller, kind=CHANGES, name="good.edi"), by=seller)

    assert problems_of(found) == [(8, "Currency", "USD", f"{order} is in EUR, and its change in USD.")]
    assert [price for *_, price in rows_of(order)] == [100, 250]


def test_what_a_change_has_no_place_for_is_named_as_not_used(order, seller):
    above = [f"NAD+DP+{BUYER}::9", "FTX+AAI+++Call first", "RFF+CT:7"]
    lines = ["LIN+10+3", "FTX+PUR+++Blue", "RFF+LI:4", "LIN+30+1", "PIA+5+BIKE:SA", "QTY+21:2:PCE", "FTX+LIN+++Red"]

    found = staged_from(interchange(ordchg(*lines, more=above)), by=seller, kind=CHANGES, name="change.edi")

    assert found.how.partition("; not used: ")[2] == (
        "NAD+DP above LIN, FTX+AAI above LIN, RFF+CT above LIN, RFF+LI below LIN"
    )


def test_xlsx_and_csv_of_the_same_change_are_the_same_content(order, seller):
    rows = [HEADER, line("10", quantity="12")]
    operations.load(staged=staged(*rows[1:], by=seller), by=seller)

    with pytest.raises(operations.LoadedBefore):
        staged_from(xlsx_of(*rows), by=seller, kind=CHANGES, name="change.xlsx")


def test_the_row_again_after_its_order_was_changed_by_hand(order, seller):
    """A row entered by hand has no asked line; a change of it asks for something all the same."""
    row = order.rows.get(position=10)
    AskedLine.objects.all().delete()

    operations.load(staged=staged(line("10", quantity="12"), by=seller), by=seller)

    assert (again(row).quantity, AskedLine.objects.count()) == (12, 0)


def test_a_file_of_more_lines_than_are_tried_at_once_is_refused_in_one_sentence(order, seller):
    with mock.patch("sales.imports.changes.MOST", 2):
        found = staged(*(line(str(number)) for number in range(3)), by=seller)

    assert wrong_in(found) == ["At most 2 lines of changes are taken at once, and these are 3. Divide it."]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "empty"),
        (b"\x00" * 100, None),
        (b"PK\x03\x04broken", None),
        (b"UNB+UNOC:3+A+B+261126:0800+R'UNH+1+ORDCHG:D:96A:UN'BGM+230", None),
        (b"UNB+UNOC:3+A+B+261126:0800+R'UNH+1+ORDCHG:D:96A:UN'BGM+230+1+4'UNT+3+1'UNZ+1+R'", "RFF+ON is missing"),
        (b"UNA:+.? 'UNB+UNOX:3+A+B+261126:0800+R'", None),
    ],
)
def test_files_that_are_no_changes_are_refused_on_the_upload_page(order, seller_client, data, sentence):
    file = SimpleUploadedFile("change.edi", data)

    answer = seller_client.post(reverse("staging:upload"), {"kind": CHANGES, "file": file})

    assert answer.status_code in {409, 422}
    if sentence:
        assertContains(answer, sentence, status_code=answer.status_code)


def test_what_looks_like_a_formula_is_a_text_like_any_other(order, seller):
    row = ["10001", "PO-1", "=HYPERLINK(1)", "10", "change", "", "12", "", ""]

    found = staged(row, by=seller)
    operations.load(staged=found, by=seller)

    assert (found.bad_count, rows_of(order)[0][1]) == (0, 12)
    assert LoadedDocument.objects.filter(number__contains="=HYPERLINK(1)").exists()
