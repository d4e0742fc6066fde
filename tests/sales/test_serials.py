"""Serial numbers of rows: given once, as many as pieces, carried to the M-order, divided, delivered."""

import re
from decimal import Decimal
from importlib import import_module

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from pytest_django.asserts import assertContains

from erp.exceptions import Refused
from erp.register.models import SavedView
from linkage.models import SerialNumber, StockMovement
from linkage.operations import adjust_stock, number_arrival
from linkage.serials import in_words
from sales import operations
from sales.grids import grid
from sales.models import RowSerial
from sales.operations import NewPart
from sales.serials import given_too_early, untraced_below
from sales.statuses import QUOTE
from tests.factories import MadePartFactory, PartFactory, UserFactory
from tests.linkage.factories import TODAY, stock
from tests.production.factories import bom_of
from tests.races import run_before_commit
from tests.sales.factories import again, order_with, row_with
from tests.sales.kits import part_below, tool_kit

pytestmark = pytest.mark.django_db


def numbers(row):
    given = row.serials.order_by("pk").values_list("serial__number", flat=True)
    return in_words(list(given))


def row_with_serials(quantity, by, first="A-001", **facts):
    return operations.give_serials(row=row_with(quantity, by=by, **facts), first=first, quantity=quantity, by=by)


def test_give_serials_counts_from_the_first_number(seller):
    row = operations.give_serials(row=row_with(4, by=seller), first="A-009", quantity=3, remark="Blue", by=seller)

    assert numbers(row) == "A-009..A-011"
    assert set(SerialNumber.objects.values_list("part", "remark")) == {(row.part_id, "Blue")}


def test_draw_serials_takes_the_next_numbers_of_the_series(seller):
    row = row_with(3, by=seller)

    operations.draw_serials(row=row, quantity=2, by=seller)
    operations.draw_serials(row=row, quantity=1, by=seller)

    assert numbers(row) == "SN-1001..SN-1003"


def test_draw_serials_passes_over_numbers_that_the_part_has(seller):
    part = PartFactory()
    row_with_serials(2, seller, first="SN-1002", part=part)
    row = row_with(3, part=part, by=seller)

    operations.draw_serials(row=row, quantity=3, by=seller)

    assert numbers(row) == "SN-1001, SN-1004..SN-1005"


def test_give_serials_refuses_a_number_of_another_order(seller):
    part = PartFactory()
    first = row_with_serials(2, seller, part=part)

    with pytest.raises(Refused, match=f"A-002 is on {first} already"):
        operations.give_serials(row=row_with(1, part=part, by=seller), first="A-002", by=seller)


def wasted(row, number, by):
    facts = {"part": row.part, "warehouse": row.warehouse, "quantity": Decimal(-1), "effective_on": TODAY}
    return adjust_stock(kind="waste", serials=number, by=by, **facts)


def shelved(row, serials):
    stock(row.part, row.warehouse, 3)
    return number_arrival(movement=StockMovement.objects.latest("pk"), serials=serials, by=UserFactory())


def test_give_serials_says_what_became_of_a_piece(seller, warehouse_keeper):
    row = row_with(3, by=seller)
    shelved(row, "A-001")
    wasted(row, "A-001", warehouse_keeper)

    with pytest.raises(Refused, match=rf"A-001 was wasted on {TODAY}\."):
        operations.give_serials(row=row, first="A-001", by=seller)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("given_first", "sentence"),
    [(True, "A-001 is promised to .*: take it from that row first"), (False, "A-001 was wasted")],
)
def test_a_piece_is_given_to_a_row_or_wasted_and_never_both(given_first, sentence):
    row, by = row_with(3), UserFactory()
    shelved(row, "A-001")
    both = [
        lambda: operations.give_serials(row=row, first="A-001", by=by),
        lambda: wasted(row, "A-001", by),
    ]

    had_to_wait, outcome = run_before_commit(*both if given_first else reversed(both))

    assert had_to_wait
    assert re.search(sentence, str(outcome))


def test_same_number_of_another_part_is_another_piece(seller):
    row_with_serials(1, seller)

    assert numbers(row_with_serials(1, seller)) == "A-001"


