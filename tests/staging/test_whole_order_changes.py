"""A customer's file that replaces an order or calls all of it off, and what becomes of orders made for its rows."""

from datetime import date
from decimal import Decimal
from unittest import mock

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.asserts import assertContains

from erp.staging import operations
from erp.staging.reading.files import Unreadable
from linkage.models import JobRun, Supply, UndecidedChange
from linkage.operations import link
from production.operations import release
from sales.models import AskedLine, SalesOrder, SalesOrderRow
from sales.operations import (
    NewPart,
    add_row,
    answer_order,
    change_row,
    confirm_order,
    deliver,
    orders_to_answer,
    split_row,
)
from tests.factories import MadePartFactory, PartFactory, WarehouseFactory
from tests.linkage.factories import MadeSupplyFactory, stock
from tests.production.factories import bom_of
from tests.sales.kits import kit_of
from tests.staging.changes import CHANGES, DAY, LATER, ORDERS, answered, line, ordchg, rows_of, staged, told, wrong_in
from tests.staging.files import csv_of, staged_from
from tests.staging.messages import interchange


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(date(2026, 11, 2), tick=False):
        yield


def loaded(*lines, by):
    found = staged(*lines, by=by)
    assert wrong_in(found) == []
    return operations.load(staged=found, by=by)


def test_replace_changes_adds_and_calls_off_what_is_not_named(order, seller):
    lines = [line("10", "replace", quantity="12"), line("30", "replace", "BIKE", "2", LATER)]

    found = staged(*lines, by=seller)
    operations.load(staged=found, by=seller)

    assert told(found) == [
        f"{order}/10: 10 → 12",
        f"{order}/20 is cancelled: 4 pcs BIKE. The file does not name it.",
        f"{order}: a new row of 2 pcs BIKE.",
    ]
    assert rows_of(order) == [("10", 12, DAY, 250), ("30", 2, LATER, 250)]


def test_replace_leaves_what_the_customer_never_named_and_what_has_left(order, bike, warehouse, seller):
    add_row(order=order, part=bike, quantity=Decimal(1), delivery_date=DAY, by=seller)
    stock(bike, warehouse, 10)
    deliver(row=order.rows.get(position=20), quantity=Decimal(4), by=seller)

    found = staged(line("10", "replace", quantity="9"), by=seller)
    operations.load(staged=found, by=seller)

    assert told(found)[1:] == [
        f"{order}/20 stays: it is finished.",
        f"{order}/30 stays: the customer never named it.",
    ]
    assert [quantity for _position, quantity, *_ in rows_of(order)] == [9, 4, 1]


def test_replace_with_another_part_cancels_the_row_and_adds_one(order, seller, warehouse):
    wheel = PartFactory(number="WHEEL", default_warehouse=warehouse)
    lines = [line("10", "replace", "WHEEL", "3", DAY), line("20", "replace")]

    loaded(*lines, by=seller)

    rows = SalesOrderRow.objects.filter(order=order).order_by("position")
    assert [(row.customer_row_position, row.part.number, row.quantity) for row in rows] == [
        ("20", "BIKE", 4),
        ("10", wheel.number, 3),
    ]


def test_single_lines_do_not_go_with_what_is_said_of_the_whole_order(order, seller):
    mixed = staged(line("10", "replace"), line("20", "change", quantity="5"), by=seller)
    twice = staged(line("", "cancel order"), line("10", "cancel"), by=seller)
    gone = staged(line("10", "replace"), line("20", "cancel"), by=seller)

    assert wrong_in(mixed) == ["Line 2 replaces the whole order."]
    assert wrong_in(twice) == ["Line 2 cancels the whole order."]
    assert (gone.bad_count, told(gone)) == (
        0,
        [f"{order}/10: nothing changes.", f"{order}/20 is cancelled: 4 pcs BIKE."],
    )


def test_cancel_and_cancel_order_are_refused_whichever_comes_first(order, seller):
    found = staged(line("10", "cancel"), line("", "cancel order"), by=seller)

    assert wrong_in(found) == ["Line 2 changes a single row of the order."]


