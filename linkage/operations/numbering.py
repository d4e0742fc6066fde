"""Serial numbers of goods that come and go back: steps of the operations that move the goods.

A number says what brought a piece and on which balance it lies; what leaves is in ``pieces``.
"""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q

from erp.exceptions import Refused
from erp.register.models import Part
from erp.register.units import plain
from linkage.locks import lock, lock_last
from linkage.models import SerialNumber, StockMovement, Supply, SupplyKind
from linkage.models.movements import MovementKind
from linkage.operation import operation
from linkage.operations.pieces import spread, state_of
from linkage.operations.pieces_before import before
from linkage.operations.updating import update
from linkage.serials import numbers_in

# Movements that brought pieces of a part from outside, and stand.
PLACE = ("shelf__warehouse", "departure", "supply__document")
PLACED = ("arrival", "supply", "shelf", "moved", "departure")
ARRIVED = {"to_stock__isnull": False, "from_stock": None, "quantity__gt": 0, "reversed_by": None}


@dataclass(frozen=True, kw_only=True)
class Came:
    """Goods of a part (quantity in the base unit) that an order brought, with the numbers that stand on them."""

    part: Part
    quantity: Decimal
    supply: Supply | None
    movements: list
    numbers: tuple = ()


def check_numbers(part, quantity, numbers):
    """Refuse numbers that are not as many as pieces (base unit), or of which one is named twice."""
    if numbers and not part.is_stock_updated:
        raise Refused(f"{part} is not stock-updated: its pieces have no serial numbers.")
    if len(numbers) != len(set(numbers)):
        twice = next(number for place, number in enumerate(numbers) if number in numbers[:place])
        raise Refused(f"Serial number {twice} is named twice.")
    if len(numbers) != quantity:
        raise Refused(
            f"{len(numbers)} serial numbers for {plain(quantity)} {part.unit} of {part}: name each piece once."
        )


def numbers_arrive(came):
    """Numbers are on the shelf with the goods (``Came`` each); a fixed number of statements.

    Where none are named, those that wait on the order come first, as far as it goes: the others stay without. A
    production order can carry the numbers of a sales row whose part is not traced.
    Refused: a number that is here or was delivered, or that another order is to bring.
    """
    came = [one for one in came if one.numbers or one.part.is_serial_traced or _is_made(one)]
    if not came:
        return
    for one in came:
        if one.numbers:
            check_numbers(one.part, one.quantity, one.numbers)
    waiting = _waiting_on([one.supply.pk for one in came if not one.numbers])
    _write(came, [_named(one, waiting) for one in came])


def _is_made(one):
    return one.part.is_stock_updated and one.supply is not None and one.supply.kind == SupplyKind.PRODUCTION


def _waiting_on(supplies):
    found = defaultdict(list)
    waiting = SerialNumber.objects.awaited().filter(supply__in=supplies).order_by("pk")
    for supply, number in waiting.values_list("supply", "number"):
        found[supply].append(number)
    return found


def _named(one, waiting):
    if one.numbers:
        return list(one.numbers)
    mine = waiting[one.supply.pk]
    taken, waiting[one.supply.pk] = mine[: int(one.quantity)], mine[int(one.quantity) :]
    return taken


def _write(came, named):
    """``named``: the numbers of each. What is known is locked and looked at once more, the rest is new."""
    wanted = {number for numbers in named for number in numbers}
    parts = {one.part.pk for one in came}
    ids = SerialNumber.objects.filter(part__in=parts, number__in=wanted).values_list("pk", flat=True)
    known = {(serial.part_id, serial.number): serial for serial in lock_last(SerialNumber, ids)}
    new = []
    for one, numbers in zip(came, named, strict=True):
        for number, movement in zip(numbers, spread(one.movements, len(numbers)), strict=True):
            serial = known.get((one.part.pk, number))
            if serial is None:
                serial = SerialNumber(part=one.part, number=number)
                known[one.part.pk, number] = serial
                new.append(serial)
            _check_may_come(serial, one.supply)
            serial.arrival, serial.supply = movement, one.supply or serial.supply
            serial.shelf_id, serial.moved, serial.departure = movement.to_stock_id, None, None
    made = set(map(id, new))
    SerialNumber.objects.bulk_create(new)
    update([serial for serial in known.values() if id(serial) not in made], PLACED)


