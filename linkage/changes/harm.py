"""Who is hurt by a planned change: the rows at the top of the chains in which something becomes late, once each."""

from dataclasses import dataclass

from linkage.dates import business_date
from linkage.lateness import days
from linkage.models import Demand
from linkage.owners import owner_of_kind
from linkage.queries.felt import how_late
from linkage.queries.sql import rows

# As in ``felt``, and for whom each: (the demand that waits, a row that it is there for in the end).
TOPS = """
with recursive up(start, demand_id) as (
  select id, id from unnest(%s::bigint[]) id
  union
  select u.start, l.demand_id from up u join linkage_demand d on d.id = u.demand_id
    join linkage_orderlink l on l.supply_id = d.for_supply_id and l.to_come > 0)
select u.start, u.demand_id from up u join linkage_demand d on d.id = u.demand_id
where d.for_supply_id is null
  or not exists (select from linkage_orderlink l where l.supply_id = d.for_supply_id and l.to_come > 0)
"""


@dataclass(frozen=True)
class Harm:
    """A row that becomes late, or later: work days before and after, what it waits for, and what is at stake."""

    row: Demand
    supply: object
    before: int
    days: int
    stake: str = ""

    def __str__(self):
        how = f"becomes late by {days(self.days)}" if not self.before else f"is late by {self._more()}"
        return f"{self.row} {how} because of {self.supply}{f': {self.stake}' if self.stake else ''}."

    def _more(self):
        return f"{days(self.days)} and not by {self.before}"


def harms_of(plan):
    """The rows that a plan makes late, the worst first. What was as late before is no news."""
    worst = _worst_by_row(plan.newly_late())
    if not worst:
        return []
    demands = Demand.objects.for_list().select_related("document__partner").in_bulk(worst)
    before = how_late(worst, today=business_date())
    stakes = _stakes(demands.values())
    found = [
        Harm(demands[pk], link.supply, before[pk].days if pk in before else 0, late, stakes.get(pk, ""))
        for pk, (late, link) in worst.items()
    ]
    return sorted((harm for harm in found if harm.days > harm.before), key=lambda harm: (-harm.days, harm.row.pk))


def _worst_by_row(late_links):
    """{row at the top: (work days, link)} of the link that makes each row latest."""
    by_demand = {}
    for link, slack in late_links:
        by_demand[link.demand.pk] = max(
            by_demand.get(link.demand.pk, (0, None)), (-slack, link), key=lambda one: one[0]
        )
    worst = {}
    for start, top in rows(TOPS, [list(by_demand)]) if by_demand else ():
        if top not in worst or by_demand[start][0] > worst[top][0]:
            worst[top] = by_demand[start]
    return worst


def _stakes(demands):
    """{demand id: in words what is at stake}: whose it is, and what is still to be delivered and paid."""
    by_kind = {}
    for demand in demands:
        by_kind.setdefault(demand.kind, []).append(demand.pk)
    found = {}
    for kind, pks in by_kind.items():
        found |= owner_of_kind(kind).stakes(pks)
    return found
