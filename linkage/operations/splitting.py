"""Dividing a demand or a supply in parts, links and provenance with it. Links move, they are never copied.

Steps inside an app's operation, which has locked the position and everything linked to it. Per link the sum over the
parts equals the old link; kind, contract flag and rule stay.
"""

from erp.exceptions import Refused
from erp.register.units import plain
from linkage.dates import refresh_need_dates
from linkage.models import Demand, OrderLink, Provenance, Supply
from linkage.operation import settle
from linkage.splitting import Chunk, Room, distribute


def split_demand(demand, parts, *, by, moves=None):
    """Take ``parts`` (unsaved demands) out of a demand; returns them saved.

    ``moves`` is {(link id, part index from 1): quantity}; without it the earliest need gets the earliest supply.
    """
    _check_parts(demand, parts)
    links = list(OrderLink.objects.open().filter(demand=demand).select_related("supply"))
    planned = _planned(links, _rooms(demand, parts, "need_date"), moves, shelf=True)
    made = Demand.objects.bulk_create(parts)
    _move(planned, made, end="demand", by=by)
    _shrink(demand, parts)
    refresh_need_dates({link.supply_id for link in links})
    return _as_they_are(made)


def split_supply(supply, parts, *, by, moves=None):
    """Take ``parts`` (unsaved supplies) out of what a supply still brings; goods already there stay with it."""
    _check_parts(supply, parts)
    links = list(OrderLink.objects.filter(supply=supply, to_come__gt=0).select_related("demand"))
    planned = _planned(links, _rooms(supply, parts, "due_date"), moves, shelf=False)
    made = Supply.objects.bulk_create(parts)
    _move(planned, made, end="supply", by=by)
    _shrink(supply, parts)
    refresh_need_dates({supply.pk, *(part.pk for part in made)})
    return _as_they_are(made)


def _as_they_are(made):
    """The parts with the sums that the guard gave them."""
    fresh = type(made[0]).objects.in_bulk([part.pk for part in made])
    return [fresh[part.pk] for part in made]


def _check_parts(position, parts):
    taken = sum(part.quantity for part in parts)
    if not parts or any(part.quantity <= 0 for part in parts):
        raise Refused("Each part of a split needs a quantity above 0.")
    if taken >= position.open:
        raise Refused(
            f"Only {plain(position.open)} of {position} is open; {plain(taken)} cannot be split off, "
            "something must stay with the original."
        )


def _rooms(position, parts, field):
    taken = sum(part.quantity for part in parts)
    first = Room(0, position.open - taken, getattr(position, field))
    return [first] + [Room(i, part.quantity, getattr(part, field)) for i, part in enumerate(parts, 1)]


def _planned(links, rooms, moves, *, shelf):
    """{(link, part index): (quantity, of it on the shelf)}"""
    if moves is None:
        poured = distribute(_chunks(links, shelf=shelf), rooms)
    else:
        poured = _given(links, rooms, moves, shelf=shelf)
    planned = {}
    for (link, on_shelf, index), quantity in poured.items():
        if index:
            total, from_shelf = planned.get((link, index), (0, 0))
            planned[link, index] = total + quantity, from_shelf + (quantity if on_shelf else 0)
    return planned


def _chunks(links, *, shelf):
    for link in links:
        if shelf and link.on_shelf > 0:
            yield Chunk(link, True, link.on_shelf, None)  # noqa: FBT003 - a field, named in Chunk
        if link.to_come > 0:
            yield Chunk(link, False, link.to_come, link.supply.due_date if shelf else link.demand.need_date)  # noqa: FBT003


def _given(links, rooms, moves, *, shelf):
    """A person's own division: checked, then each link's shelf goes to its earliest part."""
    held = {link.pk: (link.open if shelf else link.to_come) for link in links}
    by_id = {link.pk: link for link in links}
    if any(pk not in by_id or not 0 < index < len(rooms) for pk, index in moves):
        raise Refused("A quantity was given for a link or a part that is not part of this split.")
    for room in rooms:
        if sum(q for (_, index), q in moves.items() if index == room.index) > room.quantity:
            raise Refused(f"Part {room.index + 1} takes {plain(room.quantity)}; more than that is linked to it.")
    poured = {}
    for pk in by_id:
        own = [Room(room.index, moves.get((pk, room.index), 0), room.date) for room in rooms if room.index]
        moved = sum(room.quantity for room in own)
        if any(room.quantity < 0 for room in own) or moved > held[pk]:
            raise Refused(f"Of {by_id[pk]} {plain(held[pk])} can be divided; {plain(moved)} was asked for.")
        stays = next(room for room in rooms if not room.index)
        own.append(Room(0, held[pk] - moved, stays.date))
        poured |= distribute(list(_chunks([by_id[pk]], shelf=shelf)), own)
    if sum(q for (_, _, index), q in poured.items() if not index) > rooms[0].quantity:
        raise Refused(f"The original keeps {plain(rooms[0].quantity)}; more than that stays linked to it.")
    return poured


def _move(planned, made, *, end, by):
    new = []
    for (link, index), (quantity, from_shelf) in planned.items():
        target = made[index - 1]
        _move_provenance(link, target, quantity, end=end)
        if quantity == link.quantity:
            OrderLink.objects.filter(pk=link.pk).update(**{end: target})
            continue
        OrderLink.objects.filter(pk=link.pk).update(
            quantity=link.quantity - quantity, received=link.received - from_shelf
        )
        link.quantity -= quantity
        link.received -= from_shelf
        new.append(_part_of(link, quantity, from_shelf, by=by, **{end: target}))
    OrderLink.objects.bulk_create(new)
    settle()


def _part_of(link, quantity, from_shelf, *, by, supply=None, demand=None):
    return OrderLink(
        supply=supply or link.supply,
        demand=demand or link.demand,
        part_id=link.part_id,
        warehouse_id=link.warehouse_id,
        stock_id=link.stock_id if from_shelf else None,
        quantity=quantity,
        received=from_shelf,
        kind=link.kind,
        contract=link.contract,
        rule=link.rule,
        reason=link.reason,
        handed_from_id=link.handed_from_id,
        created_by=by,
    )


def _move_provenance(link, target, quantity, *, end):
    """What a supply was made for moves along with the link, so that its sum over the parts stays the same."""
    facts = {"supply_id": link.supply_id, "demand_id": link.demand_id}
    fact = Provenance.objects.filter(**facts).first()
    moved = min(quantity, fact.quantity) if fact else 0
    if moved <= 0:
        return
    fact.quantity -= moved
    fact.save(update_fields=["quantity"]) if fact.quantity else fact.delete()
    there, _ = Provenance.objects.get_or_create(**facts | {f"{end}_id": target.pk}, defaults={"quantity": 0})
    there.quantity += moved
    there.save(update_fields=["quantity"])


def _shrink(position, parts):
    position.quantity -= sum(part.quantity for part in parts)
    position.save(update_fields=["quantity"])
    position.refresh_from_db()
