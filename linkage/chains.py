"""The chain as ids: which supplies and demands hang below a supply. One recursive statement, edges read once.

UNION adds no row twice, so a circle or a ladder of diamonds ends; ``CYCLE`` would walk every path.
"""

from django.db import connection

BELOW = """
with recursive below(supply_id) as (
  select id from linkage_supply where id = any(%s) and kind = 'production'
  union
  select l.supply_id from below b
    join linkage_demand d on d.for_supply_id = b.supply_id
    join linkage_orderlink l on l.demand_id = d.id and l.open > 0)
select 's', supply_id from below
union all
select 'd', d.id from below b join linkage_demand d on d.for_supply_id = b.supply_id
"""


def ids_below(supply_ids):
    """(supply ids, demand ids) of the chain below production supplies, the roots among them; empty for bought goods."""
    with connection.cursor() as cursor:
        cursor.execute(BELOW, [list(supply_ids)])
        rows = cursor.fetchall()
    return [pk for kind, pk in rows if kind == "s"], [pk for kind, pk in rows if kind == "d"]
