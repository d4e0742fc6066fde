"""W1: a structure of 10,000 parts, 8 deep, with 60,000 BOM rows and sub-assemblies that many share.

1,000 tops, seven levels of 500 sub-assemblies, 5,500 bought parts. Each BOM takes four sub-assemblies of the next
level and nine or ten bought parts: some 200,000 paths lead down from a top, to some 6,500 distinct parts.
"""

import random
from collections import defaultdict
from decimal import Decimal

from erp.demo.bench.loading import SEED, TODAY, analyze, copy_in, fetch, parts, world
from erp.demo.bench.measuring import Case, Side
from erp.register.models import Part
from production.explosion import explode
from production.models import Bom, BomRow, PartLevel
from production.queries.structures import structure_of

LEVELS = 7
QUANTITY = Decimal(10)

# The tables already in low-level-code order: what is left to do is one multiplication and one addition a row.
ALL_ROWS = """
select b.part_id, r.component_id, r.quantity_per from production_bom b join production_bomrow r on r.bom_id = b.id
left join production_partlevel l on l.part_id = b.part_id where b.is_active order by coalesce(l.low_level_code, 0)
"""
ROWS_BELOW = """
with recursive reach(part_id) as (
  select %s::bigint union
  select r.component_id from reach n join production_bom b on b.part_id = n.part_id and b.is_active
    join production_bomrow r on r.bom_id = b.id)
select b.part_id, r.component_id, r.quantity_per from reach n
join production_bom b on b.part_id = n.part_id and b.is_active join production_bomrow r on r.bom_id = b.id
left join production_partlevel l on l.part_id = b.part_id order by coalesce(l.low_level_code, 0)
"""
BY_PATHS = """
with recursive path(part_id, quantity) as (
  select %s::bigint, %s::numeric union all
  select r.component_id, p.quantity * r.quantity_per from path p
    join production_bom b on b.part_id = p.part_id and b.is_active join production_bomrow r on r.bom_id = b.id)
select part_id, sum(quantity) from path where part_id <> %s group by 1
"""
ONE_LEVEL = """
level{number} as materialized (
  select n.top, r.component_id part_id, sum(n.quantity * r.quantity_per) quantity from level{above} n
    join production_bom b on b.part_id = n.part_id and b.is_active join production_bomrow r on r.bom_id = b.id
  group by 1, 2)"""


def cases(size):
    tops = build(count=max(round(1000 * size), 4))
    analyze(Part, Bom, BomRow, PartLevel)
    sample = tops[: max(len(tops) // 10, 2)]
    return [
        Case(
            workload="W1", name="one top", sides=lambda n: _one_top(tops[n]), targets={"limit": 2, "paths in SQL": 0.5}
        ),
        Case(
            workload="W1", name=f"{len(tops):,} tops, sum by part", sides=lambda _: _sum_of(tops), targets={"limit": 2}
        ),
        Case(
            workload="W1",
            name=f"{len(sample):,} tops, each alone",
            sides=lambda _: _each_of(sample),
            targets={"levels in SQL": 0.02},
        ),
    ]


def build(*, count):
    """The structure, ``count`` tops wide; returns the ids of the tops."""
    chance, base = random.Random(SEED), world()
    tops = parts(base, count, prefix="TOP", made=True)
    levels = [parts(base, max(count // 2, 4), prefix=f"SUB{n}", made=True) for n in range(LEVELS)]
    bought = parts(base, round(5.5 * count), prefix="BUY")
    makers = [(part, below) for here, below in zip([tops, *levels], [*levels, None], strict=True) for part in here]
    boms = copy_in(Bom, ({"part_id": part} for part, _ in makers))
    copy_in(
        BomRow, (row for bom, (_, below) in zip(boms, makers, strict=True) for row in _rows(bom, below, bought, chance))
    )
    return tops


def _rows(bom, below, bought, chance):
    wanted = 13 + chance.choice((0, 0, 1))
    subs = chance.sample(below, 4) if below else []
    for position, component in enumerate([*subs, *chance.sample(bought, wanted - len(subs))], start=1):
        yield {
            "bom_id": bom,
            "position": 10 * position,
            "component_id": component,
            "quantity_per": Decimal(chance.choice((1, 1, 2, 3))),
        }


def _one_top(top):
    return {
        "product": Side(work=lambda: explode(structure_of([top]), {top: QUANTITY}, on=TODAY), result=dict, repeat=3),
        "limit": Side(work=lambda: _multiply(fetch(ROWS_BELOW, [top]), {top: QUANTITY}), result=dict, repeat=3),
        "levels in SQL": Side(work=lambda: fetch(by_levels([top])), result=dict, repeat=3),
        "paths in SQL": Side(work=lambda: fetch(BY_PATHS, [top, QUANTITY, top]), result=dict, repeat=3),
    }


def _sum_of(tops):
    wanted = dict.fromkeys(tops, QUANTITY)
    return {
        "product": Side(work=lambda: explode(structure_of(tops), wanted, on=TODAY), result=dict),
        "limit": Side(work=lambda: _multiply(fetch(ALL_ROWS), wanted), result=dict),
        "levels in SQL": Side(work=lambda: fetch(by_levels(tops, together=True)), result=dict),
    }


def _each_of(tops):
    def product():
        structure = structure_of(tops)
        return {top: explode(structure, {top: QUANTITY}, on=TODAY) for top in tops}

    def limit():
        rows = fetch(ALL_ROWS)
        return {top: _multiply(rows, {top: QUANTITY}) for top in tops}

    return {
        "product": Side(work=product, result=_count),
        "limit": Side(work=limit, result=_count),
        "levels in SQL": Side(work=lambda: _by_top(fetch(by_levels(tops))), result=_count),
    }


def _multiply(rows, wanted):
    needs = dict(wanted)
    for part, component, per in rows:
        if quantity := needs.get(part):
            needs[component] = needs.get(component, 0) + quantity * per
    return {part: quantity for part, quantity in needs.items() if part not in wanted}


def by_levels(tops, *, together=False):
    """One statement, one step a level; every step sums what several paths bring to a part."""
    start = ", ".join(f"({0 if together else top}::bigint, {top}::bigint, {QUANTITY}::numeric)" for top in tops)
    steps = [ONE_LEVEL.format(number=n, above=n - 1) for n in range(1, LEVELS + 2)]
    found = " union all ".join(f"select * from level{n}" for n in range(1, LEVELS + 2))
    columns = "part_id" if together or len(tops) == 1 else "top, part_id"
    levels = ",".join(steps)
    return (
        f"with level0(top, part_id, quantity) as (values {start}), {levels} "
        f"select {columns}, sum(quantity) from ({found}) z group by {columns}"
    )


def _by_top(rows):
    found = defaultdict(dict)
    for top, part, quantity in rows:
        found[top][part] = quantity
    return found


def _count(found):
    """(rows, sum over tops and parts of quantity x part): too many rows to keep for comparing."""
    rows = sum(len(parts) for parts in found.values())
    return rows, sum(part * quantity for parts in found.values() for part, quantity in parts.items())
