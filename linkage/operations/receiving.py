"""Goods that come: shared out to the links of their supply and put on the shelf, for one supply or for thousands.

``receive`` is the operation for one. The rest are steps for operations that hold the locks: ``shared_out`` and
``put_on_shelf`` reckon in memory, with links that the caller read under the lock; ``write_arrivals`` writes.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db import connection

from erp.exceptions import Refused
from erp.register.models import Part
from erp.register.units import check_fits, plain
from linkage.dates import refresh_need_dates
from linkage.locks import lock, lock_chain
from linkage.models import OrderLink, Status, StockMovement, Supply
from linkage.models.movements import MovementKind
from linkage.operation import operation
from linkage.operations.inserting import insert
from linkage.operations.releasing import ZERO
from linkage.operations.sharing import plan_shares
from linkage.operations.stock import balance_of, check_quantity
from linkage.queries.sql import array
from linkage.refusals import NotEnough

LINKS = """
update linkage_orderlink l
set received = n.received, issued = n.issued, released = n.released, stock_id = n.stock, reason = n.reason
from unnest(%s::bigint[], %s::numeric[], %s::numeric[], %s::numeric[], %s::bigint[], %s::text[])
  n(id, received, issued, released, stock, reason)
where l.id = n.id
"""
TOLERANCES = """
update linkage_supply s set over_tolerance = n.tolerance from unnest(%s::bigint[], %s::numeric[]) n(id, tolerance)
where s.id = n.id
"""
STATES = """
update linkage_supply s set status = n.status, cancelled = n.cancelled,
  orphaned_at = case when n.status in ('closed', 'cancelled') then null else s.orphaned_at end
