"""Dividing demands and supplies: the arithmetic, then the links that move with the parts."""

from datetime import date
from decimal import Decimal

import pytest
from django.db.models import Sum

from erp.exceptions import Refused
from linkage import operations
from linkage.models import Demand, OrderLink, Provenance, Supply, Tombstone
from linkage.operation import operation
from linkage.operations.splitting import Cut
from linkage.splitting import Chunk, Room, distribute
from tests.linkage.factories import (
    DemandFactory,
    LinkFactory,
    MadeSupplyFactory,
    SupplyFactory,
    component_of,
    demand_for,
)

DAY = date(2026, 3, 10)
EARLY, LATE = date(2026, 3, 12), date(2026, 3, 19)


@operation
def split_demand(*, demand, parts, by, moves=None):
    return operations.split_demand(demand, parts, by=by, moves=moves)


@operation
def split_supply(*, supply, parts, by, moves=None, whole=False):
    return operations.split_supply(supply, parts, by=by, moves=moves, whole=whole)


@operation
def split_demands(*, cuts, by):
    return operations.split_demands(cuts, by=by)


def part_of(original, quantity, **facts):
    """An unsaved position like this one."""
    names = ["document", "kind", "part", "warehouse", "status", "for_supply", "lead_time", "need_date", "due_date"]
    like = {name: getattr(original, name) for name in names if hasattr(original, name)}
    return type(original)(**like | {"quantity": Decimal(quantity), "position": 20} | facts)


def held(position):
    """{demand or supply on the other end: open quantity} of a position's open links."""
    other = "supply" if isinstance(position, Demand) else "demand"
    return {getattr(link, other): link.open for link in position.links.filter(open__gt=0)}


def sums():
    """Everything that a split must leave as it was, over all rows."""
    return {
        "demands": Demand.objects.aggregate(q=Sum("quantity"), a=Sum("allocated"), d=Sum("done")),
        "supplies": Supply.objects.aggregate(q=Sum("quantity"), a=Sum("allocated"), d=Sum("done")),
        "links": OrderLink.objects.aggregate(
            q=Sum("quantity"), r=Sum("received"), i=Sum("issued"), x=Sum("released"), o=Sum("open")
        ),
        "provenance": Provenance.objects.aggregate(q=Sum("quantity")),
    }


def served_demand(planner):
    """Demand of 20: 2 delivered and 4 on the shelf from an early supply that still brings 2; 6 from a late one."""
    demand = DemandFactory(quantity=20, need_date=date(2026, 3, 20))
    facts = {"part": demand.part, "warehouse": demand.warehouse}
    early = LinkFactory(demand=demand, quantity=8, kind="bound", supply=SupplyFactory(due_date=EARLY, **facts))
    late = LinkFactory(demand=demand, quantity=6, supply=SupplyFactory(due_date=LATE, **facts))
    operations.add_provenance([(early.supply, demand, Decimal(8))])
    operations.receive(supply=early.supply, quantity=Decimal(6), by=planner, effective_on=DAY)
    operations.issue(demand=demand, quantity=Decimal(2), by=planner, effective_on=DAY)
    return Demand.objects.get(pk=demand.pk), early, late


# Arithmetic


def test_distribute_pours_the_earliest_into_the_earliest_and_the_shelf_first():
    one, two = OrderLink(pk=1), OrderLink(pk=2)
    chunks = [
        Chunk(two, on_shelf=False, quantity=4, date=EARLY),
        Chunk(one, on_shelf=False, quantity=3, date=LATE),
        Chunk(one, on_shelf=True, quantity=2, date=None),
    ]
    rooms = [Room(0, 5, LATE), Room(1, 3, EARLY), Room(2, 9, None)]

    moves = distribute(chunks, rooms)

    assert moves == {
        (one, True, 1): 2,
        (two, False, 1): 1,
        (two, False, 0): 3,
        (one, False, 0): 2,
        (one, False, 2): 1,
    }


