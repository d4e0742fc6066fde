"""Reads what links hold and finds the swaps that make some row less late and none later, over all parts or for one.

Rows are measured by their whole chain. Left out are links of which something is issued, contract links, demands without
a date, holds and minimum stocks: no customer waits for them.
"""

from collections import defaultdict
from datetime import date, timedelta
from typing import NamedTuple

from erp.register.units import plain
from linkage.chains import ids_below
from linkage.dates import Slack, business_date, time_from_today
from linkage.models import SupplyKind
from linkage.queries.exchanges import Exchanges
from linkage.queries.proof import late_by
from linkage.queries.sql import named_rows, rows
from linkage.swapping import ON_SHELF, Held, Swap, find

# Pools in which some link may be late: more than are, because work days are for the calendar to say.
HELD = """
with late as (
  select distinct l.part_id, l.warehouse_id
  from linkage_orderlink l join linkage_supply s on s.id = l.supply_id join linkage_demand d on d.id = l.demand_id
  where l.to_come > 0 and (%(part)s::bigint is null or l.part_id = %(part)s)
    and (s.due_date > d.need_date or s.kind = 'production' or d.need_date < %(today)s::date + 14))
select l.id link, l.supply_id, l.demand_id, l.part_id, l.warehouse_id, l.to_come, l.on_shelf, s.due_date, s.kind,
  s.status, s.lead_time, s.revision_id supply_revision, d.revision_id demand_revision,
  s.variant supply_variant, d.variant demand_variant, d.need_date
from linkage_orderlink l join late using (part_id, warehouse_id)
join linkage_supply s on s.id = l.supply_id join linkage_demand d on d.id = l.demand_id
where l.open > 0 and l.issued = 0 and not l.contract and d.kind in ('sales', 'component', 'subcontract')
  and d.need_date is not null and (l.to_come = 0 or s.due_date is not null)
order by l.id
"""
TOMBSTONES = "select supply_id, demand_id from linkage_tombstone where supply_id = any(%s)"
SHARED = """
select supply_id from linkage_orderlink where open > 0 and supply_id = any(%s)
group by supply_id having count(distinct demand_id) > 1
"""
MATERIAL = """
select d.for_supply_id, l.supply_id, s.due_date, s.kind, s.status, s.lead_time, s.warehouse_id
from linkage_demand d join linkage_orderlink l on l.demand_id = d.id and l.to_come > 0
join linkage_supply s on s.id = l.supply_id and s.due_date is not null
where d.for_supply_id = any(%s)
"""
OWN_TIMES = "select id, warehouse_id, lead_time from linkage_supply where id = any(%s)"
# Goods that a row without hope would have taken are offered to the others in the next round.
ROUNDS = 10


class Improvement(NamedTuple):
    """A swap to list, the row that it is for and how many work days that is late before and after.

    Where a row needs several swaps, the days are those of all of them together.
    """

    swap: Swap
    row: int
    days_before: int
    days_after: int


class Times(NamedTuple):
    """The earliest need for which an order's material comes in time, and the earliest that it may be moved up to."""

    ready: date = date.min
    bears: date = date.min


def harmless_swaps(*, part=None, today=None):
    """Swaps that make one row less late and none later: [Improvement], by part, warehouse and what is late the most."""
    today = today or business_date()
    found = named_rows("HeldRow", HELD, {"part": part and part.pk, "today": today})
    if not found:
        return []
    slack = Slack({row.warehouse_id for row in found}, today=today)
    times = _times({row.supply_id for row in found if row.kind == SupplyKind.PRODUCTION}, slack)
    pools = defaultdict(list)
    for row in found:
        pool = row.part_id, row.warehouse_id, row.supply_revision or 0, row.demand_revision or 0
        pool += row.supply_variant, row.demand_variant
        pools[pool].append(_held(row, slack, times.get(row.supply_id, Times())))
    tombstones = set(rows(TOMBSTONES, [list({row.supply_id for row in found})]))
    hopeless, listed = set(), []
    for _round in range(ROUNDS):
        listed, failed = _judged(_candidates(pools, hopeless, slack, tombstones), today)
        if not failed:
            break
        hopeless |= failed
    return listed


def _candidates(pools, hopeless, slack, tombstones):
    return [
        swap
        for pool, held in sorted(pools.items())
        for swap in find(
            [each for each in held if each.link not in hopeless],
            days_late=_days_late(slack, pool[1]),
            tombstones=tombstones,
        )
    ]


def _judged(swaps, today):
    """(Improvements, late links that no row gains from), judged row by row, each on top of those before."""
    if not swaps:
        return [], set()
    exchanges, groups, listed, failed = Exchanges(swaps, today=today), defaultdict(list), [], set()
    for swap in swaps:
        groups[exchanges.worst_row(swap.late.demand)].append(swap)
    for row, group in groups.items():
        before = exchanges.late[row].days if row in exchanges.late else 0
        kept = _that_help(exchanges, row, before, group)
        after = exchanges.late[row].days if kept else before
        listed += [Improvement(swap, row, before, after) for swap in kept]
        failed |= {swap.late.link for swap in group} - {swap.late.link for swap in kept}
    return listed, failed


