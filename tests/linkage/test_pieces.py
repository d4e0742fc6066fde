"""Where a piece with a number is: brought, moved, used, wasted, counted, and never more of them than the stock."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from pytest_django.asserts import assertContains

from erp.exceptions import Refused
from linkage import operations
from linkage.drift import findings
from linkage.models import SerialNumber, StockMovement
from linkage.operation import settle
from linkage.operations.counting import count_stock
from linkage.serials import in_words
from production.operations import finish, issue_component, undo_issue
from production.operations.stocking import add_to_inventory
from tests.factories import PartFactory, UserFactory, WarehouseFactory
from tests.linkage.factories import TODAY, SupplyFactory, stock
from tests.production.making import bought, made, released
from tests.races import run_before_commit

pytestmark = pytest.mark.django_db


@pytest.fixture
def main():
    return WarehouseFactory(code="MAIN")


@pytest.fixture
def east(main):
    return WarehouseFactory(code="EAST", company=main.company)


@pytest.fixture
def bike(main):
    """A traced part: A-1..A-3 and two pieces without a number are in MAIN."""
    part = PartFactory(number="BIKE", is_serial_traced=True)
    named(part, main, "A-1..A-3", 5)
    return part


def named(part, warehouse, serials, quantity=None):
    stock(part, warehouse, quantity or 1)
    movement = StockMovement.objects.latest("pk")
    operations.number_arrival(movement=movement, serials=serials, by=UserFactory())
    return movement


def here(part, warehouse):
    return in_words(SerialNumber.objects.in_warehouse(part.pk, warehouse.pk))


def states(part):
    return {str(piece): piece.state.label for piece in SerialNumber.objects.filter(part=part).order_by("number")}


def move(part, source, target, quantity, by, serials=""):
    facts = {"from_warehouse": source, "to_warehouse": target, "quantity": Decimal(quantity), "serials": serials}
    return operations.move_stock(part=part, **facts, by=by, effective_on=TODAY)


def adjust(part, warehouse, quantity, by, serials="", **facts):
    facts = {"quantity": Decimal(quantity), "serials": serials, "effective_on": TODAY} | facts
    return operations.adjust_stock(part=part, warehouse=warehouse, by=by, **facts)


def count(part, warehouse, counted, by, serials=""):
    facts = {"counted": Decimal(counted), "serials": serials, "effective_on": TODAY}
    return count_stock(part=part, warehouse=warehouse, by=by, **facts)


def test_move_takes_the_named_pieces_along_and_back(bike, main, east, warehouse_keeper):
    moved = move(bike, main, east, 2, warehouse_keeper, "A-2..A-3")
    there = here(bike, main), here(bike, east)
    operations.reverse(movement=moved, by=warehouse_keeper, effective_on=TODAY)

    assert there == ("A-1", "A-2..A-3")
    assert (here(bike, main), here(bike, east)) == ("A-1..A-3", "")


def test_two_moves_of_a_piece_are_taken_back_one_after_the_other(bike, main, east, warehouse_keeper):
    west = WarehouseFactory(code="WEST", company=main.company)
    moves = [
        move(bike, main, east, 1, warehouse_keeper, "A-1"),
        move(bike, east, west, 1, warehouse_keeper, "A-1"),
    ]

    for moved in reversed(moves):
        operations.reverse(movement=moved, by=warehouse_keeper, effective_on=TODAY)

    assert here(bike, main) == "A-1..A-3"


def test_move_of_pieces_without_a_number_asks_for_none(bike, main, east, warehouse_keeper):
    move(bike, main, east, 2, warehouse_keeper)

    assert (here(bike, main), here(bike, east)) == ("A-1..A-3", "")


def test_move_of_all_takes_all_pieces_along(bike, main, east, warehouse_keeper):
    move(bike, main, east, 5, warehouse_keeper)

    assert (here(bike, main), here(bike, east)) == ("", "A-1..A-3")


@pytest.mark.parametrize(
    ("quantity", "serials", "sentence"),
    [
        (4, "", r"4 .* of BIKE leave .*MAIN.*: name at least 2 of them by serial number. There are A-1..A-3."),
        (4, "A-1", "name at least 2 of them"),
        (1, "A-1..A-2", "2 serial numbers for 1 "),
        (2, "A-1, A-1", "A serial number is named twice"),
        (2, "A-1, Z-9", "Z-9 is no serial number of BIKE"),
        (2, "A-1, E-1", "Serial number E-1 stands in .*EAST"),
        (2, "A-1, W-1", "Serial number W-1 is not on the shelf"),
    ],
)
def test_move_refuses_pieces_that_are_not_named_or_not_there(
    bike, main, east, warehouse_keeper, quantity, serials, sentence
):
    named(bike, east, "E-1")
    SerialNumber.objects.create(part=bike, number="W-1")

    with pytest.raises(Refused, match=sentence):
        move(bike, main, east, quantity, warehouse_keeper, serials)

    assert here(bike, main) == "A-1..A-3"


def test_waste_takes_the_named_piece_off_and_a_reversal_brings_it_back(bike, main, warehouse_keeper):
    wasted = adjust(bike, main, -1, warehouse_keeper, "A-2", kind="waste", reason="Dropped")
    without = states(bike)
    operations.reverse(movement=wasted, by=warehouse_keeper, effective_on=TODAY)

    assert without == {"A-1": "On the shelf", "A-2": "Taken off", "A-3": "On the shelf"}
    assert here(bike, main) == "A-1..A-3"


def test_adjustment_brings_named_pieces_also_one_that_was_wasted(bike, main, warehouse_keeper):
    adjust(bike, main, -1, warehouse_keeper, "A-2", kind="waste", reason="Dropped")

    adjust(bike, main, 2, warehouse_keeper, "A-2, B-1")

    assert here(bike, main) == "A-1..A-3, B-1"


@pytest.mark.parametrize("found", ["adjustment", "count"])
def test_a_piece_that_was_not_found_again_after_all_is_wasted_as_before(bike, main, warehouse_keeper, found):
    wasted = adjust(bike, main, -1, warehouse_keeper, "A-2", kind="waste", reason="Dropped")
    again = adjust(bike, main, 1, warehouse_keeper, "A-2", kind=found)
    before = SerialNumber.objects.get(number="A-2")

    operations.reverse(movement=again, by=warehouse_keeper, effective_on=TODAY)
    after = SerialNumber.objects.get(number="A-2")
    operations.reverse(movement=wasted, by=warehouse_keeper, effective_on=TODAY)

    assert (before.state.label, after.state.label, after.departure) == ("On the shelf", "Taken off", wasted)
    assert here(bike, main) == "A-1..A-3"


def test_a_piece_whose_waste_was_taken_back_meanwhile_is_not_found(bike, main, warehouse_keeper):
    wasted = adjust(bike, main, -1, warehouse_keeper, "A-2", kind="waste", reason="Dropped")
    again = adjust(bike, main, 1, warehouse_keeper, "A-2")

    operations.reverse(movement=wasted, by=warehouse_keeper, effective_on=TODAY)
    operations.reverse(movement=again, by=warehouse_keeper, effective_on=TODAY)

    assert states(bike) == {"A-1": "On the shelf", "A-2": "Not found", "A-3": "On the shelf"}


def test_adjustment_refuses_more_numbers_than_pieces(bike, main, warehouse_keeper):
    with pytest.raises(Refused, match="2 serial numbers for 1 "):
        adjust(bike, main, 1, warehouse_keeper, "B-1..B-2")


def test_count_names_what_is_there_finds_and_loses_pieces(bike, main, warehouse_keeper):
    made = count(bike, main, 4, warehouse_keeper, "A-1, B-1..B-3")

    assert [(one.kind, one.quantity, bool(one.to_stock_id)) for one in made] == [
        ("count", 3, True),
        ("count", 4, False),
    ]
    assert here(bike, main) == "A-1, B-1..B-3"
    assert states(bike)["A-2"] == "Taken off"


def test_count_gives_numbers_to_pieces_that_had_none(bike, main, warehouse_keeper):
    made = count(bike, main, 5, warehouse_keeper, "A-1..A-5")

    assert here(bike, main) == "A-1..A-5"
    assert [(one.quantity, bool(one.to_stock_id)) for one in made] == [(2, True), (2, False)]


def test_pieces_that_a_count_found_stay_when_the_receipt_before_it_is_taken_back(bike, main, warehouse_keeper):
    stock(bike, main, 2)
    later = StockMovement.objects.latest("pk")
    count(bike, main, 7, warehouse_keeper, "A-1..A-7")
    stock(bike, main, 2)

    operations.reverse(movement=later, by=warehouse_keeper, effective_on=TODAY)

    assert here(bike, main) == "A-1..A-7"


def test_a_count_finds_a_made_piece_again_that_was_wasted_beside_one_that_an_order_brought(
    bike, main, warehouse_keeper
):
    other, order = SupplyFactory(part=bike, warehouse=main), SupplyFactory(part=bike, warehouse=main)
    SerialNumber.objects.filter(number="A-2").update(supply=order)
    adjust(bike, main, -1, warehouse_keeper, "A-2", kind="waste")
    operations.receive(supply=other, quantity=Decimal(1), by=warehouse_keeper, effective_on=TODAY)

    count(bike, main, 5, warehouse_keeper, "A-1..A-3")

    assert here(bike, main) == "A-1..A-3"


def test_count_reads_separators_alone_as_no_number(bike, main, warehouse_keeper):
    count(bike, main, 5, warehouse_keeper, " ; ,")

    assert here(bike, main) == "A-1..A-3"


def test_count_of_nothing_takes_all_pieces_off(bike, main, warehouse_keeper):
    count(bike, main, 0, warehouse_keeper)

    assert set(states(bike).values()) == {"Taken off"}


@pytest.mark.parametrize(
    ("counted", "serials", "sentence"),
    [
        (2, "", "3 pieces of BIKE in .*MAIN.* have a serial number, 2 were counted: name those that are there"),
        (2, "A-1..A-3", "3 serial numbers for 2 "),
        (5, "E-1", "Serial number E-1 stands in .*EAST.* already"),
    ],
)
def test_count_refuses_what_says_nothing_about_the_pieces(
    bike, main, east, warehouse_keeper, counted, serials, sentence
):
    named(bike, east, "E-1")

    with pytest.raises(Refused, match=sentence):
        count(bike, main, counted, warehouse_keeper, serials)

    assert (here(bike, main), here(bike, east)) == ("A-1..A-3", "E-1")


@pytest.fixture
def line(planner):
    """An order of two that needs a traced motor for each; M-1..M-4 are on its shelf."""
    motor = bought("MOTOR", is_serial_traced=True)
    line = released(made("CART", (motor, 1)), 2)
    named(motor, line.order.site, "M-1..M-4", 4)
    return line


def test_issue_names_the_pieces_of_a_component_and_undo_brings_them_back(line, planner):
    component = line.components.get()
    issue_component(component=component, quantity=Decimal(2), serials="M-2..M-3", by=planner, effective_on=TODAY)
    used = states(component.demand.part)
    [movement] = StockMovement.objects.filter(kind="issue")
    undo_issue(movement=movement, by=planner, effective_on=TODAY)

    assert used == {"M-1": "On the shelf", "M-2": "Used", "M-3": "Used", "M-4": "On the shelf"}
    assert set(states(component.demand.part).values()) == {"On the shelf"}


def test_finish_refuses_to_use_pieces_nobody_named_and_takes_those_that_were_issued(line, planner):
    report = {"line": line, "quantity": Decimal(2), "by": planner, "effective_on": TODAY}
    with pytest.raises(Refused, match=r"2 .* of MOTOR leave .* Issue them to .* by name first, then report"):
        finish(**report)

    facts = {"component": line.components.get(), "quantity": Decimal(2), "serials": "M-1, M-4"}
    issue_component(**facts, by=planner, effective_on=TODAY)
    finish(**report)

    assert states(facts["component"].demand.part)["M-4"] == "Used"


def test_add_to_inventory_refuses_to_use_pieces_nobody_named(line, planner):
    facts = {"bom": line.supply.part.boms.get(), "warehouse": line.order.site, "business_date": TODAY}

    with pytest.raises(Refused, match=r"of MOTOR leave .*: name at least 1 of them by serial number"):
        add_to_inventory(quantity=Decimal(1), by=planner, **facts)


def test_issue_page_says_which_pieces_are_there(line, planner_client):
    url = reverse("production:issue_component", args=[line.components.get().pk])

    assertContains(planner_client.get(url), "On the shelf: M-1..M-4.")


@pytest.mark.parametrize(
    ("page", "typed", "sentence"),
    [
        ("move", {"from_warehouse": "MAIN", "to_warehouse": "EAST", "quantity": "4"}, "name at least 2 of them"),
        ("adjust", {"kind": "waste", "warehouse": "MAIN", "quantity": "4", "reason": "x"}, "name at least 2 of them"),
        ("adjust", {"kind": "adjustment", "warehouse": "MAIN", "quantity": "-6", "reason": "x"}, ""),
        ("move", {"from_warehouse": "EAST", "to_warehouse": "MAIN", "quantity": "1"}, ""),
    ],
)
def test_stock_pages_say_at_the_numbers_what_is_missing(bike, east, warehouse_client, page, typed, sentence):
    answer = warehouse_client.post(reverse(f"linkage:{page}"), {"part": bike.number} | typed)

    assert answer.status_code == (422 if sentence else 409)
    if sentence:
        assert sentence in answer.context["form"].errors["serials"][0]


def test_database_lets_no_goods_go_under_their_pieces(bike):
    facts = {"kind": "waste", "quantity": 3, "effective_on": TODAY, "created_by": UserFactory()}
    StockMovement.objects.create(part=bike, from_stock=shelf_of(bike), **facts)

    with pytest.raises(IntegrityError, match="3 pieces of BIKE in MAIN have a serial number, and only 2 would be on"):
        settle()


def test_database_refuses_more_pieces_than_goods(bike):
    SerialNumber.objects.bulk_create(SerialNumber(part=bike, number=f"X-{n}", **place_of(bike)) for n in range(3))

    with pytest.raises(IntegrityError, match="6 pieces of BIKE in MAIN have a serial number, and only 5 would be on"):
        settle()


def test_database_puts_a_piece_on_a_balance_of_its_part_only(bike):
    other = PartFactory()

    with pytest.raises(IntegrityError, match="A piece lies on a balance of its part"), transaction.atomic():
        SerialNumber.objects.create(part=other, number="X-1", **place_of(bike))


def shelf_of(part):
    return SerialNumber.objects.filter(part=part).latest("pk").shelf


def place_of(part):
    piece = SerialNumber.objects.filter(part=part).latest("pk")
    return {"shelf": piece.shelf, "arrival": piece.arrival}


def test_check_ledger_names_a_balance_with_more_pieces_than_stock(bike):
    with connection.cursor() as cursor:
        cursor.execute("alter table linkage_serialnumber disable trigger user")
    SerialNumber.objects.bulk_create(SerialNumber(part=bike, number=f"X-{n}", **place_of(bike)) for n in range(3))

    assert [str(one) for one in findings()] == [
        f"supply {shelf_of(bike).pk}: 6 pieces have a serial number, 5.000000 on hand"
    ]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_cannot_take_the_same_piece(bike, main, east):
    by = UserFactory()

    had_to_wait, outcome = run_before_commit(
        lambda: move(bike, main, east, 1, by, "A-1"),
        lambda: adjust(bike, main, -1, by, "A-1", kind="waste"),
    )

    assert had_to_wait
    assert str(outcome) == f"Serial number A-1 stands in {east}."