def test_database_refuses_a_number_on_two_rows(seller):
    row, other = row_with_serials(1, seller), row_with(1, by=seller)

    with pytest.raises(IntegrityError, match="serial_id"), transaction.atomic():
        RowSerial.objects.create(row=other, serial=row.serials.get().serial)
    with pytest.raises(IntegrityError, match="serial_number_once"), transaction.atomic():
        SerialNumber.objects.create(part=row.part, number="A-001")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_sellers_cannot_give_the_same_number(seller):
    part = PartFactory()
    ours, theirs = row_with(1, part=part, by=seller), row_with(1, part=part, by=seller)

    had_to_wait, outcome = run_before_commit(
        lambda: operations.give_serials(row=ours, first="A-001", by=seller),
        lambda: operations.give_serials(row=theirs, first="A-001", by=seller),
    )

    assert had_to_wait
    assert str(outcome) == "Somebody else has just given one of these serial numbers away."
    assert (numbers(ours), numbers(theirs)) == ("A-001", "")


@pytest.mark.parametrize("given", [2, 4])
def test_register_is_refused_while_serials_are_not_as_many_as_pieces(seller, given):
    row = row_with(3, status=QUOTE, by=seller)
    operations.give_serials(row=row, first="A-001", quantity=given, by=seller)

    [mark] = [mark for mark in grid(row.order)[0].marks if mark.column == "quantity"]
    with pytest.raises(Refused) as refusal:
        operations.register_order(order=row.order, by=seller)

    assert (mark.words, mark.blocks) == (f"{given} serial numbers for 3 {row.part.unit}.", True)
    assert str(refusal.value) == f"{row}: {given} serial numbers for 3 {row.part.unit}."


def test_register_with_as_many_serials_as_pieces(seller):
    row = row_with_serials(3, seller, status=QUOTE)

    assert operations.register_order(order=row.order, by=seller).status == "registered"


def test_remove_serials_forgets_them(seller):
    row = row_with_serials(3, seller)

    operations.remove_serials(row=row, first="A-002", quantity=2, by=seller)

    assert list(SerialNumber.objects.values_list("number", flat=True)) == ["A-001"]


def test_remove_serials_refuses_numbers_that_are_not_there(seller):
    row = row_with_serials(3, seller)

    with pytest.raises(Refused, match=f"{row} has no serial number A-004..A-005"):
        operations.remove_serials(row=row, first="A-003", quantity=3, by=seller)


def test_remark_serials_says_something_about_an_interval(seller):
    row = row_with_serials(3, seller)

    operations.remark_serials(row=row, first="A-002", quantity=2, remark="Second hand", by=seller)

    found = SerialNumber.objects.order_by("number").values_list("number", "remark")
    assert list(found) == [("A-001", ""), ("A-002", "Second hand"), ("A-003", "Second hand")]


@pytest.mark.parametrize("how", ["delete", "cancel"])
def test_serials_of_a_row_that_is_called_off_are_free(seller, how):
    part = PartFactory()
    row = row_with_serials(1, seller, part=part)
    if how == "delete":
        operations.delete_row(row=row, by=seller)
    else:
        operations.cancel_order(order=row.order, by=seller)

    assert numbers(row_with_serials(1, seller, part=part)) == "A-001"


def made_part():
    part = MadePartFactory(lot_sizing="LR", is_serial_traced=True)
    bom_of(part, (PartFactory(number="SCREW"), 4))
    return part


def test_create_production_orders_carries_the_serials_to_the_m_order(planner, client):
    row = row_with_serials(3, planner, part=made_part())

    [order] = operations.create_production_orders(rows=[row], by=planner)
    late = operations.give_serials(row=row, first="B-1", by=planner)
    client.force_login(planner)
    page = client.get(reverse("production:order", args=[order.pk]))

    [supply] = {serial.supply for serial in SerialNumber.objects.all()}
    assert supply.production_line.order == order
    assertContains(page, "A-001..A-003, B-1")
    assert numbers(late) == "A-001..A-003, B-1"


