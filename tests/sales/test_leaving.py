"""Which pieces leave with a delivery: named or the row's own, back with it, on the note."""

from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains

from erp.exceptions import Refused
from linkage.models import SerialNumber, StockMovement
from linkage.operations import adjust_stock, move_stock, number_arrival
from linkage.serials import in_words, numbers_in
from sales import operations
from sales.grids import grid
from sales.operations import Delivered, Picked
from sales.papers import note_paper
from tests.factories import CompanyFactory, PartFactory, UserFactory, WarehouseFactory
from tests.linkage.factories import TODAY, stock
from tests.races import run_before_commit
from tests.sales.factories import again, row_with

pytestmark = pytest.mark.django_db


def traced_row(quantity=5, part=None, **facts):
    """A row of a traced part."""
    return row_with(quantity, part=part or PartFactory(is_serial_traced=True), **facts)


def shelved(row, serials, quantity=None):
    """Pieces of the row's part in its warehouse."""
    count = len(SerialNumber.objects.filter(part=row.part))
    stock(row.part, row.warehouse, quantity or 5)
    movement = StockMovement.objects.order_by("-pk").first()
    number_arrival(movement=movement, serials=serials, by=UserFactory())
    assert SerialNumber.objects.filter(part=row.part).count() > count


def deliver(row, quantity, by, serials="", **facts):
    return operations.deliver(row=row, quantity=Decimal(quantity), serials=serials, by=by, **facts)


def left(row):
    gone = row.serials.exclude(serial__departure=None).order_by("serial__number")
    return in_words(list(gone.values_list("serial__number", flat=True)))


def shelf(row):
    here = SerialNumber.objects.on_shelf().filter(part=row.part).order_by("number")
    return in_words(list(here.values_list("number", flat=True)))


def test_deliver_takes_the_named_pieces(warehouse_keeper):
    row = traced_row()
    shelved(row, "A-1..A-5")

    deliver(row, 3, warehouse_keeper, "A-1, A-4..A-5")

    assert (left(row), shelf(row)) == ("A-1, A-4..A-5", "A-2..A-3")
    assert [mark.words for mark in grid(row.order)[0].marks if mark.column == "quantity"] == []


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "name the 2 .* by serial number"),
        ("A-1", "1 serial numbers for 2 "),
        ("A-1, A-1", "Serial number A-1 is named twice"),
        ("A-1, Z-9", "Z-9 is no serial number of "),
        ("A-1, B-1", "serial number B-1 is not on the shelf"),
        ("A-1, C-1", "serial number C-1 is promised to "),
        ("A-1, D-1", r"serial number D-1 was delivered on 2026-\d\d-\d\d with "),
        ("A-1, E-1", "serial number E-1 stands in .*, and the row leaves from "),
        ("A-2..A-1", "A-2..A-1 is no interval"),
    ],
)
def test_deliver_refuses_pieces_that_cannot_leave(warehouse_keeper, seller, text, sentence):
    row = traced_row()
    shelved(row, "A-1..A-3, D-1", 6)
    SerialNumber.objects.create(part=row.part, number="B-1")
    operations.give_serials(row=traced_row(1, row.part, by=seller), first="C-1", by=seller)
    deliver(traced_row(1, row.part, warehouse=row.warehouse), 1, warehouse_keeper, "D-1")
    elsewhere = WarehouseFactory(company=row.order.document.company)
    stock(row.part, elsewhere, 1)
    number_arrival(movement=StockMovement.objects.order_by("-pk").first(), serials="E-1", by=warehouse_keeper)

    with pytest.raises(Refused, match=sentence):
        deliver(row, 2, warehouse_keeper, text)

    assert (left(row), again(row).delivered) == ("", 0)


