"""Long pick lists: as many statements for two hundred rows as for two, planned, delivered, cancelled."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from erp.register.models import PartType
from linkage import drift
from linkage.models import StockMovement
from sales import operations
from sales.models import DeliveryRow, PartPackaging, PickRow, Role
from sales.operations import Delivered, Picked
from sales.statuses import DELIVERED
from tests.factories import PartFactory
from tests.linkage.factories import stock
from tests.sales.factories import order_with

pytestmark = pytest.mark.django_db


def rows_on_shelf(count, by):
    """So many rows of an order, each of which takes free stock."""
    rows = list(order_with(*[2] * count, by=by).rows.for_list().in_order())
    stock(rows[0].part, rows[0].warehouse, 2 * count)
    return rows


def counted(work):
    with CaptureQueriesContext(connection) as captured:
        result = work()
    return len(captured), result


def planned(rows, by):
    lines = [Picked(row=row, quantity=Decimal(2)) for row in rows]
    count, [pick_list] = counted(lambda: operations.create_pick_lists(lines=lines, by=by))
    return count, pick_list


def statements(count, seller, keeper):
    """(to plan, to deliver) of a list of so many rows."""
    planning, pick_list = planned(rows_on_shelf(count, seller), keeper)
    picks = pick_list.rows.for_list()
    lines = [Delivered(row=pick.row, quantity=Decimal(2), pick_row=pick) for pick in picks]
    delivering, [note] = counted(lambda: operations.deliver_rows(lines=lines, pick_list=pick_list, by=keeper))
    assert (note.rows.count(), note.order.status) == (count, DELIVERED)
    return planning, delivering


def test_two_hundred_rows_take_as_many_statements_as_two(seller, warehouse_keeper):
    few, many = statements(2, seller, warehouse_keeper), statements(200, seller, warehouse_keeper)

    grown = [more - less for more, less in zip(many, few, strict=True)]
    assert max(grown) <= 1  # from a hundred on rows are copied, and their ids are taken first
    assert StockMovement.objects.filter(kind="delivery").count() == DeliveryRow.objects.count() == 202
    assert list(drift.findings()) == []


def test_cancelling_two_hundred_rows_takes_as_many_statements_as_two(seller, warehouse_keeper):
    def cancelling(count):
        _count, pick_list = planned(rows_on_shelf(count, seller), warehouse_keeper)
        return counted(lambda: operations.cancel_pick_list(pick_list=pick_list, by=warehouse_keeper))[0]

    assert cancelling(2) == cancelling(200)
    assert not PickRow.objects.open().exists()


def packed_rows(rows, count_of_boxes):
    box = PartFactory(part_type=PartType.PACKAGING)
    PartPackaging.objects.create(part=rows[0].part, packaging=box, per_package=1)
    stock(box, rows[0].warehouse, count_of_boxes)
    return rows


def delivering(rows, quantity, keeper, **facts):
    lines = [Delivered(row=row, quantity=Decimal(quantity), **facts) for row in rows]
    return counted(lambda: operations.deliver_rows(lines=lines, packaging=True, by=keeper))


def test_two_hundred_rows_are_packed_in_as_many_statements_as_two(seller, warehouse_keeper):
    few, _notes = delivering(packed_rows(rows_on_shelf(2, seller), 4), 2, warehouse_keeper)
    many, [note] = delivering(packed_rows(rows_on_shelf(200, seller), 400), 2, warehouse_keeper)

    assert many - few <= 3  # from a hundred on rows are copied, and their ids are taken first
    assert sorted(set(note.rows.values_list("row__role", "quantity"))) == [("", 2), (Role.PACKAGING, 2)]
    assert note.rows.count() == 400
    assert list(drift.findings()) == []


def test_two_hundred_rows_end_short_in_as_many_statements_as_two(seller, warehouse_keeper):
    few, _notes = delivering(rows_on_shelf(2, seller), 1, warehouse_keeper, final=True)
    many, [note] = delivering(rows_on_shelf(200, seller), 1, warehouse_keeper, final=True)

    assert many - few <= 2
    assert (note.order.status, note.rows.filter(quantity=1, final=True).count()) == (DELIVERED, 200)
    assert list(drift.findings()) == []
