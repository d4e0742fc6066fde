"""Answers to customers' orders: what each row is answered, the versions, the files and who may make them."""

import csv
import io
from datetime import date
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from pytest_django.asserts import assertContains, assertRedirects

from erp.exceptions import Refused
from erp.register.models import Company
from erp.staging import operations as staging
from erp.staging.reading.edifact import read_edifact
from sales import operations
from sales.answer_files import TRADE, message_of, table_of
from sales.imports.edifact import UNITS
from sales.models import AskedLine, OrderAnswer, SalesOrder
from sales.operations import NewPart, SaidBefore
from tests.factories import AddressFactory, PartFactory, PartnerFactory, WarehouseFactory
from tests.races import run_before_commit
from tests.sales.factories import order_with
from tests.staging.files import csv_of, staged_from

BUYER, OURS = "7312345000014", "7350000000016"
HEADER = ["Customer", "Order number", "Position", "Part", "Customer's part number", "Quantity", "Date", "Name"]


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(date(2026, 11, 2), tick=False):
        yield


@pytest.fixture
def asked(seller):
    """An order of four lines that came as a file and is confirmed."""
    warehouse = WarehouseFactory()
    Company.objects.update(gln=OURS)
    PartFactory(number="BIKE", name="Bike", default_warehouse=warehouse)
    PartnerFactory(number="10001", name="Alpha", gln=BUYER)
    lines = [["10001", "PO-1", place, "BIKE", "", 10, "2026-12-18", f"Bicycle {place}"] for place in (1, 2, 3, 4)]
    staged = staged_from(csv_of(HEADER, *lines), by=seller, kind="customer-orders")
    staging.load(staged=staged, by=seller)
    return operations.confirm_order(order=SalesOrder.objects.get(), by=seller)


def rows_of(order):
    return list(order.rows.main().for_list().order_by("position"))


def said(answer):
    return [
        (line["position"], line["row"], line["action"], line["quantity"], line["date"])
        for line in answer.texts["lines"]
    ]


def test_answer_accepts_what_is_as_it_was_asked(asked, seller):
    answer = operations.answer_order(order=asked, by=seller)

    assert (answer.version, answer.texts["whole"]) == (1, "accepted")
    assert said(answer) == [(str(n), n * 10, "accepted", "10", "2026-12-18") for n in (1, 2, 3, 4)]


@pytest.mark.parametrize("titles", ["Date", "Shipment date"])
def test_answer_is_about_the_day_at_the_customer(seller, titles):
    part = PartFactory(number="BIKE", default_warehouse=WarehouseFactory())
    AddressFactory(partner=PartnerFactory(number="10001"), transport_days=2, is_default=True)
    lines = [["10001", "PO-1", place, "BIKE", "", 10, "2026-12-14", part.name] for place in (1, 2)]
    header = [titles if title == "Date" else title for title in HEADER]
    staging.load(staged=staged_from(csv_of(header, *lines), by=seller, kind="customer-orders"), by=seller)
    order = operations.confirm_order(order=SalesOrder.objects.get(), by=seller)
    operations.change_row(row=rows_of(order)[0], delivery_date=date(2026, 12, 17), by=seller)

    answer = operations.answer_order(order=order, by=seller)

    there = {"Date": "2026-12-14", "Shipment date": "2026-12-16"}[titles]
    assert [(action, day) for *_line, action, _quantity, day in said(answer)] == [
        ("changed", "2026-12-21"),
        ("accepted", there),
    ]


def test_answer_says_changed_rejected_and_added_rows(asked, seller):
    first, second, third, fourth = rows_of(asked)
    operations.change_row(row=first, quantity=Decimal(9), by=seller)
    operations.change_row(row=second, delivery_date=date(2026, 12, 20), by=seller)
    operations.delete_row(row=third, by=seller)
    operations.split_row(row=fourth, parts=[NewPart(quantity=Decimal(6)), NewPart(quantity=Decimal(4))], by=seller)
    operations.add_row(order=asked, part=fourth.part, quantity=Decimal(1), by=seller)

    answer = operations.answer_order(order=asked, by=seller)

    rows = [row.position for row in rows_of(asked)]
    assert answer.texts["whole"] == "changed"
    assert said(answer) == [
        ("1", rows[0], "changed", "9", "2026-12-18"),
        ("2", rows[1], "changed", "10", "2026-12-20"),
        ("3", None, "rejected", "0", ""),
        ("4", rows[2], "changed", "6", "2026-12-18"),
        ("4", rows[3], "changed", "4", "2026-12-18"),
        ("", rows[4], "added", "1", ""),
    ]


