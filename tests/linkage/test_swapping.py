"""Swap: two demands exchange supplies; the proof says how late both are before and after."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine

from erp.exceptions import Refused
from linkage import operations
from linkage.models import OrderLink, Supply, Tombstone
from linkage.operations.undoing import undo_link_change
from linkage.queries.swaps import partners_of, proof_of
from linkage.queries.timeline import latest_event
from linkage.refusals import NotEnough
from tests.factories import PartFactory
from tests.linkage.factories import (
    TODAY,
    LinkFactory,
    MadeSupplyFactory,
    SupplyFactory,
    component_of,
    demand_for,
    stock,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(TODAY, tick=False):
        yield


def due(like, day, **facts):
    """Another supply of the same part and warehouse."""
    return SupplyFactory(part=like.part, warehouse=like.warehouse, due_date=day, **facts)


def pair(first=4, second=4, **facts):
    """A link that is late by five work days, and one of another demand that could wait."""
    late = LinkFactory(
        supply=SupplyFactory(due_date=date(2026, 3, 16)), quantity=first, demand__need_date=date(2026, 3, 9), **facts
    )
    early = due(late.supply, date(2026, 3, 6))
    return late, LinkFactory(
        supply=early, quantity=second, demand=demand_for(early, need_date=date(2026, 3, 20)), **facts
    )


def open_links():
    return sorted(OrderLink.objects.open().values_list("supply", "demand", "open"))


def test_swap_exchanges_the_supplies_of_two_demands(planner):
    late, early = pair(kind="bound", contract=True)

    made = operations.swap(link=late, other=early, by=planner)

    assert open_links() == sorted([(late.supply_id, early.demand_id, 4), (early.supply_id, late.demand_id, 4)])
    assert [(link.handed_from, link.kind, link.contract) for link in made] == [
        (late, "bound", False),
        (early, "bound", False),
    ]
    assert set(OrderLink.objects.filter(open=0).values_list("reason", flat=True)) == {
        f"swapped with {late.demand}",
        f"swapped with {early.demand}",
    }


def test_swap_of_different_quantities_divides_the_larger_link(planner):
    late, early = pair(first=4, second=7)

    operations.swap(link=late, other=early, by=planner)

    assert open_links() == sorted(
        [
            (late.supply_id, early.demand_id, 4),
            (early.supply_id, late.demand_id, 4),
            (early.supply_id, early.demand_id, 3),
        ]
    )


def test_swap_takes_goods_on_the_shelf_along(planner):
    late, _early = pair()
    shelf = stock(late.part, late.warehouse, 5)
    there = LinkFactory(supply=shelf, stock=shelf, received=4, quantity=4, demand=demand_for(shelf))

    operations.swap(link=late, other=there, by=planner)

    mine = OrderLink.objects.open().get(demand=late.demand)
    assert (mine.supply, mine.on_shelf, mine.to_come) == (shelf, 4, 0)


def test_swap_of_what_is_to_come_with_what_has_arrived_of_the_same_supply(planner):
    supply = SupplyFactory(quantity=10)
    first, second = (LinkFactory(supply=supply, demand=demand_for(supply), quantity=4) for _ in range(2))
    operations.receive(
        supply=supply, quantity=Decimal(4), by=planner, effective_on=TODAY, shares={second.pk: Decimal(4)}
    )

    operations.swap(link=first, other=second, by=planner)

    held = OrderLink.objects.open().values_list("demand", "to_come", "on_shelf")
    assert sorted(held) == sorted([(first.demand_id, 0, 4), (second.demand_id, 4, 0)])


def test_swap_adds_to_a_link_that_the_pair_has_already(planner):
    late, early = pair()
    known = LinkFactory(supply=late.supply, demand=early.demand, quantity=2)

    operations.swap(link=late, other=early, by=planner)

    assert OrderLink.objects.get(pk=known.pk).open == 6


def test_swap_refreshes_the_need_dates_below(planner):
    supply = MadeSupplyFactory(due_date=date(2026, 3, 6), lead_time=2)
    component = component_of(supply, part=PartFactory())
    early = LinkFactory(supply=supply, demand=demand_for(supply, need_date=date(2026, 3, 20)))
    other = due(supply, date(2026, 3, 16))
    late = LinkFactory(supply=other, demand=demand_for(other, need_date=date(2026, 3, 9)))

    operations.swap(link=late, other=early, by=planner)

    component.refresh_from_db()
    assert component.need_date == date(2026, 3, 5)


def test_swap_ends_tombstones_of_the_new_pairs_and_leaves_none(planner):
    late, early = pair()
    Tombstone.objects.create(supply=early.supply, demand=late.demand, created_by=planner)

    operations.swap(link=late, other=early, by=planner)

    assert not Tombstone.objects.exists()


def test_swap_makes_no_orphan_and_ends_one(planner):
    late, early = pair()
    operations.add_provenance([(early.supply, early.demand, Decimal(4))])

    operations.swap(link=late, other=early, by=planner)

    assert not Supply.objects.orphans().exists()


def test_swap_refuses_what_is_issued(planner):
    late, _early = pair()
    shelf = stock(late.part, late.warehouse, 5)
    used = LinkFactory(supply=shelf, stock=shelf, received=4, quantity=4, demand=demand_for(shelf))
    operations.issue(demand=used.demand, quantity=Decimal(1), by=planner, effective_on=TODAY)

    with pytest.raises(Refused, match=r"^1 of .* is issued or delivered"):
        operations.swap(link=late, other=used, by=planner)


def test_swap_refuses_other_parts_and_warehouses(planner):
    late, _early = pair()

    with pytest.raises(Refused, match="needs PART"):
        operations.swap(link=late, other=LinkFactory(), by=planner)
    with pytest.raises(Refused, match="is in warehouse"):
        operations.swap(link=late, other=LinkFactory(supply=SupplyFactory(part=late.part)), by=planner)


def test_swap_refuses_two_links_of_one_demand_and_the_same_goods(planner):
    late, _early = pair()
    own = LinkFactory(supply=due(late.supply, date(2026, 3, 5)), demand=late.demand)
    same = LinkFactory(supply=late.supply, demand=demand_for(late.supply))

    with pytest.raises(Refused, match="Both links serve"):
        operations.swap(link=late, other=own, by=planner)
    with pytest.raises(Refused, match="the same goods"):
        operations.swap(link=late, other=same, by=planner)


def test_swap_refuses_more_than_both_hold_and_nothing(planner):
    late, early = pair(first=4, second=7)

    with pytest.raises(NotEnough, match="Only 4 of"):
        operations.swap(link=late, other=early, quantity=Decimal(5), by=planner)
    with pytest.raises(Refused, match="above 0"):
        operations.swap(link=late, other=early, quantity=Decimal(0), by=planner)
    with pytest.raises(Refused, match=r"2\.5"):
        operations.swap(link=late, other=early, quantity=Decimal("2.5"), by=planner)


def test_swap_refuses_a_circle(planner):
    upper = MadeSupplyFactory()
    inner = component_of(upper, part=PartFactory())
    lower = MadeSupplyFactory(part=inner.part, warehouse=inner.warehouse)
    LinkFactory(supply=upper, demand=component_of(lower, part=upper.part))  # lower is made from upper
    mine = LinkFactory(supply=due(lower, date(2026, 3, 16)), demand=inner)
    theirs = LinkFactory(supply=lower, demand=demand_for(lower))

    with pytest.raises(Refused, match="circle"):
        operations.swap(link=mine, other=theirs, by=planner)


def test_swap_is_undone_whole_with_kinds_and_flags(planner):
    late, early = pair(first=4, second=7, kind="bound")
    OrderLink.objects.filter(pk=late.pk).update(contract=True)
    made, _ = operations.swap(link=late, other=early, by=planner)

    undo_link_change(event=latest_event(made), by=planner)

    assert open_links() == sorted([(late.supply_id, late.demand_id, 4), (early.supply_id, early.demand_id, 7)])
    assert OrderLink.objects.open().get(demand=late.demand).contract is True


def test_swap_is_undone_from_the_released_link_too(planner):
    late, early = pair()
    operations.swap(link=late, other=early, by=planner)

    undo_link_change(event=latest_event(early), by=planner)

    assert open_links() == sorted([(late.supply_id, late.demand_id, 4), (early.supply_id, early.demand_id, 4)])


def test_undo_of_a_swap_says_who_has_the_goods_now(planner):
    late, early = pair()
    made, _ = operations.swap(link=late, other=early, by=planner)
    third = demand_for(late.supply)
    operations.hand_over(link=made, demand=third, quantity=Decimal(3), by=planner)

    with pytest.raises(Refused, match=rf"Only 1 of .* is promised to {made.demand} \(1\), {third} \(3\) now"):
        undo_link_change(event=latest_event(early), by=planner)


# The proof


def test_proof_says_how_late_both_are_before_and_after(planner):
    late, early = pair()

    proof = proof_of(operations.swap, link=late, other=early, by=planner)

    assert [(line.demand, line.late_before, line.late_after) for line in proof.lines] == [
        (late.demand, 5, 0),
        (early.demand, 0, 0),
    ]
    assert (proof.others, proof.harms, proof.helps) == ([], False, True)
    assert open_links() == sorted([(late.supply_id, late.demand_id, 4), (early.supply_id, early.demand_id, 4)])


def made_for_a_row(component_day, need, lead_time=2):
    """An order for a sales row, its one component bought: that link, and the row."""
    supply = MadeSupplyFactory(due_date=date(2026, 3, 6), lead_time=lead_time, status="started")
    component = component_of(supply, part=PartFactory(), need_date=need)
    row = demand_for(supply, need_date=need + timedelta(days=lead_time))
    LinkFactory(supply=supply, demand=row)
    bought = SupplyFactory(part=component.part, warehouse=component.warehouse, due_date=component_day)
    return LinkFactory(supply=bought, demand=component, quantity=component.quantity), row


def test_proof_measures_a_row_by_what_its_order_waits_for(planner):
    late, _early = pair()
    material, _row = made_for_a_row(date(2026, 3, 12), date(2026, 3, 18))
    order = material.demand.for_supply
    pool = {"part": late.part, "warehouse": late.warehouse}
    type(order).objects.filter(pk=order.pk).update(document=late.supply.document, **pool)
    OrderLink.objects.filter(supply=order).update(**pool)
    type(late.demand).objects.filter(links__supply=order).update(document=late.demand.document, **pool)
    other = OrderLink.objects.get(supply=order)

    proof = proof_of(operations.swap, link=late, other=other, by=planner)

    assert [(line.late_before, line.late_after) for line in proof.lines] == [(5, 5), (0, 0)]
    assert (proof.harms, proof.helps) == (False, False)


def test_proof_of_components_names_the_rows_above_and_judges_by_them(planner):
    late, row = made_for_a_row(date(2026, 3, 16), date(2026, 3, 9))
    early = due(late.supply, date(2026, 3, 6))
    other = LinkFactory(supply=early, demand=demand_for(early, need_date=date(2026, 3, 20)), quantity=10)

    proof = proof_of(operations.swap, link=late, other=other, by=planner)

    assert [(each.demand, each.before, each.after) for each in proof.others] == [(row, 5, 0)]
    assert (proof.harms, proof.helps) == (False, True)


def test_proof_sees_no_help_where_the_row_waits_for_something_later_still(planner):
    late, _row = made_for_a_row(date(2026, 3, 16), date(2026, 3, 9))
    second = component_of(late.demand.for_supply, part=PartFactory(), position=20, need_date=date(2026, 3, 9))
    slow = SupplyFactory(part=second.part, warehouse=second.warehouse, due_date=date(2026, 3, 18))
    LinkFactory(supply=slow, demand=second, quantity=10)
    early = due(late.supply, date(2026, 3, 6))
    other = LinkFactory(supply=early, demand=demand_for(early, need_date=date(2026, 3, 20)), quantity=10)

    proof = proof_of(operations.swap, link=late, other=other, by=planner)

    mine = proof.lines[0]
    assert (mine.demand, mine.late_before, mine.late_after) == (late.demand, 5, 0)
    assert (proof.others, proof.harms, proof.helps) == ([], False, False)


def test_partners_come_best_first(planner):
    late, early = pair()
    hurt = due(late.supply, date(2026, 3, 5))
    LinkFactory(supply=hurt, demand=demand_for(hurt, need_date=date(2026, 3, 6)))

    found = [
        (each.link, each.mine_before, each.mine_after, each.theirs_after, each.helps) for each in partners_of(late)
    ]

    assert [row[1:] for row in found] == [(5, 0, 0, True), (5, 0, 6, False)]
    assert found[0][0] == early
