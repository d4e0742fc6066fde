"""What a demand takes of free stock and free supply before an order is made for it."""

from linkage.dates import refresh_need_dates
from linkage.models import OrderLink, SupplyKind, Tombstone
from linkage.models.links import LinkKind
from linkage.operation import settle
from linkage.operations import add_links
from linkage.operations.releasing import unmark_orphans
from linkage.refusals import NotEnough

RULE = "taken first"


def timely(supplies, demand):
    """Of these supplies, those a demand may take by itself: stock, then what is due in time, earliest first."""
    mine = [s for s in supplies if (s.part_id, s.warehouse_id) == (demand.part_id, demand.warehouse_id)]
    needed = demand.need_date
    timely = [s for s in mine if s.due_date is None or (needed is not None and s.due_date <= needed)]
    return sorted(timely, key=lambda supply: (supply.due_date is not None, supply.due_date, supply.pk))


def take_first(demands, candidates, wanted, *, by):
    """Claim ``wanted`` {demand id: quantity} of the locked candidates, by need; a step inside an operation.

    Raises NotEnough beyond what a demand lacks or what is free in time. The candidates are as they are then.
    """
    links, left = [], {supply.pk: supply.free for supply in candidates}
    for demand in sorted(demands, key=lambda demand: (demand.need_date is None, demand.need_date, demand.pk)):
        if quantity := wanted.get(demand.pk):
            links += _links_of(demand, candidates, quantity, left)
    Tombstone.objects.filter(
        supply__in=[link.supply_id for link in links], demand__in=[link.demand_id for link in links]
    ).delete()
    add_links(links, by=by)
    settle()
    taken = [link.supply for link in links]
    unmark_orphans([supply.pk for supply in taken])
    refresh_need_dates([supply.pk for supply in taken if supply.kind == SupplyKind.PRODUCTION])
    for supply in candidates:
        supply.free = left[supply.pk]


def _links_of(demand, candidates, quantity, left):
    if quantity > demand.uncovered:
        raise NotEnough(demand, wanted=quantity, left=demand.uncovered, of="uncovered")
    links, rest = [], quantity
    for supply in timely(candidates, demand):
        if rest and (taken := min(rest, left[supply.pk])) > 0:
            links.append(OrderLink(supply=supply, demand=demand, quantity=taken, kind=LinkKind.CLAIMED, rule=RULE))
            left[supply.pk] -= taken
            rest -= taken
    if rest:
        raise NotEnough(demand.part, wanted=quantity, left=quantity - rest, of="free in time")
    return links
