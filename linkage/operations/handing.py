"""Goods change hands: a link's quantity goes to another demand, in one transaction.

The supply and the kind stay, what lies on the shelf goes along, the contract flag does not travel.
"""

from erp.exceptions import Refused
from linkage.checks import check_linkable, check_no_circle
from linkage.locks import lock_link
from linkage.models import OrderLink, Tombstone
from linkage.operation import operation
from linkage.operations.keeping import gave_from_hold
from linkage.operations.links import add_links, promised
from linkage.operations.releasing import release
from linkage.refusals import NotEnough


@operation
def hand_over(*, link, demand, by, quantity=None, reason=""):
    """Give a link's quantity, or part of it, to another demand of the same part and warehouse.

    The old link is released; the new one keeps supply and kind, takes over the received part and names the link it came
    from. A contract flag does not travel. What is to come goes before what lies on the shelf.
    """
    old, [taker] = lock_link(link, demand)
    quantity = old.open if quantity is None else quantity
    check_taker(old, taker, quantity)

    made = give(old, taker, quantity, by=by, reason=reason)
    gave_from_hold(old.demand, quantity)
    return made


def check_taker(old, taker, quantity):
    """Raise Refused with the figures when ``quantity`` of a locked link cannot go to the demand."""
    if taker.pk == old.demand_id:
        raise Refused(f"{old} already serves {taker}.")
    if quantity <= 0:
        raise Refused("Enter a quantity above 0.")
    if quantity > old.open:
        raise NotEnough(old, wanted=quantity, left=old.open, of="open")
    check_linkable(demand=taker, supply=old.supply, quantity=quantity, supply_side=False)
    check_no_circle(demand=taker, supply=old.supply)


def give(old, taker, quantity, *, by, reason="", contract=False):
    """The step behind every change of hands; the locks are held and the rules were asked. Returns the new link."""
    new = passed_on(old, taker, quantity, reason=reason, contract=contract)
    release(old, quantity, reason=reason or f"handed over to {taker}")
    [made] = add_links([new], by=by)
    promised(old.supply)
    return made


def passed_on(old, taker, quantity, *, reason="", contract=False):
    """The unsaved link that gives ``quantity`` of a link to a demand; ask before the old one is released.

    A person joins the two, so what kept rules from linking the pair ends.
    """
    from_shelf = max(quantity - old.to_come, 0)
    Tombstone.objects.filter(supply=old.supply_id, demand=taker).delete()
    return OrderLink(
        supply=old.supply,
        demand=taker,
        quantity=quantity,
        kind=old.kind,
        contract=contract,
        handed_from=old,
        reason=reason[:200],
        stock=old.stock if from_shelf else None,
        received=from_shelf,
    )