def test_answer_again_is_refused_until_it_says_something_new(asked, seller):
    operations.answer_order(order=asked, by=seller)

    with pytest.raises(SaidBefore, match=f"Nothing has changed since version 1 of the answer to {asked}"):
        operations.answer_order(order=asked, by=seller)
    operations.change_row(row=rows_of(asked)[0], quantity=Decimal(9), by=seller)

    assert operations.answer_order(order=asked, by=seller).version == 2


def test_answer_to_a_cancelled_order_rejects_it_whole(asked, seller):
    operations.cancel_order(order=asked, by=seller)

    answer = operations.answer_order(order=asked, by=seller)

    assert (answer.texts["whole"], {line["action"] for line in answer.texts["lines"]}) == ("rejected", {"rejected"})


def test_answer_of_what_is_not_confirmed_or_was_never_asked_is_refused(seller):
    order = order_with(1)

    with pytest.raises(Refused, match=f"{order} is registered; confirm it before the customer is answered"):
        operations.answer_order(order=order, by=seller)
    operations.cancel_order(order=order, by=seller)
    with pytest.raises(Refused, match=f"{order} is cancelled"):
        operations.answer_order(order=order, by=seller)


def test_answer_to_an_order_entered_by_hand_accepts_its_rows(seller):
    order = operations.confirm_order(order=order_with(1, 2), by=seller)

    assert [line[2] for line in said(operations.answer_order(order=order, by=seller))] == ["accepted", "accepted"]


def test_message_is_an_ordrsp_that_our_own_reader_reads(asked, seller):
    operations.change_row(row=rows_of(asked)[0], quantity=Decimal("9"), by=seller)
    operations.delete_row(row=rows_of(asked)[1], by=seller)
    answer = operations.answer_order(order=asked, by=seller)

    found = read_edifact(message_of(answer))

    [message] = found.messages
    assert (message.type, found.syntax, found.header.value(1), found.header.value(2)) == ("ORDRSP", "UNOC", OURS, BUYER)
    segments = [[segment.tag, *segment.elements] for segment in message.segments]
    assert segments[:7] == [
        ["BGM", "231", f"{asked}-1", "4"],
        ["DTM", ["137", f"{timezone.localtime(answer.created_at):%Y%m%d}", "102"]],
        ["RFF", ["ON", "PO-1"]],
        ["RFF", ["VN", str(asked)]],
        ["NAD", "SU", [OURS, "", "9"]],
        ["NAD", "BY", [BUYER, "", "9"]],
        ["CUX", ["2", "EUR", "9"]],
    ]
    assert segments[7:21] == [
        ["LIN", "1", "3"],
        ["PIA", "5", ["BIKE", "SA"]],
        ["IMD", "F", "", ["", "", "", "Bicycle 1"]],
        ["QTY", ["21", "10", "PCE"]],
        ["QTY", ["113", "9", "PCE"]],
        ["DTM", ["67", "20261218", "102"]],
        ["PRI", ["AAA", "0", "", "", "1", "PCE"]],
        ["LIN", "2", "7"],
        ["PIA", "5", ["BIKE", "SA"]],
        ["IMD", "F", "", ["", "", "", "Bicycle 2"]],
        ["QTY", ["21", "10", "PCE"]],
        ["QTY", ["113", "0", "PCE"]],
        ["LIN", "3", "5"],
        ["PIA", "5", ["BIKE", "SA"]],
    ]
    assert segments[-2:] == [["UNS", "S"], ["CNT", ["2", "4"]]]


def test_row_of_another_order_of_the_customer_is_answered_under_that_number(asked, seller):
    operations.change_row(row=rows_of(asked)[2], customer_order_number="PO-7", by=seller)
    answer = operations.answer_order(order=asked, by=seller)

    [message] = read_edifact(message_of(answer)).messages
    header, rows = table_of(answer)

    references = [segment.elements for segment in message.segments if segment.tag == "RFF"]
    assert references == [[["ON", "PO-1"]], [["VN", str(asked)]], [["ON", "PO-7"]]]
    assert [row[header.index("Customer's order number")] for row in rows] == ["PO-1", "PO-1", "PO-7", "PO-1"]


def test_row_of_another_order_of_the_customer_with_the_same_position_is_added(asked, seller):
    row = rows_of(asked)[0]
    facts = {"customer_order_number": "PO-7", "customer_row_position": "1", "quantity": Decimal(5)}
    operations.add_row(order=asked, part=row.part, by=seller, **facts)

    found = said(operations.answer_order(order=asked, by=seller))

    assert [line[:4] for line in found if line[0] == "1"] == [("1", 10, "accepted", "10"), ("1", 50, "added", "5")]


def test_message_releases_signs_and_takes_letters_of_any_language(asked, seller):
    row = rows_of(asked)[0]
    asked_by_hand = operations.confirm_order(
        order=order_with(1, customer=asked.customer, part=row.part, row={"name": "It's 5 + 3: 板?"}), by=seller
    )

    found = read_edifact(message_of(operations.answer_order(order=asked_by_hand, by=seller)))

    [name] = [segment.value(2, 3) for segment in found.messages[0].segments if segment.tag == "IMD"]
    assert (found.syntax, name) == ("UNOY", "It's 5 + 3: 板?")


