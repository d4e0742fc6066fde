"""Work bought outside: which material goes along, what of it has left the shelf and when, and what has come back.

All of it stands in the ledger: a subcontracted operation's demand feeds the same production line as the components.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import Max

from linkage.models import Demand, DemandKind, OrderLink, StockMovement
from linkage.models.movements import MovementKind
from linkage.owners import urls_of


@dataclass(frozen=True)
class Material:
    """One component of the order that is worked on: so much needed, so much issued, the last time."""

    demand: Demand
    issued_on: date | None


@dataclass
class Work:
    """One operation that a purchase row pays for, with the material of its order."""

    row: object
    demand: Demand
    url: str
    ordered: Decimal = Decimal(0)
    material: list = field(default_factory=list)
    returned_on: date | None = None

    @property
    def made(self):
        """The production line that is worked on."""
        return self.demand.for_supply


def work_of(rows):
    """The subcontracted operations behind purchase rows, in a fixed number of statements; none where nothing is."""
    by_supply = {row.supply_id: row for row in rows}
    links = OrderLink.objects.filter(supply__in=by_supply, demand__kind=DemandKind.SUBCONTRACT, quantity__gt=0)
    links = list(links.select_related("demand__document", "demand__for_supply__part__unit").order_by("pk"))
    if not links:
        return []
    urls = urls_of([link.demand for link in links])
    works = {}
    for link in links:
        key = link.supply_id, link.demand_id
        url = urls.get((link.demand.kind, link.demand_id), "")
        work = works.setdefault(key, Work(by_supply[link.supply_id], link.demand, url))
        work.ordered += link.quantity - link.released
    _add_material(list(works.values()))
    return list(works.values())


def _add_material(works):
    lines = {work.demand.for_supply_id for work in works}
    parts = Demand.objects.filter(kind=DemandKind.COMPONENT, for_supply__in=lines).exclude(status="cancelled")
    parts = list(parts.select_related("part__unit", "document").order_by("for_supply", "position", "pk"))
    issued = _last(MovementKind.ISSUE, [part.pk for part in parts])
    returned = _last(MovementKind.SERVICE, [work.demand.pk for work in works])
    for work in works:
        mine = [part for part in parts if part.for_supply_id == work.demand.for_supply_id]
        work.material = [Material(part, issued.get(part.pk)) for part in mine]
        work.returned_on = returned.get(work.demand.pk)


def _last(kind, demands):
    """{demand id: the last day on which something was posted that stands}"""
    posted = StockMovement.objects.filter(demand__in=demands, kind=kind, quantity__gt=0, reversed_by=None)
    return dict(posted.values("demand").annotate(last=Max("effective_on")).values_list("demand", "last"))
