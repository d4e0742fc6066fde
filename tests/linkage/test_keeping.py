"""Holds and minimum stock."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine

from erp.exceptions import Refused
from linkage import operations, queries
from linkage.models import OrderLink
from linkage.refusals import NotEnough
from tests.factories import PartFactory, PartnerFactory, WarehouseFactory
from tests.linkage.factories import TODAY, SupplyFactory, stock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(TODAY, tick=False):
        yield


def free(supply):
    supply.refresh_from_db()
    return supply.free


def test_hold_keeps_goods_until_its_date(planner):
    supply = SupplyFactory(quantity=10)

    kept = operations.hold(
        supply=supply, quantity=Decimal(6), partner=PartnerFactory(), until=date(2026, 3, 31), by=planner
    )

    assert (kept.demand.kind, free(supply)) == ("hold", 4)
    assert list(operations.ended_holds(date(2026, 3, 31))) == []
    assert list(operations.ended_holds(date(2026, 4, 1))) == [kept]


def test_end_hold_frees_the_goods_once(planner):
    supply = SupplyFactory(quantity=10)
    kept = operations.hold(
        supply=supply, quantity=Decimal(6), partner=PartnerFactory(), until=date(2026, 3, 31), by=planner
    )

    operations.end_hold(hold=kept, by=planner)

    assert (free(supply), OrderLink.objects.get().reason) == (10, "ended")
    with pytest.raises(Refused, match="ended already"):
        operations.end_hold(hold=kept, by=planner)


def test_hold_refuses_too_much_and_the_past(planner):
    supply = SupplyFactory(quantity=10)
    partner = PartnerFactory()

    with pytest.raises(NotEnough):
        operations.hold(supply=supply, quantity=Decimal(11), partner=partner, until=date(2026, 3, 31), by=planner)
    with pytest.raises(Refused, match="has passed"):
        operations.hold(supply=supply, quantity=Decimal(1), partner=partner, until=date(2026, 3, 1), by=planner)


def test_minimum_stock_is_a_demand_needed_today(planner):
    part, warehouse = PartFactory(), WarehouseFactory()
    stock(part, warehouse, 3)

    target = operations.set_minimum_stock(part=part, warehouse=warehouse, minimum=Decimal(5), by=planner)

    assert (target.demand.need_date, queries.short(today=TODAY)) == (TODAY, {target.demand.pk: 2})


def test_lowering_the_minimum_stock_cuts_its_links(planner):
    part, warehouse = PartFactory(), WarehouseFactory()
    shelf = stock(part, warehouse, 5)
    target = operations.set_minimum_stock(part=part, warehouse=warehouse, minimum=Decimal(5), by=planner)
    operations.link(demand=target.demand, supply=shelf, quantity=Decimal(5), by=planner)

    operations.set_minimum_stock(part=part, warehouse=warehouse, minimum=Decimal(2), by=planner)

    assert (free(shelf), OrderLink.objects.get().open) == (3, 2)
    with pytest.raises(Refused):
        operations.set_minimum_stock(part=part, warehouse=warehouse, minimum=Decimal(-1), by=planner)
