"""Serial numbers of what comes: named or those that wait, taken back with the goods, given later on the movement."""

from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.asserts import assertContains

from erp.exceptions import Refused
from linkage import operations
from linkage.models import SerialNumber, StockMovement
from linkage.operations import number_arrival
from linkage.operations.numbering import Came, numbers_arrive
from linkage.serials import in_words, numbers_in
from production.operations import finish, undo_report
from purchasing.operations import receive, receive_all, reverse_receipt
from purchasing.operations.courses import Arriving
from tests.factories import PartFactory, UserFactory, WarehouseFactory
from tests.linkage.factories import TODAY, SupplyFactory, stock
from tests.production.making import bought, made, released
from tests.purchasing.factories import purchase_row
from tests.races import run_before_commit

pytestmark = pytest.mark.django_db


def traced(**facts):
    return PartFactory(is_serial_traced=True, **facts)


def here(part):
    return in_words(
        list(SerialNumber.objects.on_shelf().filter(part=part).order_by("number").values_list("number", flat=True))
    )


def received(row, quantity, by, serials=""):
    return receive(row=row, quantity=Decimal(quantity), serials=serials, by=by, effective_on=TODAY)


def bought_row(quantity=5, part=None):
    return purchase_row(part=part or traced(), quantity=quantity, sent=True)


def test_receive_puts_the_named_pieces_on_the_shelf(warehouse_keeper):
    row = bought_row()

    received(row, 3, warehouse_keeper, "A-001..A-002, B-7")

    assert here(row.supply.part) == "A-001..A-002, B-7"
    assert set(SerialNumber.objects.values_list("supply", "arrival__supply")) == {(row.supply_id, row.supply_id)}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("A-001..A-002", "2 serial numbers for 3 "),
        ("A-001, A-002, A-001", "Serial number A-001 is named twice"),
        ("A-003..A-001", "A-003..A-001 is no interval"),
        ("A-001, HERE, GONE", "Serial number HERE stands in .* already"),
        ("A-001, A-002, " + "9" * 41, "is no serial number: at most 40 characters"),
    ],
)
def test_receive_refuses_numbers_that_do_not_fit(warehouse_keeper, text, sentence):
    row = bought_row()
    stock(row.supply.part, row.supply.warehouse, 1)
    number_arrival(movement=StockMovement.objects.get(), serials="HERE", by=warehouse_keeper)

    with pytest.raises(Refused, match=sentence):
        received(row, 3, warehouse_keeper, text)

    assert here(row.supply.part) == "HERE"


def test_receive_without_numbers_leaves_the_pieces_to_be_named(warehouse_keeper):
    row = bought_row()
    received(row, 3, warehouse_keeper)
    [movement] = StockMovement.objects.filter(supply=row.supply)

    number_arrival(movement=movement, serials="A-001..A-002", by=warehouse_keeper)
    with pytest.raises(Refused, match="2 serial numbers, and 1 of 3 "):
        number_arrival(movement=movement, serials="A-003..A-004", by=warehouse_keeper)

    assert here(row.supply.part) == "A-001..A-002"


def test_numbers_that_come_and_go_back_are_written_without_a_case_for_each(warehouse_keeper):
    row = bought_row()
    with CaptureQueriesContext(connection) as asked:
        for _ in range(2):
            received(row, 3, warehouse_keeper, "A-1..A-3")
            reverse_receipt(
                row=row, movement=StockMovement.objects.latest("pk"), effective_on=TODAY, by=warehouse_keeper
            )

    written = [
        sql
        for sql in (query["sql"].lower().replace('"', "") for query in asked)
        if "update linkage_serialnumber" in sql
    ]
    assert len(written) > 2
    assert not [sql for sql in written if "case when" in sql]
    assert not here(row.supply.part)


def test_receive_lines_of_a_file_is_the_same_number_of_statements(warehouse_keeper):
    def statements(count):
        rows = [bought_row() for _ in range(count)]
        lines = [Arriving(row=row, quantity=Decimal(2), effective_on=TODAY, serials="A-1..A-2") for row in rows]
        with CaptureQueriesContext(
            connection,
        ) as captured:
            receive_all(lines=lines, by=warehouse_keeper)
        return len([query for query in captured if "serialnumber" in query["sql"]])

    assert statements(1) == statements(3)


