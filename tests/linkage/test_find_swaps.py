"""Swaps that help somebody and harm nobody: found without comparing pairs, checked here against comparing all pairs."""

import json
import random
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO
from itertools import groupby, permutations

import pytest
import time_machine
from django.core.management import CommandError, call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from erp.exceptions import Refused
from linkage import operations
from linkage.dates import refresh_need_dates
from linkage.models import JobRun, OrderLink, Supply, SwapProposal, Tombstone
from linkage.queries.felt import how_late, rows_above
from linkage.queries.harmless import harmless_swaps
from linkage.queries.swaps import proof_of
from linkage.swapping import ON_SHELF, Held, find
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
from tests.linkage.test_swapping import due, made_for_a_row, pair


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(TODAY, tick=False):
        yield


# Found in plain facts

DAY = date(2026, 3, 2)
days = st.integers(0, 8).map(lambda n: DAY + timedelta(n))


def days_late(comes, need):
    return max((comes - need).days, 0) if comes != ON_SHELF else 0


@st.composite
def helds(draw):
    facts = st.tuples(st.integers(1, 4), st.one_of(st.just(ON_SHELF), days), days, st.one_of(st.just(ON_SHELF), days))
    found = draw(st.lists(facts, max_size=9))
    return [
        Held(link, link % 5, link, Decimal(quantity), comes, need, bears)
        for link, (quantity, comes, need, bears) in enumerate(found)
    ]


def helps_and_harms_nobody(late, early, tombstones):
    """By the definition alone, one pair at a time."""
    mine = days_late(early.comes, late.need) < days_late(late.comes, late.need)
    theirs = days_late(late.comes, early.need) <= days_late(early.comes, early.need)
    joined = {(early.supply, late.demand), (late.supply, early.demand)} & tombstones
    return mine and theirs and early.bears <= late.need and not joined


@given(helds(), st.sets(st.tuples(st.integers(0, 4), st.integers(0, 8)), max_size=6))
@settings(max_examples=400, deadline=None)
def test_find_lists_only_what_helps_and_something_whenever_anything_does(held, tombstones):
    swaps = find(held, days_late=days_late, tombstones=tombstones)

    assert all(helps_and_harms_nobody(swap.late, swap.early, tombstones) for swap in swaps)
    possible = any(helps_and_harms_nobody(a, b, tombstones) for a in held for b in held)
    assert bool(swaps) == possible


@given(helds())
@settings(max_examples=200, deadline=None)
def test_find_uses_no_link_beyond_what_it_holds_and_is_deterministic(held):
    swaps = find(held, days_late=days_late)

    used = {}
    for swap in swaps:
        for link in (swap.late.link, swap.early.link):
            used[link] = used.get(link, 0) + swap.quantity
    assert all(used.get(each.link, 0) <= each.quantity for each in held)
    assert find(list(reversed(held)), days_late=days_late) == swaps


def test_find_takes_what_is_just_in_time_and_leaves_the_earlier():
    late = Held(1, 1, 1, Decimal(4), DAY + timedelta(7), DAY + timedelta(4))
    first, second = (
        Held(link, link, link, Decimal(4), DAY + timedelta(comes), DAY + timedelta(9))
        for link, comes in ((2, 0), (3, 3))
    )

    [swap] = find([late, first, second], days_late=days_late)

    assert (swap.early, swap.days_before, swap.days_after) == (second, 3, 0)


# Found in the ledger


def random_ledger(seed):
    """One part in one warehouse: bought, made and on the shelf, with components below what is made."""
    chance = random.Random(seed)
    first = SupplyFactory(quantity=20, due_date=day(chance))
    supplies = [first, due(first, day(chance), quantity=20), stock(first.part, first.warehouse, 20)]
    supplies += [_made(first, chance) for _ in range(2)]
    for _ in range(chance.randint(3, 7)):
        supply = chance.choice(supplies)
        demand = demand_for(supply, need_date=day(chance))
        shelf = {"stock": supply, "received": Decimal(4)} if supply.is_stock else {}
        LinkFactory(supply=supply, demand=demand, quantity=Decimal(4), **shelf)
    refresh_need_dates([supply.pk for supply in supplies])
    return first


