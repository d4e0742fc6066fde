"""Ending many links in one operation, and where what they held goes."""

from collections import defaultdict

from linkage.locks import lock_chain, rows_of_order
from linkage.models import OrderLink
from linkage.operation import each, operation
from linkage.operations.disconnecting import Goes, disconnect
from linkage.operations.keeping import gave_from_hold
from linkage.operations.releasing import let_go_all
from linkage.owners import owner_of
from linkage.queries.proof import takers_of


@operation
def disconnect_links(*, links, by, reason=""):
    """Disconnect all that is open of many links; what they held stays free. Returns those that were open.

    A constant number of statements, whatever the number of links.
    """
    ends = _take(links)
    opened = {end.pk: end.open for end in ends}
    let_go_all(ends, by=by, reason=reason)
    for end in ends:
        gave_from_hold(end.demand, opened[end.pk])
    by_owner = defaultdict(list)
    for end in ends:
        by_owner[owner_of(end.demand)].append(end.demand)
    for owner, demands in by_owner.items():
        owner.parted(demands)
    return ends


@operation
def disconnect_each(*, links, goes, by, reason="", partner=None, until=None):
    """Disconnect all that is open of links one by one, what each held to the same kind of destination (``Goes``).

    To another demand: to the most late ones, each as far as it is uncovered; what nobody takes stays free. Returns
    ([link], [(link, why it refused)]): what one link refuses the others do not wait for.
    """
    found = list(OrderLink.objects.open().with_ends().filter(pk__in=[link.pk for link in links]).order_by("pk"))
    parts = _parts(found) if goes == Goes.TAKER else {link.pk: [(link.open, goes, None)] for link in found}
    takers = {taker for several in parts.values() for _quantity, _goes, taker in several if taker}
    orders = [row for link in found for row in rows_of_order(link.supply)] if goes == Goes.REDUCE else []
    _lock(found, *takers, *orders)
    facts = {"by": by, "reason": reason}
    kept = {"partner": partner, "until": until} if goes == Goes.HOLD else {}

    def end(link):
        for quantity, where, taker in parts[link.pk]:
            disconnect(link=link, quantity=quantity, goes=where, give_to=taker, **kept, **facts)
        return link

    return each(found, end)


def _parts(links):
    """{link id: [(quantity, where it goes, who takes it)]}; two links do not fill the same need twice."""
    left, parts = {}, {}
    for link in links:
        rest, mine = link.open, []
        for taker in takers_of(link):
            demand = taker.demand
            quantity = min(rest, left.get(demand.pk, demand.uncovered))
            if quantity > 0:
                mine.append((quantity, Goes.TAKER, demand))
                left[demand.pk] = left.get(demand.pk, demand.uncovered) - quantity
                rest -= quantity
        parts[link.pk] = [*mine, (rest, Goes.FREE, None)] if rest else mine
    return parts


def _take(links):
    """The links that are still open, with their ends, locked."""
    found = OrderLink.objects.open().with_ends().filter(pk__in=[link.pk for link in links]).order_by("pk")
    _lock(list(found))
    return list(found.all())


def _lock(links, *also):
    supplies = list({link.supply for link in links})
    demands, stocks = {link.demand for link in links}, {link.stock for link in links} - {None}
    lock_chain(supplies, *links, *supplies, *demands, *stocks, *also)
