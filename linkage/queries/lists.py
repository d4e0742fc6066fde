"""Lists that pages and operations ask for."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from linkage.models import Demand, OrderLink, Provenance, Supply
from linkage.queries.shortage import short


@dataclass(frozen=True)
class Made:
    """One supply that was made for a demand; not linked any more or never (stock-driven) when ``linked`` is 0."""

    supply: Supply
    made: Decimal
    linked: Decimal

    @property
    def is_linked(self):
        return self.linked > 0


def made_from(demands):
    """{demand id: the supplies that exist because of it}: made for it, or linked to it; stock balances left out."""
    ids = [demand.pk for demand in demands]
    linked, made, supplies = defaultdict(Decimal), {}, {}
    links = OrderLink.objects.filter(demand__in=ids, supply__document__isnull=False).select_related("supply__document")
    for link in links:
        if link.open > 0 or link.issued > 0:
            linked[link.demand_id, link.supply_id] += link.open + link.issued
            supplies[link.supply_id] = link.supply
    for fact in Provenance.objects.filter(demand__in=ids).select_related("supply__document"):
        made[fact.demand_id, fact.supply_id] = fact.quantity
        supplies[fact.supply_id] = fact.supply
    answer = defaultdict(list)
    for demand, supply in sorted({*linked, *made}):
        answer[demand].append(Made(supplies[supply], made.get((demand, supply), Decimal(0)), linked[demand, supply]))
    return dict(answer)


def free_supplies(part, warehouse):
    """Stock and orders of a part in a warehouse that have something free, stock first, then by due date."""
    return Supply.objects.with_free().filter(part=part, warehouse=warehouse).for_list().by_due()


def linkable_demands(part, warehouse):
    """Demands of a part in a warehouse with something uncovered, by need."""
    return Demand.objects.linkable().filter(part=part, warehouse=warehouse).for_list().by_need()


def short_demands(*, today):
    """[(demand, short quantity)] of everything that is short, earliest need first."""
    missing = short(today=today)
    demands = Demand.objects.filter(pk__in=missing).for_list().by_need()
    return [(demand, missing[demand.pk]) for demand in demands]


def orphans():
    """Supplies made for a demand that no longer has them, oldest first."""
    return Supply.objects.orphans().for_list().order_by("orphaned_at", "pk")
