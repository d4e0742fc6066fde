"""The structure below some parts, read once in two statements, then explored in memory (``production.explosion``)."""

from collections import defaultdict
from decimal import Decimal

from django.db import connection

from erp.register.models import Part
from production.explosion import Facts, Recipe, Row, Structure

# UNION adds no part twice: the cost grows with distinct parts, not with paths, and a circle ends.
REACH = """
with recursive reach(part_id) as (
  select unnest(%s::bigint[])
  union
  select r.component_id from reach
    join production_bom b on b.part_id = reach.part_id and b.is_active
    join production_bomrow r on r.bom_id = b.id)
"""
ROWS = (
    REACH
    + """
select b.part_id, b.revision_id, b.id,
       r.component_id, r.quantity_per, r.fixed_quantity, r.scrap, r.valid_from, r.valid_to, r.id
from reach join production_bom b on b.part_id = reach.part_id and b.is_active
left join production_bomrow r on r.bom_id = b.id
order by b.id, r.position
"""
)
FACTS = (
    "id",
    "number",
    "part_type",
    "lot_sizing",
    "unit__decimals",
    "lead_time",
    "safety_time",
    "order_quantity",
    "order_minimum",
    "order_maximum",
    "order_multiple",
    "over_production_tolerance",
    "active_revision",
    "make_from_sales_row",
)


def structure_of(part_ids):
    """Everything below the parts, through their active BOMs."""
    part_ids = set(part_ids)
    rows = defaultdict(list)
    recipes = {}
    with connection.cursor() as cursor:
        cursor.execute(ROWS, [list(part_ids)])
        for part, revision, bom, *row in cursor.fetchall():
            recipes[part, revision] = bom
            if row[0] is not None:
                rows[bom].append(Row(*row))
                part_ids.add(row[0])
    return Structure(
        facts_of(part_ids),
        {key: Recipe(bom, key[1], tuple(rows[bom])) for key, bom in recipes.items()},
    )


def facts_of(part_ids):
    """{part id: Facts}"""
    found = Part.objects.filter(pk__in=part_ids).order_by().values_list(*FACTS)
    return {row[0]: Facts(*row[:4], Decimal(1).scaleb(-row[4]), *row[5:]) for row in found}