def _check_may_come(serial, supply):
    """What was used, wasted or counted off can turn up again; what a customer has does not."""
    if serial.departure_id and serial.departure.kind == MovementKind.DELIVERY:
        raise Refused(f"Serial number {serial} was delivered.")
    if serial.shelf_id:
        raise Refused(f"Serial number {serial} {state_of(serial)} already.")
    if supply and serial.supply_id and serial.supply_id != supply.pk:
        raise Refused(f"Serial number {serial} is to come with {serial.supply}.")


def nameless(movement):
    """How many pieces of an arrival have no number and can lie where it brought them."""
    came = int(movement.quantity) - SerialNumber.objects.filter(arrival=movement).count()
    here = int(movement.to_stock.quantity) - SerialNumber.objects.filter(shelf=movement.to_stock_id).count()
    return max(min(came, here), 0)


@operation
def number_arrival(*, movement, serials, by, reason=""):
    """Name pieces that came without a number (``serials``: such as A-001..A-005); as many as are still without."""
    [movement.to_stock] = lock(movement.to_stock)
    numbers = numbers_in(serials)
    if not StockMovement.objects.filter(**ARRIVED, pk=movement.pk).exists():
        raise Refused(f"{movement} brought nothing that is here, or was taken back.")
    without = nameless(movement)
    if not 1 <= len(numbers) <= without:
        raise Refused(f"{len(numbers)} serial numbers, and {without} of {plain(movement.quantity)} pieces have none.")
    return name_pieces(movement, serials)


def name_pieces(movement, serials):
    """Pieces that a movement brought have these numbers. A step under the lock of the balance."""
    numbers = numbers_in(serials)
    check_numbers(movement.part, Decimal(len(numbers)), numbers)
    one = Came(part=movement.part, quantity=Decimal(len(numbers)), supply=movement.supply, movements=[movement])
    _write([one], [numbers])
    return numbers


def numbers_go_back(movement, rest, stays=None):
    """A movement is reversed: what came with it is not here any more, what left with it is here again.

    ``rest`` of it stays, posted anew as ``stays``: the first numbers stay with that.
    """
    one_of_three = Q(arrival=movement) | Q(departure=movement) | Q(moved=movement)
    found = list(SerialNumber.objects.filter(one_of_three).select_related(*PLACE).order_by("pk"))
    was = before(movement, found)
    _never_came(movement, [piece for piece in found if piece.arrival_id == movement.pk], int(rest), stays, was)
    moved = [piece for piece in found if piece.moved_id == movement.pk and piece.shelf_id == movement.to_stock_id]
    _move_back(movement, moved, int(rest), stays, was)
    _come_back(movement, [piece for piece in found if piece.departure_id == movement.pk], int(rest), stays)
    update(found, PLACED)
    _let_go_of_the_order(movement, found)


def _never_came(movement, came, rest, stays, was):
    """What is not where the movement brought it stays with what is kept of it.

    The others are as they were before (``was``): awaited, or gone with what had taken them.
    """
    came.sort(key=lambda piece: piece.shelf_id == movement.to_stock_id)
    for piece in came[:rest]:
        piece.arrival = stays
    for piece in came[rest:]:
        if piece.shelf_id != movement.to_stock_id:
            raise Refused(f"{piece} came with {movement} and {state_of(piece)}.")
        piece.shelf = None
        _as_before(piece, was[piece.pk], "arrival_id", "moved_id", "departure_id")
        if piece.arrival_id:
            _as_before(piece, was[piece.pk], "supply_id")


def _as_before(piece, event, *columns):
    for column in columns:
        setattr(piece, column, event and getattr(event, column))


def _move_back(movement, moved, rest, stays, was):
    for piece in moved[:rest]:
        piece.moved = stays
    for piece in moved[rest:]:
        piece.shelf = movement.from_stock
        _as_before(piece, was[piece.pk], "moved_id")


def _come_back(movement, gone, rest, stays):
    """Where there was no balance that it left, it waits again for what is to bring it."""
    for piece in gone[:rest]:
        piece.departure = stays
    for piece in gone[rest:]:
        piece.departure, piece.shelf = None, movement.from_stock if piece.arrival_id else None


def _let_go_of_the_order(movement, serials):
    """Nobody says that a purchase brings just these again: another order may. Production makes the same ones."""
    if movement.supply_id and movement.supply.kind == SupplyKind.PURCHASE:
        gone = [serial.pk for serial in serials if serial.arrival_id is None and serial.shelf_id is None]
        SerialNumber.objects.filter(pk__in=gone).update(supply=None)
