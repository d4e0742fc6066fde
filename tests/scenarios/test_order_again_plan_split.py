"""Situations that other systems' suites are about, in this ledger's words: order the difference, plan, make, split."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine

from erp.exceptions import Refused
from linkage.changes import Decisions
from linkage.cutting import equal_parts, listed_parts, parts_of_size
from linkage.models import Demand, OrderLink, Supply
from production import operations as production
from production.models import ProductionOrderLine
from sales import operations
from sales.operations import Wish
from tests.linkage.factories import SupplyFactory, stock
from tests.production.making import bought, made, order_of, report
from tests.sales.factories import again, row_with

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel("2026-03-02"):
        yield


def boat(each=10):
    """An order-oriented part of so many planks each."""
    return made("BOAT", (bought("PLANK"), each))


def make(row, by, take=0, **wish):
    """The line of the order that is made for a row; None where the row only took."""
    wishes = {row.pk: Wish(take=Decimal(take), **{name: Decimal(value) for name, value in wish.items()})}
    orders = operations.create_production_orders(rows=[row], wishes=wishes, by=by)
    lines = ProductionOrderLine.objects.select_related("order__document", "supply")
    return lines.get(order=orders[0]) if orders else None


def change(row, by, answers, **changes):
    return operations.change_row(row=again(row), decisions=Decisions(answers), by=by, **changes)


def ordered(row):
    """[(made, linked)] of the row's orders, in the order they were made."""
    made_for = Supply.objects.filter(kind="production", links__demand=row.demand_id).order_by("pk").distinct()
    return list(made_for.values_list("quantity", "allocated"))


def needed():
    return list(Demand.objects.filter(kind="component").order_by("pk").values_list("quantity", flat=True))


def coverage(row):
    """(needed, linked, uncovered) of a row."""
    demand = again(row).demand
    return demand.quantity, demand.allocated, demand.uncovered


def test_a_row_raised_after_its_order_gets_a_second_order_of_the_difference(planner):
    row = row_with(10, part=boat(), by=planner)
    make(row, planner)
    first = (ordered(row), needed(), coverage(row))

    change(row, planner, {f"more-{row.demand_id}": "new"}, quantity=Decimal(22))

    assert first == ([(10, 10)], [100], (10, 10, 0))
    assert (ordered(row), needed(), coverage(row)) == ([(10, 10), (12, 12)], [100, 120], (22, 22, 0))


def test_goods_that_come_after_the_need_are_not_taken_and_the_rest_is_made(planner):
    row = row_with(20, part=boat(), row={"delivery_date": date(2026, 4, 13)}, by=planner)
    in_time, later = (
        SupplyFactory(part=row.part, warehouse=row.warehouse, due_date=date(2026, 4, day)) for day in (10, 14)
    )
    with pytest.raises(Refused, match="Only 10 of BOAT is free in time; 20 was asked for"):
        make(row, planner, take=20)

    make(row, planner, take=10)

    links = OrderLink.objects.open().filter(demand=row.demand_id).order_by("pk")
    assert list(links.values_list("supply__kind", "open")) == [("purchase", 10), ("production", 10)]
    assert (needed(), coverage(row)) == ([100], (20, 20, 0))
    assert [Supply.objects.get(pk=supply.pk).free for supply in (in_time, later)] == [0, 10]


def test_a_row_is_ordered_in_parts_and_each_cancelled_part_is_open_again(planner):
    row = row_with(5, part=boat(), by=planner)
    linked = []
    first = make(row, planner, quantity=3)
    linked.append(coverage(row)[1])
    second = make(row, planner, quantity=2)
    linked.append(coverage(row)[1])
    with pytest.raises(Refused, match="Nothing of S-1001/10 is uncovered"):
        make(row, planner, quantity=2)

    for line in (first, second):
        answer = {f"link-{line.supply.links.get().pk}": "leave"}
        production.cancel(order=line.order, decisions=Decisions(answer), by=planner)
        linked.append(coverage(row)[1])

    assert linked == [3, 5, 2, 0]
    assert set(Supply.objects.filter(kind="production").values_list("status", flat=True)) == {"cancelled"}


