"""What many rows wait for: the chains of all of them read once, each row's worst limits found in Python.

The edges come by one recursive statement (UNION: every supply once, whatever the number of paths to it), and each row
walks them breadth first, so a chain costs its links and not its paths.
"""

from collections import defaultdict
from dataclasses import dataclass, replace

from linkage.dates import Slack, time_from_today
from linkage.lateness import DATED, NO_DATE, NO_SUPPLY, Limit, Standing, Wait, days, pick
from linkage.models import Status, SupplyKind
from linkage.owners import unconfirmed
from linkage.queries.elsewhere import MadeElsewhere, elsewhere
from linkage.queries.shortage import short
from linkage.queries.sql import named_rows, rows

# "offset 0" keeps each step an index look-up, see chain.py.
WAITING = "lateral (select * from linkage_orderlink where demand_id = d.id and to_come > 0 offset 0) l"
COMPONENTS = "cross join lateral (select * from linkage_demand where for_supply_id = r.supply_id offset 0) d"
EDGES = f"""
with recursive reach(supply_id) as (
  select supply_id from linkage_orderlink where demand_id = any(%(demands)s) and to_come > 0
  union
  select l.supply_id from reach r {COMPONENTS} cross join {WAITING}),
needs as (
  select id, for_supply_id, need_date, uncovered, quantity from linkage_demand
    where id = any(%(demands)s) and status not in ('closed', 'cancelled')
  union
  select d.id, d.for_supply_id, d.need_date, d.uncovered, d.quantity from reach r {COMPONENTS}
    where d.status not in ('closed', 'cancelled'))
select d.id demand_id, d.for_supply_id, d.need_date, d.uncovered, d.quantity, s.id pk, l.to_come, s.kind, s.status,
  s.due_date, s.lead_time, s.warehouse_id
from needs d left join {WAITING} on true
left join lateral (select * from linkage_supply where id = l.supply_id offset 0) s on true
where s.id is not null or d.uncovered > 0
"""
NAMES = """
select 's', s.id, o.number || '/' || s.position, p.name from linkage_supply s
  join linkage_document o on o.id = s.document_id join register_part p on p.id = s.part_id
  where s.id = any(%(supplies)s)
union all
select 'd', d.id,
  coalesce(o.number || '/' || coalesce(f.position || '/', '') || d.position
    || coalesce('.' || nullif(d.line, 0), ''), d.kind), p.name
  from linkage_demand d left join linkage_document o on o.id = d.document_id
  left join linkage_supply f on f.id = d.for_supply_id join register_part p on p.id = d.part_id
  where d.id = any(%(demands)s)
"""


@dataclass(frozen=True)
class Standings:
    """What a list of rows waits for: {demand id: Standing}, {demand id: short}, and the supplies nobody confirmed.

    ``elsewhere``: {demand id: MadeElsewhere} of what another company of ours makes.
    """

    of: dict
    short: dict
    unconfirmed: set
    elsewhere: dict


@dataclass(frozen=True)
class Away:
    """What another company makes, as an edge of the chain: it ends the chain here."""

    made: MadeElsewhere
    kind: str = ""
    status: str = ""
    lead_time: int = 0

    @property
    def pk(self):
        """No supply of ours has it."""
        return -self.made.there_id

    @property
    def demand_id(self):
        return self.made.demand_id

    @property
    def need_date(self):
        return self.made.needed

    @property
    def due_date(self):
        return self.made.due

    @property
    def warehouse_id(self):
        return self.made.warehouse_id

    @property
    def quantity(self):
        return self.made.asked


def standings(ids, *, today):
    """The Standings of demands, in a constant number of statements."""
    away = elsewhere(ids)
    roots = [*ids, *(made.there_id for made in away.values())]
    edges = named_rows("Edge", EDGES, {"demands": roots})
    missing = short(today=today, demands=list({*roots, *(edge.demand_id for edge in edges if edge.uncovered)}))
    chains = Chains(edges, missing, today, sites={made.warehouse_id for made in away.values()})
    away = {pk: replace(made, doubt=_doubt_there(chains, made)) for pk, made in away.items()}
    chains.add_away(away)
    picked = {pk: pick(chains.waits(pk)) for pk in ids}
    names = _names([wait.edge for _, *two in picked.values() for wait in two if wait])
    found = {
        pk: Standing(slack, *(chains.limit(wait, names) if wait else None for wait in two))
        for pk, (slack, *two) in picked.items()
    }
    return Standings(found, missing, chains.unconfirmed, away)