def test_a_number_given_on_a_row_is_reserved_until_the_row_lets_it_go(warehouse_keeper, seller):
    row = traced_row(1, by=seller)
    other = traced_row(1, row.part, warehouse=row.warehouse)
    shelved(row, "A-1")
    operations.give_serials(row=row, first="A-1", by=seller)

    with pytest.raises(Refused, match=f"A-1 is promised to {row}"):
        deliver(other, 1, warehouse_keeper, "A-1")
    operations.remove_serials(row=row, first="A-1", by=seller)
    deliver(other, 1, warehouse_keeper, "A-1")

    assert left(other) == "A-1"


def test_rows_own_pieces_on_the_shelf_leave_without_being_named(warehouse_keeper, seller):
    row = traced_row(3, by=seller)
    operations.give_serials(row=row, first="A-1", quantity=3, by=seller)
    stock(row.part, row.warehouse, 3)
    movement = StockMovement.objects.get()
    number_arrival(movement=movement, serials="A-2..A-3", by=warehouse_keeper)

    deliver(row, 2, warehouse_keeper)
    with pytest.raises(Refused, match="name the 1 "):
        deliver(row, 1, warehouse_keeper)

    assert left(row) == "A-2..A-3"


def test_another_piece_in_place_of_the_rows_own_frees_that(warehouse_keeper, seller):
    row = traced_row(2, by=seller)
    shelved(row, "A-1..A-3")
    operations.give_serials(row=row, first="A-1", quantity=2, by=seller)

    deliver(row, 1, warehouse_keeper, "A-3")

    given = row.serials.order_by("serial__number").values_list("serial__number", "reserved")
    assert list(given) == [("A-1", True), ("A-3", True)]
    assert shelf(row) == "A-1..A-2"


def test_reverse_delivery_brings_the_pieces_back_and_frees_those_that_only_left(warehouse_keeper):
    row = traced_row()
    shelved(row, "A-1..A-5")
    deliver(row, 2, warehouse_keeper, "A-4..A-5")
    deliver(row, 1, warehouse_keeper, "A-1")
    first = row.delivery_rows.order_by("pk").first()

    operations.reverse_delivery(delivered=first, by=warehouse_keeper)

    assert (left(row), shelf(row), row.serials.count()) == ("A-1", "A-2..A-5", 1)


def test_a_piece_that_came_back_leaves_again(warehouse_keeper):
    row = traced_row(1)
    shelved(row, "A-1")
    deliver(row, 1, warehouse_keeper, "A-1")
    operations.reverse_delivery(delivered=row.delivery_rows.get(), by=warehouse_keeper)

    deliver(row, 1, warehouse_keeper, "A-1")

    assert left(row) == "A-1"


def test_pieces_of_an_untraced_part_leave_without_arriving(warehouse_keeper, seller):
    row = row_with(2, by=seller)
    operations.give_serials(row=row, first="A-1", quantity=2, by=seller)
    stock(row.part, row.warehouse, 2)

    deliver(row, 1, warehouse_keeper, "A-2")

    assert left(row) == "A-2"


def test_pieces_on_the_shelf_leave_before_those_that_are_still_to_be_made(warehouse_keeper, seller):
    row = row_with(3, by=seller)
    operations.give_serials(row=row, first="A-1", quantity=3, by=seller)
    stock(row.part, row.warehouse, 1)
    number_arrival(movement=StockMovement.objects.get(), serials="A-3", by=warehouse_keeper)
    stock(row.part, row.warehouse, 1)

    deliver(row, 1, warehouse_keeper)

    assert left(row) == "A-3"


def test_two_rows_of_a_delivery_cannot_name_the_same_piece(warehouse_keeper):
    row = traced_row(1)
    other = traced_row(1, row.part, warehouse=row.warehouse)
    shelved(row, "A-1..A-2")
    lines = [Delivered(row=one, quantity=Decimal(1), serials="A-1") for one in (row, other)]

    with pytest.raises(Refused, match=f"Serial number A-1 is named for {row} and {other}"):
        operations.deliver_rows(lines=lines, by=warehouse_keeper)