from unnest(%s::bigint[], %s::text[], %s::numeric[]) n(id, status, cancelled) where s.id = n.id
"""


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """So much (base unit) that came of a supply, what each link gets of it, and where it lies: a service lies nowhere.

    What no link gets is free.
    """

    supply: Supply
    part: Part
    shelf: Supply | None
    quantity: Decimal
    effective_on: date
    shares: dict = field(default_factory=dict)
    kind: str = MovementKind.RECEIPT
    reference: str = ""
    reason: str = ""

    @property
    def free(self):
        return self.quantity - sum(self.shares.values())

    def movements(self, *, by):
        facts = {
            "kind": self.kind if self.shelf else MovementKind.SERVICE,
            "part": self.part,
            "supply": self.supply,
            "to_stock": self.shelf,
            "effective_on": self.effective_on,
            "reference": self.reference,
            "reason": self.reason[:200],
            "created_by": by,
        }
        made = [
            StockMovement(**facts, quantity=share, link=link, demand=None if self.shelf else link.demand)
            for link, share in self.shares.items()
        ]
        return [*made, StockMovement(**facts, quantity=self.free)] if self.free > 0 else made


@operation
def receive(
    *,
    supply,
    quantity,
    by,
    effective_on,
    kind=MovementKind.RECEIPT,
    shares=None,
    policy=None,
    reference="",
    reason="",
):
    """Post ``quantity`` (base unit) of an order's supply as arrived or made; returns the movements.

    Links get their share (``shares``: {link id: quantity}; else as ``policy`` plans it), the rest is free stock. A
    service goes straight to the demands it is linked to. Raises NotEnough beyond the supply's open quantity and
    tolerance.
    """
    part = Part.objects.select_related("unit").get(pk=supply.part_id)
    shelf = balance_of(part, supply.warehouse) if part.is_stock_updated else None
    supply, *_ = lock(supply, shelf) if shelf else lock_chain(supply, supply)
    links = list(OrderLink.objects.filter(supply=supply, to_come__gt=0).select_related("demand"))
    planned = shared_out(supply, part, links, quantity, shares=shares, policy=policy)
    facts = {"kind": kind, "effective_on": effective_on, "reference": reference, "reason": reason}
    arrival = Arrival(supply=supply, part=part, shelf=shelf, quantity=quantity, shares=planned, **facts)
    put_on_shelf(arrival)
    [made] = write_arrivals([arrival], by=by)
    if shelf is None:
        refresh_need_dates([supply.pk])
    return made


def shared_out(supply, part, links, quantity, *, shares=None, policy=None):
    """{link: share} of what arrives (base unit): ``shares`` {link id: share} where they are given, else by the policy.

    ``links`` are those that wait, as they are now. Refused: more than may come, goods that are free while links go
    without, a service that nobody is promised.
    """
    _check_receipt(supply, part, quantity)
    if shares is None:
        planned = plan_shares(links, quantity, unit=part.unit, policy=policy)
    else:
        planned = _given_shares(links, shares, quantity, part.unit)
    free = quantity - sum(planned.values())
    _check_rest(supply, part, links, quantity, free)
    if free > 0 and not part.is_stock_updated:
        raise Refused(
            f"{part} has no stock: only what is linked can be received, {plain(quantity - free)} of {supply}."
        )
    return planned


def _check_receipt(supply, part, quantity):
    check_quantity(part, quantity)
    if supply.is_stock or supply.status in {Status.CLOSED, Status.CANCELLED}:
        raise Refused(f"Nothing can be received on {supply}.")
    most = (supply.quantity - supply.cancelled) * (100 + supply.over_tolerance) / 100 - supply.done
    if quantity > most:
        raise NotEnough(supply, wanted=quantity, left=max(most, ZERO), of="still to come")


def _check_rest(supply, part, links, quantity, free):
    """What the links do not get now must still be able to come; goods cannot be free while they are promised."""
    waiting = sum(link.to_come for link in links) - (quantity - free)
    still = max(supply.open - quantity, ZERO)
    if waiting > still:
        raise Refused(
            f"Only {plain(still)} {part.unit} of {supply} are to come after this, and its links would still wait for "
            f"{plain(waiting)}: give {plain(waiting - still)} more to them, or disconnect them first."
        )


def _given_shares(links, shares, quantity, unit):
    by_id = {link.pk: link for link in links}
    if any(share < 0 or pk not in by_id for pk, share in shares.items()):
        raise Refused("A share must be at least 0, and its link must still have something to come.")
    given = {by_id[pk]: share for pk, share in shares.items() if share > 0}
    for share in given.values():
        check_fits(unit, share)
    if any(share > link.to_come for link, share in given.items()):
        raise Refused("A link cannot receive more than is to come for it.")
    if sum(given.values()) > quantity:
        raise Refused(f"The shares add up to {plain(sum(given.values()))}; {plain(quantity)} arrived.")
    return given


def put_on_shelf(arrival):
    """Links and supply as they are once the goods are there, in memory."""
    arrival.supply.done += arrival.quantity
    for link, share in arrival.shares.items():
        link.received += share
        link.to_come -= share
        if arrival.shelf is None:
            link.issued += share
        else:
            link.stock = arrival.shelf


def let_go_to_come(link, quantity, *, reason):
    """So much is not to come any more for a link, in memory."""
    link.released += quantity
    link.to_come -= quantity
    link.reason = reason[:200] or link.reason


def write_arrivals(arrivals, *, by, links=()):
    """Write movements, the links that the arrivals changed and ``links``; the movements made of each arrival.

    The guard applies the sums at the next settle.
    """
    changed = list(dict.fromkeys([*links, *(link for arrival in arrivals for link in arrival.shares)]))
    if changed:
        facts = [(link.pk, link.received, link.issued, link.released, link.stock_id) for link in changed]
        _run(LINKS, *map(array, zip(*facts, strict=True)), [link.reason for link in changed])
    planned = [arrival.movements(by=by) for arrival in arrivals]
    made = iter(insert([movement for movements in planned for movement in movements]))
    return [[next(made) for _ in movements] for movements in planned]


def write_tolerances(supplies):
    """Write how much more than ordered may come, before the guard looks at what has come."""
    if supplies:
        _run(TOLERANCES, *map(array, zip(*((s.pk, s.over_tolerance) for s in supplies), strict=True)))


def write_states(supplies):
    """Write status and cancelled quantity of supplies as they are in memory; those that ended are no orphans."""
    if supplies:
        ids, cancelled = [s.pk for s in supplies], [s.cancelled for s in supplies]
        _run(STATES, array(ids), [str(s.status) for s in supplies], array(cancelled))


def _run(sql, *arrays):
    with connection.cursor() as cursor:
        cursor.execute(sql, arrays)