def day(chance):
    return TODAY + timedelta(chance.randint(1, 25))


def _made(like, chance):
    made = MadeSupplyFactory(
        part=like.part, warehouse=like.warehouse, quantity=20, due_date=day(chance), lead_time=2, status="started"
    )
    component = component_of(made, part=PartFactory(), need_date=day(chance))
    bought = SupplyFactory(part=component.part, warehouse=component.warehouse, due_date=day(chance))
    LinkFactory(supply=bought, demand=component, quantity=chance.choice([4, 10, 10]))
    return made


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(25))
def test_listed_swaps_harm_nobody_and_none_is_listed_only_where_none_helps(planner, seed):
    random_ledger(seed)

    improvements = harmless_swaps()

    links = OrderLink.objects.open().with_ends().in_bulk()
    every_row = rows_above([link.demand_id for link in links.values()])
    if not improvements:
        assert list(every_pair_that_helps(links, planner)) == []
    for row, group in groupby(improvements, lambda each: each.row):
        before = how_late(every_row, today=TODAY)
        group = list(group)
        for swap in (each.swap for each in group):
            fresh = OrderLink.objects.in_bulk([swap.late.link, swap.early.link])
            pair_of = {"link": fresh[swap.late.link], "other": fresh[swap.early.link], "quantity": swap.quantity}
            operations.swap(**pair_of, by=planner)
        after = how_late(every_row, today=TODAY)
        assert [(before[row].days, after[row].days)] * len(group) == [
            (each.days_before, each.days_after) for each in group
        ]
        assert not any(after[pk].is_worse_than(before[pk]) for pk in every_row)


def is_plain(supply):
    """Nobody waits for what it is made of because of another row, and nothing of that is uncovered."""
    if supply.kind != "production":
        return True
    return supply.links.filter(open__gt=0).count() == 1 and not supply.components.filter(uncovered__gt=0).exists()


def every_pair_that_helps(links, by):
    of_part = [link for link in links.values() if link.demand.kind == "sales" and is_plain(link.supply)]
    for late, early in permutations(of_part, 2):
        try:
            proof = proof_of(operations.swap, link=late, other=early, by=by)
        except Refused:
            continue
        if proof.helps and not proof.harms:
            yield late, early


def found():
    return [(each.swap.late.link, each.swap.early.link, each.swap.quantity) for each in harmless_swaps()]


@pytest.mark.django_db
def test_find_swaps_sees_the_plain_case():
    late, early = pair()

    assert found() == [(late.pk, early.pk, 4)]


@pytest.mark.django_db
def test_find_swaps_divides_and_serves_one_late_row_from_two():
    late, early = pair(first=6, second=4)
    other = due(late.supply, date(2026, 3, 5))
    second = LinkFactory(supply=other, demand=demand_for(other, need_date=date(2026, 3, 30)), quantity=4)

    assert found() == [(late.pk, early.pk, 4), (late.pk, second.pk, 2)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "facts",
    [{"contract": True}, {"demand__kind": "hold"}, {"demand__kind": "safety"}, {"demand__need_date": None}],
    ids=["contract", "hold", "minimum stock", "no date"],
)
def test_find_swaps_leaves_out_what_nobody_may_or_need_move(facts):
    early = LinkFactory(supply__due_date=date(2026, 3, 6), **{"demand__need_date": date(2026, 3, 20), **facts})
    slow = due(early.supply, date(2026, 3, 16))
    LinkFactory(supply=slow, demand=demand_for(slow, need_date=date(2026, 3, 9)))

    assert found() == []


@pytest.mark.django_db
def test_find_swaps_joins_no_pair_that_a_person_parted(planner):
    late, early = pair()
    Tombstone.objects.create(supply=early.supply, demand=late.demand, created_by=planner)

    assert found() == []