def test_delivery_note_and_its_paper_name_the_pieces(warehouse_keeper, warehouse_client):
    row = traced_row()
    shelved(row, "A-1..A-5")
    deliver(row, 2, warehouse_keeper, "A-1..A-2")
    note = row.delivery_rows.get().note

    texts = note_paper(note)
    page = warehouse_client.get(reverse("sales:delivery_note", args=[note.pk]))

    assert texts["rows"][0]["details"] == ["Serial numbers: A-1..A-2"]
    assert texts["data"][0]["serial_numbers"] == "A-1..A-2"
    assertContains(page, "Serial numbers: A-1..A-2")


def test_deliver_pages_ask_for_the_pieces_and_say_what_is_wrong_at_the_row(warehouse_client):
    row = traced_row()
    shelved(row, "A-1..A-5")
    url = reverse("sales:order_deliver", args=[row.order_id])
    posted = {f"quantity_{row.pk}": "2", "effective_on": "2026-03-02"}

    offered = warehouse_client.get(url)
    wrong = warehouse_client.post(url, posted | {f"serials_{row.pk}": "A-1, X-1"})
    warehouse_client.post(url, posted | {f"serials_{row.pk}": "A-1..A-2"})
    single = warehouse_client.post(
        reverse("sales:row_deliver", args=[row.pk]), {"quantity": "1", "effective_on": "2026-03-02", "serials": ""}
    )

    assertContains(offered, "On the shelf: A-1..A-5.")
    assert wrong.status_code == 422
    assert wrong.context["form"].errors[f"serials_{row.pk}"] == [f"{row}: X-1 is no serial number of {row.part}."]
    assertContains(wrong, 'value="A-1, X-1"', status_code=422)
    assert left(row) == "A-1..A-2"
    assertContains(single, "name the 1 ", status_code=422)


def test_delivery_of_named_pieces_and_its_taking_back_answer_a_second_post_like_the_first(warehouse_client):
    row = traced_row()
    shelved(row, "A-1..A-5")
    posted = {"quantity": "2", "effective_on": "2026-03-02", "serials": "A-1..A-2", "operation_key": str(uuid4())}
    url = reverse("sales:row_deliver", args=[row.pk])
    answers = [warehouse_client.post(url, posted) for _post in range(2)]

    back = {"quantity": "2", "serials": "A-1..A-2", "reason": "Scratched", "operation_key": str(uuid4())}
    url = reverse("sales:delivery_reverse", args=[row.delivery_rows.get().pk])
    answers += [warehouse_client.post(url, back) for _post in range(2)]

    assert [answer.status_code for answer in answers] == [302] * 4
    assert [one.url == two.url for one, two in (answers[:2], answers[2:])] == [True, True]
    assert (left(row), shelf(row), again(row).delivered) == ("", "A-1..A-5", 0)


def test_pick_list_is_delivered_with_its_pieces(warehouse_client, warehouse_keeper):
    row = traced_row()
    shelved(row, "A-1..A-5")
    [pick_list] = operations.create_pick_lists(lines=[Picked(row=row, quantity=Decimal(2))], by=warehouse_keeper)

    warehouse_client.post(
        reverse("sales:pick_list_deliver", args=[pick_list.pk]),
        {f"quantity_{row.pk}": "2", "effective_on": "2026-03-02", f"serials_{row.pk}": "A-1..A-2"},
    )

    assert left(row) == "A-1..A-2"


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_deliveries_cannot_take_the_same_piece():
    row = traced_row(1)
    other = traced_row(1, row.part, warehouse=row.warehouse)
    shelved(row, "A-1")
    by = UserFactory()

    had_to_wait, outcome = run_before_commit(
        lambda: deliver(row, 1, by, "A-1"),
        lambda: deliver(other, 1, by, "A-1"),
    )

    assert had_to_wait
    assert "A-1 was delivered" in str(outcome)
    assert (left(row), left(other)) == ("A-1", "")


def test_deliver_page_offers_no_pieces_of_another_company(warehouse_client):
    row = traced_row()
    shelved(row, "A-1..A-2", 2)
    stock(row.part, WarehouseFactory(company=CompanyFactory()), 1)
    number_arrival(movement=StockMovement.objects.latest("pk"), serials="E-1", by=UserFactory())

    page = warehouse_client.get(reverse("sales:row_deliver", args=[row.pk]))

    assertContains(page, "On the shelf: A-1..A-2.")