def test_an_order_with_a_kit_that_is_called_off_stays_cancelled(order, seller):
    """A kit has no demand of its own: its closed row is not one that was delivered."""
    kit = kit_of((PartFactory(number="BOLT"), 1))
    add_row(order=order, part=kit, quantity=Decimal(1), delivery_date=DAY, customer_row_position="30", by=seller)

    loaded(line("", "cancel order"), by=seller)

    order.refresh_from_db()
    assert order.status == "cancelled"


def test_an_order_whose_last_open_row_is_called_off_is_what_its_rows_say(order, bike, warehouse, seller):
    """The last open row is a kit, which is called off on its own; then one is added."""
    kit = kit_of((PartFactory(number="BOLT"), 1))
    add_row(order=order, part=kit, quantity=Decimal(1), delivery_date=DAY, customer_row_position="30", by=seller)
    stock(bike, warehouse, 20)
    for row in order.rows.filter(position__in=[10, 20]).order_by("position"):
        deliver(row=row, quantity=row.quantity, by=seller)

    loaded(line("30", "cancel"), line("40", "add", "BIKE", "2", LATER), by=seller)

    order.refresh_from_db()
    assert order.status == "partly delivered"


@pytest.fixture
def split(order, seller):
    """Row 10 of PO-1 in two: 6 and 4 bikes."""
    row = order.rows.get(position=10)
    split_row(row=row, parts=[NewPart(quantity=Decimal(6)), NewPart(quantity=Decimal(4))], by=seller)
    return list(SalesOrderRow.objects.filter(order=order, customer_row_position="10").order_by("position"))


@pytest.mark.parametrize(
    ("said", "agrees"),
    [
        (("BIKE", "10", DAY, "250"), True),
        (("", "", "", ""), True),
        (("WHEEL", "10", DAY, ""), False),
        (("", "10", LATER, ""), False),
        (("", "10", DAY, "240"), False),
        (("", "11", DAY, ""), False),
    ],
)
def test_replace_of_several_rows_says_what_it_cannot_change(order, split, warehouse, seller, said, agrees):
    PartFactory(number="WHEEL", default_warehouse=warehouse)
    rows = ", ".join(map(str, split))

    found = staged(line("10", "replace", *said), line("20", "replace"), by=seller)

    assert wrong_in(found) == ([] if agrees else [f"{rows} have this position. Change them by hand."])
    assert (told(found)[:1] == [f"{rows}: nothing changes."]) == agrees


def test_replace_says_what_it_cannot_change_of_a_finished_row(order, bike, warehouse, seller):
    stock(bike, warehouse, 10)
    deliver(row=order.rows.get(position=20), quantity=Decimal(4), by=seller)

    same = staged(line("10", "replace"), line("20", "replace", "BIKE", "4", DAY, "250"), by=seller)
    other = staged(line("10", "replace"), line("20", "replace", "BIKE", "4", DAY, "240"), by=seller)

    assert wrong_in(same) == []
    assert wrong_in(other) == [f"{order}/20 is finished and cannot be changed."]


def test_replace_warns_of_another_warehouse(order, seller):
    other = WarehouseFactory(code="NORTH", company=order.document.company)
    header = ["Customer", "Order number", "Position", "Action", "Warehouse"]
    lines = [["10001", "PO-1", position, "replace", code] for position, code in (("10", "NORTH"), ("20", "MAIN"))]
    data = "\r\n".join(";".join(row) for row in (header, *lines)).encode()

    found = staged_from(data, by=seller, kind=CHANGES)

    warned = found.problems.filter(is_warning=True).values_list("line", "column", "sentence")
    main = order.rows.get(position=10).warehouse
    words = f"{order}/10 stays in {main}: another warehouse is chosen by hand."
    assert (list(warned), other.code) == ([(2, "Warehouse", words)], "NORTH")


def test_a_line_of_a_row_names_its_position(order, seller):
    assert wrong_in(staged(line("", quantity="5"), by=seller)) == ["This must not be empty: it names the row."]


def test_cancel_order_calls_all_of_it_off_and_is_answered_so(order, seller):
    confirm_order(order=order, by=seller)

    found = staged(line("", "cancel order"), by=seller)
    operations.load(staged=found, by=seller)

    assert told(found) == [
        f"{order}/10 is cancelled: 10 pcs BIKE.",
        f"{order}/20 is cancelled: 4 pcs BIKE.",
        f"{order} is cancelled.",
    ]
    order.refresh_from_db()
    assert (order.status, rows_of(order), found.effects[-1]) == (
        "cancelled",
        [],
        {"words": "cancelled order", "figure": "1"},
    )
    assert set(AskedLine.objects.values_list("ended", flat=True)) == {"cancelled"}
    assert list(orders_to_answer()) == [order]
    assert [line[1] for line in answered(order, by=seller)] == ["cancelled", "cancelled"]
    assert (order.answers.get().texts["whole"], list(orders_to_answer())) == ("cancelled", [])


