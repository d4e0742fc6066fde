"""Which pieces leave a balance with goods that are moved, used, wasted or counted: steps under its lock.

Pieces that never had a number leave without one. As soon as more would leave than there are such, they are named: so a
balance never has more numbers than pieces.
"""

from django.db import connection

from erp.exceptions import Refused
from erp.register.units import plain
from linkage.models import SerialNumber
from linkage.serials import in_words, numbers_in

MOST_NAMED = 30


class Unnamed(Refused):
    """Pieces with a number would leave, and nobody says which."""

    def __init__(self, shelf, quantity, here, least):
        super().__init__(
            f"{plain(quantity)} {shelf.part.unit} of {shelf.part} leave {shelf.warehouse}: name at least "
            f"{plain(least)} of them by serial number. There are {some(here)}."
        )


def pieces_leaving(shelf, quantity, serials=""):
    """The SerialNumbers that leave a balance with so much of it: those that ``serials`` names, or all with all of it.

    Refused: a number that is not on this balance, more numbers than pieces, fewer than must be named.
    """
    numbers = numbers_in(serials)
    check_count(shelf, quantity, numbers)
    here = {piece.number: piece for piece in pieces_on(shelf)}
    if missing := [number for number in numbers if number not in here]:
        raise Refused(where_it_is(shelf, missing[0]))
    if not numbers and quantity >= shelf.quantity:
        return list(here.values())
    if (more := len(here) - len(numbers) - (shelf.quantity - quantity)) > 0:
        raise Unnamed(shelf, quantity, list(here), len(numbers) + more)
    return [here[number] for number in numbers]


def pieces_on(shelf):
    """The pieces on a balance that have a number."""
    return SerialNumber.objects.on_shelf().filter(shelf=shelf).order_by("number")


def check_count(shelf, quantity, numbers):
    """Refuse a number that is named twice, and more of them than pieces (base unit)."""
    if len(numbers) != len(set(numbers)):
        raise Refused("A serial number is named twice.")
    if len(numbers) > quantity:
        raise Refused(f"{len(numbers)} serial numbers for {plain(quantity)} {shelf.part.unit} of {shelf.part}.")


def some(numbers):
    """Numbers in words; of very many the first."""
    return in_words(numbers[:MOST_NAMED]) + (", …" if numbers[MOST_NAMED:] else "")


def where_it_is(shelf, number):
    """Why a number cannot leave a balance: what is known of it instead."""
    ends = ("part", "shelf__warehouse", "departure", "supply__document")
    piece = SerialNumber.objects.select_related(*ends).filter(part=shelf.part, number=number).first()
    if piece is None:
        return f"{number} is no serial number of {shelf.part}."
    return f"Serial number {piece} {state_of(piece)}."


def state_of(piece):
    """Where a piece is, as the end of a sentence."""
    if piece.shelf:
        return f"stands in {piece.shelf.warehouse}"
    if piece.departure:
        return f"{GONE.get(piece.departure.kind, 'was taken off')} on {piece.departure.effective_on:%Y-%m-%d}"
    where = f": it is to come with {piece.supply}" if piece.supply and piece.arrival is None else ""
    return f"is not on the shelf{where}"


GONE = {"delivery": "was delivered", "issue": "was used", "waste": "was wasted"}

# A piece that somebody else has just taken is left out, and then the count is wrong.
GO = """
update linkage_serialnumber s set departure_id = m.id, shelf_id = null
from unnest(%s::bigint[], %s::bigint[]) n(id, movement) join linkage_stockmovement m on m.id = n.movement
where s.id = n.id and s.departure_id is null and (s.shelf_id is null or s.shelf_id = m.from_stock_id)
"""


def pieces_go(pieces, movements):
    """Pieces leave with the movements that took their goods: as many as its pieces with each."""
    pairs = [(piece.pk, movement.pk) for piece, movement in zip(pieces, spread(movements, len(pieces)), strict=True)]
    pieces_go_each(pairs)


def pieces_go_each(pairs):
    """(id of a piece, id of the movement that takes it) each; one statement."""
    if not pairs:
        return
    with connection.cursor() as cursor:
        cursor.execute(GO, [list(column) for column in zip(*pairs, strict=True)])
        if cursor.rowcount != len(pairs):
            raise Refused("Somebody else has just taken one of these pieces. Look at the serial numbers again.")


def pieces_move(pieces, movement):
    """Pieces lie on another balance from now on."""
    ids = [piece.pk for piece in pieces]
    SerialNumber.objects.filter(pk__in=ids).update(shelf=movement.to_stock_id, moved=movement)


def spread(movements, count):
    """The movement of each of so many pieces: as many as its goods to each, the rest to the last."""
    spread = [movement for movement in movements for _piece in range(int(movement.quantity))]
    return (spread + [movements[-1]] * count)[:count]
