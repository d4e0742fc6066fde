"""What an order costs: planned beside actual, per line, in the company's currency.

Material is worth what its link tells: the price of its receipt where it came from a purchase row in our currency, what
a piece of the order cost that made it, level by level; else its standard price. Time is worth what an hour cost when
the order was made.
"""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from linkage.models import DemandKind, Status, StockMovement
from linkage.queries.sql import rows
from production.models import Component, Operation, Report
from purchasing.queries import prices_of

ZERO, HOUR = Decimal(0), Decimal(60)
RECEIPT, ORDER, STANDARD = "receipt", "order", "standard"
# The orders whose goods went into these lines, by the links that goods were issued from.
MADE_FROM = """
with recursive made(supply_id) as (
  select unnest(%s::bigint[])
  union
  select l.supply_id from made m join linkage_demand d on d.for_supply_id = m.supply_id
    join linkage_stockmovement v on v.demand_id = d.id join linkage_orderlink l on l.id = v.link_id
    join linkage_supply s on s.id = l.supply_id and s.kind = 'production')
select m.supply_id, s.done from made m join linkage_supply s on s.id = m.supply_id
"""


@dataclass
class Cost:
    """The cost of one line by kind: material, time in our work centres, what was done outside."""

    material: Decimal = ZERO
    time: Decimal = ZERO
    outside: Decimal = ZERO

    @property
    def total(self):
        return self.material + self.time + self.outside


@dataclass
class CostView:
    """Planned for the whole line beside what was really used; ``made`` pieces share the actual cost.

    ``basis``: how much of the material was worth what its receipt, the order that made it, or the register says.
    """

    planned: Cost
    actual: Cost
    basis: dict
    quantity: Decimal
    made: Decimal

    @property
    def rows(self):
        """(kind, planned, actual, difference) each."""
        for kind in ("material", "time", "outside", "total"):
            planned, actual = getattr(self.planned, kind), getattr(self.actual, kind)
            yield kind, planned, actual, actual - planned

    @property
    def planned_each(self):
        return self.planned.total / self.quantity

    @property
    def actual_each(self):
        """None while nothing is made."""
        return self.actual.total / self.made if self.made else None


def costs_of(lines):
    """{line id: CostView} of lines, in a constant number of statements."""
    planned = defaultdict(Cost)
    for component in Component.objects.filter(line__in=lines).select_related("demand__part"):
        planned[component.line_id].material += _planned(component.demand)
    for step in Operation.objects.filter(line__in=lines).select_related("demand__part"):
        if step.demand:
            planned[step.line_id].outside += _planned(step.demand)
        else:
            minutes = step.planned_minutes(_line(lines, step).supply.quantity)
            planned[step.line_id].time += minutes * step.hourly_rate / HOUR
    spent = _Spent([line.supply_id for line in lines])
    return {
        line.pk: CostView(planned[line.pk], *spent.on(line.supply_id), line.supply.quantity, line.supply.done)
        for line in lines
    }


def _line(lines, row):
    return next(line for line in lines if line.pk == row.line_id)


def _planned(demand):
    return ZERO if demand.status == Status.CANCELLED else demand.quantity * demand.part.standard_price


class _Spent:
    """What was really spent on lines (their supplies) and on the orders below that their material came from."""

    def __init__(self, supplies):
        self.done = dict(rows(MADE_FROM, [list(supplies)])) if supplies else {}
        self.used, self.time, self.known = defaultdict(list), defaultdict(Decimal), {}
        for supply, *facts in _used(self.done):
            self.used[supply].append(facts)
        for supply, minutes, rate in _worked(self.done):
            self.time[supply] += minutes * rate / HOUR
        sources = {source for facts in self.used.values() for _, source, *_ in facts}
        self.prices = prices_of(sources - self.done.keys() - {None})

    def on(self, supply):
        """(Cost, {basis: how much of the material}) of a line."""
        if supply not in self.known:
            self.known[supply] = Cost(), dict.fromkeys((RECEIPT, ORDER, STANDARD), ZERO)  # while it is worked out
            self.known[supply] = self._sum(supply)
        return self.known[supply]

    def _sum(self, supply):
        cost, basis = Cost(time=self.time[supply]), dict.fromkeys((RECEIPT, ORDER, STANDARD), ZERO)
        for kind, source, standard, currency, quantity in self.used[supply]:
            price, known_by = self._price(source, standard, currency)
            if kind == DemandKind.SUBCONTRACT:
                cost.outside += quantity * price
            else:
                cost.material += quantity * price
                basis[known_by] += quantity * price
        return cost, basis

    def _price(self, source, standard, currency):
        if (source, currency) in self.prices:
            return self.prices[source, currency], RECEIPT
        if source in self.done and self.done[source] and (total := self.on(source)[0].total):
            return total / self.done[source], ORDER
        return standard, STANDARD


def _used(supplies):
    """(the line's supply, kind of demand, its source, standard price, currency, quantity) of what was used of each."""
    movements = StockMovement.objects.filter(demand__for_supply__in=list(supplies))
    currency = "demand__warehouse__company__currency"
    facts = ("demand__for_supply", "demand__kind", "link__supply", "part__standard_price", currency)
    return movements.values_list(*facts).annotate(Sum("quantity")).order_by()


def _worked(supplies):
    reports = Report.objects.standing().filter(line__supply__in=list(supplies), operation__isnull=False)
    return reports.values_list("line__supply", "minutes", "operation__hourly_rate")
