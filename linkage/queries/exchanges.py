"""What exchanges of supplies do to the rows at the top of chains, worked out in memory: the chains are read once.

Rows are measured as on every page, by the smallest slack of their chain (``linkage/queries/limits.py``), and need dates
below an order follow its deadline as ``linkage.dates`` refreshes them. What is listed so is proved again when done.
"""

from collections import defaultdict
from decimal import Decimal

from linkage.chains import ids_below
from linkage.dates import work_days_of
from linkage.lateness import pick
from linkage.models import SupplyKind
from linkage.queries.felt import late_as, rows_above
from linkage.queries.limits import EDGES, Chains
from linkage.queries.shortage import short
from linkage.queries.sql import named_rows, rows
from linkage.swapping import ON_SHELF

ENDS = """
select d.id demand_id, d.for_supply_id, d.need_date, d.uncovered, d.quantity, s.id pk, 0 to_come, s.kind, s.status,
  s.due_date, s.lead_time, s.warehouse_id
from unnest(%(demands)s::bigint[], %(supplies)s::bigint[]) e(demand, supply)
join linkage_demand d on d.id = e.demand join linkage_supply s on s.id = e.supply
"""
ORDERS = """
select id, warehouse_id, lead_time, due_date from linkage_supply
where id = any(%s) and kind = 'production' and status not in ('closed', 'cancelled')
"""
HOLDERS = """
select l.supply_id, l.demand_id, sum(l.open), d.need_date from linkage_orderlink l
join linkage_demand d on d.id = l.demand_id where l.open > 0 and l.supply_id = any(%s)
group by l.supply_id, l.demand_id, d.need_date
"""
COMPONENTS = """
select for_supply_id, id, need_date from linkage_demand
where for_supply_id = any(%s) and status not in ('closed', 'cancelled')
"""


