"""What of a purchase row is promised to whom, set for several demands at once by a person."""

from collections import defaultdict
from decimal import Decimal

from erp.exceptions import Refused
from erp.register.units import plain
from linkage.models import OrderLink
from linkage.operation import operation, settle
from linkage.operations import disconnect, link_pairs
from purchasing.operations.steps import check_open, lock_row

ZERO = Decimal(0)


@operation
def set_promises(*, row, quantities, by, seen=None, accept_warnings=False, reason=""):
    """Set what is to come from a row for each demand, all or nothing; returns the row.

    ``quantities`` {Demand: base quantity, 0 for none}; demands that are not named keep what they have. Less is
    disconnected (claimed links first), then more is linked, with the checks and warnings of ``link_pairs``. Contract
    links are left alone. ``seen`` {demand id: quantity} is what a person saw; another figure by now is refused.
    """
    row = lock_row(row, *quantities)
    check_open(row)
    links = _links_of(row.supply)
    now = {demand: sum((link.to_come for link in links[demand.pk]), ZERO) for demand in quantities}
    _check_seen(row, now, seen or {})

    for demand, wanted in quantities.items():
        if wanted < now[demand]:
            _take_back(links[demand.pk], now[demand] - wanted, by=by, reason=reason)
    settle()  # what was taken back is free for the others
    more = [(demand, row.supply, wanted - now[demand]) for demand, wanted in quantities.items() if wanted > now[demand]]
    if more:
        link_pairs(pairs=more, by=by, reason=reason, accept_warnings=accept_warnings)
    return row


def _links_of(supply):
    """{demand id: links of it that may be changed}, claimed before bound, the latest first."""
    found = OrderLink.objects.filter(supply=supply, to_come__gt=0, contract=False).with_ends()
    links = defaultdict(list)
    for link in sorted(found, key=lambda link: (link.kind == "bound", -link.pk)):
        links[link.demand_id].append(link)
    return links


def _check_seen(row, now, seen):
    unit = row.supply.part.unit
    for demand, quantity in now.items():
        if demand.pk in seen and seen[demand.pk] != quantity:
            raise Refused(
                f"{plain(quantity)} {unit} of {row} are to come for {demand} now, not {plain(seen[demand.pk])}. "
                "Reload the page."
            )


def _take_back(links, quantity, *, by, reason):
    for link in links:
        taken = min(link.to_come, quantity)
        if taken > 0:
            disconnect(link=link, quantity=taken, by=by, reason=reason)
            quantity -= taken