def test_distribute_whole_divides_a_link_only_where_no_part_holds_all_of_it():
    links = [OrderLink(pk=pk) for pk in (1, 2, 3)]
    first, second, third = (
        Chunk(link, on_shelf=False, quantity=quantity, date=day)
        for link, quantity, day in zip(links, (3, 5, 7), (EARLY, LATE, None), strict=True)
    )
    rooms = [Room(0, 5, EARLY), Room(1, 6, LATE), Room(2, 4, None)]

    assert distribute([third, second, first], rooms, whole=True) == {
        (links[0], False, 0): 3,
        (links[1], False, 1): 5,
        (links[2], False, 0): 2,
        (links[2], False, 1): 1,
        (links[2], False, 2): 4,
    }


# Demands


@pytest.mark.django_db
def test_split_demand_gives_the_earliest_need_the_earliest_supply(planner):
    demand, early, late = served_demand(planner)
    before = sums()

    sooner, later = split_demand(
        demand=demand,
        parts=[part_of(demand, 5, need_date=date(2026, 3, 15)), part_of(demand, 6, need_date=date(2026, 3, 30))],
        by=planner,
    )

    demand.refresh_from_db()
    assert (demand.quantity, demand.done, demand.uncovered) == (9, 2, 0)
    assert (sooner.quantity, sooner.uncovered, later.quantity, later.uncovered) == (5, 0, 6, 6)
    assert (held(sooner), held(demand), held(later)) == ({early.supply: 5}, {early.supply: 1, late.supply: 6}, {})
    assert sums() == before


@pytest.mark.django_db
def test_split_demand_takes_the_shelf_the_kind_and_the_provenance_along(planner):
    demand, early, _ = served_demand(planner)

    [sooner] = split_demand(demand=demand, parts=[part_of(demand, 5, need_date=date(2026, 3, 15))], by=planner)

    link = sooner.links.get()
    assert (link.received, link.on_shelf, link.to_come, link.issued, link.kind) == (4, 4, 1, 0, "bound")
    assert link.stock == operations.balance_of(demand.part, demand.warehouse)
    early.refresh_from_db()
    assert (early.quantity, early.received, early.issued, early.on_shelf, early.open) == (3, 2, 2, 0, 1)
    assert dict(Provenance.objects.values_list("demand", "quantity")) == {demand.pk: 3, sooner.pk: 5}


@pytest.mark.django_db
def test_split_demand_moves_a_whole_link_as_it_is(planner):
    link = LinkFactory(quantity=4, contract=True, rule="linked requirement", reason="made for it")
    operations.add_provenance([(link.supply, link.demand, Decimal(4))])
    demand = link.demand

    [part] = split_demand(demand=demand, parts=[part_of(demand, 4, need_date=EARLY)], by=planner)

    assert OrderLink.objects.get().pk == link.pk
    assert OrderLink.objects.get().demand == part
    assert list(Provenance.objects.values_list("demand", "quantity")) == [(part.pk, 4)]


@pytest.mark.django_db
def test_split_demand_moves_both_links_of_a_pair(planner):
    claimed = LinkFactory(quantity=2)
    LinkFactory(quantity=3, kind="bound", supply=claimed.supply, demand=claimed.demand)
    operations.add_provenance([(claimed.supply, claimed.demand, Decimal(7))])

    [part] = split_demand(demand=claimed.demand, parts=[part_of(claimed.demand, 5, need_date=EARLY)], by=planner)

    assert sorted(part.links.values_list("kind", "open")) == [("bound", 3), ("claimed", 2)]
    assert dict(Provenance.objects.values_list("demand", "quantity")) == {claimed.demand.pk: 2, part.pk: 5}


@pytest.mark.django_db
def test_split_demand_follows_the_division_a_person_gives(planner):
    demand, early, late = served_demand(planner)
    before = sums()

    [part] = split_demand(
        demand=demand,
        parts=[part_of(demand, 9)],
        moves={(early.pk, 1): Decimal(3), (late.pk, 1): Decimal(6)},
        by=planner,
    )

    assert (held(part), held(demand)) == ({early.supply: 3, late.supply: 6}, {early.supply: 3})
    assert sums() == before


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("moves", "sentence"),
    [
        pytest.param({("early", 1): 7, ("late", 1): 0}, "6 can be divided; 7 was asked for", id="more than it holds"),
        pytest.param({("early", 1): -1}, "can be divided", id="less than nothing"),
        pytest.param({("early", 1): 6, ("late", 1): 6}, "Part 2 takes 9", id="more than the part takes"),
        pytest.param({}, "The original keeps 9", id="more than the original keeps"),
        pytest.param({("early", 2): 1}, "not part of this split", id="a part that is not there"),
        pytest.param({("other", 1): 1}, "not part of this split", id="a link of another row"),
    ],
)
def test_split_demand_refuses_a_division_that_does_not_fit(planner, moves, sentence):
    demand, early, late = served_demand(planner)
    links = {"early": early, "late": late, "other": LinkFactory()}
    moves = {(links[name].pk, index): Decimal(quantity) for (name, index), quantity in moves.items()}
    before = sums()

    with pytest.raises(Refused, match=sentence):
        split_demand(demand=demand, parts=[part_of(demand, 9)], moves=moves, by=planner)

    assert sums() == before