def test_reverse_receipt_takes_the_last_pieces_back(warehouse_keeper):
    row = bought_row()
    row = received(row, 3, warehouse_keeper, "A-001..A-003")
    [movement] = StockMovement.objects.filter(supply=row.supply)

    row = reverse_receipt(row=row, movement=movement, quantity=Decimal(1), by=warehouse_keeper, effective_on=TODAY)
    after_one = here(row.supply.part)
    rest = StockMovement.objects.get(supply=row.supply, quantity=2)
    reverse_receipt(row=row, movement=rest, by=warehouse_keeper, effective_on=TODAY)

    assert (after_one, here(row.supply.part)) == ("A-001..A-002", "")


def test_finish_names_the_pieces_and_undo_lets_them_wait_again(planner):
    line = released(made("BIKE", (bought("RM"), 1)), 3, on_hand=3)
    part = line.supply.part

    report = finish(line=line, quantity=Decimal(2), serials="A-001..A-002", by=planner, effective_on=TODAY)
    made_two = here(part)
    undo_report(report=report, by=planner, effective_on=TODAY)

    assert (made_two, here(part)) == ("A-001..A-002", "")
    assert SerialNumber.objects.awaited().filter(supply=line.supply).count() == 2


def test_finish_without_numbers_takes_those_that_wait_on_the_order(planner):
    line = released(made("BIKE", (bought("RM"), 1)), 3, on_hand=3)
    line.supply.part.__class__.objects.filter(pk=line.supply.part_id).update(is_serial_traced=True)
    SerialNumber.objects.bulk_create(
        SerialNumber(part=line.supply.part, number=f"A-{n}", supply=line.supply) for n in (1, 2, 3)
    )

    finish(line=line, quantity=Decimal(2), by=planner, effective_on=TODAY)

    assert here(line.supply.part) == "A-1..A-2"


def test_finish_refuses_numbers_where_all_was_scrapped(planner):
    line = released(made("BIKE", (bought("RM"), 1)), 3, on_hand=3)

    scrap = {"quantity": Decimal(0), "scrapped": Decimal(1), "reason": "Paint"}

    with pytest.raises(Refused, match="Nothing good was made"):
        finish(line=line, serials="A-1", by=planner, effective_on=TODAY, **scrap)


def test_numbers_of_another_order_do_not_come_with_this_one(warehouse_keeper):
    row = bought_row()
    other = SupplyFactory(part=row.supply.part, warehouse=row.supply.warehouse)
    SerialNumber.objects.create(part=row.supply.part, number="A-1", supply=other)

    with pytest.raises(Refused, match=f"A-1 is to come with {other}"):
        received(row, 1, warehouse_keeper, "A-1")


def test_number_arrival_refuses_what_was_taken_back(warehouse_keeper):
    row = bought_row()
    received(row, 3, warehouse_keeper)
    [movement] = StockMovement.objects.filter(supply=row.supply)
    operations.reverse(movement=movement, by=warehouse_keeper, effective_on=TODAY)

    with pytest.raises(Refused, match="was taken back"):
        number_arrival(movement=movement, serials="A-1", by=warehouse_keeper)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_receivers_cannot_name_the_same_pieces():
    row, by = bought_row(), UserFactory()
    stock(row.supply.part, row.supply.warehouse, 2)
    [movement] = StockMovement.objects.filter(supply=None)

    had_to_wait, outcome = run_before_commit(
        lambda: number_arrival(movement=movement, serials="A-1..A-2", by=by),
        lambda: number_arrival(movement=movement, serials="A-3", by=by),
    )

    assert had_to_wait
    assert str(outcome).startswith("1 serial numbers, and 0 of 2 ")


def test_movement_page_names_pieces_and_says_what_is_wrong_at_the_field(warehouse_client):
    part = traced()
    row = bought_row(part=part)
    stock(part, row.supply.warehouse, 2)
    url = reverse("linkage:movement_serials", args=[StockMovement.objects.get().pk])

    wrong = warehouse_client.post(url, {"serials": "A-1..A-3"})
    warehouse_client.post(url, {"serials": "A-1..A-2"})
    page = warehouse_client.get(url)

    assertContains(wrong, "3 serial numbers; 2 pieces are without one.", status_code=422)
    assertContains(page, "A-1..A-2")
    assertContains(page, "Each piece that is here has its number.")