def test_message_without_a_gln_is_refused_with_who_has_none(seller):
    order = operations.confirm_order(order=order_with(1), by=seller)
    answer = operations.answer_order(order=order, by=seller)

    with pytest.raises(Refused, match=f"{order.document.company} had no GLN when this was answered"):
        message_of(answer)


def test_table_has_the_same_figures_typed(asked, seller):
    operations.delete_row(row=rows_of(asked)[1], by=seller)

    header, rows = table_of(operations.answer_order(order=asked, by=seller))

    wanted = ["Customer's row position", "Row", "Answer", "Asked quantity", "Quantity", "Delivery date"]
    places = [header.index(name) for name in wanted]
    assert [[row[place] for place in places] for row in rows[:2]] == [
        ["1", 10, "accepted", 10, 10, date(2026, 12, 18)],
        ["2", None, "rejected", 10, 0, None],
    ]


def test_the_database_keeps_answers_and_what_was_asked(asked, seller):
    answer = operations.answer_order(order=asked, by=seller)

    for change in (
        lambda: OrderAnswer.objects.filter(pk=answer.pk).update(version=7),
        lambda: OrderAnswer.objects.filter(pk=answer.pk).delete(),
        lambda: AskedLine.objects.update(quantity=1),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_page_answers_and_offers_each_version_as_a_file(asked, seller_client):
    url = reverse("sales:order_answers", args=[asked.pk])

    response = seller_client.post(reverse("sales:order_answer", args=[asked.pk]), {"operation_key": str(uuid4())})
    page = seller_client.get(url)
    answer = OrderAnswer.objects.get()
    files = {
        name: seller_client.get(f"{reverse('sales:answer_file', args=[answer.pk])}?as={name}")
        for name in ("edi", "csv", "xlsx", "exe")
    }

    assertRedirects(response, url)
    assertContains(page, "Version 1")
    assertContains(page, "Bicycle 4")
    assert read_edifact(files["edi"].content).messages[0].type == "ORDRSP"
    lines = list(csv.reader(io.StringIO(files["csv"].content.decode("utf-8-sig"))))
    assert (lines[0][:3], len(lines)) == (["Customer's order number", "Customer's row position", "Order"], 5)
    assert load_workbook(io.BytesIO(files["xlsx"].content)).active.max_row == 5
    assert files["exe"].status_code == 404


def test_command_answers_orders_that_came_as_files_once_and_writes_them(asked, tmp_path, capsys, seller):
    operations.confirm_order(order=order_with(1, customer=asked.customer), by=seller)

    call_command("answer_customers", directory=tmp_path)
    call_command("answer_customers", directory=tmp_path)

    answer = OrderAnswer.objects.get()
    assert (answer.order, capsys.readouterr().out.split("\n")[:2]) == (asked, ["1 answer.", "0 answers."])
    assert [path.name for path in tmp_path.iterdir()] == [f"ORDRSP-{answer.pk}.edi"]


def test_command_with_a_limit_comes_to_the_orders_that_have_something_new(asked, seller):
    lines = csv_of(HEADER, ["10001", "PO-2", 1, "BIKE", "", 10, "2026-12-18", ""])
    staging.load(staged=staged_from(lines, by=seller, kind="customer-orders"), by=seller)
    later = operations.confirm_order(order=SalesOrder.objects.exclude(pk=asked.pk).get(), by=seller)

    for _night in range(2):
        call_command("answer_customers", limit=1)

    assert [answer.order for answer in OrderAnswer.objects.order_by("pk")] == [asked, later]


def test_command_says_which_file_it_could_not_write_and_fails(asked, capsys):
    nowhere = Path("/proc")  # a directory that takes no files from anybody

    with pytest.raises(CommandError, match="1 file was not written"):
        call_command("answer_customers", directory=nowhere)

    answer, said = OrderAnswer.objects.get(), capsys.readouterr()
    assert (said.out, said.err.startswith(f"{answer}: [Errno")) == ("1 answer.\n", True)


def test_every_unit_that_we_read_has_its_code_in_what_we_answer():
    units = sorted(set(UNITS.values()))

    assert [UNITS[TRADE[unit]] for unit in units] == units


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_sellers_who_answer_at_once_keep_one_version(asked, seller):
    had_to_wait, outcome = run_before_commit(
        lambda: operations.answer_order(order=asked, by=seller),
        lambda: operations.answer_order(order=asked, by=seller),
    )

    assert had_to_wait
    assert isinstance(outcome, SaidBefore)
    assert OrderAnswer.objects.count() == 1