@pytest.mark.django_db
@pytest.mark.parametrize(
    "quantities",
    [
        pytest.param([], id="no part"),
        pytest.param([0], id="an empty part"),
        pytest.param([-1], id="a negative part"),
        pytest.param([18], id="all that is open"),
        pytest.param([10, 9], id="more than is open"),
    ],
)
def test_split_demand_refuses_impossible_parts(planner, quantities):
    demand, _, _ = served_demand(planner)

    with pytest.raises(Refused):
        split_demand(demand=demand, parts=[part_of(demand, quantity) for quantity in quantities], by=planner)

    assert demand.document.demands.count() == 1


# Supplies


@pytest.mark.django_db
def test_split_supply_gives_the_earliest_need_the_earliest_part(planner):
    supply = MadeSupplyFactory(quantity=20, due_date=EARLY)
    sooner = LinkFactory(supply=supply, quantity=8, demand=demand_for(supply, need_date=date(2026, 3, 15)))
    later = LinkFactory(supply=supply, quantity=6, kind="bound", demand=demand_for(supply, need_date=date(2026, 3, 25)))
    operations.add_provenance([(supply, later.demand, Decimal(6))])
    operations.receive(supply=supply, quantity=Decimal(3), by=planner, effective_on=DAY)
    supply.refresh_from_db()
    before = sums()

    [part] = split_supply(supply=supply, parts=[part_of(supply, 12, due_date=LATE)], by=planner)

    supply.refresh_from_db()
    assert (supply.quantity, supply.done, supply.allocated, supply.free) == (8, 3, 5, 0)
    assert (part.quantity, part.done, part.allocated, part.free) == (12, 0, 6, 6)
    assert (held(supply), held(part)) == ({sooner.demand: 5, later.demand: 3}, {sooner.demand: 3, later.demand: 3})
    assert sums() == before


@pytest.mark.django_db
def test_split_supply_leaves_what_has_arrived_where_it_came_from(planner):
    link = LinkFactory(supply=SupplyFactory(quantity=10), quantity=6)
    operations.receive(supply=link.supply, quantity=Decimal(2), by=planner, effective_on=DAY)
    supply = Supply.objects.get(pk=link.supply_id)

    [part] = split_supply(supply=supply, parts=[part_of(supply, 6, due_date=EARLY)], by=planner)

    link.refresh_from_db()
    moved = part.links.get()
    assert (link.quantity, link.received, link.on_shelf, link.to_come) == (2, 2, 2, 0)
    assert (moved.quantity, moved.received, moved.stock, moved.demand) == (4, 0, None, link.demand)


@pytest.mark.django_db
def test_split_supply_follows_the_division_a_person_gives(planner):
    link = LinkFactory(supply=SupplyFactory(quantity=10), quantity=6)

    [one, two] = split_supply(
        supply=link.supply,
        parts=[part_of(link.supply, 3), part_of(link.supply, 3, position=30)],
        moves={(link.pk, 1): Decimal(1), (link.pk, 2): Decimal(3)},
        by=planner,
    )

    assert (held(link.supply), held(one), held(two)) == ({link.demand: 2}, {link.demand: 1}, {link.demand: 3})