def test_cancel_order_leaves_what_has_left_and_refuses_what_partly_has(order, bike, warehouse, seller):
    stock(bike, warehouse, 20)
    deliver(row=order.rows.get(position=20), quantity=Decimal(3), by=seller)
    partly = staged(line("", "cancel order"), by=seller)
    deliver(row=order.rows.get(position=20), quantity=Decimal(1), by=seller)

    finished = loaded(line("", "cancel order"), by=seller)

    assert wrong_in(partly) == [f"3 of {order}/20 are delivered: send its quantity as that, or finish it there."]
    assert told(finished) == [f"{order}/10 is cancelled: 10 pcs BIKE.", f"{order}/20 is finished and stays."]
    order.refresh_from_db()
    assert ([row[0] for row in rows_of(order)], order.status) == (["20"], "delivered")


@pytest.mark.parametrize(
    ("function", "lines", "left"),
    [
        ("1", [], []),
        ("1", ["LIN+10+3", "QTY+21:2"], []),
        ("5", ["LIN+10", "QTY+21:7:PCE", "LIN+40+1", "PIA+5+BIKE:SA", "QTY+21:2:PCE"], [("10", 7), ("40", 2)]),
        ("5", ["LIN+10+3", "LIN+20+2"], [("10", 10)]),
    ],
)
def test_ordchg_that_cancels_or_replaces_is_read_as_such_lines(order, seller, function, lines, left):
    data = interchange(ordchg(*lines, function=function))

    found = staged_from(data, by=seller, kind=CHANGES, name="change.edi")
    operations.load(staged=found, by=seller)

    assert [row[:2] for row in rows_of(order)] == left
    assert found.how.endswith("not used: LIN") == (function == "1" and bool(lines))


def test_an_ordchg_that_replaces_with_nothing_is_refused(order, seller):
    data = interchange(ordchg("LIN+10+2", "LIN+20+2", function="5"))

    with pytest.raises(Unreadable, match="call the order off"):
        staged_from(data, by=seller, kind=CHANGES, name="change.edi")


def test_a_reference_of_a_replaced_line_is_named_as_not_used(order, seller):
    data = interchange(ordchg("LIN+40+1", "PIA+5+BIKE:SA", "QTY+21:2:PCE", "RFF+CT:77", function="5"))

    found = staged_from(data, by=seller, kind=CHANGES, name="change.edi")

    assert found.how.endswith("not used: RFF+CT below LIN")


@pytest.fixture
def made_for(order, warehouse, planner):
    """A production order of 10 frames for row 30 of PO-1."""
    part = MadePartFactory(number="FRAME", default_warehouse=warehouse)
    bom_of(part, (PartFactory(), 1))
    facts = {"part": part, "quantity": Decimal(10), "delivery_date": DAY, "customer_row_position": "30"}
    row = add_row(order=order, by=planner, **facts)
    change_row(row=row, order_box=True, by=planner)
    SalesOrderRow.objects.filter(pk=row.pk).update(order_box=False)
    return Supply.objects.orders().get()


def test_a_cancelled_row_takes_its_planned_order_along(made_for, order, seller):
    found = staged(line("30", "cancel"), by=seller)
    operations.load(staged=found, by=seller)

    assert told(found)[-1] == f"{made_for}: status planned → cancelled"
    assert (Supply.objects.get(pk=made_for.pk).status, [row[0] for row in rows_of(order)]) == (
        "cancelled",
        ["10", "20"],
    )


