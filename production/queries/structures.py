"""The structure below some parts, read once in two statements, then explored in memory (``production.explosion``)."""

from collections import defaultdict

from linkage.queries.sql import rows as fetch
from production.explosion import Facts, Recipe, Row, Structure
from production.models import Bom

# UNION adds no part twice: the cost grows with distinct parts, not with paths, and a circle ends.
REACH = """
with recursive reach(part_id) as (
  select unnest(%s::bigint[])
  union
  select r.component_id from reach
    join production_bom b on b.part_id = reach.part_id and b.is_active
    join production_bomrow r on r.bom_id = b.id)
"""
BOMS = (
    REACH
    + """
select b.part_id, b.revision_id, b.id from reach join production_bom b on b.part_id = reach.part_id and b.is_active
order by b.id
"""
)
ROWS = """
select r.component_id, r.quantity_per, r.fixed_quantity, r.scrap, r.valid_from, r.valid_to, r.id, r.variants,
  r.bom_id
from production_bomrow r where r.bom_id = any(%s) order by r.bom_id, r.position
"""
FACTS = """
select p.id, p.number, p.part_type, p.lot_sizing, trim_scale(power(10::numeric, -u.decimals)), p.lead_time,
  p.safety_time, p.order_quantity, p.order_minimum, p.order_maximum, p.order_multiple, p.over_production_tolerance,
  p.active_revision_id, p.make_from_sales_row, coalesce(l.low_level_code, 0)
from register_part p join register_unit u on u.id = p.unit_id
left join production_partlevel l on l.part_id = p.id where p.id = any(%s)
"""


def parts_with_bom(part_ids):
    """Those of the parts (ids) that an active BOM says how to make."""
    return set(Bom.objects.active().filter(part__in=part_ids).values_list("part", flat=True))


def structure_of(part_ids):
    """Everything below the parts, through their active BOMs."""
    part_ids = set(part_ids)
    boms = fetch(BOMS, [list(part_ids)])
    rows = defaultdict(list)
    for row in fetch(ROWS, [[bom for _part, _revision, bom in boms]]):
        rows[row[-1]].append(Row._make(row[:-1]))
        part_ids.add(row[0])
    recipes = {(part, revision): Recipe(bom, revision, tuple(rows[bom])) for part, revision, bom in boms}
    facts, levels = _read_facts(part_ids)
    return Structure(facts, recipes, levels=levels)


def _read_facts(part_ids):
    """The facts of parts, and their low-level codes as the database keeps them."""
    rows = fetch(FACTS, [list(part_ids)])
    return {row[0]: Facts._make(row[:-1]) for row in rows}, {row[0]: row[-1] for row in rows}