def test_chain_of_a_traced_row_names_the_parts_that_are_not_traced(planner):
    row = row_with_serials(3, planner, part=made_part())

    before = untraced_below(again(row))
    operations.create_production_orders(rows=[row], by=planner)

    assert (before, [part.number for part in untraced_below(again(row))]) == ([], ["SCREW"])


def test_stock_driven_traced_part_is_warned_of(seller):
    row = row_with_serials(1, seller, part=PartFactory(is_serial_traced=True, lot_sizing="LL"))

    [mark] = [mark for mark in grid(row.order)[0].marks if mark.column == "quantity"]

    assert given_too_early([again(row)]) == [row]
    assert (mark.blocks, mark.words) == (
        False,
        "The part is stock-driven: its pieces get their serial numbers when they arrive.",
    )


def test_split_row_divides_serials_in_order(seller):
    row = row_with_serials(10, seller)

    parts = operations.split_row(row=row, parts=[NewPart(quantity=Decimal(n)) for n in (4, 3, 3)], by=seller)

    assert [numbers(part) for part in parts] == ["A-001..A-004", "A-005..A-007", "A-008..A-010"]


def test_split_row_divides_serials_as_named(seller):
    row = row_with_serials(10, seller)
    wanted = [(4, ""), (3, "A-001, A-009..A-010"), (3, "")]

    parts = operations.split_row(
        row=row, parts=[NewPart(quantity=Decimal(n), serials=text) for n, text in wanted], by=seller
    )

    assert [numbers(part) for part in parts] == ["A-002..A-005", "A-001, A-009..A-010", "A-006..A-008"]


@pytest.mark.parametrize(
    ("texts", "sentence"),
    [
        (("A-001", "A-001"), "A serial number is named twice"),
        (("", "A-011"), "has no serial number A-011"),
        (("", "A-1..B-2"), "A-1..B-2 is no interval of serial numbers"),
    ],
)
def test_split_row_refuses_serials_that_do_not_fit(seller, texts, sentence):
    row = row_with_serials(10, seller)

    with pytest.raises(Refused, match=sentence):
        operations.split_row(row=row, parts=[NewPart(quantity=Decimal(5), serials=text) for text in texts], by=seller)


def test_deliver_takes_serials_along_in_their_order_and_back(seller, warehouse_keeper):
    row = row_with_serials(3, seller)
    stock(row.part, row.warehouse, 3)

    operations.deliver(row=row, quantity=Decimal(2), reference="N-1", by=warehouse_keeper)
    [movement] = StockMovement.objects.filter(kind="delivery")
    delivered = list(SerialNumber.objects.filter(departure=movement).values_list("number", flat=True))
    with pytest.raises(Refused, match=f"A-001 of {row} is delivered and stays"):
        operations.remove_serials(row=row, first="A-001", by=seller)
    operations.reverse_delivery(delivered=row.delivery_rows.get(), by=warehouse_keeper)

    assert delivered == ["A-001", "A-002"]
    assert SerialNumber.objects.exclude(departure=None).count() == 0


def test_short_final_delivery_lets_the_other_serials_go(seller, warehouse_keeper):
    row = row_with_serials(3, seller)
    stock(row.part, row.warehouse, 2)

    operations.deliver(row=row, quantity=Decimal(2), final=True, by=warehouse_keeper)

    assert numbers(row) == "A-001..A-002"
    assert numbers(row_with_serials(1, seller, first="A-003", part=row.part)) == "A-003"


def test_split_of_a_fictitious_part_divides_the_serials_of_its_parts(seller):
    row = order_with(2, part=tool_kit(), by=seller).rows.for_list().main().get()
    hammers = operations.give_serials(row=part_below(row, "HAMMER"), first="A-001", quantity=4, by=seller)

    parts = operations.split_row(row=again(row), parts=[NewPart(quantity=Decimal(1))] * 2, by=seller)

    assert [numbers(part_below(part, "HAMMER")) for part in parts] == ["A-001..A-002", "A-003..A-004"]
    assert numbers(hammers) == "A-001..A-002"


