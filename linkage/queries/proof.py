"""How late demands are, in work days, and how late with other goods: the proof of parting and swapping."""

from dataclasses import dataclass
from decimal import Decimal

from erp.register.units import plain
from linkage.dates import Slack, business_date, time_from_today
from linkage.models import Demand, DemandKind, Supply
from linkage.queries.lists import linkable_demands
from linkage.queries.shortage import short
from linkage.queries.sql import named_rows

MOST = 50
TO_COME = """
select l.demand_id, l.warehouse_id, s.due_date, d.need_date, s.kind, s.status, s.lead_time
from linkage_orderlink l join linkage_supply s on s.id = l.supply_id join linkage_demand d on d.id = l.demand_id
where l.demand_id = any(%s) and l.to_come > 0 and s.due_date is not null and d.need_date is not null
"""


def late_by(slack):
    """Work days late of a slack; 0 = in time, also where nothing is to come or a date is missing."""
    return max(-slack, 0) if slack is not None else 0


def days_late(demand_ids, *, today=None):
    """{demand id: work days by which the last of what is linked to it comes too late; 0 = in time}."""
    found = named_rows("Edge", TO_COME, [list(demand_ids)])
    slack = Slack({row.warehouse_id for row in found}, today=today)
    late = dict.fromkeys(demand_ids, 0)
    for row in found:
        lead_time = time_from_today(row.kind, row.status, row.lead_time)
        days = late_by(slack.between(row.warehouse_id, row.due_date, row.need_date, lead_time))
        late[row.demand_id] = max(late[row.demand_id], days)
    return late


@dataclass(frozen=True)
class Taker:
    """A demand that freed goods could go to: how it stands, and how late the goods would be for it."""

    demand: Demand
    supply: Supply
    fits: Decimal
    short: Decimal
    late_before: int
    late_after: int
    from_shelf: bool

    @property
    def before(self):
        if self.demand.need_date is None:
            return "not planned"
        parts = [f"{plain(self.short)} short" if self.short else "covered by free supply"]
        return ", ".join([*parts, f"late by {days(self.late_before)}"] if self.late_before else parts)

    @property
    def after(self):
        if self.late_after:
            return f"late by {days(self.late_after)}"
        return "from the shelf" if self.from_shelf else "in time"

    def __str__(self):
        needed = f", needed {self.demand.need_date:%Y-%m-%d}" if self.demand.need_date else ", no date"
        return f"{self.demand}: {plain(self.demand.uncovered)} uncovered{needed}: {self.before} → {self.after}"


def takers_of(link, *, today=None, quantity=None):
    """Who could take a link's goods, the most late first: short demands by need date, priority, row, then the rest.

    Goods of a hold are offered to its customer's rows first.
    """
    today = today or business_date()
    quantity = link.open if quantity is None else quantity
    demands = linkable_demands(link.part_id, link.warehouse_id).exclude(pk=link.demand_id)
    demands = list(demands.select_related("document__partner")[: 10 * MOST])
    missing = short(today=today, demands=[demand.pk for demand in demands]) if demands else {}
    kept_for = link.demand.hold.partner_id if link.demand.kind == DemandKind.HOLD else None
    demands = sorted(demands, key=lambda demand: (not _is_for(demand, kept_for), demand.pk not in missing))[:MOST]
    late = days_late([demand.pk for demand in demands], today=today)
    slack, waiting = Slack([link.warehouse_id], today=today), link.to_come > 0
    return [
        Taker(
            demand,
            link.supply,
            min(demand.uncovered, quantity),
            missing.get(demand.pk, Decimal(0)),
            late[demand.pk],
            max(late[demand.pk], late_by(slack.of(link.supply, demand, waiting=waiting))),
            not waiting,
        )
        for demand in demands
    ]


def _is_for(demand, partner):
    """Goods that are kept for a customer go to rows of the customer first."""
    return partner is None or (demand.document is not None and demand.document.partner_id == partner)


def days(number):
    return f"{number} work day" if number == 1 else f"{number} work days"