def test_movement_page_offers_no_more_than_the_pieces_that_still_lie_there(warehouse_client, warehouse_keeper):
    row = bought_row()
    part, main = row.supply.part, row.supply.warehouse
    stock(part, main, 3)
    url = reverse("linkage:movement_serials", args=[StockMovement.objects.get().pk])
    east = WarehouseFactory(company=main.company)
    facts = {"from_warehouse": main, "to_warehouse": east, "quantity": Decimal(2), "effective_on": TODAY}
    operations.move_stock(part=part, **facts, by=warehouse_keeper)

    wrong = warehouse_client.post(url, {"serials": "A-1..A-2"})
    operations.move_stock(part=part, **facts | {"quantity": Decimal(1)}, by=warehouse_keeper)
    page = warehouse_client.get(url)

    assertContains(wrong, "2 serial numbers; 1 pieces are without one.", status_code=422)
    assertContains(page, "Each piece that is here has its number.")


def test_movement_page_answers_a_second_post_like_the_first(warehouse_client):
    part = traced()
    stock(part, bought_row(part=part).supply.warehouse, 2)
    url = reverse("linkage:movement_serials", args=[StockMovement.objects.get().pk])
    posted = {"serials": "A-1..A-2", "operation_key": str(uuid4())}

    first, second = (warehouse_client.post(url, posted) for _post in range(2))

    assert (first.status_code, second.status_code, second.url) == (302, 302, first.url)
    assert here(part) == "A-1..A-2"


def test_receive_page_asks_for_the_numbers_of_a_traced_part(warehouse_client):
    row = bought_row()
    url = reverse("purchasing:receive", args=[row.pk])
    page = warehouse_client.get(url)
    posted = {"quantity": "2", "effective_on": "2026-03-02", "seen": page.context["seen"], "serials": "A-2..A-1"}

    wrong = warehouse_client.post(url, posted)
    warehouse_client.post(url, posted | {"serials": "A-1..A-2"})

    assertContains(wrong, "A-2..A-1 is no interval of serial numbers.", status_code=422)
    assert here(row.supply.part) == "A-1..A-2"


def test_finish_page_says_which_numbers_wait(planner_client, planner):
    line = released(made("BIKE", (bought("RM"), 1)), 3, on_hand=3)
    SerialNumber.objects.create(part=line.supply.part, number="A-1", supply=line.supply)

    page = planner_client.get(reverse("production:finish", args=[line.pk]))

    assertContains(page, "Waiting on the order: A-1. Left empty, the first of them come.")


def test_numbers_of_a_row_come_with_its_order_also_where_the_part_is_not_traced(planner):
    line = released(made("BIKE", (bought("RM"), 1)), 3, on_hand=3)
    part = line.supply.part
    SerialNumber.objects.bulk_create([SerialNumber(part=part, number=f"A-{n}", supply=line.supply) for n in (1, 2, 3)])

    finish(line=line, quantity=Decimal(2), by=planner, effective_on=TODAY)

    assert (part.is_serial_traced, here(part)) == (False, "A-1..A-2")


def test_goods_without_pieces_have_no_numbers():
    part = PartFactory(is_stock_updated=False)

    with pytest.raises(Refused, match="is not stock-updated"):
        numbers_arrive([Came(part=part, quantity=Decimal(1), supply=None, movements=[], numbers=("A-1",))])


def test_numbers_in_refuses_more_than_can_be_named():
    with pytest.raises(Refused, match="at most 10000"):
        numbers_in("A-1..A-9000, B-1..B-9000")


def test_a_number_taken_back_from_the_wrong_purchase_row_comes_with_the_right_one(warehouse_keeper):
    wrong = bought_row()
    right = bought_row(part=wrong.supply.part)
    received(wrong, 2, warehouse_keeper, "A-1..A-2")
    came = StockMovement.objects.get(supply=wrong.supply)
    reverse_receipt(row=wrong, movement=came, quantity=Decimal(1), by=warehouse_keeper, effective_on=TODAY)

    received(right, 1, warehouse_keeper, "A-2")

    orders = SerialNumber.objects.order_by("number").values_list("supply", flat=True)
    assert list(orders) == [wrong.supply_id, right.supply_id]
