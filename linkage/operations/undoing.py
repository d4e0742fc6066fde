"""Undo: the opposite operation, run now, with all its checks.

An event of a link's history is undone together with what the same operation did beside it: goods that went to another
demand come back from there, an order that was reduced is raised again first.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.apps import apps
from django.utils import timezone

from erp.exceptions import Refused
from erp.register.roles import may
from erp.register.units import plain
from linkage.locks import lock_chain, rows_of_order
from linkage.models import DemandKind, OrderLink, Status, Tombstone
from linkage.operation import operation, settle
from linkage.operations.disconnecting import disconnect
from linkage.operations.handing import check_taker, give
from linkage.operations.keeping import gave_from_hold
from linkage.operations.links import link
from linkage.owners import owner_of

UNDO_FOR = timedelta(days=1)
REASON = "undone"


def _events(name="OrderLinkEvent"):
    return apps.get_model("linkage", name).objects


@dataclass(frozen=True)
class Passed:
    """Goods that one operation moved from a link to another one of the same supply."""

    giver: OrderLink
    taker: OrderLink
    quantity: object
    contract: bool


@operation
def undo_link_change(*, event, by):
    """Take back one change of a link: what was linked is disconnected, what was disconnected is linked again.

    Offered for a day, to who did it and to planners, for the latest change of the pair only. If the goods or the room
    have gone since, it is refused and says who has them now.
    """
    changed = OrderLink.objects.with_ends().get(pk=event.pgh_obj_id)
    passed = _passed(event, changed)
    _lock(event, changed, passed)
    _check_may_undo(event, by)
    _check_latest(event, changed)

    before = _before(event)
    if passed:
        return _pass_back(passed, by=by)
    if before is None or event.quantity > before.quantity:
        more = event.quantity - (before.quantity if before else 0)
        return disconnect(link=changed, quantity=more, by=by, reason=REASON)
    if event.released > before.released:
        _raise_again(event, changed, by=by)
        return _link_again(changed, event.released - before.released, before.received - event.received, by=by)
    raise Refused(f"This change of {changed} is undone on its order.")


def _before(event):
    return _events().filter(pgh_obj=event.pgh_obj_id, pgh_id__lt=event.pk).order_by("-pgh_id").first()


def _lock(event, changed, passed):
    rows = [changed, changed.supply, changed.demand, *([changed.stock] if changed.stock else [])]
    if passed:
        ends = OrderLink.objects.with_ends().get(pk=(passed.taker if changed == passed.giver else passed.giver).pk)
        rows += [ends, ends.demand, *([ends.stock] if ends.stock else [])]
    elif _reduced(event, changed):
        rows += rows_of_order(changed.supply)
    lock_chain(changed.supply, *rows)


def _passed(event, changed):
    """What the operation of this event handed from one demand to another, or None when it handed over nothing."""
    if event.pgh_context_id is None:
        return None
    same = _events().filter(pgh_obj__supply=changed.supply_id, pgh_context=event.pgh_context_id)
    before = {each: _before(each) for each in same.select_related("pgh_obj")}
    gave = [each for each, old in before.items() if old and each.released > old.released]
    took = [each for each, old in before.items() if each.quantity > (old.quantity if old else 0)]
    if len(gave) != 1 or len(took) != 1:
        return None
    [giving], [taking] = gave, took
    quantity = giving.released - before[giving].released
    links = OrderLink.objects.with_ends()
    giver, taker = links.get(pk=giving.pgh_obj_id), links.get(pk=taking.pgh_obj_id)
    return Passed(giver, taker, quantity, before[giving].contract)


def _pass_back(passed, *, by):
    """The goods come back from who got them: same quantity, kind and flag."""
    taker = OrderLink.objects.with_ends().get(pk=passed.taker.pk)
    reopen_hold(passed.giver.demand, passed.quantity)
    try:
        check_taker(taker, passed.giver.demand, passed.quantity)
    except Refused as refusal:
        raise Refused(f"{refusal}{who_has(taker.supply)}") from refusal
    made = give(taker, passed.giver.demand, passed.quantity, by=by, reason=REASON, contract=passed.contract)
    gave_from_hold(taker.demand, passed.quantity)
    return made


def reopen_hold(demand, quantity):
    """A hold that gave its goods away keeps them again, while its date has not ended it otherwise."""
    demand.refresh_from_db()
    if demand.kind == DemandKind.HOLD and demand.cancelled >= quantity:
        demand.cancelled, demand.status = demand.cancelled - quantity, Status.FIRM
        demand.save(update_fields=["cancelled", "status"])
        demand.refresh_from_db()


def who_has(supply):
    """In words, to whom a supply is promised now; empty when to nobody."""
    links = OrderLink.objects.open().filter(supply=supply).with_ends().order_by("pk")[:5]
    names = ", ".join(f"{link.demand} ({plain(link.open)})" for link in links)
    return f" {supply} is promised to {names} now." if names else ""


def _reduced(event, changed):
    """How much the operation of this event took off the supply's order."""
    if event.pgh_context_id is None:
        return None
    same = _events("SupplyEvent").filter(pgh_obj=changed.supply_id)
    then = same.filter(pgh_context=event.pgh_context_id).order_by("-pgh_id").first()
    old = then and same.filter(pgh_id__lt=then.pk).exclude(pgh_context=event.pgh_context_id).order_by("-pgh_id").first()
    return old.quantity - old.cancelled - then.quantity + then.cancelled if old else None


def _raise_again(event, changed, *, by):
    taken_off = _reduced(event, changed)
    if not taken_off or taken_off <= 0:
        return
    supply = changed.supply
    if supply.status in {Status.CLOSED, Status.CANCELLED}:
        raise Refused(f"{supply} is {supply.get_status_display().lower()} since, and undo does not bring it back.")
    owner_of(supply).change_quantity(supply, quantity=supply.quantity + taken_off, by=by)
    settle()


def _link_again(changed, released, from_shelf, *, by):
    """What was to come is promised by its supply again, what lay on the shelf by the balance where it lies."""
    facts = {"demand": changed.demand, "kind": changed.kind, "contract": changed.contract, "by": by, "reason": REASON}
    reopen_hold(changed.demand, released)
    try:
        if from_shelf > 0:
            made = link(supply=changed.stock, quantity=from_shelf, accept_warnings=True, **facts)
            Tombstone.objects.filter(supply=changed.supply_id, demand=changed.demand_id).delete()
        if released > from_shelf:
            made = link(supply=changed.supply, quantity=released - from_shelf, accept_warnings=True, **facts)
    except Refused as refusal:
        raise Refused(f"{refusal}{who_has(changed.supply)}") from refusal
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