@pytest.mark.django_db
def test_find_swaps_leaves_an_order_whose_material_would_come_too_late():
    made = MadeSupplyFactory(due_date=date(2026, 3, 6), lead_time=2, status="started")
    component = component_of(made, part=PartFactory(), need_date=date(2026, 3, 18))
    LinkFactory(
        supply=SupplyFactory(part=component.part, warehouse=component.warehouse, due_date=date(2026, 3, 12)),
        demand=component,
        quantity=component.quantity,
    )
    LinkFactory(supply=made, demand=demand_for(made, need_date=date(2026, 3, 20)))
    slow = due(made, date(2026, 3, 16))
    late = LinkFactory(supply=slow, demand=demand_for(slow, need_date=date(2026, 3, 9)))

    assert found() == []
    Supply.objects.filter(part=component.part).update(due_date=date(2026, 3, 4))
    assert [row[0] for row in found()] == [late.pk]


@pytest.mark.django_db
def test_find_swaps_moves_an_order_up_whose_material_lies_free_on_the_shelf():
    made = MadeSupplyFactory(due_date=date(2026, 3, 6), lead_time=2, status="started")
    component = component_of(made, part=PartFactory(), need_date=date(2026, 3, 18))
    LinkFactory(supply=made, demand=demand_for(made, need_date=date(2026, 3, 20)))
    slow = due(made, date(2026, 3, 16))
    late = LinkFactory(supply=slow, demand=demand_for(slow, need_date=date(2026, 3, 9)))

    assert found() == []
    stock(component.part, component.warehouse, 10)
    assert [row[0] for row in found()] == [late.pk]


@pytest.mark.django_db
@pytest.mark.parametrize("many", [1, 4])
def test_find_swaps_asks_the_database_equally_often(django_assert_num_queries, many):
    for _ in range(many):
        pair()

    with django_assert_num_queries(14):
        assert len(harmless_swaps()) == many


# Accepted


@pytest.mark.django_db
def test_accept_swaps_does_each_that_still_helps_and_says_why_not(planner):
    first, second = pair(), pair()
    operations.note_swaps(swaps=harmless_swaps(), by=planner)
    operations.disconnect(link=second[1], by=planner)
    refused = {}

    made = operations.accept_swaps(proposals=SwapProposal.objects.order_by("pk"), refused=refused, by=planner)

    assert {(link.supply_id, link.demand_id) for link in made} == {
        (first[0].supply_id, first[1].demand_id),
        (first[1].supply_id, first[0].demand_id),
    }
    [sentence] = refused.values()
    assert sentence.startswith("Nothing of")
    assert not SwapProposal.objects.exists()


@pytest.mark.django_db
def test_accept_swaps_refuses_what_would_harm_somebody_by_now(planner):
    late, early = pair()
    operations.note_swaps(swaps=harmless_swaps(), by=planner)
    type(early.demand).objects.filter(pk=early.demand_id).update(need_date=date(2026, 3, 10))

    with pytest.raises(Refused, match=r"would be late by 4 work days instead of 0 by now"):
        operations.accept_swaps(proposals=SwapProposal.objects.all(), by=planner)

    assert OrderLink.objects.get(pk=late.pk).open == 4


def two_late_components():
    """A row whose order waits for two parts, each of which somebody else could spare: (row, both late links)."""
    late, row = made_for_a_row(date(2026, 3, 16), date(2026, 3, 9))
    second = component_of(late.demand.for_supply, part=PartFactory(), position=20, need_date=date(2026, 3, 9))
    slow = SupplyFactory(part=second.part, warehouse=second.warehouse, due_date=date(2026, 3, 16))
    links = [late, LinkFactory(supply=slow, demand=second, quantity=10)]
    for link in links:
        early = due(link.supply, date(2026, 3, 6))
        LinkFactory(supply=early, demand=demand_for(early, need_date=date(2026, 3, 20)), quantity=10)
    return row, links


@pytest.mark.django_db
def test_find_swaps_lists_all_that_a_row_needs_with_its_own_days():
    row, links = two_late_components()

    improvements = harmless_swaps()

    assert [(each.swap.late.link, each.row, each.days_before, each.days_after) for each in improvements] == [
        (link.pk, row.pk, 5, 0) for link in links
    ]


