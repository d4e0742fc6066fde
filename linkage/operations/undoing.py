"""Undo: the opposite operation, run now, with all its checks.

An event of a link's history is undone together with what the same operation did beside it: goods that went to another
demand come back from there, an order that was reduced is raised again first.
"""

from dataclasses import dataclass

from django.apps import apps
from django.db.models import Q
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
from linkage.operations.swapping import check_swap, exchange
from linkage.owners import owner_of
from linkage.queries.timeline import UNDO_FOR

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
        return _unlink(event, changed, event.quantity - (before.quantity if before else 0), by=by)
    if event.released > before.released:
        _raise_again(event, changed, by=by)
        return _link_again(changed, event.released - before.released, before.received - event.received, by=by)
    raise Refused(f"This change of {changed} is undone on its order.")


def _unlink(event, changed, quantity, *, by):
    """The opposite of linking: the pair is remembered as parted only if it was before it was linked."""
    pair = {"supply": changed.supply_id, "demand": changed.demand_id}
    stones = _events("TombstoneEvent").filter(**pair, pgh_label="delete", pgh_context=event.pgh_context_id)
    was_parted = event.pgh_context_id is not None and stones.exists()
    ended = disconnect(link=changed, quantity=quantity, by=by, reason=REASON)
    if not was_parted:
        Tombstone.objects.filter(**pair).delete()
    return ended


def _before(event):
    return _events().filter(pgh_obj=event.pgh_obj_id, pgh_id__lt=event.pk).order_by("-pgh_id").first()


def _lock(event, changed, passed):
    rows = {changed, *_ends(changed)}
    for each in passed:
        rows |= {row for link in (each.giver, each.taker) for row in (link, *_ends(link))}
    if not passed and _reduced(event, changed):
        rows |= set(rows_of_order(changed.supply))
    lock_chain([changed.supply, *(each.giver.supply for each in passed)], *rows)


def _ends(link):
    return [link.supply, link.demand, *([link.stock] if link.stock else [])]


def _passed(event, changed):
    """What the operation of this event moved between links: nothing, one hand over, or the two of a swap."""
    deeds = _events_beside(event, changed)
    before = {each: _before(each) for each in deeds}
    gave = [each for each in deeds if before[each] and each.released > before[each].released]
    took = [each for each in deeds if each.quantity > (before[each].quantity if before[each] else 0)]
    if not gave or len(gave) != len(took):
        return []
    links = OrderLink.objects.with_ends().in_bulk({each.pgh_obj_id for each in deeds})
    takers = {(each.supply_id, each.demand_id): links[each.pgh_obj_id] for each in took}
    found = []
    for each in gave:
        taker = next((link for (supply, demand), link in takers.items() if _serves(each, supply, demand)), None)
        if taker is None:
            return []
        quantity = each.released - before[each].released
        found.append(Passed(links[each.pgh_obj_id], taker, quantity, before[each].contract))
    return found


def _serves(giving, supply, demand):
    return giving.supply_id == supply and giving.demand_id != demand


def _events_beside(event, changed):
    """The events of links that the same operation wrote, found over the ends they share (contexts have no index)."""
    if event.pgh_context_id is None:
        return []
    supplies, demands = {changed.supply_id}, {changed.demand_id}
    for _step in range(2):
        near = Q(pgh_obj__supply__in=supplies) | Q(pgh_obj__demand__in=demands)
        found = list(_events().filter(near, pgh_context=event.pgh_context_id).order_by("pgh_id"))
        supplies |= {each.supply_id for each in found}
        demands |= {each.demand_id for each in found}
    return found


def _pass_back(passed, *, by):
    """The goods come back from who got them: same quantity, kind and flag."""
    pairs = OrderLink.objects.with_ends().in_bulk([each.taker.pk for each in passed])
    takers = [pairs[each.taker.pk] for each in passed]
    try:
        if len(passed) == 2:
            return _swap_back(passed, takers, by=by)
        return _hand_back(passed[0], takers[0], by=by)
    except Refused as refusal:
        raise Refused(f"{refusal}{who_has(takers[0].supply)}") from refusal


def _swap_back(passed, takers, *, by):
    quantity = passed[0].quantity
    check_swap(*takers, quantity)
    return exchange(*takers, quantity, by=by, reason=REASON, contracts=[each.contract for each in passed])[0]


def _hand_back(passed, taker, *, by):
    giver = passed.giver.demand
    reopen_hold(giver, passed.quantity)
    check_taker(taker, giver, passed.quantity)
    made = give(taker, giver, passed.quantity, by=by, reason=REASON, contract=passed.contract)
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


@operation
def undo_together(*, event, by):
    """Take back all that the operation of this event did to links, all or nothing; returns the links."""
    if event.pgh_context_id is None:
        raise Refused("Nobody knows which operation made this change; undo each link on its timeline.")
    events = list(_events().filter(pgh_context=event.pgh_context_id, pgh_id__lte=event.pk).order_by("-pgh_id"))
    links = OrderLink.objects.with_ends().filter(pk__in={each.pgh_obj_id for each in events})
    supplies = list({link.supply for link in links})
    lock_chain(supplies, *links, *supplies, *{link.demand for link in links}, *{link.stock for link in links} - {None})
    return [undo_link_change(event=each, by=by) for each in events]


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
    later = _events().filter(**pair, pgh_id__gt=event.pk)
    if event.pgh_context_id is not None:
        later = later.exclude(pgh_context=event.pgh_context_id)
    if later.exists():
        raise Refused(f"{changed} has changed since; look at its timeline.")