@pytest.mark.django_db
def test_split_supply_refuses_to_divide_what_has_arrived(planner):
    link = LinkFactory(supply=SupplyFactory(quantity=10), quantity=6)
    operations.receive(supply=link.supply, quantity=Decimal(4), by=planner, effective_on=DAY)
    supply = Supply.objects.get(pk=link.supply_id)

    with pytest.raises(Refused, match="2 can be divided; 3 was asked for"):
        split_supply(supply=supply, parts=[part_of(supply, 3)], moves={(link.pk, 1): Decimal(3)}, by=planner)
    with pytest.raises(Refused, match=f"Only 6 of {supply} is open; 7 cannot be split off"):
        split_supply(supply=supply, parts=[part_of(supply, 7)], by=planner)


@pytest.mark.django_db
def test_split_supply_may_take_all_that_is_to_come_once_something_has_come(planner):
    link = LinkFactory(supply=SupplyFactory(quantity=10), quantity=6)
    with pytest.raises(Refused, match=r"Only 10 of .* is open; 10 cannot be split off, something must stay"):
        split_supply(supply=link.supply, parts=[part_of(link.supply, 10)], by=planner)
    operations.receive(supply=link.supply, quantity=Decimal(4), by=planner, effective_on=DAY)
    supply = Supply.objects.get(pk=link.supply_id)

    [part] = split_supply(supply=supply, parts=[part_of(supply, 6, due_date=LATE)], by=planner)

    supply.refresh_from_db()
    assert (supply.quantity, supply.open, part.quantity, held(part)) == (4, 0, 6, {link.demand: 2})


@pytest.mark.django_db
def test_split_supply_whole_divides_no_link_that_fits_in_a_part(planner):
    supply = SupplyFactory(quantity=10, due_date=EARLY)
    one, two = (
        LinkFactory(supply=supply, quantity=quantity, demand=demand_for(supply, need_date=day))
        for quantity, day in ((3, EARLY), (4, LATE))
    )

    [part] = split_supply(supply=supply, parts=[part_of(supply, 5, due_date=LATE)], whole=True, by=planner)

    assert (held(supply), held(part)) == ({one.demand: 3}, {two.demand: 4})


@pytest.mark.django_db
def test_split_supply_shares_out_what_it_was_made_for_without_a_link(planner):
    supply = SupplyFactory(quantity=10)
    one, two = demand_for(supply), demand_for(supply)
    operations.add_provenance([(supply, one, Decimal(7)), (supply, two, Decimal(2))])

    [part] = split_supply(supply=supply, parts=[part_of(supply, 6)], by=planner)

    made_for = set(Provenance.objects.values_list("supply", "demand", "quantity"))
    assert made_for == {(supply.pk, one.pk, 2), (part.pk, one.pk, 5), (supply.pk, two.pk, 2)}


@pytest.mark.django_db
def test_split_supply_keeps_a_disconnected_pair_apart_with_each_part(planner):
    link = LinkFactory(supply=SupplyFactory(quantity=10), quantity=6)
    operations.disconnect(link=link, by=planner)
    supply = Supply.objects.get(pk=link.supply_id)

    [part] = split_supply(supply=supply, parts=[part_of(supply, 4)], by=planner)

    assert set(Tombstone.objects.values_list("supply", "demand")) == {
        (supply.pk, link.demand_id),
        (part.pk, link.demand_id),
    }


@pytest.mark.django_db
def test_split_demands_divides_many_and_may_leave_nothing_behind(planner):
    links = [LinkFactory(quantity=quantity, supply=SupplyFactory()) for quantity in (4, 10)]
    operations.add_provenance([(link.supply, link.demand, link.quantity) for link in links])
    cuts = [Cut(position=link.demand, parts=[part_of(link.demand, 10, need_date=EARLY)]) for link in links]

    made = split_demands(cuts=cuts, by=planner)

    assert [(held(link.demand), held(part)) for link, part in zip(links, made, strict=True)] == [
        ({}, {link.supply: link.quantity}) for link in links
    ]
    assert [link.demand.quantity for link in links] == [0, 0]


@pytest.mark.django_db
def test_split_supply_refreshes_the_need_dates_of_its_components(planner):
    supply = MadeSupplyFactory(quantity=10, due_date=LATE, lead_time=1)
    need = component_of(supply)
    LinkFactory(supply=supply, quantity=5, demand=demand_for(supply, need_date=date(2026, 3, 16)))

    split_supply(supply=supply, parts=[part_of(supply, 5, due_date=EARLY)], by=planner)

    need.refresh_from_db()
    assert need.need_date == date(2026, 3, 18)
