"""Reads what links hold and finds the swaps that help somebody and harm nobody, over all parts or for one.

Left out are links of which something is issued, contract links, demands without a date, holds and minimum stocks (no
customer waits for them), and orders whose own material is late: their date is not to be trusted.
"""

from collections import defaultdict
from datetime import date, timedelta

from erp.register.units import plain
from linkage.chains import ids_below
from linkage.dates import Slack, business_date, time_from_today
from linkage.models import SupplyKind
from linkage.queries.proof import late_by
from linkage.queries.sql import named_rows, rows
from linkage.swapping import ON_SHELF, Held, find

# Pools in which some link may be late: more than are, because work days are for the calendar to say.
HELD = """
with late as (
  select distinct l.part_id, l.warehouse_id
  from linkage_orderlink l join linkage_supply s on s.id = l.supply_id join linkage_demand d on d.id = l.demand_id
  where l.to_come > 0 and (%(part)s::bigint is null or l.part_id = %(part)s)
    and (s.due_date > d.need_date or d.need_date < %(today)s::date + s.lead_time * 2 + 14))
select l.id link, l.supply_id, l.demand_id, l.part_id, l.warehouse_id, l.to_come, l.on_shelf, s.due_date, s.kind,
  s.status, s.lead_time, s.revision_id supply_revision, d.revision_id demand_revision, d.need_date
from linkage_orderlink l join late using (part_id, warehouse_id)
join linkage_supply s on s.id = l.supply_id join linkage_demand d on d.id = l.demand_id
where l.open > 0 and l.issued = 0 and not l.contract and d.kind in ('sales', 'component', 'subcontract')
  and d.need_date is not null and (l.to_come = 0 or s.due_date is not null)
order by l.id
"""
TOMBSTONES = "select supply_id, demand_id from linkage_tombstone where supply_id = any(%s)"
DEADLINES = """
select l.supply_id, min(d.need_date) from linkage_orderlink l join linkage_demand d on d.id = l.demand_id
where l.open > 0 and l.supply_id = any(%s) group by l.supply_id
"""
MATERIAL = """
select d.for_supply_id, l.supply_id, s.due_date, s.kind, s.status, s.lead_time, s.warehouse_id
from linkage_demand d join linkage_orderlink l on l.demand_id = d.id and l.to_come > 0
join linkage_supply s on s.id = l.supply_id and s.due_date is not null
where d.for_supply_id = any(%s)
"""
OWN_TIMES = "select id, warehouse_id, lead_time from linkage_supply where id = any(%s)"


def harmless_swaps(*, part=None, today=None):
    """All swaps that help one demand and harm none: [Swap], by part, warehouse and what is late the most."""
    today = today or business_date()
    found = named_rows("HeldRow", HELD, {"part": part and part.pk, "today": today})
    if not found:
        return []
    slack = Slack({row.warehouse_id for row in found}, today=today)
    bears = _bears({row.supply_id for row in found if row.kind == SupplyKind.PRODUCTION}, slack)
    pools = defaultdict(list)
    for row in found:
        if (needs := bears.get(row.supply_id, date.min)) is not None:
            pool = row.part_id, row.warehouse_id, row.supply_revision or 0, row.demand_revision or 0
            pools[pool].append(_held(row, slack, needs))
    tombstones = set(rows(TOMBSTONES, [list({row.supply_id for row in found})]))
    return [
        swap
        for pool, held in sorted(pools.items())
        for swap in find(held, days_late=_days_late(slack, pool[1]), tombstones=tombstones)
    ]


def _held(row, slack, bears):
    """What comes first of a link is what is to come; a link that waits for nothing holds goods on the shelf."""
    if row.to_come > 0:
        comes = slack.counts_as(row.warehouse_id, row.due_date, _from_today(row))
        return Held(row.link, row.supply_id, row.demand_id, row.to_come, comes, row.need_date, bears)
    return Held(row.link, row.supply_id, row.demand_id, row.on_shelf, ON_SHELF, row.need_date)


def _from_today(row):
    return time_from_today(row.kind, row.status, row.lead_time)


def _days_late(slack, warehouse):
    def days(comes, need):
        return 0 if comes <= need else late_by(slack.between(warehouse, comes, need))

    return days


def _bears(supply_ids, slack):
    """{production supply: the earliest need for which all its material comes in time}; None: not even for its own."""
    if not supply_ids:
        return {}
    below, _demands = ids_below(list(supply_ids))
    times = {pk: (warehouse, lead_time) for pk, warehouse, lead_time in rows(OWN_TIMES, [below])}
    material = defaultdict(list)
    for row in named_rows("MaterialRow", MATERIAL, [below]):
        material[row.for_supply_id].append(row)
    slack = Slack({warehouse for warehouse, _ in times.values()}, today=slack.today) if material else slack
    known = {}

    def bears(supply):
        if supply not in known:
            comes = [
                max(slack.counts_as(row.warehouse_id, row.due_date, _from_today(row)), bears(row.supply_id))
                for row in material[supply]
            ]
            known[supply] = (
                _earliest(slack.calendars[times[supply][0]], max(comes), times[supply][1]) if comes else date.min
            )
        return known[supply]

    deadlines = dict(rows(DEADLINES, [list(supply_ids)]))
    return {pk: bears(pk) if not deadlines.get(pk) or bears(pk) <= deadlines[pk] else None for pk in supply_ids}


def _earliest(calendar, comes, lead_time):
    """The first day from which so many work days back do not lie before the day the material comes."""
    start = calendar.move_on(comes)
    return calendar.add(start, lead_time - 1) + timedelta(days=1) if lead_time > 0 else start


# Labels as the models' ``label`` has them, without an instance each.
LABELS = """
select l.id, p.number part,
  case when s.kind = 'stock' then 'stock ' || w.code else so.number || '/' || s.position end supply,
  o.number || coalesce('/' || f.position, '') || '/' || d.position demand
from linkage_orderlink l
join linkage_supply s on s.id = l.supply_id left join linkage_document so on so.id = s.document_id
join linkage_demand d on d.id = l.demand_id join linkage_document o on o.id = d.document_id
left join linkage_supply f on f.id = d.for_supply_id
join register_part p on p.id = l.part_id join register_warehouse w on w.id = l.warehouse_id
where l.id = any(%s)
"""


def in_words(swaps):
    """The swaps with the numbers that people know, one dictionary each; one query for all."""
    links = {pk for swap in swaps for pk in (swap.late.link, swap.early.link)}
    known = {row.id: row for row in named_rows("Label", LABELS, [list(links)])} if links else {}
    return [_words(swap, known[swap.late.link], known[swap.early.link]) for swap in swaps]


def _words(swap, late, early):
    return {
        "part": late.part,
        "late_demand": late.demand,
        "late_supply": late.supply,
        "early_demand": early.demand,
        "early_supply": early.supply,
        "quantity": plain(swap.quantity),
        "days_before": swap.days_before,
        "days_after": swap.days_after,
    }
