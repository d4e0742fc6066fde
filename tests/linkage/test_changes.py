"""What happens to the orders of a chain when a row changes: follow, ask, refuse, and nothing else."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine

from erp.exceptions import Refused
from linkage import drift
from linkage.changes import Decisions
from linkage.changes.decisions import LookAgain
from linkage.models import OrderLink, Supply
from linkage.operations import link as ledger_link
from production import operations as production
from production.models import ProductionOrder
from sales import operations
from tests.factories import MadePartFactory, PartFactory, WarehouseFactory
from tests.linkage.factories import stock
from tests.production.factories import bom_of
from tests.sales.factories import row_with

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel("2026-03-02"):
        yield


def bike():
    """A bike of two wheels of three rims each; all made for each other, the rim of bought steel."""
    rim = MadePartFactory(number="RIM", lot_sizing="LR", lead_time=1)
    bom_of(rim, (PartFactory(number="STEEL"), 4))
    wheel = MadePartFactory(number="WHEEL", lot_sizing="LR", lead_time=2)
    bom_of(wheel, (rim, 3))
    part = MadePartFactory(number="BIKE", lot_sizing="LR", lead_time=2)
    bom_of(part, (wheel, 2))
    return part


def ordered(quantity, *, by, part=None):
    """A row with its tree of orders."""
    row = row_with(quantity, part=part or bike(), by=by)
    operations.create_production_orders(rows=[row], by=by)
    return row


def orders():
    found = Supply.objects.filter(kind="production").order_by("part__number")
    return {s.part.number: (s.quantity, s.due_date, s.status) for s in found.select_related("part")}


def quantities():
    return {number: figures[0] for number, figures in orders().items()}


def open_links():
    return sorted(OrderLink.objects.filter(open__gt=0).values_list("part__number", "open"))


def change(row, by, answers=None, **changes):
    return operations.change_row(row=row, decisions=Decisions(answers), by=by, **changes)


def test_more_is_followed_by_the_whole_planned_tree(planner):
    row = ordered(10, by=planner)

    change(row, planner, quantity=Decimal(15))

    assert quantities() == {"BIKE": 15, "RIM": 90, "WHEEL": 30}
    assert open_links() == [("BIKE", 15), ("RIM", 90), ("WHEEL", 30)]


def test_less_is_followed_by_the_whole_planned_tree(planner):
    row = ordered(10, by=planner)

    change(row, planner, quantity=Decimal(4))

    assert quantities() == {"BIKE": 4, "RIM": 24, "WHEEL": 8}
    assert open_links() == [("BIKE", 4), ("RIM", 24), ("WHEEL", 8)]


def test_date_is_followed_level_by_level(planner):
    row = ordered(10, by=planner)

    change(row, planner, delivery_date=date(2026, 3, 27))

    assert {number: figures[1] for number, figures in orders().items()} == {
        "BIKE": date(2026, 3, 27),
        "WHEEL": date(2026, 3, 25),
        "RIM": date(2026, 3, 23),
    }


def test_released_order_is_asked_for_and_stops_the_tree(planner):
    row = ordered(10, by=planner)
    [order] = ProductionOrder.objects.filter(lines__supply__part__number="BIKE")
    production.release(order=order, by=planner)

    with pytest.raises(LookAgain, match=f"Choose what happens to {row}"):
        change(row, planner, quantity=Decimal(15))

    assert quantities() == {"BIKE": 10, "RIM": 60, "WHEEL": 20}


def test_released_order_is_widened_when_a_person_says_so(planner):
    row = ordered(10, by=planner)
    [order] = ProductionOrder.objects.filter(lines__supply__part__number="BIKE")
    production.release(order=order, by=planner)
    supply = order.lines.get().supply_id

    change(row, planner, {f"more-{row.demand_id}": f"widen:{supply}"}, quantity=Decimal(15))

    assert quantities() == {"BIKE": 15, "RIM": 90, "WHEEL": 30}


def test_more_takes_free_stock_of_the_difference_only(planner):
    row = ordered(10, by=planner)
    balance = stock(row.part, row.warehouse, 8)

    change(row, planner, {f"more-{row.demand_id}": f"take:{balance.pk}"}, quantity=Decimal(15))

    assert quantities() == {"BIKE": 10, "RIM": 60, "WHEEL": 20}
    assert open_links() == [("BIKE", 5), ("BIKE", 10), ("RIM", 60), ("WHEEL", 20)]


def test_more_orders_the_difference_anew(planner):
    row = ordered(10, by=planner)

    change(row, planner, {f"more-{row.demand_id}": "new"}, quantity=Decimal(12))

    made = Supply.objects.filter(part__number="BIKE", kind="production").order_by("pk")
    assert list(made.values_list("quantity", "allocated")) == [(10, 10), (2, 2)]


def test_deleted_row_takes_its_planned_orders_along(planner):
    row = ordered(10, by=planner)

    operations.delete_row(row=row, decisions=Decisions(), by=planner)

    assert {figures[2] for figures in orders().values()} == {"cancelled"}
    assert set(ProductionOrder.objects.values_list("status", flat=True)) == {"cancelled"}
    assert open_links() == []


def test_deleted_row_leaves_the_orders_that_a_person_keeps(planner):
    row = ordered(10, by=planner)
    supply = Supply.objects.get(part__number="BIKE")

    operations.delete_row(row=row, decisions=Decisions({f"less-{supply.pk}": "leave"}), by=planner)

    supply.refresh_from_db()
    assert (supply.free, supply.orphaned_at is not None) == (10, True)
    assert quantities() == {"BIKE": 10, "RIM": 60, "WHEEL": 20}


def test_warehouse_is_followed_by_the_order_made_for_the_row_alone(planner):
    row = ordered(10, by=planner)
    other = WarehouseFactory(company=row.warehouse.company)

    row = change(row, planner, warehouse=other)

    supply = Supply.objects.get(part__number="BIKE")
    link = OrderLink.objects.get(supply=supply)
    assert [row.demand.warehouse, supply.warehouse, link.warehouse] == [other] * 3
    assert Supply.objects.get(part__number="WHEEL").warehouse != other
    assert list(drift.findings()) == []


def test_warehouse_of_a_released_order_is_asked_for(planner):
    row = ordered(10, by=planner)
    order = ProductionOrder.objects.get(lines__supply__part__number="BIKE")
    production.release(order=order, by=planner)
    other = WarehouseFactory(company=row.warehouse.company)

    with pytest.raises(LookAgain):
        change(row, planner, warehouse=other)
    change(row, planner, {f"warehouse-{order.lines.get().supply_id}": "follow"}, warehouse=other)

    assert Supply.objects.get(part__number="BIKE").warehouse == other


def test_warehouse_is_refused_once_the_order_is_reported_to_stock(planner):
    part = MadePartFactory(lot_sizing="LR")
    bom_of(part, (PartFactory(number="STEEL"), 1))
    row = ordered(10, by=planner, part=part)
    order = ProductionOrder.objects.get()
    production.release(order=order, by=planner)
    stock(PartFactory._meta.model.objects.get(number="STEEL"), row.warehouse, 10)
    production.finish(line=order.lines.get(), quantity=Decimal(4), by=planner, effective_on=date(2026, 3, 2))

    with pytest.raises(Refused, match="disconnect it before the row moves"):
        change(row, planner, warehouse=WarehouseFactory(company=row.warehouse.company))


def test_warehouse_is_refused_for_goods_on_the_shelf(planner):
    row = row_with(10, by=planner)
    ledger_link(demand=row.demand, supply=stock(row.part, row.warehouse, 10), quantity=Decimal(10), by=planner)

    with pytest.raises(Refused, match="disconnect it before the row moves"):
        change(row, planner, warehouse=WarehouseFactory(company=row.warehouse.company))
