"""Dividing demands and supplies in parts, links and provenance with them. Links move, they are never copied.

Steps inside an app's operation, which has locked the positions and everything linked to them. Per link the sum over
the parts equals the old link; kind, contract flag and rule stay. Any number of positions is divided in the same few
statements.
"""

from collections import defaultdict
from dataclasses import dataclass

from erp.exceptions import Refused
from erp.register.units import plain
from linkage.dates import refresh_need_dates
from linkage.models import Demand, OrderLink, Provenance, Supply, Tombstone
from linkage.operation import settle
from linkage.operations.inserting import insert
from linkage.splitting import ZERO, Chunk, Room, distribute


@dataclass(frozen=True, kw_only=True)
class Cut:
    """A position to divide and the parts (unsaved positions) that are taken out of it.

    ``dates`` of the original and of each part say who is served first; without them their own need or due dates do.
    ``whole``: links are divided only where no part holds all of them.
    """

    position: Demand | Supply
    parts: list
    dates: list = ()
    whole: bool = False

    @property
    def taken(self):
        return sum((part.quantity for part in self.parts), ZERO)

    @property
    def rooms(self):
        field = "need_date" if isinstance(self.position, Demand) else "due_date"
        dates = self.dates or [getattr(row, field) for row in (self.position, *self.parts)]
        rooms = [self.position.open - self.taken, *(part.quantity for part in self.parts)]
        return [Room(index, *facts) for index, facts in enumerate(zip(rooms, dates, strict=True))]


def like(row, /, **changes):
    """An unsaved position with the facts of another one, of which nothing is done, cancelled or promised yet."""
    own = {"id", "done", "allocated", "cancelled"}
    fields = [field for field in row._meta.concrete_fields if not field.generated and field.name not in own]
    return type(row)(**{field.attname: getattr(row, field.attname) for field in fields} | changes)


def split_demand(demand, parts, *, by, moves=None):
    """Take ``parts`` (unsaved demands) out of a demand; returns them saved.

    ``moves`` is {(link id, part index from 1): quantity}; without it the earliest need gets the earliest supply.
    """
    _check_parts(demand, parts)
    if demand.open == sum(part.quantity for part in parts):
        raise _nothing_stays(demand, demand.open)
    made, links = _divide([Cut(position=demand, parts=parts)], end="demand", by=by, moves=moves)
    refresh_need_dates({link.supply_id for link in links})
    demand.refresh_from_db()
    return _as_they_are(made)


def split_demands(cuts, *, by):
    """Divide many demands; what they take may be all that is open. Returns the parts, saved; need dates are not yet
    refreshed."""
    return _divide(cuts, end="demand", by=by)[0]


def split_supply(supply, parts, *, by, moves=None, whole=False):
    """Take ``parts`` (unsaved supplies) out of what a supply still brings; goods already there stay with it.

    They may be all that is to come if something has come. ``whole``: links are divided only where they must be.
    """
    _check_parts(supply, parts)
    made, _ = _divide([Cut(position=supply, parts=parts, whole=whole)], end="supply", by=by, moves=moves)
    refresh_need_dates({supply.pk, *(part.pk for part in made)})
    supply.refresh_from_db()
    return _as_they_are(made)


def _as_they_are(made):
    """The parts with the sums that the guard gave them."""
    fresh = type(made[0]).objects.in_bulk([part.pk for part in made])
    return [fresh[part.pk] for part in made]


def _check_parts(position, parts):
    taken = sum(part.quantity for part in parts)
    if not parts or any(part.quantity <= 0 for part in parts):
        raise Refused("Each part of a split needs a quantity above 0.")
    if taken > position.open or (taken == position.open and not position.done):
        raise _nothing_stays(position, taken)


def _nothing_stays(position, taken):
    return Refused(
        f"Only {plain(position.open)} of {position} is open; {plain(taken)} cannot be split off, "
        "something must stay with the original."
    )


def _divide(cuts, *, end, by, moves=None):
    """The parts of all cuts, saved, and the links that were open before."""
    links = _links_of(cuts, end)
    made = insert([part for cut in cuts for part in cut.parts])
    moving = [
        (link, part, *facts)
        for cut in cuts
        for (link, part), facts in _planned(cut, links[cut.position.pk], moves, shelf=end == "demand").items()
    ]
    _move_provenance(cuts, moving, links, end=end)
    _keep_tombstones(cuts, end)
    _move(moving, end=end, by=by)
    settle()
    _shrink(cuts)
    return made, [link for several in links.values() for link in several]


