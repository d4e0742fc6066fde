"""Swap: two demands of a part in a warehouse exchange supplies, in one transaction."""

from erp.exceptions import Refused
from erp.register.models import Unit
from erp.register.units import check_fits, plain
from linkage.checks import check_ends, check_no_circle
from linkage.locks import lock_chain
from linkage.models import OrderLink
from linkage.operation import operation
from linkage.operations.handing import passed_on
from linkage.operations.links import add_links, promised
from linkage.operations.releasing import release
from linkage.refusals import NotEnough


@operation
def swap(*, link, other, by, quantity=None, reason=""):
    """Exchange ``quantity`` (base unit; None: as much as both hold) of two links; returns the two new ones.

    The larger link divides. Each new link keeps supply and kind, takes over the received part and names the link that
    it came from; contract flags do not travel. Refused with the figures once anything of them is issued, and for
    different parts, warehouses or a circle.
    """
    first, second = lock_both(link, other)
    quantity = min(first.open, second.open) if quantity is None else quantity
    check_swap(first, second, quantity)
    return exchange(first, second, quantity, by=by, reason=reason)


def lock_both(link, other):
    """Both links as they are now, locked as ``lock_links`` does."""
    fresh = lock_links([link.pk, other.pk])
    return fresh[link.pk], fresh[other.pk]


def lock_links(ids):
    """{id: link as it is now}, locked in one call with all their ends and the chains below their supplies."""
    known = OrderLink.objects.with_ends().in_bulk(ids)
    rows = {row for each in known.values() for row in (each, each.supply, each.demand, each.stock) if row is not None}
    lock_chain(list({each.supply for each in known.values()}), *rows)
    return OrderLink.objects.with_ends().in_bulk(ids)


def check_swap(first, second, quantity):
    """Raise Refused when two locked links cannot exchange ``quantity``."""
    if first.demand_id == second.demand_id:
        raise Refused(f"Both links serve {first.demand}. Choose a link of another demand.")
    for link, demand in ((first, second.demand), (second, first.demand)):
        check_ends(demand, link.supply, positions=(demand,))
        if link.issued > 0:
            raise Refused(f"{plain(link.issued)} of {link} is issued or delivered: it is not swapped any more.")
        if link.open <= 0:
            raise Refused(f"Nothing of {link} is open any more.")
    if first.supply_id == second.supply_id and (first.to_come > 0) == (second.to_come > 0):
        raise Refused(f"Both wait for the same goods of {first.supply}.")
    if quantity <= 0:
        raise Refused("Enter a quantity above 0.")
    check_fits(Unit.objects.get(part=first.part_id), quantity)
    if short := next((link for link in (first, second) if quantity > link.open), None):
        raise NotEnough(short, wanted=quantity, left=short.open, of="open")
    check_no_circle(demand=second.demand, supply=first.supply)
    check_no_circle(demand=first.demand, supply=second.supply)


def exchange(first, second, quantity, *, by, reason="", contracts=(False, False)):
    """The step: two locked links that fit exchange ``quantity``; ``contracts`` are the flags of the new ones."""
    new = [
        passed_on(first, second.demand, quantity, reason=reason, contract=contracts[0]),
        passed_on(second, first.demand, quantity, reason=reason, contract=contracts[1]),
    ]
    release(first, quantity, reason=reason or f"swapped with {second.demand}")
    release(second, quantity, reason=reason or f"swapped with {first.demand}")
    made = add_links(new, by=by)
    for supply in {first.supply, second.supply}:
        promised(supply)
    return sorted(made, key=lambda link: link.supply_id != first.supply_id or link.demand_id != second.demand_id)