def _that_help(exchanges, row, before, group):
    """Of the swaps for a row those that it needs to be less late, done; none where all of them do not help it."""
    done = [swap for swap in group if exchanges.do_if_harmless(swap)]
    if not done or exchanges.late[row].days >= before:
        for swap in reversed(done):
            exchanges.undo(swap)
        return []
    return [swap for swap in done if _is_needed(exchanges, swap)]


def _is_needed(exchanges, swap):
    """Whether some row would be later without it; taken back if not."""
    with_it = exchanges.undo(swap)
    if any(exchanges.late[row].is_worse_than(late) for row, late in with_it.items()):
        exchanges.do(swap)
        return True
    return False


def _held(row, slack, times):
    """What comes first of a link is what is to come; a link that waits for nothing holds goods on the shelf.

    Goods of an order come when it is due, or when its material lets it be ready.
    """
    if row.to_come > 0:
        comes = max(slack.counts_as(row.warehouse_id, row.due_date, _from_today(row)), times.ready)
        return Held(row.link, row.supply_id, row.demand_id, row.to_come, comes, row.need_date, times.bears)
    return Held(row.link, row.supply_id, row.demand_id, row.on_shelf, ON_SHELF, row.need_date)


def _from_today(row):
    return time_from_today(row.kind, row.status, row.lead_time)


def _days_late(slack, warehouse):
    def days(comes, need):
        return 0 if comes <= need else late_by(slack.between(warehouse, comes, need))

    return days


def _times(supply_ids, slack):
    """{production supply: Times}: when its material lets it be ready, worked out once over the chain below.

    An order that others share is moved up no further than its material allows: they would wait for what is late then.
    """
    if not supply_ids:
        return {}
    below, _demands = ids_below(list(supply_ids))
    own = {pk: (warehouse, lead_time) for pk, warehouse, lead_time in rows(OWN_TIMES, [below])}
    material = defaultdict(list)
    for row in named_rows("MaterialRow", MATERIAL, [below]):
        material[row.for_supply_id].append(row)
    slack = Slack({warehouse for warehouse, _ in own.values()}, today=slack.today) if material else slack
    known = {}

    def ready(supply):
        if supply not in known:
            comes = [
                max(slack.counts_as(row.warehouse_id, row.due_date, _from_today(row)), ready(row.supply_id))
                for row in material[supply]
            ]
            known[supply] = (
                _earliest(slack.calendars[own[supply][0]], max(comes), own[supply][1]) if comes else date.min
            )
        return known[supply]

    shared = {pk for (pk,) in rows(SHARED, [list(supply_ids)])}
    return {pk: Times(ready(pk), ready(pk) if pk in shared else date.min) for pk in supply_ids}


def _earliest(calendar, comes, lead_time):
    """The first day from which so many work days back do not lie before the day the material comes."""
    start = calendar.move_on(comes)
    return calendar.add(start, lead_time - 1) + timedelta(days=1) if lead_time > 0 else start


# Labels as the models' ``label`` has them, without an instance each.
LABELS = """
select l.id, p.number part,
  case when s.kind = 'stock' then 'stock ' || w.code else so.number || '/' || s.position end supply,
  o.number || coalesce('/' || f.position, '') || '/' || d.position || coalesce('.' || nullif(d.line, 0), '') demand
from linkage_orderlink l
join linkage_supply s on s.id = l.supply_id left join linkage_document so on so.id = s.document_id
join linkage_demand d on d.id = l.demand_id join linkage_document o on o.id = d.document_id
left join linkage_supply f on f.id = d.for_supply_id
join register_part p on p.id = l.part_id join register_warehouse w on w.id = l.warehouse_id
where l.id = any(%s)
"""


ROWS = """
select d.id, coalesce(o.number || coalesce('/' || f.position, '') || '/' || d.position
  || coalesce('.' || nullif(d.line, 0), ''), d.kind) from linkage_demand d
left join linkage_document o on o.id = d.document_id left join linkage_supply f on f.id = d.for_supply_id
where d.id = any(%s)
"""


def in_words(improvements):
    """The swaps with the numbers that people know, one dictionary each; two queries for all."""
    if not improvements:
        return []
    links = {pk for each in improvements for pk in (each.swap.late.link, each.swap.early.link)}
    known = {row.id: row for row in named_rows("Label", LABELS, [list(links)])}
    names = dict(rows(ROWS, [list({each.row for each in improvements})]))
    return [_words(each, names[each.row], known) for each in improvements]


def _words(improvement, row, known):
    swap = improvement.swap
    late, early = known[swap.late.link], known[swap.early.link]
    return {
        "row": row,
        "part": late.part,
        "late_demand": late.demand,
        "late_supply": late.supply,
        "early_demand": early.demand,
        "early_supply": early.supply,
        "quantity": plain(swap.quantity),
        "days_before": improvement.days_before,
        "days_after": improvement.days_after,
    }
