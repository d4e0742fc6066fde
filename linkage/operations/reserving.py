"""Goods on the shelf that are promised to a demand because they are about to leave for it: steps for pick lists."""

from django.db.models import Sum

from linkage.dates import refresh_need_dates
from linkage.models import OrderLink, Tombstone
from linkage.models.links import LinkKind
from linkage.operations.links import add_links
from linkage.operations.releasing import mark_orphans
from linkage.operations.stock import make_room
from linkage.refusals import NotEnough


def on_shelf_of(demands):
    """{demand id: what lies on the shelf for it}, one query."""
    lying = OrderLink.objects.filter(demand__in=demands, on_shelf__gt=0)
    return dict(lying.values_list("demand").annotate(lies=Sum("on_shelf")).order_by())


def reserve(wanted, *, rule, reason, by):
    """Promise free stock to locked demands: ``wanted`` is [(demand, balance, quantity)], all locked with their links.

    What a demand has no uncovered quantity for takes the place of what is to come for it, latest supply first. Raises
    NotEnough when a balance has less that is free.
    """
    links = _links_of([demand for demand, _shelf, _quantity in wanted])
    free, freed, touched = {}, [], []
    for demand, shelf, quantity in wanted:
        left = free.setdefault(shelf.pk, shelf.free)
        if quantity > left:
            raise NotEnough(f"{shelf} of {demand.part} for {demand}", wanted=quantity, left=left)
        free[shelf.pk] = left - quantity
        mine = links.get(demand.pk, [])
        freed += make_room(mine, quantity - demand.uncovered)
        touched += [link.supply_id for link in mine]
    _forget_partings({(shelf.pk, demand.pk) for demand, shelf, _quantity in wanted})
    facts = {"kind": LinkKind.CLAIMED, "rule": rule, "reason": reason[:200]}
    add_links([OrderLink(demand=d, supply=s, quantity=q, **facts) for d, s, q in wanted], by=by)
    mark_orphans(freed)
    refresh_need_dates(touched)


def _forget_partings(pairs):
    """Who promises goods to a demand again takes back that somebody disconnected them."""
    found = Tombstone.objects.filter(demand__in={demand for _shelf, demand in pairs})
    again = [pk for pk, *pair in found.values_list("pk", "supply", "demand") if tuple(pair) in pairs]
    if again:
        Tombstone.objects.filter(pk__in=again).delete()


def give_free(wanted, *, reason):
    """Let go what ``reserve`` promised: [(demand, quantity)] as far as it still lies on the shelf as stock."""
    links, released = _links_of([demand for demand, _quantity in wanted]), []
    for demand, quantity in wanted:
        for link in links.get(demand.pk, []):
            if link.supply_id == link.stock_id and link.kind == LinkKind.CLAIMED and quantity > 0:
                take = min(quantity, link.on_shelf)
                quantity -= take
                if take > 0:
                    link.received -= take
                    link.released += take
                    link.reason = reason[:200]
                    released.append(link)
    OrderLink.objects.bulk_update(released, ["received", "released", "reason"])


def _links_of(demands):
    """{demand id: its open links}, one query."""
    found = {}
    for link in OrderLink.objects.open().filter(demand__in=demands).select_related("supply").order_by("pk"):
        found.setdefault(link.demand_id, []).append(link)
    return found
