"""Splitting a sales row: the parts add up and the links move with them."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from erp.exceptions import Refused
from linkage.models import Demand, OrderLink, Provenance
from linkage.operations import add_provenance, link
from sales import operations
from sales.models import RowType, SalesOrderRow
from sales.operations import NewPart
from sales.statuses import QUOTE
from tests.factories import PartFactory, UnitConversionFactory
from tests.linkage.factories import SupplyFactory, stock
from tests.sales.factories import DELIVERY, order_with, positions, row_with

pytestmark = pytest.mark.django_db


def parts(*quantities, dates=()):
    dates = [*dates, *[None] * len(quantities)]
    return [
        NewPart(quantity=Decimal(quantity), delivery_date=day) for quantity, day in zip(quantities, dates, strict=False)
    ]


def linked(row, quantity, *, by, due):
    supply = SupplyFactory(part=row.part, warehouse=row.warehouse, due_date=due)
    demand = Demand.objects.get(pk=row.demand_id)
    return link(demand=demand, supply=supply, quantity=Decimal(quantity), accept_warnings=True, by=by)


def links_of(row):
    found = OrderLink.objects.open().filter(demand=row.demand_id).order_by("supply")
    return list(found.values_list("supply", "open"))


def test_split_row_adds_up_and_stands_right_after(seller):
    order = order_with(10, 1, by=seller)
    row = order.rows.get(position=10)

    rows = operations.split_row(row=row, parts=parts(4, 6), by=seller)

    assert [(row.position, row.quantity, row.demand.quantity, row.demand.position) for row in rows] == [
        (10, 4, 4, 10),
        (15, 6, 6, 15),
    ]
    assert positions(order) == [10, 15, 20]


def test_split_row_copies_what_the_customer_knows_it_by(seller):
    facts = {"customer_row_position": "7B", "unit_price": Decimal(5), "name": "Blue frame", "goods_label": "Hall 3"}
    facts |= {"desired_date": DELIVERY}
    row = row_with(10, by=seller, row=facts)

    _, new = operations.split_row(row=row, parts=parts(4, 6), by=seller)

    copied = new.customer_row_position, new.unit_price, new.name, new.goods_label, new.desired_date, new.initial_date
    assert copied == ("7B", 5, "Blue frame", "Hall 3", DELIVERY, DELIVERY)
    assert (new.delivery_date, new.demand.need_date) == (DELIVERY, DELIVERY)


def test_split_row_gives_the_earliest_need_the_earliest_supply(planner):
    row = row_with(10, by=planner)
    late = linked(row, 6, due=date(2026, 3, 18), by=planner)
    early = linked(row, 4, due=date(2026, 3, 10), by=planner)

    first, second = operations.split_row(
        row=row, parts=parts(5, 5, dates=[date(2026, 4, 1), date(2026, 3, 12)]), by=planner
    )

    assert links_of(second) == [(late.supply_id, 1), (early.supply_id, 4)]
    assert links_of(first) == [(late.supply_id, 5)]


def test_split_row_follows_the_grid(planner):
    row = row_with(10, by=planner)
    own = linked(row, 6, due=date(2026, 3, 10), by=planner)

    first, second = operations.split_row(row=row, parts=parts(5, 5), moves={(own.pk, 1): Decimal(4)}, by=planner)

    assert (links_of(first), links_of(second)) == ([(own.supply_id, 2)], [(own.supply_id, 4)])


def test_split_row_refuses_a_grid_that_gives_a_part_more_than_it_needs(planner):
    row = row_with(10, by=planner)
    own = linked(row, 6, due=date(2026, 3, 10), by=planner)

    with pytest.raises(Refused, match="Part 2 takes 2; more than that is linked to it"):
        operations.split_row(row=row, parts=parts(8, 2), moves={(own.pk, 1): Decimal(3)}, by=planner)

    assert SalesOrderRow.objects.count() == 1


def test_split_row_moves_what_was_made_for_it(planner):
    row = row_with(10, by=planner)
    own = linked(row, 10, due=date(2026, 3, 10), by=planner)
    add_provenance([(own.supply, row.demand, Decimal(10))])

    rows = operations.split_row(row=row, parts=parts(4, 6), by=planner)

    made_for = dict(Provenance.objects.values_list("demand", "quantity"))
    assert made_for == {rows[0].demand_id: 4, rows[1].demand_id: 6}


def test_split_row_keeps_what_is_delivered_with_the_original(seller, warehouse_keeper):
    row = row_with(10, by=seller)
    stock(row.part, row.warehouse, 4)
    operations.deliver(row=row, quantity=Decimal(4), by=warehouse_keeper)

    first, second = operations.split_row(row=row, parts=parts(5, 5), by=seller)

    assert (first.delivered, first.demand.open, second.delivered, second.demand.open) == (4, 1, 0, 5)


def test_split_row_refuses_less_than_delivered(seller, warehouse_keeper):
    row = row_with(10, by=seller)
    stock(row.part, row.warehouse, 4)
    operations.deliver(row=row, quantity=Decimal(4), by=warehouse_keeper)

    with pytest.raises(Refused, match="4 pcs of S-1001/10 are delivered and stay with it"):
        operations.split_row(row=row, parts=parts(3, 7), by=seller)


@pytest.mark.parametrize("quantities", [(10,), (4, 5), (10, 0), (11, -1)])
def test_split_row_refuses_parts_that_are_not_the_whole(seller, quantities):
    row = row_with(10, by=seller)

    with pytest.raises(Refused):
        operations.split_row(row=row, parts=parts(*quantities), by=seller)

    assert list(SalesOrderRow.objects.values_list("quantity", flat=True)) == [10]


def test_split_row_of_a_quote_needs_no_demands(seller):
    row = row_with(10, status=QUOTE, by=seller)

    rows = operations.split_row(row=row, parts=parts(4, 6), by=seller)

    assert [(row.position, row.quantity, row.demand) for row in rows] == [(10, 4, None), (20, 6, None)]


def test_split_row_in_another_unit_gives_the_last_part_what_rounding_leaves(seller):
    part = PartFactory(unit__code="kg", unit__decimals=6)
    third = UnitConversionFactory(part=part, base=part.unit, numerator=1, denominator=3).unit
    row = row_with(10, part=part, by=seller, row={"unit": third})

    rows = operations.split_row(row=row, parts=parts("3.3", "3.3", "3.4"), by=seller)

    assert [row.demand.quantity for row in rows] == [Decimal("1.1"), Decimal("1.1"), Decimal("1.133333")]


def test_split_row_of_a_cancelled_order_is_refused(seller):
    row = row_with(10, by=seller)
    operations.cancel_order(order=row.order, by=seller)

    with pytest.raises(Refused, match="S-1001 is cancelled and cannot be changed"):
        operations.split_row(row=row, parts=parts(4, 6), by=seller)


def additional(seller, quantity="3", **facts):
    order = order_with(1, by=seller)
    new = {"row_type": RowType.ADDITIONAL, "name": "Assembly", "part_number": "A-1", "unit_price": Decimal(50)}
    return operations.add_row(order=order, quantity=Decimal(quantity), **new | facts, by=seller)


def test_split_row_divides_an_additional_row(seller):
    row = additional(seller, setup_price=Decimal(20), customer_row_position="9", delivery_date=DELIVERY)

    rows = operations.split_row(row=row, parts=parts("1.5", "1.5", dates=[None, date(2026, 4, 9)]), by=seller)

    shown = [(row.position, row.quantity, row.delivery_date, row.setup_price, row.demand) for row in rows]
    assert shown == [
        (20, Decimal("1.5"), DELIVERY, 20, None),
        (30, Decimal("1.5"), date(2026, 4, 9), None, None),
    ]
    carried = {(row.row_type, row.name, row.part_number, row.unit_price, row.customer_row_position) for row in rows}
    assert carried == {(RowType.ADDITIONAL, "Assembly", "A-1", 50, "9")}


def test_split_row_of_text_and_totals_is_refused(seller):
    order = order_with(1, by=seller)
    row = operations.add_row(order=order, row_type=RowType.TEXT, text="Handle with care", by=seller)

    with pytest.raises(Refused, match="there is nothing to split"):
        operations.split_row(row=row, parts=parts(1, 1), by=seller)


def test_split_row_of_what_is_taken_off_is_refused(seller):
    row = additional(seller, quantity="-2")

    with pytest.raises(Refused, match=r"Each part must be above 0\."):
        operations.split_row(row=row, parts=parts(-1, -1), by=seller)


@pytest.mark.parametrize("query", [{}, {"ways": "equal", "count": "2"}, {"ways": "list", "list": "1 2"}])
def test_split_page_of_an_additional_row_offers_parts(seller, seller_client, query):
    row = additional(seller)

    page = seller_client.get(reverse("sales:row_split", args=[row.pk]), query)

    offered = [
        page.context["form"][name].value() for name in page.context["form"].fields if name.startswith("quantity")
    ]
    assert sum(Decimal(value) for value in offered if value) == 3


def test_split_waits_until_a_row_without_stock_is_off_its_pick_list(seller, warehouse_keeper):
    freight = {"row_type": RowType.ADDITIONAL, "name": "Freight", "quantity": Decimal(2)}
    freight = operations.add_row(order=order_with(1, by=seller), **freight, by=seller)
    lines = [operations.Picked(row=freight, quantity=Decimal(2))]
    operations.create_pick_lists(lines=lines, by=warehouse_keeper)

    with pytest.raises(Refused, match="S-1001/20 is on pick list PL-1001 and cannot be split"):
        operations.split_row(row=freight, parts=parts(1, 1), by=seller)
