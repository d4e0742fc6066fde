"""Serial numbers of goods that come, go back, and leave: steps of the operations that move the goods.

A number says that a piece is in the house and what brought it; on which shelf, the movements say.
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
from linkage.operation import operation
from linkage.serials import in_words, numbers_in

# Movements that brought pieces of a part from outside, and stand.
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
    made = set(map(id, new))
    SerialNumber.objects.bulk_create(new)
    SerialNumber.objects.bulk_update(
        [serial for serial in known.values() if id(serial) not in made], ["arrival", "supply"]
    )


def _check_may_come(serial, supply):
    if serial.delivery_id:
        raise Refused(f"Serial number {serial} was delivered.")
    if serial.arrival_id or serial.arrival:
        raise Refused(f"Serial number {serial} is on the shelf already.")
    if supply and serial.supply_id and serial.supply_id != supply.pk:
        raise Refused(f"Serial number {serial} is to come with {serial.supply}.")


def spread(movements, count):
    """The movement of each of so many numbers: as many as its pieces to each, the rest to the last."""
    spread = [movement for movement in movements for _piece in range(int(movement.quantity))]
    return (spread + [movements[-1]] * count)[:count]


def nameless(movement):
    """How many pieces of an arrival have no number."""
    return max(int(movement.quantity) - SerialNumber.objects.filter(arrival=movement).count(), 0)


@operation
def number_arrival(*, movement, serials, by, reason=""):
    """Name pieces that came without a number (``serials``: such as A-001..A-005); as many as are still without."""
    lock(movement.to_stock)
    numbers = numbers_in(serials)
    if not StockMovement.objects.filter(**ARRIVED, pk=movement.pk).exists():
        raise Refused(f"{movement} brought nothing that is here, or was taken back.")
    without = nameless(movement)
    if not 1 <= len(numbers) <= without:
        raise Refused(f"{len(numbers)} serial numbers, and {without} of {plain(movement.quantity)} pieces have none.")
    check_numbers(movement.part, Decimal(len(numbers)), numbers)
    one = Came(part=movement.part, quantity=Decimal(len(numbers)), supply=movement.supply, movements=[movement])
    _write([one], [numbers])
    return numbers


def numbers_go_back(movement, rest, stays=None):
    """A movement is reversed: what came with it is not here any more, what left with it is here again.

    ``rest`` of it stays, posted anew as ``stays``: the first numbers stay with that.
    """
    found = list(SerialNumber.objects.filter(Q(arrival=movement) | Q(delivery=movement)).order_by("pk"))
    if not found:
        return
    came = [serial for serial in found if serial.arrival_id == movement.pk]
    came.sort(key=lambda serial: serial.delivery_id is None)  # what was delivered stays
    _move("arrival", came, rest, stays)
    _let_go_of_the_order(movement, came)
    if gone := [serial.number for serial in came[int(rest) :] if serial.delivery_id]:
        raise Refused(f"{in_words(gone)} came with {movement} and was delivered.")
    _move("delivery", [serial for serial in found if serial.delivery_id == movement.pk], rest, stays)


def _move(field, serials, rest, stays):
    for place, serial in enumerate(serials):
        setattr(serial, field, stays if place < int(rest) else None)
    SerialNumber.objects.bulk_update(serials, [field])


def _let_go_of_the_order(movement, serials):
    """Nobody says that a purchase brings just these again: another order may. Production makes the same ones."""
    if movement.supply_id and movement.supply.kind == SupplyKind.PURCHASE:
        gone = [serial.pk for serial in serials if serial.arrival_id is None]
        SerialNumber.objects.filter(pk__in=gone).update(supply=None)
