"""What is short, what covers a demand, and the chain."""

from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest

from linkage import operations, queries
from linkage.models import OrderLink
from tests.factories import PartFactory, WarehouseFactory
from tests.linkage.factories import (
    TODAY,
    DemandFactory,
    LinkFactory,
    MadeSupplyFactory,
    SupplyFactory,
    component_of,
    demand_for,
    stock,
)

pytestmark = pytest.mark.django_db


def test_short_gives_free_stock_and_supply_in_time_by_need():
    part, warehouse = PartFactory(), WarehouseFactory()
    common = {"part": part, "warehouse": warehouse}
    first = DemandFactory(**common, quantity=8, need_date=date(2026, 3, 9))
    second = DemandFactory(**common, quantity=8, need_date=date(2026, 3, 16))
    third = DemandFactory(**common, quantity=8, need_date=date(2026, 3, 30))
    stock(part, warehouse, 5)
    SupplyFactory(**common, quantity=9, due_date=date(2026, 3, 16))

    assert queries.short(today=TODAY) == {first.pk: 3, third.pk: 7}
    assert queries.short(today=TODAY, demands=[second, third]) == {third.pk: 7}


def test_short_serves_priority_then_row_on_the_same_day():
    part, warehouse = PartFactory(), WarehouseFactory()
    common = {"part": part, "warehouse": warehouse, "quantity": 5}
    later_row = [DemandFactory(**common, priority=5) for _ in range(2)][1]
    urgent = DemandFactory(**common, priority=1)
    stock(part, warehouse, 10)

    assert queries.short(today=TODAY) == {later_row.pk: 5}
    assert urgent.pk not in queries.short(today=TODAY)


def test_short_counts_an_overdue_supply_on_the_next_work_day():
    supply = SupplyFactory(quantity=5, due_date=date(2026, 2, 2))
    today_row = demand_for(supply, quantity=5, need_date=TODAY)

    assert queries.short(today=TODAY) == {today_row.pk: 5}
    today_row.need_date = date(2026, 3, 3)
    today_row.save(update_fields=["need_date"])
    assert queries.short(today=TODAY) == {}


def test_short_of_an_order_oriented_part_is_what_is_uncovered():
    demand = DemandFactory(part=PartFactory(lot_sizing="LR"), quantity=5)
    stock(demand.part, demand.warehouse, 100)

    assert queries.short(today=TODAY) == {demand.pk: 5}


@pytest.mark.parametrize("facts", [{"need_date": None}, {"kind": "forecast"}, {"firm": False}])
def test_short_leaves_out_what_planning_leaves_out(facts):
    DemandFactory(**facts)

    assert queries.short(today=TODAY) == {}


def test_coverage_says_what_the_row_waits_for(planner):
    link = LinkFactory(quantity=4, supply__due_date=date(2026, 3, 25), demand__need_date=date(2026, 3, 20))

    covered = queries.coverage_of(link.demand, today=TODAY)

    assert (covered.ordered, covered.short, covered.slack, covered.is_late) == (4, 6, -3, True)
    assert [(segment.name, segment.quantity) for segment in covered.segments] == [("ordered", 4), ("short", 6)]
    assert covered.sentence == (
        f"No supply by the need date for 6 of 10. Next limit: {link.supply}, late by 3 work days."
    )


def test_coverage_finds_the_deciding_supply_deep_in_the_chain():
    top = MadeSupplyFactory(due_date=date(2026, 3, 13))
    row = demand_for(top, quantity=10, need_date=date(2026, 3, 20))
    LinkFactory(supply=top, demand=row, part=top.part, quantity=10)
    component = component_of(top, quantity=10, need_date=date(2026, 3, 10))
    bearing = SupplyFactory(part=component.part, warehouse=component.warehouse, due_date=date(2026, 3, 18))
    LinkFactory(supply=bearing, demand=component, quantity=10)

    covered = queries.coverage_of(row, today=TODAY)

    assert (covered.slack, covered.planned, covered.in_work) == (-6, 0, 10)
    assert covered.sentence == (
        f"Late by 6 work days because {bearing} ({bearing.part.name}, level 2) is due 18 Mar and needed 10 Mar. "
        f"Next limit: {top}, 5 work days to spare. If {bearing} came 6 work days earlier the row would be on time."
    )


@pytest.mark.parametrize("row_count", [1, 3])
def test_coverage_query_count_does_not_grow(row_count, django_assert_num_queries):
    warehouse = WarehouseFactory()
    demands = [LinkFactory(quantity=4, supply__warehouse=warehouse).demand for _ in range(row_count)]

    with django_assert_num_queries(10):
        covered = queries.coverage(demands, today=TODAY)
        sentences = [(cover.sentence, cover.segments, cover.links[0].supply.label) for cover in covered.values()]

    assert len(sentences) == row_count


def test_made_from_tells_linked_orders_from_those_made_for_stock():
    link = LinkFactory(quantity=4)
    for_stock = SupplyFactory(part=link.part, warehouse=link.warehouse)
    operations.add_provenance([(for_stock, link.demand, Decimal(10))])

    made = queries.made_from([link.demand])[link.demand.pk]

    assert [(item.supply, item.made, item.linked) for item in made] == [(link.supply, 0, 4), (for_stock, 10, 0)]


def test_chain_of_a_row_goes_down_to_what_is_bought_and_up_again():
    top = MadeSupplyFactory()
    row = demand_for(top)
    LinkFactory(supply=top, demand=row, part=top.part)
    component = component_of(top)
    bought = SupplyFactory(part=component.part, warehouse=component.warehouse)
    LinkFactory(supply=bought, demand=component)

    down = [(line.level, line.demand_label, line.supply_label) for line in queries.chain_of_demand(row)]
    up = [(line.level, line.demand_label) for line in queries.users_of_supply([bought])]

    assert down == [(1, str(row), str(top)), (2, str(component), str(bought))]
    assert up == [(1, str(component)), (2, str(row))]
    assert [line.level for line in queries.chain_of_supply(top)] == [1]


def test_chain_shows_a_component_that_nothing_is_linked_to():
    top = MadeSupplyFactory()
    component = component_of(top)

    [line] = queries.chain_of_supply(top)

    assert (line.demand_label, line.supply_label) == (str(component), "")


def ladder(rungs):
    """Two orders a rung, each fed by both of the next: two to the power of rungs paths, few edges."""
    warehouse = WarehouseFactory()
    pairs = [[MadeSupplyFactory(warehouse=warehouse, quantity=100) for _ in range(2)] for _ in range(rungs)]
    for above, below in pairwise(pairs):
        for order in above:
            for feeder in below:
                LinkFactory(supply=feeder, demand=component_of(order, part=feeder.part), part=feeder.part)
    return pairs


def test_chain_ends_on_a_ladder_of_diamonds():
    pairs = ladder(12)

    lines = queries.chain_of_supply(pairs[0][0])

    assert len(lines) == 2 + 10 * 4
    assert sum(line.repeated for line in lines) == 9 * 2
    assert len(queries.users_of_supply([pairs[-1][0]])) == 2 + 10 * 4


def test_chain_ends_on_a_closed_circle():
    first = MadeSupplyFactory()
    second = MadeSupplyFactory(warehouse=first.warehouse)
    for made, user in ((first, second), (second, first)):
        LinkFactory(supply=made, demand=component_of(user, part=made.part), part=made.part)

    assert [line.level for line in queries.chain_of_supply(first)] == [1, 2]
    assert OrderLink.objects.count() == 2
