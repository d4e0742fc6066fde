"""Pick lists: what they take, what they hold, and that nobody takes it twice."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from erp.exceptions import Refused
from linkage.models import OrderLink
from linkage.operations import disconnect, link
from linkage.refusals import Broken
from sales import operations
from sales.models import PickRow, PickStatus, RowType
from sales.operations import Delivered, Picked
from sales.statuses import QUOTE, RowStatus
from tests.linkage.factories import SupplyFactory, stock
from tests.sales.factories import again, order_with, row_with
from tests.sales.test_delivery_notes import FREIGHT

pytestmark = pytest.mark.django_db


def picked(*rows, by, **facts):
    lines = [Picked(row=again(row), quantity=Decimal(quantity)) for row, quantity in rows]
    return operations.create_pick_lists(lines=lines, by=by, **facts)[0]


def delivered(pick, quantity, *, by, final=False):
    line = Delivered(row=again(pick.row), quantity=Decimal(quantity), final=final, pick_row=pick)
    return operations.deliver_rows(lines=[line], pick_list=pick.pick_list, by=by)


def figures(pick):
    pick.refresh_from_db()
    return (pick.quantity, pick.delivered, pick.released, pick.open, pick.taken)


def test_a_pick_promises_free_stock_to_its_row(seller, warehouse_keeper):
    row = row_with(10, by=seller)
    balance = stock(row.part, row.warehouse, 8)

    made = picked((row, 6), by=warehouse_keeper)

    own = OrderLink.objects.get()
    balance.refresh_from_db()
    assert (made.number, made.status, figures(made.rows.get())) == ("PL-1001", PickStatus.OPEN, (6, 0, 0, 6, 6))
    assert (own.on_shelf, own.rule, own.reason, balance.free) == (6, "pick list", "picked on PL-1001", 2)


def test_a_pick_takes_what_lies_on_the_shelf_for_the_row_first(planner, warehouse_keeper):
    row = row_with(10, by=planner)
    balance = stock(row.part, row.warehouse, 10)
    link(demand=row.demand, supply=balance, quantity=Decimal(4), accept_warnings=True, by=planner)

    made = picked((row, 6), by=warehouse_keeper)

    assert (made.rows.get().taken, OrderLink.objects.get().on_shelf) == (2, 6)


def test_a_pick_of_free_stock_takes_the_place_of_what_is_to_come(planner, warehouse_keeper):
    row = row_with(10, by=planner)
    stock(row.part, row.warehouse, 10)
    supply = SupplyFactory(part=row.part, warehouse=row.warehouse, quantity=10)
    coming = link(demand=row.demand, supply=supply, quantity=Decimal(8), accept_warnings=True, by=planner)

    picked((row, 6), by=warehouse_keeper)

    coming.refresh_from_db()
    assert (coming.to_come, again(row).demand.uncovered) == (4, 0)


def test_what_is_promised_to_others_is_not_picked(planner, warehouse_keeper):
    row = row_with(10, by=planner)
    balance = stock(row.part, row.warehouse, 8)
    other = row_with(6, part=row.part, warehouse=row.warehouse, by=planner)
    link(demand=other.demand, supply=balance, quantity=Decimal(6), accept_warnings=True, by=planner)

    with pytest.raises(Refused, match=r"Only 2 of stock .* is free; 3 was asked for\."):
        picked((row, 3), by=warehouse_keeper)


def test_another_list_cannot_take_the_same_quantity(seller, warehouse_keeper):
    row = row_with(10, by=seller)
    stock(row.part, row.warehouse, 20)
    picked((row, 6), by=warehouse_keeper)

    with pytest.raises(Refused) as refusal:
        picked((row, 5), by=warehouse_keeper)

    unit = row.part.unit
    assert str(refusal.value) == (
        f"Only 4 {unit} of S-1001/10 can be picked: 10 are open, 6 of it on pick lists; 5 was asked for."
    )


def test_the_database_refuses_a_pick_of_what_is_not_on_the_shelf(seller, warehouse_keeper):
    row = row_with(10, by=seller)
    stock(row.part, row.warehouse, 10)
    made = picked((row, 6), by=warehouse_keeper)

    made.rows.update(quantity=7)
    with pytest.raises(IntegrityError, match="7 of S-1001/10 are on pick list PL-1001, and only 6"):
        connection.check_constraints()
    transaction.set_rollback(True)


def test_goods_on_a_list_cannot_be_disconnected(planner, warehouse_keeper):
    row = row_with(10, by=planner)
    balance = stock(row.part, row.warehouse, 10)
    own = link(demand=row.demand, supply=balance, quantity=Decimal(6), accept_warnings=True, by=planner)
    picked((row, 5), by=warehouse_keeper)

    with pytest.raises(Broken) as refusal:
        disconnect(link=own, quantity=Decimal(2), by=planner)

    assert str(refusal.value) == (
        "5 of S-1001/10 are on pick list PL-1001, and only 4 would lie on the shelf for it: "
        "deliver them, or change the pick list first."
    )


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda row, by: operations.change_row(row=row, quantity=Decimal(5), by=by), id="less"),
        pytest.param(lambda row, by: operations.cancel_order(order=row.order, release=True, by=by), id="cancel"),
        pytest.param(
            lambda row, by: operations.split_row(
                row=row, parts=[operations.NewPart(quantity=Decimal(q)) for q in (4, 6)], by=by
            ),
            id="split",
        ),
    ],
)
def test_a_row_on_a_list_keeps_what_is_picked(planner, warehouse_keeper, change):
    row = row_with(10, by=planner)
    stock(row.part, row.warehouse, 10)
    picked((row, 6), by=warehouse_keeper)

    with pytest.raises(Broken, match="6 of S-1001/10 are on pick list PL-1001"):
        change(again(row), planner)


def test_a_row_is_delivered_beside_its_list_from_free_stock(seller, warehouse_keeper):
    row = row_with(10, by=seller)
    balance = stock(row.part, row.warehouse, 10)
    pick = picked((row, 6), by=warehouse_keeper).rows.get()

    operations.deliver(row=again(row), quantity=Decimal(3), by=warehouse_keeper)

    balance.refresh_from_db()
    assert (again(row).delivered, figures(pick)[3], balance.free, OrderLink.objects.get().on_shelf) == (3, 6, 1, 6)


def test_what_is_picked_is_not_delivered_past_its_list(seller, warehouse_keeper):
    row = row_with(10, by=seller)
    stock(row.part, row.warehouse, 8)
    picked((row, 6), by=warehouse_keeper)

    with pytest.raises(Refused, match=r"Only 2 of stock .* is free; 3 was asked for\."):
        operations.deliver(row=again(row), quantity=Decimal(3), by=warehouse_keeper)


def test_delivering_a_list_in_two_goes_ends_it(seller, warehouse_keeper):
    row = row_with(10, by=seller)
    stock(row.part, row.warehouse, 10)
    pick = picked((row, 6), by=warehouse_keeper).rows.for_list().get()

    delivered(pick, 4, by=warehouse_keeper)
    between = (figures(pick), pick.pick_list.status)
    delivered(pick, 2, by=warehouse_keeper)

    pick.pick_list.refresh_from_db()
    assert between == ((6, 4, 0, 2, 6), PickStatus.OPEN)
    assert (figures(pick), pick.pick_list.status) == ((6, 6, 0, 0, 6), PickStatus.DELIVERED)
    assert (again(row).delivered, again(row).is_closed) == (6, False)


def test_final_delivery_releases_the_rest_of_the_pick(seller, warehouse_keeper):
    row = row_with(10, by=seller)
    balance = stock(row.part, row.warehouse, 10)
    pick = picked((row, 10), by=warehouse_keeper).rows.for_list().get()

    delivered(pick, 7, final=True, by=warehouse_keeper)

    balance.refresh_from_db()
    assert (figures(pick)[:4], again(row).is_closed, balance.free) == ((10, 7, 3, 0), True, 3)


def test_what_comes_back_may_be_picked_anew(seller, warehouse_keeper):
    row = row_with(10, by=seller)
    stock(row.part, row.warehouse, 10)
    pick = picked((row, 6), by=warehouse_keeper).rows.for_list().get()
    [note] = delivered(pick, 6, by=warehouse_keeper)

    operations.reverse_delivery(delivered=note.rows.get(), by=warehouse_keeper)

    assert (figures(pick)[:4], OrderLink.objects.get().on_shelf) == ((6, 0, 6, 0), 6)
    assert picked((row, 10), by=warehouse_keeper).rows.get().taken == 4


def test_cancel_pick_list_frees_what_it_took_from_free_stock(planner, warehouse_keeper):
    row = row_with(10, by=planner)
    balance = stock(row.part, row.warehouse, 10)
    own = link(demand=row.demand, supply=balance, quantity=Decimal(4), accept_warnings=True, by=planner)
    made = picked((row, 6), by=warehouse_keeper)

    made = operations.cancel_pick_list(pick_list=made, by=warehouse_keeper)

    balance.refresh_from_db()
    own.refresh_from_db()
    assert (made.status, figures(made.rows.get()), own.on_shelf, balance.free) == (
        PickStatus.CANCELLED,
        (6, 0, 6, 0, 0),
        4,
        6,
    )
    with pytest.raises(Refused, match=r"PL-1001 is cancelled and cannot be changed\."):
        operations.cancel_pick_list(pick_list=made, by=warehouse_keeper)


@pytest.mark.parametrize(
    ("quantity", "after", "free"),
    [(8, (8, 0, 0, 8, 8), 2), (2, (6, 0, 4, 2, 2), 8), (0, (6, 0, 6, 0, 0), 10)],
)
def test_change_pick_takes_more_or_less(seller, warehouse_keeper, quantity, after, free):
    row = row_with(10, by=seller)
    balance = stock(row.part, row.warehouse, 10)
    pick = picked((row, 6), by=warehouse_keeper).rows.for_list().get()

    operations.change_pick(pick_row=pick, quantity=Decimal(quantity), by=warehouse_keeper)

    balance.refresh_from_db()
    assert (figures(pick), balance.free) == (after, free)


def test_without_partial_delivery_an_order_is_picked_whole_or_not(seller, warehouse_keeper):
    order = order_with(3, 4, by=seller, partial_delivery_allowed=False)
    first, second = order.rows.for_list().in_order()
    stock(first.part, first.warehouse, 7)

    with pytest.raises(Refused, match=r"S-1001 may not be delivered in parts: pick all 4 of S-1001/20 with it"):
        picked((first, 3), by=warehouse_keeper)
    pick = picked((first, 3), (second, 4), by=warehouse_keeper).rows.for_list().get(row=first)
    with pytest.raises(Refused, match=r"pick all 3 of S-1001/10 with it"):
        operations.change_pick(pick_row=pick, quantity=Decimal(1), by=warehouse_keeper)


def test_a_row_without_stock_is_picked_whole_and_once(seller, warehouse_keeper):
    order = order_with(1, by=seller)
    freight = again(operations.add_row(order=order, **FREIGHT, by=seller))
    stock(order.rows.get(position=10).part, order.warehouse, 1)
    other = picked((order.rows.get(position=10), 1), by=warehouse_keeper)
    made = picked((freight, 1), by=warehouse_keeper)

    with pytest.raises(Refused, match="can be picked: 1 are open, 1 of it on pick lists"):
        picked((freight, 1), by=warehouse_keeper)
    with pytest.raises(IntegrityError, match="pick_row_without_stock_once"), transaction.atomic():
        PickRow.objects.create(pick_list=other, row=freight, quantity=1)
    with pytest.raises(Refused, match="S-1001/20 is on pick list PL-1002 and cannot be deleted"):
        operations.delete_row(row=again(freight), by=seller)
    with pytest.raises(Refused, match="cannot be delivered without it"):
        operations.deliver(row=again(freight), quantity=Decimal(1), by=warehouse_keeper)

    delivered(made.rows.for_list().get(), 1, by=warehouse_keeper)

    assert again(freight).is_closed


def test_each_warehouse_gets_a_list_of_its_own(seller, warehouse_keeper):
    here, there = row_with(1, by=seller), row_with(1, by=seller)
    for row in (here, there):
        stock(row.part, row.warehouse, 1)
    lines = [Picked(row=row, quantity=Decimal(1)) for row in (here, there)]

    lists = operations.create_pick_lists(lines=lines, by=warehouse_keeper)

    assert [made.warehouse for made in lists] == [here.warehouse, there.warehouse]


@pytest.mark.parametrize(
    ("facts", "quantity", "sentence"),
    [
        ({"status": QUOTE}, 1, "S-1001 is a quote; register it before anything is picked."),
        ({"row": {"row_status": RowStatus.FORECAST}}, 1, "S-1001/10 is a forecast and cannot be picked."),
        ({}, 0, "S-1001/10: enter a quantity above 0."),
    ],
)
def test_create_pick_lists_refuses(seller, warehouse_keeper, facts, quantity, sentence):
    row = row_with(10, by=seller, **facts)

    with pytest.raises(Refused) as refusal:
        picked((row, quantity), by=warehouse_keeper)

    assert str(refusal.value) == sentence


def test_text_rows_are_not_picked(seller, warehouse_keeper):
    text = operations.add_row(order=order_with(1, by=seller), row_type=RowType.TEXT, text="Hello", by=seller)

    with pytest.raises(Refused, match="is a text row: there is nothing to pick"):
        picked((text, 1), by=warehouse_keeper)
