"""Need dates: the day a demand must have its material, refreshed down the chain (rules: dates).

A component is needed at its order's deadline less the order's remaining lead time in work days; the deadline is the
earliest need date among the demands linked to the order, or its own due date when it is linked to none.
"""

from django.db import connection
from django.utils import timezone

from erp.register.asking import once
from erp.register.calendar import work_days
from erp.register.models import Warehouse
from linkage.models import Status, SupplyKind

DEADLINES = """
select s.id, s.warehouse_id, s.lead_time, coalesce(min(d.need_date), s.due_date)
from linkage_supply s
left join linkage_orderlink l on l.supply_id = s.id and l.open > 0
left join linkage_demand d on d.id = l.demand_id
where s.id = any(%s) and s.kind = 'production' and s.status not in ('closed', 'cancelled')
group by s.id
"""
REFRESH = """
update linkage_demand d set need_date = n.need_date
from unnest(%s::bigint[], %s::date[]) n(supply_id, need_date)
where d.for_supply_id = n.supply_id and d.status not in ('closed', 'cancelled')
  and d.need_date is distinct from n.need_date
returning d.id
"""
FEEDING = """
select distinct l.supply_id from linkage_orderlink l join linkage_supply s on s.id = l.supply_id
where l.demand_id = any(%s) and l.open > 0 and s.kind = 'production'
"""


def business_date():
    """Today at the site. Rules take it as an argument, so that a job can be run for any day."""
    return timezone.localdate()


def work_days_of(warehouses=None):
    """{warehouse id: WorkDays of its company} of these warehouses (ids; all of them when None), in two queries.

    A page or an operation reads those of each warehouse once.
    """
    known = once("work days", dict)
    if warehouses is None:
        known.update(once("all work days", _work_days_of))
        return dict(known)
    wanted = set(warehouses)
    if missing := wanted - known.keys():
        known.update(_work_days_of(missing))
    return {warehouse: known[warehouse] for warehouse in wanted & known.keys()}


def _work_days_of(warehouses=None):
    found = Warehouse.objects.select_related("company__calendar").prefetch_related("company__calendar__exceptions")
    if warehouses is not None:
        found = found.filter(pk__in=warehouses)
    days = {}
    for warehouse in found:
        calendar = warehouse.company.calendar
        if calendar.pk not in days:
            days[calendar.pk] = work_days(calendar)
    return {warehouse.pk: days[warehouse.company.calendar_id] for warehouse in found}


def refresh_need_dates(supply_ids):
    """Bring the need dates below these supplies up to date, level by level, until nothing changes any more.

    A step inside an operation that holds the chain's locks (``linkage.locks.lock_chain``).
    """
    while supply_ids:
        deadlines = _rows(DEADLINES, [list(supply_ids)])
        if not deadlines:
            return
        days = work_days_of(row[1] for row in deadlines)
        needs = [
            (supply, days[warehouse].subtract(deadline, lead_time) if deadline else None)
            for supply, warehouse, lead_time, deadline in deadlines
        ]
        changed = _rows(REFRESH, [[supply for supply, _ in needs], [need for _, need in needs]])
        supply_ids = [pk for (pk,) in _rows(FEEDING, [[pk for (pk,) in changed]])] if changed else []


def _rows(sql, parameters):
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def overdue_counts_as(today, days=None):
    """(warehouse ids, the next work day there): a supply overdue today counts as due on that day."""
    days = work_days_of() if days is None else days
    return list(days), [calendar.add(today, 1) for calendar in days.values()]


def slack_between(calendar, due, need):
    """Work days from a due date to a need date; late (below 0) exactly when due after the need date.

    What comes on a day off is there on the next work day; what is needed on one must be there the work day before. Both
    on the same days off is on time.
    """
    days = calendar.between(calendar.move_on(due), calendar.move_back(need))
    return days if due > need else max(days, 0)


NOT_STARTED = (Status.SUGGESTED, Status.PLANNED, Status.FIRM)


def time_from_today(kind, status, lead_time):
    """The work days that a supply takes from today at least: the lead time of a production order not started yet."""
    return lead_time if kind == SupplyKind.PRODUCTION and status in NOT_STARTED else 0


class Slack:
    """Work days from due to need for many pairs, the calendars read once.

    What is overdue today counts as due on the next work day, and an order that should have started takes its whole lead
    time from today (rules: dates). ``warehouse_ids`` None is all of them.
    """

    def __init__(self, warehouse_ids, *, today=None):
        self.today = today or business_date()
        self.calendars = work_days_of(warehouse_ids)
        self.known = {}

    def of(self, supply, demand, *, waiting=True):
        """None where nothing is to come or a date is missing."""
        if supply.due_date is None or demand.need_date is None or not waiting:
            return None
        lead_time = time_from_today(supply.kind, supply.status, supply.lead_time)
        return self.between(supply.warehouse_id, supply.due_date, demand.need_date, lead_time)

    def between(self, warehouse_id, due, need, lead_time=0):
        """The slack of one pair; ``lead_time`` as ``time_from_today`` gives it."""
        asked = (warehouse_id, due, need, lead_time)
        if asked not in self.known:
            calendar = self.calendars[warehouse_id]
            self.known[asked] = slack_between(calendar, self.counts_as(warehouse_id, due, lead_time), need)
        return self.known[asked]

    def counts_as(self, warehouse_id, due, lead_time=0):
        """The day that the due date is reckoned as."""
        calendar = self.calendars[warehouse_id]
        day = due if due >= self.today else calendar.add(self.today, 1)
        return max(day, calendar.add(self.today, lead_time)) if lead_time else day

    def room(self, warehouse_id, day):
        """How many work days before ``day`` goods could come at the earliest: today."""
        return slack_between(self.calendars[warehouse_id], self.today, day)
