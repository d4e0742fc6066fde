"""The worklists: what is short, late, an orphan or free, as querysets that a list page can filter, sort and total."""

import json

from django.db.models import Func, IntegerField, JSONField, Prefetch, Sum, TextField, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast

from erp.register.fields import QuantityField
from linkage.dates import NOT_STARTED, Slack, business_date, time_from_today
from linkage.models import OPEN_STATUSES, Demand, DemandKind, Hold, JobRun, OrderLink, Supply
from linkage.queries.shortage import short
from linkage.queries.sql import rows

# Links that come after the need date; whether that is a work day late is for the calendar to say.
AFTER_NEED = """
select l.demand_id, l.warehouse_id, s.due_date, d.need_date, s.kind, s.status, s.lead_time
from linkage_orderlink l join linkage_supply s on s.id = l.supply_id join linkage_demand d on d.id = l.demand_id
left join unnest(%(warehouses)s::bigint[], %(overdue)s::date[]) o(warehouse, on_day) on o.warehouse = l.warehouse_id
left join unnest(%(sites)s::bigint[], %(lead_times)s::int[], %(ready)s::date[]) t(warehouse, lead_time, on_day)
  on t.warehouse = l.warehouse_id and t.lead_time = s.lead_time and s.kind = 'production' and s.status = any(%(idle)s)
where l.to_come > 0
  and greatest(case when s.due_date < %(today)s then o.on_day else s.due_date end, t.on_day) > d.need_date
union all
select e.demand_id, d.warehouse_id, t.need_date, d.need_date, '', '', 0
from linkage_elsewhere e join linkage_demand d on d.id = e.demand_id join linkage_demand t on t.id = e.there_id
left join unnest(%(warehouses)s::bigint[], %(overdue)s::date[]) o(warehouse, on_day) on o.warehouse = d.warehouse_id
where e.to_come > 0 and case when t.need_date < %(today)s then o.on_day else t.need_date end > d.need_date
"""
# What orders that have not been started take from today: few pairs of a warehouse and a lead time.
LEAD_TIMES = """
select distinct warehouse_id, lead_time from linkage_supply
where kind = 'production' and lead_time > 0 and status = any(%(idle)s)
"""
# Up to the rows that feel it: those whose order serves nobody further.
FELT_BY = """
with recursive up(demand_id, slack) as (
  select * from unnest(%(demands)s::bigint[], %(slacks)s::int[])
  union
  select l.demand_id, u.slack from up u join linkage_demand d on d.id = u.demand_id
    join linkage_orderlink l on l.supply_id = d.for_supply_id and l.to_come > 0)
select u.demand_id, min(u.slack) from up u join linkage_demand d on d.id = u.demand_id
where d.for_supply_id is null
  or not exists (select from linkage_orderlink l where l.supply_id = d.for_supply_id and l.to_come > 0)
group by u.demand_id
"""


def late(*, today=None):
    """{demand id: slack in work days, below 0} of the rows at the top of a chain that is late somewhere."""
    today = today or business_date()
    slack = Slack(None, today=today)
    found = rows(AFTER_NEED, days_asked(slack))
    worst = {}
    for demand, warehouse, due, need, *order in found:
        days = slack.between(warehouse, due, need, time_from_today(*order))
        worst[demand] = min(worst.get(demand, 0), days)
    direct = {demand: days for demand, days in worst.items() if days < 0}
    if not direct:
        return {}
    return dict(rows(FELT_BY, {"demands": list(direct), "slacks": list(direct.values())}))


def days_asked(slack):
    """What AFTER_NEED is asked with: overdue supply and orders that should have started, as the days they count as."""
    days, idle = slack.calendars, [str(status) for status in NOT_STARTED]
    lead_times = rows(LEAD_TIMES, {"idle": idle})
    return {
        "today": slack.today,
        "idle": idle,
        "warehouses": list(days),
        "overdue": [calendar.add(slack.today, 1) for calendar in days.values()],
        "sites": [warehouse for warehouse, _ in lead_times],
        "lead_times": [lead_time for _, lead_time in lead_times],
        "ready": [days[warehouse].add(slack.today, lead_time) for warehouse, lead_time in lead_times],
    }


def short_rows(*, today=None):
    """The short demands, each with its ``short_quantity``."""
    missing = short(today=today or business_date())
    return _with_figures(missing, "short_quantity", QuantityField()).by_need()


def late_rows(*, today=None):
    """The late demands, each with its ``slack``."""
    return _with_figures(late(today=today), "slack", IntegerField()).order_by("slack", "need_date", "pk")


def orphan_rows():
    return (
        Supply.objects.orphans()
        .for_list()
        .prefetch_related("provenance__demand__document__partner", "provenance__demand__for_supply")
    )


def hold_rows():
    """Holds that keep something, with the links that keep it."""
    links = (
        OrderLink.objects.open().select_related("supply__document", "supply__warehouse", "created_by").order_by("pk")
    )
    return (
        Hold.objects.filter(demand__status__in=OPEN_STATUSES)
        .select_related("partner", "demand__part__unit", "demand__warehouse")
        .prefetch_related(Prefetch("demand__links", links))
    )


def held(**where):
    """How much of it is kept for customers: of a ``supply``, of the shelf of a ``stock``, or of a ``part``."""
    links = OrderLink.objects.open().filter(demand__kind=DemandKind.HOLD, **where)
    return links.aggregate(sum=Sum("on_shelf" if "stock" in where else "open", default=0))["sum"]


def free_rows():
    return Supply.objects.with_free().for_list().by_due()


def last_runs():
    """The latest run of each job."""
    return JobRun.objects.order_by("name", "-started_at").distinct("name")


def _with_figures(figures, name, field):
    """Demands by id with a computed figure; two parameters, however many there are."""
    ids = RawSQL("select unnest(%s::bigint[])", [list(figures)])
    known = Cast(Value(json.dumps({pk: str(value) for pk, value in figures.items()})), JSONField())
    key = Cast("pk", TextField())
    figure = Func(known, key, template="(%(expressions)s)", arg_joiner=" ->> ", output_field=TextField())
    return Demand.objects.filter(pk__in=ids).for_list().annotate(**{name: Cast(figure, field)})
