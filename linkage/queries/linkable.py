"""What the three boxes of a new tracking line offer: orders, then lines, then component lines that can be linked.

Only demands of the supply's part and warehouse with something uncovered are offered, each with that quantity and its
need date. A sales row has a line and no component line.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, F, Min, Sum
from django.db.models.functions import Coalesce

from linkage.queries.lists import linkable_demands

OFFERED = 20
# A component belongs to a line of its order; any other demand is a line of its own.
LINE = Coalesce("for_supply__position", "position")


@dataclass(frozen=True)
class Option:
    """One choice of a box: what is typed for it, how many demands it stands for, what they lack and from when on."""

    value: str
    count: int
    uncovered: Decimal
    need_date: date | None


def orders(supply, text=""):
    """The orders whose number begins with the text, the most urgent first."""
    demands = _demands(supply).filter(document__number__istartswith=text)
    return _options(demands.values(value=F("document__number")))


def lines(supply, *, order, text=""):
    """The lines of an order, in their order."""
    demands = _demands(supply).filter(document__number__iexact=order).annotate(order_line=LINE)
    return _begins(_options(demands.values(value=F("order_line")), by="value"), text)


def components(supply, *, order, line, text=""):
    """The component lines of an order's line, in their order."""
    demands = _demands(supply).filter(document__number__iexact=order, for_supply__position=line)
    return _begins(_options(demands.values(value=F("position")), by="value"), text)


def demands_at(supply, *, order, line, component=None):
    """The linkable demands that order, line and component line name."""
    demands = linkable_demands(supply.part_id, supply.warehouse_id).filter(document__number__iexact=order)
    demands = demands.annotate(order_line=LINE).filter(order_line=line)
    if component is not None:
        demands = demands.filter(for_supply__isnull=False, position=component)
    return list(demands[:OFFERED])


def _demands(supply):
    return linkable_demands(supply.part_id, supply.warehouse_id).select_related(None).order_by()


def _options(grouped, by="need_date"):
    figures = grouped.annotate(count=Count("pk"), lacking=Sum("uncovered"), first=Min("need_date"))
    ordered = figures.order_by(F("first").asc(nulls_last=True) if by == "need_date" else "value", "value")
    return [Option(str(row["value"]), row["count"], row["lacking"], row["first"]) for row in ordered[: OFFERED * 5]]


def _begins(options, text):
    return [option for option in options if option.value.startswith(text)]