class Exchanges:
    """The chains that some swaps could touch. ``late``: {row id: Late} as things stand after the exchanges so far."""

    def __init__(self, swaps, *, today):
        ends = sorted({(held.demand, held.supply) for swap in swaps for held in (swap.late, swap.early)})
        sides = {"demands": [pk for pk, _ in ends], "supplies": [pk for _, pk in ends]}
        ends = named_rows("Edge", ENDS, sides)
        below = ids_below({edge.pk for edge in ends if edge.kind == SupplyKind.PRODUCTION})[0] if ends else []
        top = rows_above(sides["demands"], below)
        edges = named_rows("Edge", EDGES, {"demands": top})
        uncovered = {edge.demand_id for edge in edges if edge.uncovered}
        self.chains = Chains(edges, short(today=today, demands=list(uncovered)) if uncovered else {}, today)
        self._know(ends, edges)
        self._know_deadlines(below)
        self.late = {row: self._measured(row) for row in top}

    def _know(self, ends, edges):
        self.demands = {edge.demand_id: edge for edge in (*ends, *edges)}
        self.supplies = {edge.pk: edge for edge in (*ends, *edges) if edge.pk is not None}
        self.waiting, self.awaited = defaultdict(dict), defaultdict(set)
        for edge in edges:
            if edge.pk is not None:
                waits = self.waiting[edge.demand_id]
                waits[edge.pk] = waits.get(edge.pk, 0) + edge.to_come
                self.awaited[edge.pk].add(edge.demand_id)

    def _know_deadlines(self, below):
        self.orders = {pk: facts for pk, *facts in rows(ORDERS, [below])} if below else {}
        self.calendars = work_days_of(warehouse for warehouse, *_ in self.orders.values()) if self.orders else {}
        self.holders, self.feeding, self.needs = defaultdict(dict), defaultdict(set), {}
        self.components = defaultdict(list)
        for supply, demand, quantity, need in rows(HOLDERS, [list(self.orders)]) if self.orders else ():
            self._hold(supply, demand, quantity)
            self.needs[demand] = need
        for supply, demand, need in rows(COMPONENTS, [list(self.orders)]) if self.orders else ():
            self.components[supply].append(demand)
            self.needs[demand] = need
        self.needs |= {pk: edge.need_date for pk, edge in self.demands.items() if pk not in self.needs}

    def _hold(self, supply, demand, quantity):
        left = self.holders[supply].get(demand, Decimal(0)) + quantity
        if left > 0:
            self.holders[supply][demand] = left
            self.feeding[demand].add(supply)
        else:
            self.holders[supply].pop(demand, None)
            self.feeding[demand].discard(supply)

    def rows_of(self, demands):
        """The rows at the top that these demands are there for, as things stand."""
        found, seen, left = set(), set(), list(demands)
        while left:
            demand = left.pop()
            if demand in seen:
                continue
            seen.add(demand)
            above = self.awaited.get(self.demands[demand].for_supply_id) if demand in self.demands else None
            if above:
                left += above
            elif demand in self.late:
                found.add(demand)
        return found

    def worst_row(self, demand):
        """The row that a demand is there for; of several the one that is late the most."""
        return max(self.rows_of([demand]), key=lambda row: (self.late[row].days, -row), default=demand)

    def do(self, swap):
        """Exchange; returns {row id: Late before} of the rows that feel it."""
        return self._move(swap, swap.late.demand, swap.early.demand)

    def undo(self, swap):
        """Exchange back what ``do`` exchanged."""
        return self._move(swap, swap.early.demand, swap.late.demand)

    def do_if_harmless(self, swap):
        """Exchange unless some row becomes later; whether it did."""
        before = self.do(swap)
        if any(self.late[row].is_worse_than(was) for row, was in before.items()):
            self.undo(swap)
            return False
        return True

    def _move(self, swap, giver, taker):
        """What the late link holds goes from the giver to the taker, what the early one holds the other way."""
        felt = {swap.late.demand, swap.early.demand}
        for held, from_, to in ((swap.late, giver, taker), (swap.early, taker, giver)):
            if held.comes != ON_SHELF:
                self._wait(from_, held.supply, -swap.quantity)
                self._wait(to, held.supply, swap.quantity)
            if held.supply in self.orders:
                self._hold(held.supply, from_, -swap.quantity)
                self._hold(held.supply, to, swap.quantity)
        felt |= self._refresh({swap.late.supply, swap.early.supply} & self.orders.keys())
        for demand in felt:
            self._renew(demand)
        before = {row: self.late[row] for row in self.rows_of(felt)}
        self.late |= {row: self._measured(row) for row in before}
        return before

    def _wait(self, demand, supply, quantity):
        left = self.waiting[demand].get(supply, 0) + quantity
        if left > 0:
            self.waiting[demand][supply] = left
            self.awaited[supply].add(demand)
        else:
            self.waiting[demand].pop(supply, None)
            self.awaited[supply].discard(demand)

    def _refresh(self, supplies):
        """The demands whose need date moves with the deadline of these orders, level by level."""
        moved = set()
        while supplies:
            changed = {demand for supply in supplies for demand in self._moved_below(supply)}
            moved |= changed
            supplies = {supply for demand in changed for supply in self.feeding[demand]} & self.orders.keys()
        return moved

    def _moved_below(self, supply):
        warehouse, lead_time, due = self.orders[supply]
        needs = [self.needs[demand] for demand in self.holders[supply] if self.needs[demand] is not None]
        deadline = min(needs, default=due)
        need = self.calendars[warehouse].subtract(deadline, lead_time) if deadline else None
        for demand in self.components[supply]:
            if self.needs[demand] != need:
                self.needs[demand] = need
                yield demand

    def _renew(self, demand):
        """The edges of a demand as they are now."""
        if (known := self.demands.get(demand)) is None:
            return  # nothing of it is to come and nothing uncovered: no row waits for it
        bare = known._replace(pk=None, need_date=self.needs[demand])
        facts = [
            self.supplies[supply]._replace(
                demand_id=demand,
                for_supply_id=bare.for_supply_id,
                need_date=bare.need_date,
                uncovered=bare.uncovered,
                quantity=bare.quantity,
                to_come=to_come,
            )
            for supply, to_come in self.waiting[demand].items()
        ]
        below = self.chains.below[bare.for_supply_id] if bare.for_supply_id is not None else None
        if below is not None and demand not in below:
            below.append(demand)
        self.chains.at[demand] = facts or [bare]
        self.chains.own[demand] = self.chains.own_of(self.chains.at[demand])

    def _measured(self, row):
        slack, deciding, _next = pick(self.chains.waits(row))
        return late_as(slack, deciding and deciding.rank)