def test_somebody_chooses_what_becomes_of_a_released_order(made_for, planner, planner_client, order):
    release(order=made_for.production_line.order, by=planner)
    found = staged(line("30", "cancel"), by=planner)
    page = reverse("staging:import", args=[found.pk])

    assertContains(planner_client.get(page), "Choose what becomes of them.")
    [asked] = found.questions
    form = {f"choice-{asked['key']}": "reduce", "operation_key": "k" * 32}
    planner_client.post(reverse("staging:check_again", args=[found.pk]), form)
    found.refresh_from_db()
    before = (found.questions[0]["chosen"], told(found)[-1], Supply.objects.get(pk=made_for.pk).status)
    planner_client.post(reverse("staging:load", args=[found.pk]), form | {"operation_key": "l" * 32})

    assert before == ("reduce", f"{made_for}: status firm → cancelled", "firm")
    assert (Supply.objects.get(pk=made_for.pk).status, UndecidedChange.objects.count()) == ("cancelled", 0)


def test_what_nobody_chooses_stays_free_and_goes_to_the_worklist(made_for, planner):
    release(order=made_for.production_line.order, by=planner)

    loaded(line("30", "cancel"), by=planner)

    supply = Supply.objects.get(pk=made_for.pk)
    assert (supply.status, supply.free, supply.orphaned_at is not None) == ("firm", 10, True)
    assert UndecidedChange.objects.get().change == "cancel"


def test_a_choice_that_was_not_offered_is_nobodys(made_for, planner):
    release(order=made_for.production_line.order, by=planner)
    found = staged(line("30", "cancel"), by=planner)

    operations.load(staged=found, answers={found.questions[0]["key"]: "give:1", "other": "reduce"}, by=planner)

    assert Supply.objects.get(pk=made_for.pk).status == "firm"


def test_choices_of_a_refused_load_are_kept_and_it_is_tried_once(
    made_for, order, bike, warehouse, planner, planner_client
):
    release(order=made_for.production_line.order, by=planner)
    found = staged(line("30", "cancel"), line("20", quantity="2"), by=planner)
    stock(bike, warehouse, 10)
    deliver(row=order.rows.get(position=20), quantity=Decimal(3), by=planner)
    key = found.questions[0]["key"]

    form = {f"choice-{key}": "reduce", "operation_key": "k" * 32}
    answer = planner_client.post(reverse("staging:load", args=[found.pk]), form)

    found.refresh_from_db()
    assert (answer.status_code, found.answers) == (409, {key: "reduce"})
    assert list(JobRun.objects.values_list("name", "succeeded")) == [("import", False)]


def test_choices_that_are_not_shown_are_told_as_what_becomes_of_them(made_for, planner, planner_client):
    release(order=made_for.production_line.order, by=planner)
    found = staged(line("30", "cancel"), by=planner)

    with mock.patch("erp.staging.views.MOST_ASKED", 0):
        page = planner_client.get(reverse("staging:import", args=[found.pk]))

    assertContains(page, "And 1 more that are not shown: nothing is chosen for them")


def test_two_rows_of_one_order_ask_about_it_once_and_leave_one_proposal(order, warehouse, planner):
    part = MadePartFactory(number="FRAME", default_warehouse=warehouse)
    made = MadeSupplyFactory(part=part, warehouse=warehouse, quantity=20, status="firm", due_date=date(2026, 12, 1))
    for position in ("30", "40"):
        facts = {"delivery_date": DAY, "customer_row_position": position}
        row = add_row(order=order, part=part, quantity=Decimal(10), by=planner, **facts)
        link(demand=row.demand, supply=made, quantity=Decimal(10), kind="bound", accept_warnings=True, by=planner)
    SalesOrderRow.objects.filter(part=part).update(order_box=True)

    found = staged(line("30", quantity="5"), line("40", quantity="7"), by=planner)
    operations.load(staged=found, by=planner)

    assert len(found.questions) == 1
    assert list(UndecidedChange.objects.values_list("change", "quantity")) == [("less", 12)]


def test_a_file_of_too_many_rows_that_are_changed_one_by_one_is_refused(order, seller):
    kit = kit_of((PartFactory(number="BOLT"), 1))
    for position in ("30", "40"):
        facts = {"delivery_date": DAY, "customer_row_position": position}
        add_row(order=order, part=kit, quantity=Decimal(1), by=seller, **facts)
    lines = [line(position, quantity="2") for position in ("10", "20", "30", "40")]

    with mock.patch("sales.imports.changes.MOST_SINGLE", 1):
        found = staged(*lines, by=seller)

    assert wrong_in(found) == [
        "At most 1 rows that are changed one by one (with parts below them, a ticked box, serial numbers, a row in "
        "another company, goods on a pick list) are taken at once, and these are 2. Divide it."
    ]