def moved(row, serials, to, by):
    facts = {"from_warehouse": row.warehouse, "to_warehouse": to, "effective_on": TODAY}
    return move_stock(part=row.part, quantity=Decimal(len(numbers_in(serials))), serials=serials, by=by, **facts)


def test_deliver_says_where_pieces_stand_that_were_moved(warehouse_keeper, seller):
    row = traced_row(2, by=seller)
    east = WarehouseFactory(code="EAST", company=row.order.document.company)
    shelved(row, "A-1..A-2", 2)
    operations.give_serials(row=row, first="A-1", quantity=2, by=seller)
    moved(row, "A-2", east, warehouse_keeper)
    stock(row.part, row.warehouse, 1)

    with pytest.raises(
        Refused, match=f"; of its own stand A-1 in {row.warehouse} and A-2 in {east}, and it leaves from "
    ):
        deliver(row, 2, warehouse_keeper)
    with pytest.raises(Refused, match=f"serial number A-2 stands in {east}, and the row leaves from {row.warehouse}"):
        deliver(row, 2, warehouse_keeper, "A-1..A-2")


def test_a_delivery_taken_back_puts_its_pieces_where_they_left(warehouse_keeper):
    row = traced_row(2)
    shelved(row, "A-1..A-2", 2)
    deliver(row, 2, warehouse_keeper, "A-1..A-2")

    operations.reverse_delivery(
        delivered=row.delivery_rows.get(), quantity=Decimal(1), serials="A-1", by=warehouse_keeper
    )

    assert SerialNumber.objects.in_warehouse(row.part_id, row.warehouse_id) == ["A-1"]
    assert left(row) == "A-2"


def test_a_piece_that_a_row_has_is_not_wasted_under_it(warehouse_keeper, seller):
    row = traced_row(1, by=seller)
    shelved(row, "A-1..A-2", 2)
    operations.give_serials(row=row, first="A-1", by=seller)
    facts = {"part": row.part, "warehouse": row.warehouse, "quantity": Decimal(-1), "effective_on": TODAY}

    with pytest.raises(Refused, match=f"Serial number A-1 is promised to {row.demand}: take it from that row first"):
        adjust_stock(serials="A-1", by=warehouse_keeper, **facts)
    adjust_stock(serials="A-2", by=warehouse_keeper, **facts)

    assert shelf(row) == "A-1"


def test_goods_with_numbers_leave_by_name_also_where_the_part_is_not_traced(warehouse_keeper):
    row = row_with(1)
    shelved(row, "A-1..A-2", 2)

    with pytest.raises(
        Refused, match=r"2 pieces of .* have a serial number, and only 1 would be on hand: name the pieces"
    ):
        deliver(row, 1, warehouse_keeper)
    deliver(row, 1, warehouse_keeper, "A-1")

    assert left(row) == "A-1"


def test_all_of_a_balance_leaves_with_all_its_numbers(warehouse_keeper):
    row = row_with(2)
    other = row_with(1, part=row.part, warehouse=row.warehouse)
    shelved(row, "A-1..A-3", 3)
    lines = [Delivered(row=row, quantity=Decimal(2)), Delivered(row=other, quantity=Decimal(1), serials="A-1")]

    operations.deliver_rows(lines=lines, by=warehouse_keeper)

    assert (left(row), left(other), shelf(row)) == ("A-2..A-3", "A-1", "")


def test_all_of_a_balance_does_not_leave_with_a_piece_of_another_row(warehouse_keeper, seller):
    row = row_with(2)
    other = row_with(1, part=row.part, warehouse=row.warehouse, by=seller)
    shelved(row, "A-1..A-2", 2)
    operations.give_serials(row=other, first="A-1", by=seller)

    with pytest.raises(Refused, match=r"1 pieces of .* have a serial number, and only 0 would be on hand"):
        deliver(row, 2, warehouse_keeper)
