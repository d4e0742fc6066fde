"""What a split would do with the links, before anybody presses the button; and the split along the supply."""

from decimal import Decimal

from linkage.dates import business_date, work_days_of
from linkage.models import OrderLink
from linkage.splitting import Chunk, Room, distribute
from sales.units import UnitsOfRows

ZERO = Decimal(0)


def links_of(row):
    """The open links of a row, the earliest supply first."""
    found = OrderLink.objects.open().filter(demand=row.demand_id).with_ends() if row.demand_id else []
    return sorted(found, key=_by_supply)


def _by_supply(link):
    due = link.supply.due_date
    return (link.to_come > 0, due is not None, due or business_date(), link.pk)


def planned_moves(row, links, parts):
    """{(link id, part index): base quantity} as the split would do it: the earliest need gets the earliest supply."""
    if not links:
        return {}
    units = UnitsOfRows([row.part])
    rooms = [
        Room(index, _room(row, index, units.to_base(part=row.part, quantity=quantity, unit=row.unit)), date)
        for index, (quantity, date) in enumerate(parts)
    ]
    moves = {}
    for (link, _on_shelf, index), quantity in distribute(list(_chunks(links)), rooms).items():
        moves[link.pk, index] = moves.get((link.pk, index), ZERO) + quantity
    return moves


def _room(row, index, base):
    return max(base - row.delivered, ZERO) if index == 0 else base


def _chunks(links):
    for link in links:
        if link.on_shelf > 0:
            yield Chunk(link=link, on_shelf=True, quantity=link.on_shelf, date=None)
        if link.to_come > 0:
            yield Chunk(link=link, on_shelf=False, quantity=link.to_come, date=link.supply.due_date)


def along_the_supply(row, links, *, today=None):
    """Parts with dates that can be kept: what is delivered or on the shelf, each order on its day, the rest later.

    Where all of it comes at once there is nothing to divide along, and the row keeps its date.
    """
    if not row.demand_id:
        return [(row.quantity, row.delivery_date)]
    parts = []
    if on_shelf := row.delivered + sum((link.on_shelf for link in links), ZERO):
        parts.append((on_shelf, row.delivery_date))
    for supply, to_come in _to_come(links).items():
        parts.append((to_come, _kept(row, supply.due_date)))
    if row.demand.uncovered > 0:
        parts.append((row.demand.uncovered, _kept(row, _soonest(row, today or business_date()))))
    return _in_row_unit(row, parts)


def _to_come(links):
    """{supply: what it still brings for the row}, over bound and claimed links."""
    coming = {}
    for link in links:
        if link.to_come > 0:
            coming[link.supply] = coming.get(link.supply, ZERO) + link.to_come
    return coming


def _kept(row, date):
    """The row's own date where it can be kept, else the later one."""
    return max(filter(None, [row.delivery_date, date]), default=None)


def _soonest(row, today):
    return work_days_of([row.warehouse_id])[row.warehouse_id].add(today, row.part.lead_time)


def _in_row_unit(row, bases):
    """The parts in the row's unit; the last takes what rounding leaves."""
    units = UnitsOfRows([row.part])
    parts = [(units.from_base(part=row.part, quantity=base, unit=row.unit), date) for base, date in bases]
    if len(parts) < 2:
        return [(row.quantity, row.delivery_date)]
    *first, (_quantity, last_date) = parts
    return [*first, (row.quantity - sum((quantity for quantity, _date in first), ZERO), last_date)]