def _links_of(cuts, end):
    """{position id: its links that can move}: of a demand all that is open, of a supply what is to come."""
    found = OrderLink.objects.open() if end == "demand" else OrderLink.objects.filter(to_come__gt=0)
    by_position = defaultdict(list)
    for link in found.filter(**{f"{end}__in": [cut.position for cut in cuts]}).with_ends().order_by("pk"):
        by_position[getattr(link, f"{end}_id")].append(link)
    return by_position


def _planned(cut, links, moves, *, shelf):
    """{(link, part): (quantity, of it on the shelf)} of what leaves the original."""
    if moves is None:
        poured = distribute(_chunks(links, shelf=shelf), cut.rooms, whole=cut.whole)
    else:
        poured = _given(links, cut.rooms, moves, shelf=shelf)
    planned = {}
    for (link, on_shelf, index), quantity in poured.items():
        if index:
            key = link, cut.parts[index - 1]
            total, from_shelf = planned.get(key, (0, 0))
            planned[key] = total + quantity, from_shelf + (quantity if on_shelf else 0)
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


def _move(moving, *, end, by):
    """``moving``: (link, part, quantity, of it on the shelf). A whole link moves as it is, of others a piece."""
    new, changed = [], {}
    for link, target, quantity, from_shelf in moving:
        changed[link.pk] = link
        if quantity == link.quantity:
            setattr(link, end, target)
            continue
        link.quantity -= quantity
        link.received -= from_shelf
        new.append(_part_of(link, quantity, from_shelf, by=by, **{end: target}))
    OrderLink.objects.bulk_update(changed.values(), [end, "quantity", "received"])
    OrderLink.objects.bulk_create(new)


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


def _move_provenance(cuts, moving, links, *, end):
    """What a supply was made for moves along with the links, so that its sum over the parts stays the same.

    What no link carries (a part's links were given up, or it was made for stock) fills the original first, then the
    parts.
    """
    facts = Provenance.objects.filter(**{f"{end}__in": [cut.position for cut in cuts]}).order_by("pk")
    by_pair = {(fact.supply_id, fact.demand_id): fact for fact in facts}
    moved = defaultdict(lambda: ZERO)
    for link, target, quantity, _ in moving:
        fact = by_pair.get((link.supply_id, link.demand_id))
        take = min(quantity, fact.quantity) if fact else 0
        if take > 0:
            fact.quantity -= take
            moved[fact, target] += take
    held = _staying(links, moving)
    for cut in cuts:
        own = [fact for fact in by_pair.values() if getattr(fact, f"{end}_id") == cut.position.pk]
        _pour_the_rest(cut, own, held, moved)
    _write_provenance(by_pair.values(), moved, end)


def _staying(links, moving):
    """{(supply, demand): what stays linked with the original}"""
    held = defaultdict(lambda: ZERO)
    for link in (link for several in links.values() for link in several):
        held[link.supply_id, link.demand_id] += link.open
    for link, _, quantity, _ in moving:
        held[link.supply_id, link.demand_id] -= quantity
    return held


def _pour_the_rest(cut, facts, held, moved):
    left = sum((fact.quantity for fact in facts), ZERO) - (cut.position.quantity - cut.taken)
    for part in cut.parts:
        room = part.quantity - sum(q for (_, target), q in moved.items() if target is part)
        for fact in facts:
            loose = fact.quantity - held[fact.supply_id, fact.demand_id]
            take = min(left, room, loose)
            if take > 0:
                fact.quantity -= take
                moved[fact, part] += take
                left, room = left - take, room - take


def _write_provenance(facts, moved, end):
    new = []
    for (fact, target), quantity in moved.items():
        ends = {"supply_id": fact.supply_id, "demand_id": fact.demand_id} | {f"{end}_id": target.pk}
        new.append(Provenance(**ends, quantity=quantity))
    touched = {fact for fact, _ in moved}
    Provenance.objects.filter(pk__in=[fact.pk for fact in touched if not fact.quantity]).delete()
    Provenance.objects.bulk_update([fact for fact in touched if fact.quantity], ["quantity"])
    insert(new)


def _keep_tombstones(cuts, end):
    """A pair that a person disconnected stays so with each part: no automatic rule links it again."""
    parts = {cut.position.pk: cut.parts for cut in cuts}
    stones = Tombstone.objects.filter(**{f"{end}__in": list(parts)})
    new = []
    for stone in stones:
        ends = {"supply_id": stone.supply_id, "demand_id": stone.demand_id}
        for part in parts[getattr(stone, f"{end}_id")]:
            new.append(Tombstone(**ends | {f"{end}_id": part.pk}, created_by_id=stone.created_by_id))
    insert(new)


def _shrink(cuts):
    for cut in cuts:
        cut.position.quantity -= cut.taken
    model = type(cuts[0].position)
    model.objects.bulk_update([cut.position for cut in cuts], ["quantity"])
