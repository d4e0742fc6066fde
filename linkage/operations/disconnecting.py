"""Disconnect: a person ends a link, or part of it, and says in the same breath where the freed supply goes."""

from django.db.models import TextChoices

from erp.exceptions import Refused
from linkage.checks import check_reducible
from linkage.locks import lock_chain, lock_link, rows_of_order
from linkage.models import Supply
from linkage.operation import operation
from linkage.operations.handing import check_taker, give
from linkage.operations.keeping import gave_from_hold, new_hold
from linkage.operations.releasing import let_go, remember
from linkage.owners import owner_of
from linkage.refusals import NotEnough


class Goes(TextChoices):
    """Where the freed supply goes."""

    FREE = "free", "stays free"
    TAKER = "taker", "to another demand"
    REDUCE = "reduce", "reduce or cancel the order"
    HOLD = "hold", "keep for a customer until a date"


@operation
def disconnect(*, link, by, quantity=None, reason="", goes=Goes.FREE, give_to=None, partner=None, until=None):
    """End a link by hand, or part of it; what is to come goes first. What has been issued stays.

    The pair gets a tombstone, so that no automatic rule links it again. What is freed stays free, goes to the demand
    ``give_to``, is taken off its order, or is kept for ``partner`` until a date; refused as a whole when that is.
    """
    link, more = lock_link(link, *_touched_too(link, goes, give_to))
    quantity = link.open if quantity is None else quantity
    _check_quantity(link, quantity)

    to_come = min(quantity, link.to_come)
    if goes == Goes.TAKER:
        check_taker(link, more[0], quantity)
        _give(link, more[0], quantity, by=by, reason=reason)
    elif goes == Goes.HOLD:
        kept = new_hold(link.supply, quantity=quantity, partner=partner, until=until)
        _give(link, kept.demand, quantity, by=by, reason=reason or f"kept for {partner} until {until}")
    else:
        link = let_go(link, quantity, by=by, reason=reason)
    if goes == Goes.REDUCE:
        take_off_order(link.supply, to_come, by=by, reason=reason)
    gave_from_hold(link.demand, quantity)
    owner_of(link.demand).parted([link.demand])
    return link


def _touched_too(link, goes, give_to):
    if goes == Goes.TAKER:
        if give_to is None:
            raise Refused("Choose the demand that the supply goes to.")
        return [give_to]
    return rows_of_order(link.supply) if goes == Goes.REDUCE else []


def _check_quantity(link, quantity):
    if quantity <= 0:
        raise Refused(f"Nothing of {link} is open: what was issued or delivered is never disconnected.")
    if quantity > link.open:
        raise NotEnough(link, wanted=quantity, left=link.open, of="open")


def _give(link, taker, quantity, *, by, reason):
    give(link, taker, quantity, by=by, reason=reason)
    remember(link, by=by)


@operation
def reduce_or_cancel(*, supply, by, quantity=None, reason=""):
    """Take what is free of an order off it, or part of that: the order is cancelled where nothing of it is left."""
    supply, *_ = lock_chain(supply, supply, *rows_of_order(supply))
    quantity = supply.free if quantity is None else quantity
    if not 0 < quantity <= supply.free:
        raise NotEnough(supply, wanted=quantity, left=supply.free)
    take_off_order(supply, quantity, by=by, reason=reason)
    return Supply.objects.filter(pk=supply.pk).first()


def take_off_order(supply, quantity, *, by, reason=""):
    """The step: ``quantity`` (base unit) that nobody is promised will not be made or bought. Its order is locked."""
    supply.refresh_from_db()
    check_reducible(supply, quantity)
    if quantity >= supply.open and not supply.done:
        owner_of(supply).cancel(supply, by=by, reason=reason)
    else:
        owner_of(supply).change_quantity(supply, quantity=supply.quantity - quantity, by=by)
    Supply.objects.filter(pk=supply.pk, free=0).update(orphaned_at=None)
