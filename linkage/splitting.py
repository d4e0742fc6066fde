"""Who gets what when a position is divided: pure arithmetic, no database.

Earliest need meets earliest supply; a link is divided only where the room of a part ends inside it.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

ZERO = Decimal(0)


@dataclass(frozen=True)
class Chunk:
    """A piece of a link that moves as one: what lies on the shelf or what is to come."""

    link: object
    on_shelf: bool
    quantity: Decimal
    date: date | None


@dataclass(frozen=True)
class Room:
    """One part of the divided position and how much it can hold; ``index`` 0 is the original."""

    index: int
    quantity: Decimal
    date: date | None


def distribute(chunks, rooms, *, whole=False):
    """{(link, on_shelf, room index): quantity}: chunks in date order poured into the rooms in date order.

    ``whole``: a chunk goes to the earliest room that holds all of it, and is divided only where there is none.
    """
    moves = {}
    slots = [[room, room.quantity] for room in sorted(rooms, key=lambda room: (room.date or date.max, room.index))]
    for chunk in sorted(chunks, key=lambda chunk: (not chunk.on_shelf, chunk.date or date.max, chunk.link.pk)):
        holding = [slot for slot in slots if slot[1] >= chunk.quantity][:1] if whole else []
        left = chunk.quantity
        for slot in holding or slots:
            take = min(left, slot[1])
            if take > 0:
                key = chunk.link, chunk.on_shelf, slot[0].index
                moves[key] = moves.get(key, ZERO) + take
                slot[1] -= take
                left -= take
    return moves