def test_text_of_a_changed_line_stands_below_its_row_once(order, seller):
    lines = ["LIN+10+3", "QTY+21:12:PCE", "FTX+PUR+++Blue"]
    again_ = ["LIN+10+3", "QTY+21:13:PCE", "FTX+PUR+++Blue"]

    for name, inside in (("a", lines), ("b", again_)):
        message = ordchg(*inside)
        message[1][0] = message[1][0].replace("C-1", name)
        found = staged_from(interchange(message), by=seller, kind=CHANGES, name=name)
        operations.load(staged=found, by=seller)

    texts = SalesOrderRow.objects.filter(parent__customer_row_position="10").values_list("text", "on_confirmation")
    assert (list(texts), told(found)[-1]) == ([("Blue", True)], f"{order}/10: a text below it.")


def test_what_an_action_has_no_use_for_is_said(order, seller):
    facts = dict.fromkeys(["Customer", "Order number", "Position", "Action", "Text", "Warehouse"], "")
    header, cells = list(facts), ["10001", "PO-1", "20", "cancel", "Call first", order.warehouse.code]
    data = "\r\n".join(";".join(row) for row in (header, cells)).encode()

    found = staged_from(data, by=seller, kind=CHANGES)

    words = "A line with the action cancel does not use this."
    assert list(found.problems.filter(is_warning=True).values_list("column", "sentence")) == [
        ("Text", words),
        ("Warehouse", words),
    ]


def asked_of(staged_lines, *, by):
    """How many statements it takes to load them."""
    assert wrong_in(staged_lines) == []
    with CaptureQueriesContext(connection) as queries:
        operations.load(staged=staged_lines, by=by)
    return len(queries)


def test_many_lines_take_as_many_statements_as_few(order, seller):
    """Plain rows are changed, called off and added together."""
    asked = {}
    for count, first in ((3, 100), (30, 200)):
        of = {"number": f"C-{first}"}
        old, new = [str(first + place) for place in range(2 * count)], range(first + 500, first + 500 + count)
        loaded(*(line(number, "add", "BIKE", "2", LATER, number=f"N-{first}") for number in old), by=seller)
        changes = [line(number, quantity="3", **of) for number in old[:count]]
        changes += [line(number, "cancel", **of) for number in old[count:]]
        changes += [line(str(number), "add", "BIKE", "1", DAY, **of) for number in new]

        asked[count] = asked_of(staged(*changes, by=seller), by=seller)

        figures = [(position, quantity) for position, quantity, *_ in rows_of(order)][-2 * count :]
        assert figures == [*((number, 3) for number in old[:count]), *((str(number), 1) for number in new)]
    assert asked[30] - asked[3] <= 3, asked


@pytest.mark.parametrize("change", [{"quantity": "3"}, {"action": "cancel"}], ids=["changed", "called off"])
def test_lines_of_ten_orders_take_as_many_statements_as_those_of_one(order, seller, change):
    names = [f"PO-{number}" for number in range(10, 30)]
    header = ["Customer", "Order number", "Position", "Part", "Quantity", "Date", "Price"]
    bikes = [["10001", name, position, "BIKE", 5, DAY, ""] for name in names for position in ("10", "20")]
    operations.load(staged=staged_from(csv_of(header, *bikes), by=seller, kind=ORDERS), by=seller)
    of_one, of_ten = [
        staged(*(line("10", order=name, **change) for name in some), by=seller) for some in (names[:1], names[1:11])
    ]

    one, ten = asked_of(of_one, by=seller), asked_of(of_ten, by=seller)

    assert ten - one <= 3, (one, ten)


def test_answer_to_a_replaced_order_names_every_line(order, seller):
    loaded(line("10", "replace", quantity="12"), line("30", "replace", "BIKE", "2", LATER), by=seller)
    confirm_order(order=order, by=seller)

    lines = answer_order(order=order, by=seller).texts["lines"]

    assert [(line["position"], line["action"], line["quantity"]) for line in lines] == [
        ("20", "cancelled", "0"),
        ("10", "accepted", "12"),
        ("30", "accepted", "2"),
    ]
    assert SalesOrder.objects.count() == 1