def _doubt_there(chains, made):
    """Why the other company may not keep its day, as its own chain says."""
    if made.due and made.due < chains.slack.today and made.to_come:
        return "overdue"
    slack, deciding, _next = pick(chains.waits(made.there_id))
    if deciding and deciding.rank != DATED:
        return "not covered there" if deciding.rank == NO_SUPPLY else "no due date there"
    return f"late there by {days(-slack)}" if slack is not None and slack < 0 else ""


class Chains:
    """What each demand waits for, worked out once; rows that share an order share it."""

    def __init__(self, edges, missing, today, *, sites=frozenset()):
        supplies = {edge.pk: edge for edge in edges if edge.pk is not None}
        self.slack = Slack({edge.warehouse_id for edge in supplies.values()} | sites, today=today)
        self.unconfirmed = unconfirmed(supplies.values())
        self.missing = missing
        self.at, self.below = defaultdict(list), defaultdict(list)
        for edge in edges:
            if edge.demand_id not in self.at and edge.for_supply_id is not None:
                self.below[edge.for_supply_id].append(edge.demand_id)
            self.at[edge.demand_id].append(edge)
        self.own = {demand: self.own_of(found) for demand, found in self.at.items()}

    def waits(self, root):
        """All that a row waits for; breadth first, so that a shared order counts on its highest level."""
        found, opened, demands, level = [], set(), [root], 1
        while demands:
            supplies = {}
            for demand in demands:
                found += [wait._replace(level=level) for wait in self.own.get(demand, ())]
                supplies |= dict.fromkeys(edge.pk for edge in self.at.get(demand, ()) if edge.pk not in opened)
            opened |= supplies.keys()
            demands = [demand for supply in supplies for demand in self.below.get(supply, ())]
            level += 1
        return found

    def own_of(self, edges):
        """Of one demand, level still open; nothing where it has no date to be late for."""
        first = edges[0]
        if first.need_date is None:
            return []
        missing = [Wait(NO_SUPPLY, 0, 0, 0, first)] if first.demand_id in self.missing else []
        return missing + [self._wait(edge) for edge in edges if edge.pk is not None and edge.kind != SupplyKind.STOCK]

    def add_away(self, away):
        """What other companies make is waited for like a supply."""
        for pk, made in away.items():
            if made.to_come and made.needed:
                self.own[pk] = [*self.own.get(pk, ()), self._wait(Away(made))]

    def _wait(self, edge):
        if edge.due_date is None:
            return Wait(NO_DATE, 0, 0, edge.pk, edge)
        slack = self.slack.between(edge.warehouse_id, edge.due_date, edge.need_date, _lead_time(edge))
        return Wait(DATED, slack, 0, edge.pk, edge, edge.due_date < self.slack.today)

    def limit(self, wait, names):
        """The Limit of what is shown, with names."""
        edge, demand = wait.edge, names["d", wait.edge.demand_id]
        facts = {"level": wait.level, "needed": edge.need_date, "demand": demand[0], "part": demand[1]}
        if wait.rank == NO_SUPPLY:
            return Limit(**facts, missing=self.missing[edge.demand_id], asked=edge.quantity)
        facts |= {"supply_id": edge.pk, "supply": _name_of(edge, names), "doubt": self._doubt(edge)}
        if wait.rank == NO_DATE:
            return Limit(**facts)
        counts_as = self.slack.counts_as(edge.warehouse_id, edge.due_date, _lead_time(edge))
        return Limit(
            **facts,
            due=edge.due_date,
            counts_as=counts_as,
            slack=wait.slack,
            room=self.slack.room(edge.warehouse_id, counts_as),
            is_overdue=wait.is_overdue,
        )

    def _doubt(self, edge):
        if isinstance(edge, Away):
            return edge.made.doubt
        if edge.status in {Status.SUGGESTED, Status.PLANNED}:
            return "only planned"
        return "not confirmed" if edge.pk in self.unconfirmed else ""


def _name_of(edge, names):
    return edge.made.name if isinstance(edge, Away) else names["s", edge.pk][0]


def _lead_time(edge):
    return time_from_today(edge.kind, edge.status, edge.lead_time)


def _names(edges):
    """{("d" or "s", id): (label, part name)} of the few that are shown."""
    supplies = list({edge.pk for edge in edges} - {None})
    found = rows(NAMES, {"supplies": supplies, "demands": list({edge.demand_id for edge in edges})})
    return {(side, pk): names for side, pk, *names in found}