def test_what_is_still_to_make_is_the_row_less_what_was_delivered(planner, warehouse_keeper):
    row = row_with(50, part=boat(each=1), by=planner)
    line = make(row, planner, quantity=25)
    production.release(order=line.order, by=planner)
    stock(Demand.objects.get(kind="component").part, row.warehouse, 25)
    report(line, 25, planner)
    stock(row.part, row.warehouse, 15)

    operations.deliver(row=again(row), quantity=Decimal(40), by=warehouse_keeper)

    assert (again(row).delivered, again(row).demand.uncovered) == (40, 10)
    assert make(again(row), planner).supply.quantity == 10
    assert again(row).demand.uncovered == 0


def test_a_cancelled_order_of_a_partly_delivered_row_leaves_the_rest_uncovered(planner, warehouse_keeper):
    row = row_with(2, part=boat(), by=planner)
    stock(row.part, row.warehouse, 1)
    operations.deliver(row=again(row), quantity=Decimal(1), by=warehouse_keeper)
    uncovered = [again(row).demand.uncovered]

    line = make(again(row), planner)
    uncovered.append(again(row).demand.uncovered)
    answer = {f"link-{line.supply.links.get().pk}": "leave"}
    production.cancel(order=line.order, decisions=Decisions(answer), by=planner)
    uncovered.append(again(row).demand.uncovered)

    assert uncovered == [1, 0, 1]


@pytest.mark.parametrize(
    ("wish", "of_the_new_row", "free"),
    [
        pytest.param({"take": 2, "quantity": 0}, [(10, 7)], 3, id="taken"),
        pytest.param({}, [(2, 2)], 5, id="declined"),
    ],
)
def test_what_a_lowered_row_leaves_free_serves_a_new_row_that_takes_it(planner, wish, of_the_new_row, free):
    row = row_with(10, part=boat(), by=planner)
    supply = make(row, planner).supply
    change(row, planner, {f"less-{supply.pk}": "leave"}, quantity=Decimal(5))
    supply.refresh_from_db()
    left = (supply.quantity, supply.allocated, supply.free)

    new = row_with(2, part=row.part, warehouse=row.warehouse, by=planner)
    make(new, planner, **wish)

    supply.refresh_from_db()
    assert left == (10, 5, 5)
    assert (ordered(new), supply.quantity, supply.free, coverage(new)) == (of_the_new_row, 10, free, (2, 2, 0))


def of_size(*, size, count=None):
    return lambda whole, unit: parts_of_size(whole, Decimal(size), count=count)


def listed(*quantities):
    return lambda whole, unit: listed_parts(whole, [Decimal(quantity) for quantity in quantities], unit)


def equal(count, *, off):
    return lambda whole, unit: equal_parts(whole, count, unit, off=Decimal(off))


@pytest.mark.parametrize(
    ("whole", "cut", "expected"),
    [
        pytest.param(10, of_size(size=5), [5, 5], id="it goes in evenly"),
        pytest.param(13, of_size(size=5), [5, 5, 3], id="the rest is one more part"),
        pytest.param(20, of_size(size=5, count=2), [5, 5, 10], id="only so many of the size"),
        pytest.param(20, of_size(size=5, count=4), [5, 5, 5, 5], id="as many as go in"),
        pytest.param(10, of_size(size=4, count=1), [4, 6], id="once"),
        pytest.param(5, equal(1, off=2), [3, 2], id="two taken off"),
        pytest.param(5, equal(2, off=4), [1, 2, 2], id="four taken off in halves"),
        pytest.param(5, listed(1, 2, 1, 1), [1, 2, 1, 1], id="the list is the whole"),
        pytest.param(5, listed(1, 2), [2, 1, 2], id="what the list leaves stays first"),
    ],
)
def test_a_cut_order_becomes_those_orders_with_their_components_and_its_dates(planner, whole, cut, expected):
    order = order_of(boat(), whole, by=planner)
    line = order.lines.select_related("order__document", "supply__part__unit").get()
    parts = [production.NewPart(quantity=part) for part in cut(line.supply.quantity, line.supply.part.unit)]

    orders = production.split_order(line=line, parts=parts, reason="Capacity", by=planner)

    lines = [part.lines.select_related("supply").get() for part in orders]
    assert [made.supply.quantity for made in lines] == expected
    assert [made.components.get().demand.quantity for made in lines] == [10 * part for part in expected]
    assert {(made.supply.due_date, made.start_date) for made in lines} == {(line.supply.due_date, line.start_date)}
