"""Short: what stays uncovered when free stock and free supply due by the need date are given out by need.

Uncovered demands of a part and warehouse are served in the order of need date, priority and row. With D the running sum
of what is needed and S that of what is free by then, what has gone unserved so far is the running maximum of D - S: one
pass of window functions. For an order-oriented part nothing is given out: short is uncovered. What another company of
ours makes of a demand is not short here; it is counted apart (``linkage.queries.elsewhere``).

What has left there is under way until its arrival is reported, which promises it to the demand: our own free stock
serves the others meanwhile.
"""

from linkage.dates import overdue_counts_as
from linkage.queries.sql import rows

SHORT = """
with wanted as (
  select distinct part_id, warehouse_id from linkage_demand
  where (%(demands)s::bigint[] is null or id = any(%(demands)s)) and (%(part)s::bigint is null or part_id = %(part)s)
    and (%(types)s::text[] is null or part_id in (select id from register_part where part_type = any(%(types)s)))),
needs as (
  select d.part_id, d.warehouse_id, d.id demand_id, d.need_date, d.priority,
    d.uncovered - coalesce(e.quantity, 0) quantity
  from linkage_demand d join wanted using (part_id, warehouse_id) left join linkage_elsewhere e on e.demand_id = d.id
  where d.status in ('planned', 'firm', 'started') and d.uncovered > 0 and d.firm and d.kind <> 'forecast'
    and d.need_date is not null),
flow as (
  select part_id, warehouse_id, demand_id, need_date on_day, 1 turn, priority, quantity from needs
  union all
  select s.part_id, s.warehouse_id, null,
    case when s.kind = 'stock' then '-infinity'::date when s.due_date < %(today)s then o.on_day else s.due_date end,
    0, 0, -s.free
  from linkage_supply s join wanted using (part_id, warehouse_id)
  join register_part p on p.id = s.part_id and p.lot_sizing <> 'LR'
  left join unnest(%(warehouses)s::bigint[], %(overdue)s::date[]) o(warehouse, on_day) on o.warehouse = s.warehouse_id
  where s.status in ('planned', 'firm', 'started') and s.free > 0 and (s.kind = 'stock' or s.due_date is not null)),
gaps as (
  select *, sum(quantity) over pool gap from flow
  window pool as (
    partition by part_id, warehouse_id order by on_day, turn, priority, demand_id rows unbounded preceding)),
unserved as (
  select *, greatest(max(gap) over pool, 0) so_far from gaps
  window pool as (
    partition by part_id, warehouse_id order by on_day, turn, priority, demand_id rows unbounded preceding)),
shares as (
  select demand_id, so_far - lag(so_far, 1, 0::numeric) over (
    partition by part_id, warehouse_id order by on_day, turn, priority, demand_id) short
  from unserved)
select demand_id, short from shares
where demand_id is not null and short > 0 and (%(demands)s::bigint[] is null or demand_id = any(%(demands)s))
"""


def short(*, today, demands=None, part=None):
    """{demand id: short quantity in base units} of the demands (ids or rows), of one part, or of everything.

    Demands without a date, forecasts and not firm ones are never short: planning leaves them out.
    """
    return dict(rows(SHORT, short_asked(today=today, demands=demands, part=part)))


def short_asked(*, today, demands=None, part=None, types=None, days=None):
    """What SHORT is asked with; ``types`` are part types, ``days`` all work days where the caller has them already."""
    warehouses, overdue = overdue_counts_as(today, days)
    return {
        "demands": None if demands is None else [getattr(demand, "pk", demand) for demand in demands],
        "part": getattr(part, "pk", part),
        "types": types,
        "today": today,
        "warehouses": warehouses,
        "overdue": overdue,
    }