@pytest.mark.django_db
def test_find_swaps_lists_nothing_where_the_row_waits_for_something_later_still():
    _row, links = two_late_components()
    Supply.objects.filter(part=links[1].part, due_date=date(2026, 3, 6)).update(due_date=date(2026, 3, 16))

    assert harmless_swaps() == []


@pytest.mark.django_db
def test_accept_swaps_for_a_row_goes_together_or_says_what_is_missing(planner):
    row, _links = two_late_components()
    first, second = operations.note_swaps(swaps=harmless_swaps(), by=planner)

    with pytest.raises(Refused) as refusal:
        operations.accept_swaps(proposals=[first], by=planner)
    made = operations.accept_swaps(proposals=[first, second], by=planner)

    assert str(refusal.value) == (
        f"{row} would still be late by 5 work days, it is late by 5 work days now. "
        "1 more swap is proposed for it: accept them together."
    )
    assert len(made) == 4
    assert how_late([row.pk], today=TODAY)[row.pk].days == 0


@pytest.mark.django_db
def test_accept_swaps_keeps_on_the_worklist_what_helps_only_together_with_another(planner):
    row, _links = two_late_components()
    other, _early = pair()
    operations.note_swaps(swaps=harmless_swaps(), by=planner)
    ticked = [SwapProposal.objects.filter(row=row).first(), SwapProposal.objects.exclude(row=row).get()]

    made = operations.accept_swaps(proposals=ticked, refused={}, by=planner)

    assert (len(made), {link.part for link in made}) == (2, {other.part})
    assert set(SwapProposal.objects.values_list("row", flat=True)) == {row.pk}
    assert SwapProposal.objects.count() == 2


@pytest.mark.django_db
def test_accept_swaps_refuses_what_helps_nobody_any_more(planner):
    late, _early = pair()
    operations.note_swaps(swaps=harmless_swaps(), by=planner)
    Supply.objects.filter(pk=late.supply_id).update(due_date=date(2026, 3, 5))

    with pytest.raises(Refused, match="is not late any more"):
        operations.accept_swaps(proposals=SwapProposal.objects.all(), by=planner)


# The command


def run(**options):
    out = StringIO()
    call_command("find_swaps", stdout=out, business_date=TODAY, **options)
    return out.getvalue()


@pytest.mark.django_db
def test_command_lists_and_notes_what_it_finds():
    late, early = pair()

    said = run()

    assert said == (
        f"1 swaps help somebody and harm nobody; 0 done.\n{late.part}: {late.demand} gets 4 of {early.supply} "
        f"instead of {late.supply}, late by 0 instead of 5 work days; {early.demand} can wait for {late.supply}.\n"
    )
    assert list(SwapProposal.objects.values_list("late_link", "early_link", "days_before", "days_after")) == [
        (late.pk, early.pk, 5, 0)
    ]
    assert JobRun.objects.get().succeeded is True


@pytest.mark.django_db
def test_command_names_stock_and_components_as_people_do():
    made = MadeSupplyFactory()
    component = component_of(made, part=PartFactory(), need_date=date(2026, 3, 9))
    slow = SupplyFactory(part=component.part, warehouse=component.warehouse, due_date=date(2026, 3, 16))
    LinkFactory(supply=slow, demand=component)
    shelf = stock(component.part, component.warehouse, 10)
    LinkFactory(supply=shelf, stock=shelf, received=4, demand=demand_for(shelf, need_date=date(2026, 3, 20)))

    [line] = json.loads(run(json=True))["swaps"]

    assert (line["late_demand"], line["early_supply"]) == (str(component), str(shelf))


@pytest.mark.django_db
def test_command_applies_all_and_finds_nothing_afterwards():
    for _ in range(3):
        pair()

    answers = [json.loads(run(json=True, apply=True)) for _ in range(2)]

    assert [(answer["count"], answer["applied"]) for answer in answers] == [(3, 3), (0, 0)]


@pytest.mark.django_db
def test_command_looks_at_one_part_and_leaves_the_proposals_of_others():
    first, second = pair(), pair()
    run()

    run(part=first[0].part.number)

    assert SwapProposal.objects.count() == 2
    with pytest.raises(CommandError, match="There is no part NONE"):
        run(part="NONE")
    assert second[0].part != first[0].part
