"""Situations that other systems' suites are about, in this ledger's words: share, part, cancel, link again."""

from datetime import date
from decimal import Decimal

import pytest

from linkage import operations, queries
from linkage.models import OrderLink, Supply
from production.operations import cancel, create_orders_for
from tests.factories import PartFactory, WarehouseFactory
from tests.linkage.factories import TODAY, DemandFactory, SupplyFactory, demand_for, stock
from tests.production.making import bought, made, row_of

pytestmark = pytest.mark.django_db


def linked(demand):
    demand.refresh_from_db()
    return demand.allocated


def test_nine_sales_on_one_purchase_get_nine_links_and_the_rest_is_free(planner):
    purchase = SupplyFactory(quantity=100, due_date=date(2026, 3, 18))
    early = [demand_for(purchase, quantity=10, need_date=date(2026, 3, 10)) for _ in range(4)]
    late = [demand_for(purchase, quantity=10, need_date=date(2026, 3, 25)) for _ in range(5)]

    for sale in early + late:
        operations.link(demand=sale, supply=purchase, quantity=Decimal(10), by=planner, accept_warnings=True)

    purchase.refresh_from_db()
    assert (OrderLink.objects.count(), purchase.allocated, purchase.free) == (9, 90, 10)
    covered = queries.coverage(early + late, today=TODAY)
    assert [covered[sale.pk].is_late for sale in early + late] == [True] * 4 + [False] * 5


def test_a_purchase_larger_than_the_need_keeps_its_surplus_free_down_the_chain(planner):
    warehouse = WarehouseFactory()
    component = bought("RM")
    sale = row_of(made("FG", (component, 1)), 100, warehouse=warehouse)
    create_orders_for(demands=[sale], by=planner, business_date=TODAY)
    make = Supply.objects.get(kind="production")
    purchase = SupplyFactory(part=component, warehouse=warehouse, quantity=200, due_date=TODAY)

    operations.link(demand=make.components.get(), supply=purchase, quantity=Decimal(100), by=planner)

    chain = [(line.level, line.edge.supply_id, line.edge.open) for line in queries.chain_of_demand(sale)]
    purchase.refresh_from_db()
    assert chain == [(1, make.pk, 100), (2, purchase.pk, 100)]
    assert purchase.free == 100


def test_a_combined_order_has_a_share_for_each_row_and_none_after_a_cancel(planner):
    warehouse = WarehouseFactory()
    part = made("FG", (bought("RM"), 1))
    rows = [row_of(part, quantity, warehouse=warehouse) for quantity in (1, 2)]
    [order] = create_orders_for(demands=rows, by=planner, business_date=TODAY, combine=True)
    shares = [linked(row) for row in rows]

    for link in OrderLink.objects.open():
        operations.disconnect(link=link, by=planner)
    cancel(order=order, by=planner)

    supply = order.lines.get().supply
    supply.refresh_from_db()
    assert (shares, supply.quantity, supply.status) == ([1, 2], 3, "cancelled")
    assert [linked(row) for row in rows] == [0, 0]


def test_two_requests_on_one_supply_when_less_arrives(planner):
    supply = SupplyFactory(quantity=10)
    first = demand_for(supply, quantity=Decimal(4))
    second = demand_for(supply, quantity=Decimal(6))
    for demand in (first, second):
        operations.link(demand=demand, supply=supply, quantity=demand.quantity, by=planner)

    operations.receive(supply=supply, quantity=Decimal(4), by=planner, effective_on=TODAY)
    operations.cancel_supply(supply, reason="the rest does not come")

    shelf = {link.demand_id: link.on_shelf for link in OrderLink.objects.all()}
    second.refresh_from_db()
    assert (shelf, second.uncovered) == ({first.pk: 4, second.pk: 0}, 6)


def test_a_receipt_linked_beside_stock_and_unlinked_changes_no_quantity(planner):
    part, warehouse = PartFactory(), WarehouseFactory()
    demand = DemandFactory(part=part, warehouse=warehouse, quantity=10, need_date=date(2026, 3, 20))
    stock(part, warehouse, 6)
    receipt = SupplyFactory(part=part, warehouse=warehouse, quantity=4, due_date=date(2026, 3, 18))

    link = operations.link(demand=demand, supply=receipt, quantity=Decimal(4), by=planner)
    demand.refresh_from_db()
    covered = queries.coverage_of(demand, today=TODAY)
    split = (covered.ordered, covered.from_free, covered.short)
    operations.disconnect(link=link, by=planner)

    receipt.refresh_from_db()
    demand.refresh_from_db()
    assert split == (4, 6, 0)
    assert (demand.quantity, receipt.quantity, receipt.free) == (10, 4, 4)