def test_delivered_serials_stay_with_the_first_part_of_a_split(seller, warehouse_keeper):
    row = row_with_serials(4, seller)
    stock(row.part, row.warehouse, 2)
    operations.deliver(row=row, quantity=Decimal(2), by=warehouse_keeper)
    parts = [NewPart(quantity=Decimal(3)), NewPart(quantity=Decimal(1), serials="A-001")]

    with pytest.raises(Refused, match=f"A-001 of {row} is delivered and stays with it"):
        operations.split_row(row=again(row), parts=parts, by=seller)


def test_row_serials_page_gives_and_shows_intervals(seller, seller_client):
    row = row_with(5, by=seller)
    url = reverse("sales:row_serials", args=[row.pk])

    data = {"version": row.version}

    seller_client.post(url, data | {"what": "give", "first": "A-001", "quantity": "3", "remark": "Blue"})
    seller_client.post(url, data | {"what": "draw", "quantity": "1"})
    page = seller_client.get(url)

    assert numbers(row) == "A-001..A-003, SN-1001"
    for words in ("A-003", "Blue", "SN-1001", f"4 serial numbers for 5 {row.part.unit}."):
        assertContains(page, words)


def test_row_serials_page_asks_for_the_first_number(seller, seller_client):
    url = reverse("sales:row_serials", args=[row_with(5, by=seller).pk])

    answer = seller_client.post(url, {"what": "give", "quantity": "3"})

    assertContains(answer, "Enter the first number.", status_code=422)


@pytest.mark.parametrize("count", [1, 3])
def test_serial_list_names_row_order_and_delivery(seller, seller_client, django_assert_max_num_queries, count):
    row = row_with_serials(count, seller, customer_order_number="PO-7")
    url = reverse("sales:serial_list")
    seller_client.get(url)

    with django_assert_max_num_queries(12):
        page = seller_client.get(url, {"number": "A-"})

    assertContains(page, "A-001")
    assertContains(page, str(row))


def test_serial_list_shows_state_and_warehouse_and_filters_by_them(seller_client, warehouse_keeper):
    row = row_with(2, part=PartFactory(is_serial_traced=True))
    stock(row.part, row.warehouse, 3)
    number_arrival(movement=StockMovement.objects.latest("pk"), serials="A-001..A-003", by=warehouse_keeper)
    operations.deliver(row=row, quantity=Decimal(1), serials="A-002", by=warehouse_keeper)
    url = reverse("sales:serial_list")

    def shown(**query):
        rows = seller_client.get(url, query).context["table"].rows
        return [(one.record.number, one.get_cell_value("state"), one.get_cell_value("warehouse")) for one in rows]

    there = [("A-001", "On the shelf", row.warehouse.code), ("A-003", "On the shelf", row.warehouse.code)]
    assert shown(state="in_stock") == shown(warehouse=row.warehouse.code.lower()) == there
    assert shown(state="delivered") == shown(customer=row.order.customer.number) == [("A-002", "Delivered", None)]
    assert [shown(state=state) for state in ("waiting", "used", "left", "unknown")] == [[], [], [], []]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("part=A&here=true", "part=A&state=in_stock"),
        ("delivered=true&sort=number", "state=delivered&sort=number"),
        ("here=true&delivered=true", "state=in_stock&delivered=true"),
        ("here=false", "here=false"),
        ("nowhere=true", "nowhere=true"),
    ],
)
def test_saved_views_of_the_register_show_the_pieces_that_they_showed(seller, before, after):
    view = SavedView.objects.create(owner=seller, page=reverse("sales:serial_list"), name="Mine", query=before)

    with connection.cursor() as cursor:
        cursor.execute(import_module("sales.migrations.0024_saved_views_of_pieces").STATES)

    view.refresh_from_db()
    assert view.query == after


def test_search_finds_a_piece_by_its_number(seller, viewer_client):
    row_with_serials(1, seller)

    alone = viewer_client.get(reverse("web:search"), {"q": "A-001"})

    assert alone.url == f"{reverse('sales:serial_list')}?number=A-001"
