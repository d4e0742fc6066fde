"""The backorder rule: sent purchase orders are promised to backordered sales rows, oldest sales row first.

It takes what is free and uncovered, changes no existing link, and passes over pairs that a person disconnected. The
night takes some hundred parts a transaction: killed half-way, the next run does the rest; run twice, the second run
finds nothing to do.
"""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db.models import F
from django.db.models.functions import Coalesce

from erp.register.models import Part
from erp.register.settings_registry import get
from linkage.dates import work_days_of
from linkage.locks import lock_ids, lock_thousands
from linkage.matching import match
from linkage.models import Demand, DemandKind, OrderLink, Status, Supply, SupplyKind, Tombstone
from linkage.models.links import LinkKind
from linkage.operation import operation
from linkage.operations.bulk import copy_links, open_pairs
from linkage.operations.links import add_links

RULE = "backorder"
SENT = (Status.FIRM, Status.STARTED)
# Long enough to make a transaction worth its while, short enough that nobody waits three seconds for a lock.
PARTS_AT_ONCE = 500


class Linked(NamedTuple):
    """What the night linked; the ids and the quantity are all that anybody asks of tens of thousands."""

    supply_id: int
    demand_id: int
    part_id: int
    warehouse_id: int
    quantity: Decimal


def is_on():
    """Whether the setting *Link backorders to purchase orders* is on."""
    return get("backorder_linking")


def backordered(parts=None):
    """Sales rows that wait for goods: fixed, registered or confirmed, dated, uncovered; oldest sales row first."""
    rows = Demand.objects.filter(
        kind=DemandKind.SALES, firm=True, status__in=SENT, need_date__isnull=False, uncovered__gt=0
    )
    rows = rows.made_here() if parts is None else rows.made_here().filter(part__in=parts)
    return rows.select_related("document").order_by(
        Coalesce("ordered_on", "document__ordered_on"), "document__serial", "position", "pk"
    )


def free_purchases(parts=None, supplies=None):
    """Rows of sent purchase orders with something free, by due date."""
    rows = Supply.objects.filter(kind=SupplyKind.PURCHASE, status__in=SENT, free__gt=0)
    rows = rows if parts is None else rows.filter(part__in=parts)
    rows = rows if supplies is None else rows.filter(pk__in=supplies)
    return rows.select_related("document").order_by(
        F("due_date").asc(nulls_last=True), "document__serial", "position", "pk"
    )


def plan(*, part=None, supplies=None):
    """What the rule would link now, without linking it."""
    parts = None if part is None else [getattr(part, "pk", part)]
    purchases = list(free_purchases(parts, supplies))
    demands = backordered({supply.part_id for supply in purchases})
    return match(demands, purchases, suits=_suits(purchases))


def _suits(supplies):
    """The rule for a pair: no person disconnected it, and the need date lies within the horizon."""
    pairs = Tombstone.objects.filter(supply__in=[supply.pk for supply in supplies])
    tombstones = set(pairs.values_list("supply_id", "demand_id"))
    latest = _latest(supplies)
    if not tombstones and not latest:
        return None
    return lambda supply, demand: (
        (supply.pk, demand.pk) not in tombstones and not (latest and demand.need_date > latest(supply))
    )


def _latest(supplies):
    """The last need date that a supply may serve, as a function of it; None serves any."""
    horizon = get("backorder_horizon")
    if horizon is None:
        return None
    days = work_days_of(supply.warehouse_id for supply in supplies)
    return lambda supply: days[supply.warehouse_id].add(supply.due_date, horizon) if supply.due_date else date.max


@operation
def auto_link_supplies(*, supplies, by, reason=""):
    """Link the free quantity of these purchase rows by the backorder rule; returns the links. Off = nothing is done."""
    if not is_on():
        return []
    return _link(plan(supplies=[supply.pk for supply in supplies]), by=by, reason=reason)


def _link(promises, *, by, reason):
    """Lock what was matched, match again on what is true now, then write."""
    if not promises:
        return []
    supplies, demands = lock_ids(
        supplies={promise.supply.pk for promise in promises}, demands={promise.demand.pk for promise in promises}
    )
    order = dict.fromkeys(promise.demand.pk for promise in promises)
    purchases = list(dict.fromkeys(promise.supply.pk for promise in promises))
    fresh = match(
        [demands[pk] for pk in order if demands[pk].uncovered > 0 and demands[pk].status in SENT],
        [supplies[pk] for pk in purchases if supplies[pk].free > 0 and supplies[pk].status in SENT],
        suits=_suits(list(supplies.values())),
    )
    links = [
        OrderLink(
            supply=promise.supply,
            demand=promise.demand,
            quantity=promise.quantity,
            kind=LinkKind.CLAIMED,
            rule=RULE,
            reason=reason[:200],
        )
        for promise in fresh
    ]
    return add_links(links, by=by)


@operation
def auto_link_parts(*, parts, by, reason=""):
    """Link all free purchases of many parts (ids) by the backorder rule; returns a ``Linked`` for each link.

    All that may be linked is locked first, read without instances and written by COPY.
    """
    offers = list(free_purchases(parts).values_list("pk", flat=True))
    waiting = list(backordered(parts).values_list("pk", flat=True)) if offers else []
    if not waiting:
        return []
    supplies, demands = lock_thousands(supplies=offers, demands=waiting)
    promises = match(
        [row for pk in waiting if (row := demands.get(pk)) and row.uncovered > 0 and row.firm and row.status in SENT],
        [row for pk in offers if (row := supplies.get(pk)) and row.free > 0 and row.status in SENT],
        suits=_suits(list(supplies.values())),
    )
    linked = [
        Linked(supply.pk, demand.pk, demand.part_id, demand.warehouse_id, quantity)
        for supply, demand, quantity in promises
    ]
    known = open_pairs(list(supplies), kind=LinkKind.CLAIMED)
    copy_links(
        [new for new in linked if (new.supply_id, new.demand_id) not in known],
        kind=LinkKind.CLAIMED,
        rule=RULE,
        reason=reason,
        by=by,
    )
    add_links([_again(known[new[:2]], new.quantity, reason) for new in linked if new[:2] in known], by=by)
    return linked


def _again(link, quantity, reason):
    return OrderLink(
        supply=link.supply, demand=link.demand, quantity=quantity, kind=link.kind, rule=RULE, reason=reason[:200]
    )


def auto_link_all(*, parts, by, command=""):
    """Link many parts (ids), some hundred a transaction; the links are made when the next ones are asked for."""
    for start in range(0, len(parts), PARTS_AT_ONCE):
        yield from auto_link_parts(parts=parts[start : start + PARTS_AT_ONCE], by=by, command=command)


def parts_to_link():
    """The parts that have both a sent purchase with something free and a backordered row."""
    bought = free_purchases().order_by().values("part")
    return Part.objects.filter(pk__in=bought).filter(pk__in=backordered().order_by().values("part")).order_by("pk")
