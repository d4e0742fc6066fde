"""Delivering rows and taking deliveries back."""

from datetime import date
from decimal import Decimal

import pytest

from erp.exceptions import Refused
from linkage.models import OrderLink, Status
from linkage.operations import link, receive
from sales import operations
from sales.operations import Delivered, Picked
from sales.statuses import CONFIRMED, DELIVERED, PARTLY, QUOTE, REGISTERED, RowStatus
from tests.factories import PartFactory
from tests.linkage.factories import SupplyFactory, stock
from tests.sales.factories import again, order_with, row_with

pytestmark = pytest.mark.django_db


def delivered(row, quantity, *, by, **facts):
    return operations.deliver(row=again(row), quantity=Decimal(quantity), by=by, **facts)


def test_deliver_takes_the_rows_own_shelf_first(planner, warehouse_keeper):
    row = row_with(10, by=planner)
    supply = SupplyFactory(part=row.part, warehouse=row.warehouse)
    own = link(demand=row.demand, supply=supply, quantity=Decimal(4), accept_warnings=True, by=planner)
    receive(supply=supply, quantity=Decimal(10), effective_on=date(2026, 3, 2), by=warehouse_keeper)

    row = delivered(row, 3, by=warehouse_keeper)

    own.refresh_from_db()
    assert (own.issued, row.delivered, row.demand.status, row.order.status) == (3, 3, Status.STARTED, PARTLY)


def test_deliver_everything_closes_the_row_and_the_demand(seller, warehouse_keeper):
    row = row_with(10, by=seller)
    stock(row.part, row.warehouse, 10)

    row = delivered(row, 10, by=warehouse_keeper)

    assert (row.is_closed, row.demand.status, row.order.status) == (True, Status.CLOSED, DELIVERED)


def test_deliver_less_as_final_closes_the_row_and_releases_its_links(planner, warehouse_keeper):
    row = row_with(10, by=planner)
    stock(row.part, row.warehouse, 6)
    supply = SupplyFactory(part=row.part, warehouse=row.warehouse)
    own = link(demand=row.demand, supply=supply, quantity=Decimal(4), accept_warnings=True, by=planner)

    row = delivered(row, 6, final=True, by=warehouse_keeper)

    assert (row.is_closed, OrderLink.objects.get(pk=own.pk).open, row.order.status) == (True, 0, DELIVERED)


def test_deliver_refuses_more_than_there_is(seller, warehouse_keeper):
    row = row_with(10, by=seller)
    stock(row.part, row.warehouse, 2)

    with pytest.raises(Refused, match="Only 2 of"):
        delivered(row, 3, by=warehouse_keeper)

    assert again(row).order.status == REGISTERED


@pytest.mark.parametrize(
    ("facts", "quantity", "sentence"),
    [
        ({"status": QUOTE}, 1, "S-1001 is a quote; register it before anything is delivered."),
        ({"row": {"row_status": RowStatus.FORECAST}}, 1, "S-1001/10 is a forecast and cannot be delivered."),
        (
            {"row": {"row_status": RowStatus.MANUFACTURED}},
            1,
            "S-1001/10 may be made, but not be delivered yet: set its status to Fixed order first.",
        ),
        ({}, 0, "Enter a quantity above 0."),
        (
            {"partial_delivery_allowed": False},
            1,
            "S-1001/10 may not be delivered in parts: deliver all 10 pcs at once.",
        ),
    ],
)
def test_deliver_refuses(seller, warehouse_keeper, facts, quantity, sentence):
    row = row_with(10, by=seller, **facts)

    with pytest.raises(Refused) as refusal:
        delivered(row, quantity, by=warehouse_keeper)

    assert str(refusal.value) == sentence


def test_deliver_a_part_without_stock_closes_the_row(seller, warehouse_keeper):
    row = row_with(1, part=PartFactory(is_stock_updated=False), by=seller)

    row = delivered(row, 1, by=warehouse_keeper)

    assert (row.is_closed, row.delivered, row.order.status) == (True, Decimal(1), DELIVERED)


def test_reverse_delivery_opens_row_and_order_again(seller, warehouse_keeper):
    row = row_with(10, by=seller, status=CONFIRMED)
    stock(row.part, row.warehouse, 10)
    delivered(row, 10, by=warehouse_keeper)

    row = operations.reverse_delivery(delivered=row.delivery_rows.get(), by=warehouse_keeper)

    assert (row.is_closed, row.delivered, row.demand.status, row.order.status) == (False, 0, Status.FIRM, CONFIRMED)
    assert stock(row.part, row.warehouse, 0).free == 10


def test_reverse_delivery_of_the_last_of_two_leaves_the_row_partly_delivered(seller, warehouse_keeper):
    row = row_with(10, by=seller)
    stock(row.part, row.warehouse, 10)
    delivered(row, 4, by=warehouse_keeper)
    delivered(row, 6, by=warehouse_keeper)

    row = operations.reverse_delivery(delivered=row.delivery_rows.latest("pk"), by=warehouse_keeper)

    assert (row.delivered, row.demand.status, row.order.status) == (4, Status.STARTED, PARTLY)


def test_reverse_delivery_of_a_part_without_stock_opens_the_row(seller, warehouse_keeper):
    row = row_with(1, part=PartFactory(is_stock_updated=False), by=seller)
    delivered(row, 1, by=warehouse_keeper)

    row = operations.reverse_delivery(delivered=row.delivery_rows.get(), by=warehouse_keeper)

    assert (row.is_closed, row.order.status) == (False, REGISTERED)


def test_reverse_delivery_of_a_closed_order_is_refused(seller, warehouse_keeper):
    row = row_with(1, by=seller)
    stock(row.part, row.warehouse, 1)
    delivered(row, 1, by=warehouse_keeper)
    operations.close_order(order=row.order, by=seller)

    with pytest.raises(Refused, match="S-1001 is closed; its deliveries stand"):
        operations.reverse_delivery(delivered=row.delivery_rows.get(), by=warehouse_keeper)


def test_row_that_may_only_be_made_keeps_only_itself_from_leaving(seller, warehouse_keeper):
    order = order_with(4, 6, partial_delivery_allowed=False, by=seller)
    leaves, waits = order.rows.for_list().in_order()
    operations.change_row(row=waits, row_status=RowStatus.MANUFACTURED, by=seller)
    stock(leaves.part, leaves.warehouse, 10)

    [pick_list] = operations.create_pick_lists(lines=[Picked(row=leaves, quantity=Decimal(4))], by=warehouse_keeper)
    pick = pick_list.rows.get()
    operations.deliver_rows(lines=[Delivered(row=leaves, quantity=Decimal(4), pick_row=pick)], by=warehouse_keeper)
    operations.change_row(row=again(waits), row_status=RowStatus.FIXED, by=seller)
    row = operations.deliver(row=waits, quantity=Decimal(6), by=warehouse_keeper)

    assert (again(leaves).delivered, row.delivered, row.order.status) == (4, 6, DELIVERED)
