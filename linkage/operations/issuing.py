"""Goods that are used for many demands at once: a step of operations that hold the locks."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from linkage.dates import refresh_need_dates
from linkage.models import Demand, OrderLink, StockMovement
from linkage.operations.inserting import insert
from linkage.operations.releasing import mark_orphans
from linkage.operations.stock import balances, check_issue, from_shelf, make_room


@dataclass(frozen=True, kw_only=True)
class Leaving:
    """So much (base unit) that leaves the shelf for a demand."""

    demand: Demand
    quantity: Decimal
    reference: str = ""


def issue_all(leaving, *, by, effective_on, kind, reason=""):
    """{demand id: movements}, as ``issue`` would for each, in its order; one ``Leaving`` per demand.

    A fixed number of statements, whatever their number, where nothing that is to come makes room. The caller has locked
    the demands, their balances, and what their links hold, and settles.
    """
    facts = {"kind": kind, "effective_on": effective_on, "reason": reason[:200], "created_by": by}
    ids = [one.demand.pk for one in leaving]
    demands = Demand.objects.select_related("part__unit", "warehouse", "document").in_bulk(ids)
    shelves = balances([(demand.part_id, demand.warehouse_id) for demand in demands.values()])
    links = _links_of(ids)
    movements, used, freed = [], [], []
    for one in leaving:
        demand, mine = demands[one.demand.pk], links[one.demand.pk]
        shelf = shelves[demand.part_id, demand.warehouse_id]
        own = from_shelf(mine, one.quantity)
        rest = one.quantity - sum(own.values())
        check_issue(demand, demand.part, shelf, one.quantity, rest)
        shelf.free -= rest
        about = facts | {"part": demand.part, "demand": demand, "reference": one.reference}
        movements += [
            StockMovement(**about, quantity=x, link=link, from_stock_id=link.stock_id) for link, x in own.items()
        ]
        if rest > 0:
            movements.append(StockMovement(**about, quantity=rest, from_stock=shelf))
        freed += make_room(mine, rest - demand.uncovered)
        for link, quantity in own.items():
            link.issued += quantity
            used.append(link)
    OrderLink.objects.bulk_update(used, ["issued"])
    made = defaultdict(list)
    for movement in insert(movements):
        made[movement.demand_id].append(movement)
    mark_orphans(freed)
    refresh_need_dates({link.supply_id for mine in links.values() for link in mine})
    return made


def _links_of(demands):
    links = defaultdict(list)
    for link in OrderLink.objects.open().filter(demand__in=demands).select_related("supply").order_by("pk"):
        links[link.demand_id].append(link)
    return links
