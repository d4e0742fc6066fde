"""What an order costs: planned beside actual, per line, in the company's currency.

Material is worth the price of its receipt where it came from a purchase row in our currency, else its standard price.
Time is worth what an hour cost when the order was made.
"""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from linkage.models import DemandKind, Status, StockMovement
from production.models import Component, Operation, Report
from purchasing.queries import prices_of

ZERO, HOUR = Decimal(0), Decimal(60)


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
    """Planned for the whole line beside what was really used; ``made`` pieces share the actual cost."""

    planned: Cost
    actual: Cost
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
    """{line id: CostView} of an order's lines, in a constant number of statements."""
    planned, actual = defaultdict(Cost), defaultdict(Cost)
    by_supply = {line.supply_id: line for line in lines}
    for component in Component.objects.filter(line__in=lines).select_related("demand__part"):
        planned[component.line_id].material += _planned(component.demand)
    for step in Operation.objects.filter(line__in=lines).select_related("demand__part"):
        if step.demand:
            planned[step.line_id].outside += _planned(step.demand)
        else:
            minutes = step.planned_minutes(_line(lines, step).supply.quantity)
            planned[step.line_id].time += minutes * step.hourly_rate / HOUR
    for supply, kind, worth in _used(by_supply):
        line = by_supply[supply].pk
        actual[line].outside += worth if kind == DemandKind.SUBCONTRACT else ZERO
        actual[line].material += ZERO if kind == DemandKind.SUBCONTRACT else worth
    for line, minutes, rate in _worked(lines):
        actual[line].time += minutes * rate / HOUR
    return {
        line.pk: CostView(planned[line.pk], actual[line.pk], line.supply.quantity, line.supply.done) for line in lines
    }


def _line(lines, row):
    return next(line for line in lines if line.pk == row.line_id)


def _planned(demand):
    return ZERO if demand.status == Status.CANCELLED else demand.quantity * demand.part.standard_price


def _used(supplies):
    """(the line's supply, kind of demand, worth) of everything issued to the lines or done for them outside."""
    movements = StockMovement.objects.filter(demand__for_supply__in=supplies)
    currency = "demand__warehouse__company__currency"
    facts = ("demand__for_supply", "demand__kind", "link__supply", "part__standard_price", currency)
    sums = list(movements.values_list(*facts).annotate(Sum("quantity")).order_by())
    prices = prices_of({row[2] for row in sums} - {None})
    for supply, kind, source, standard, currency, quantity in sums:
        yield supply, kind, quantity * prices.get((source, currency), standard)


def _worked(lines):
    reports = Report.objects.standing().filter(line__in=lines, operation__isnull=False)
    return reports.values_list("line", "minutes", "operation__hourly_rate")
