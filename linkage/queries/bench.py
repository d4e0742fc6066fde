"""The link bench: uncovered demands on the left, free supplies on the right, and what choosing some of them gives."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from django.db.models import F, Q, Sum

from erp.register.models import Part, Warehouse
from linkage.matching import match
from linkage.models import Demand, Supply, SupplyKind
from linkage.queries.standing import Slack
from linkage.queries.suggestions import EARLIEST, in_order

MOST_CHOSEN = 2_000


@dataclass(frozen=True)
class Bench:
    """What stands on both sides: parts by number or piece of a name, one warehouse, needs up to a day."""

    part: str = ""
    warehouse: str = ""
    needed_to: object = None
    only_purchases: bool = False

    def demands(self):
        found = self._narrow(Demand.objects.linkable())
        return found.filter(need_date__lte=self.needed_to) if self.needed_to else found

    def supplies(self):
        found = self._narrow(Supply.objects.with_free())
        return found.filter(kind=SupplyKind.PURCHASE) if self.only_purchases else found

    def _narrow(self, rows):
        """By ids, so that the index by part and warehouse serves."""
        rows = rows.filter(part__in=self._parts) if self.part else rows
        return rows.filter(warehouse__in=self._warehouses) if self.warehouse else rows

    @cached_property
    def _parts(self):
        exact = list(Part.objects.filter(number__iexact=self.part).values_list("pk", flat=True))
        named = Q(number__icontains=self.part) | Q(name__icontains=self.part)
        return exact or list(Part.objects.filter(named).values_list("pk", flat=True))

    @cached_property
    def _warehouses(self):
        return list(Warehouse.objects.filter(code__iexact=self.warehouse).values_list("pk", flat=True))


@dataclass(frozen=True)
class Line:
    """The chosen demand and supply of one part, in its base unit."""

    part: str
    unit: str
    wanted: Decimal
    given: Decimal

    @property
    def difference(self):
        """What stays free when positive, what stays uncovered when negative."""
        return self.given - self.wanted


@dataclass(frozen=True)
class Pair:
    """One link as it would be made."""

    demand: Demand
    supply: Supply
    quantity: Decimal
    slack: int | None
    uncovered: Decimal
    free: Decimal


def by_need(demands):
    return demands.for_list().select_related("elsewhere__there__document__company").by_need()


def by_due(supplies):
    return supplies.for_list().by_due()


def sums(demands, supplies):
    """A Line for each part among the chosen; two statements."""
    wanted, given = _by_part(demands, "uncovered"), _by_part(supplies, "free")
    return [
        Line(part=key[0], unit=key[1], wanted=wanted.get(key, Decimal(0)), given=given.get(key, Decimal(0)))
        for key in sorted({*wanted, *given})
    ]


def _by_part(rows, figure):
    grouped = rows.order_by().values("part__number", "part__unit__code").annotate(total=Sum(figure))
    return {(row["part__number"], row["part__unit__code"]): row["total"] for row in grouped}


def link_in_order(demands, supplies, *, order=EARLIEST):
    """[(demand, supply, quantity)]: the demands in order take from the earliest supplies of their pool."""
    waiting = in_order(demands, order).for_list().select_related("revision")[:MOST_CHOSEN]
    offered = supplies.for_list().select_related("revision").order_by(F("due_date").asc(nulls_first=True), "id")
    return [(demand, supply, quantity) for supply, demand, quantity in match(waiting, offered[:MOST_CHOSEN])]


def pairs_told(pairs):
    """The pairs with their slack, and what they leave of both ends, in the order in which they take."""
    slack = Slack(supply.warehouse_id for _demand, supply, _quantity in pairs)
    uncovered, free, told = {}, {}, []
    for demand, supply, quantity in pairs:
        uncovered[demand.pk] = uncovered.get(demand.pk, demand.uncovered) - quantity
        free[supply.pk] = free.get(supply.pk, supply.free) - quantity
        told.append(Pair(demand, supply, quantity, slack.of(supply, demand), uncovered[demand.pk], free[supply.pk]))
    return told
