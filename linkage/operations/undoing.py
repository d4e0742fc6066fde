"""Undo: the opposite operation, run now, with all its checks."""

from datetime import timedelta

from django.apps import apps
from django.utils import timezone

from erp.exceptions import Refused
from erp.register.roles import may
from linkage.locks import lock_chain
from linkage.models import OrderLink, Tombstone
from linkage.operation import operation
from linkage.operations.links import disconnect, hand_over, link

UNDO_FOR = timedelta(days=1)
REASON = "undone"


def _events():
    return apps.get_model("linkage", "OrderLinkEvent").objects


@operation
def undo_link_change(*, event, by):
    """Take back one change of a link: what was linked is disconnected, what was disconnected is linked again.

    Offered for a day, to who did it and to planners, for the latest change of the pair only. If the goods or the room
    have gone since, the opposite operation refuses and says to whom.
    """
    changed = OrderLink.objects.with_ends().get(pk=event.pgh_obj_id)
    giver = changed.handed_from and OrderLink.objects.with_ends().get(pk=changed.handed_from_id)
    ends = [changed.supply, changed.demand, *([changed.stock] if changed.stock else [])]
    lock_chain(changed.supply, changed, *ends, *([giver, giver.demand] if giver else []))
    _check_may_undo(event, by)
    _check_latest(event, changed)

    before = _events().filter(pgh_obj=changed, pgh_id__lt=event.pk).order_by("-pgh_id").first()
    if before is None and giver:
        return hand_over(link=changed, demand=giver.demand, quantity=event.quantity, by=by, reason=REASON)
    if before is None or event.quantity > before.quantity:
        more = event.quantity - (before.quantity if before else 0)
        return disconnect(link=changed, quantity=more, by=by, reason=REASON)
    if event.released > before.released:
        return _link_again(changed, event.released - before.released, before.received - event.received, by=by)
    raise Refused(f"This change of {changed} is undone on its order.")


def _link_again(changed, released, from_shelf, *, by):
    """What was to come is promised by its supply again, what lay on the shelf by the balance where it lies."""
    facts = {"demand": changed.demand, "kind": changed.kind, "contract": changed.contract, "by": by, "reason": REASON}
    if from_shelf > 0:
        made = link(supply=changed.stock, quantity=from_shelf, accept_warnings=True, **facts)
        Tombstone.objects.filter(supply=changed.supply_id, demand=changed.demand_id).delete()
    if released > from_shelf:
        made = link(supply=changed.supply, quantity=released - from_shelf, accept_warnings=True, **facts)
    return made


def _check_may_undo(event, by):
    did_it = event.pgh_context is not None and event.pgh_context.metadata.get("user") == by.pk
    if not did_it and not may(by, "link"):
        raise Refused("Only who did it, or a planner, may undo this.")
    if timezone.now() - event.pgh_created_at > UNDO_FOR:
        raise Refused("A change is undone within a day; link or disconnect instead.")


def _check_latest(event, changed):
    pair = {"pgh_obj__demand": changed.demand_id, "pgh_obj__supply__in": {changed.supply_id, changed.stock_id} - {None}}
    if _events().filter(**pair, pgh_id__gt=event.pk).exists():
        raise Refused(f"{changed} has changed since; look at its timeline.")
