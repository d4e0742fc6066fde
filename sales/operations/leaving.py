"""Which pieces leave with a delivery, and come back with it: steps inside deliveries, which hold the locks.

A piece is named by its serial number, or else the row's own leave in their order. A traced part leaves only by name.
"""

from collections import defaultdict
from dataclasses import dataclass
from itertools import zip_longest

from erp.exceptions import Refused
from erp.register.units import plain
from linkage.models import SerialNumber, Supply
from linkage.operations.numbering import check_numbers
from linkage.operations.pieces import pieces_go_each, pieces_on, spread, state_of
from linkage.serials import in_words, numbers_in
from sales.models import RowSerial
from sales.operations.serials import let_go


@dataclass
class _Found:
    """What is known of the pieces of all rows, read at once."""

    own: dict
    known: dict
    came: dict


def leaving_serials(wanted, *, straight=False):
    """{row id: its SerialNumbers that leave} for (row, base quantity, text) each; a fixed number of statements.

    Refused: a number that is not known, not on the shelf of the row's warehouse, promised to another row, one
    that is named twice, not as many as pieces; a traced part whose pieces are not named. What goes ``straight`` from
    the supplier may be without.
    """
    texts = [(row, base, numbers_in(text)) for row, base, text in wanted]
    if unnumbered := next((row for row, _base, numbers in texts if numbers and not row.demand_id), None):
        raise Refused(f"{unnumbered} is not kept in stock: it has no serial numbers.")
    rows = [(row, base, numbers) for row, base, numbers in texts if row.demand_id and base > 0]
    found = _Found(_own(rows), _known(rows), _came(rows) if straight else {})
    chosen, taken = {}, {}
    for row, base, numbers in sorted(rows, key=lambda one: not one[2]):  # what is named is taken first
        pieces = _named(row, base, numbers, found) if numbers else _next(row, base, found, taken, straight=straight)
        for serial in pieces:
            if serial.pk in taken:
                raise Refused(f"Serial number {serial} is named for {taken[serial.pk]} and {row}.")
            taken[serial.pk] = row
        chosen[row.pk] = pieces
    return chosen


def add_what_empties(going, pieces):
    """All of a balance leaves with all its numbers, (row, base quantity) each: what nobody named goes along too.

    ``pieces`` by row, which it adds to. A piece that another row has stays, and then the goods do not go.
    """
    leaving = defaultdict(list)
    for row, base in going:
        if row.demand_id and base > 0:
            leaving[row.part_id, row.warehouse_id].append((row, base))
    for shelf in _emptied(leaving):
        taken = {piece.pk for chosen in pieces.values() for piece in chosen}
        rest = list(pieces_on(shelf).filter(of_row=None).exclude(pk__in=taken))
        for row, base in leaving[shelf.part_id, shelf.warehouse_id]:
            own = pieces.get(row.pk, [])
            more = max(int(base) - len(own), 0)
            pieces[row.pk], rest = own + rest[:more], rest[more:]


def _emptied(leaving):
    """The balances with numbers of which nothing stays."""
    parts, warehouses = ({key[place] for key in leaving} for place in (0, 1))
    shelves = Supply.objects.stock().filter(part__in=parts, warehouse__in=warehouses, pieces__isnull=False).distinct()
    for shelf in shelves:
        goes = sum(base for _row, base in leaving.get((shelf.part_id, shelf.warehouse_id), ()))
        if goes and goes >= shelf.quantity:
            yield shelf


def _own(rows):
    given = RowSerial.objects.filter(row__in=[row.pk for row, _base, _numbers in rows], serial__departure=None)
    own = defaultdict(list)
    for one in given.select_related("serial__shelf__warehouse").order_by("pk"):
        own[one.row_id].append(one)
    return own


def _known(rows):
    wanted = {number for _row, _base, numbers in rows for number in numbers}
    if not wanted:
        return {}
    known = SerialNumber.objects.filter(part__in={row.part_id for row, _b, _n in rows}, number__in=wanted)
    ends = ("supply__document", "shelf__warehouse", "departure", "of_row__row__order__document", "of_row__row__parent")
    return {(serial.part_id, serial.number): serial for serial in known.select_related(*ends)}


def _came(rows):
    """Pieces that what is linked to the rows has brought, and that no row has."""
    demands = [row.demand_id for row, _base, _numbers in rows]
    brought = SerialNumber.objects.on_shelf().filter(supply__links__demand__in=demands, of_row=None)
    came = defaultdict(list)
    for demand, serial in brought.order_by("pk").values_list("supply__links__demand", "pk").distinct():
        came[demand].append(serial)
    wanted = {serial for serials in came.values() for serial in serials}
    pieces = SerialNumber.objects.select_related("shelf").in_bulk(wanted)
    return {demand: [pieces[pk] for pk in dict.fromkeys(serials)] for demand, serials in came.items()}


def _next(row, base, found, taken, *, straight):
    """What is on the shelf leaves before what an order has yet to make; each piece once."""
    own = [one.serial for one in found.own[row.pk] if not one.serial.shelf or _is_at_hand(row, one.serial)]
    if row.part.is_serial_traced and not straight:
        own = [serial for serial in own if serial.shelf]
    own += [serial for serial in found.came.get(row.demand_id, []) if _is_at_hand(row, serial)]
    own = [serial for serial in own if serial.pk not in taken]
    own = sorted(own, key=lambda serial: serial.shelf_id is None)[: int(base)]
    if row.part.is_serial_traced and not straight and len(own) < base:
        raise Refused(
            f"{row}: name the {plain(base)} {row.part.unit} of {row.part} by serial number{_where_own(row, found)}."
        )
    return own


def _is_at_hand(row, serial):
    return serial.shelf.warehouse_id == row.warehouse_id


def _where_own(row, found):
    """Where the pieces that the row has are, by warehouse."""
    places = defaultdict(list)
    for one in found.own[row.pk]:
        if one.serial.shelf:
            places[one.serial.shelf.warehouse].append(one.serial.number)
    stand = [f"{in_words(numbers)} in {warehouse}" for warehouse, numbers in places.items()]
    return f"; of its own stand {' and '.join(stand)}, and it leaves from {row.warehouse}" if stand else ""


def _named(row, base, numbers, found):
    check_numbers(row.part, base, numbers)
    pieces = [found.known.get((row.part_id, number)) for number in numbers]
    if missing := [number for number, piece in zip(numbers, pieces, strict=True) if piece is None]:
        raise Refused(f"{row}: {in_words(missing)} is no serial number of {row.part}.")
    for serial in pieces:
        _check_may_leave(row, serial)
    return pieces


def _check_may_leave(row, serial):
    given = getattr(serial, "of_row", None)
    if serial.departure_id:
        with_row = f" with {given.row}" if given else ""
        raise Refused(f"{row}: serial number {serial} {state_of(serial)}{with_row}.")
    if given and given.row_id != row.pk:
        raise Refused(f"{row}: serial number {serial} is promised to {given.row}.")
    if serial.shelf is None and (row.part.is_serial_traced or given is None):
        raise Refused(f"{row}: serial number {serial} {state_of(serial)}.")
    if serial.shelf and not _is_at_hand(row, serial):
        raise Refused(f"{row}: serial number {serial} {state_of(serial)}, and the row leaves from {row.warehouse}.")


def take_along(leaving):
    """Pieces leave with the movements of their goods, (row, movements, pieces) each; their rows keep them.

    A piece in place of one of the row's own frees that one.
    """
    leaving = [(row, movements, pieces) for row, movements, pieces in leaving if pieces]
    if not leaving:
        return
    _keep(leaving)
    pairs = [
        (serial.pk, movement.pk)
        for _row, movements, pieces in leaving
        for serial, movement in zip(pieces, spread(movements, len(pieces)), strict=True)
    ]
    pieces_go_each(pairs)


def _keep(leaving):
    given = defaultdict(list)
    rows = [row.pk for row, _movements, _pieces in leaving]
    for one in RowSerial.objects.filter(row__in=rows).select_related("serial").order_by("pk"):
        given[one.row_id].append(one)
    spare, new = [], []
    for row, _movements, pieces in leaving:
        kept, added = _changes(given[row.pk], pieces)
        spare += kept
        reserved = any(one.reserved for one in given[row.pk])
        new += [RowSerial(row=row, serial=serial, reserved=reserved) for serial in added]
    if spare:
        let_go(spare)
    RowSerial.objects.bulk_create(new)


def _changes(own, pieces):
    """(what a row lets go, the pieces that it did not have)"""
    mine, leaving = {one.serial_id for one in own}, {serial.pk for serial in pieces}
    added = [serial for serial in pieces if serial.pk not in mine]
    spare = [one for one in own if one.reserved and one.serial_id not in leaving and one.serial.departure_id is None]
    return spare[max(len(spare) - len(added), 0) :] if added else [], added


class NamedPieces:
    """The pieces of a delivery that come back by name: taken before its movements are reversed, placed after it."""

    def __init__(self, delivered, numbers):
        gone = SerialNumber.objects.filter(departure__delivery__delivery_row=delivered)
        self._gone = {serial.number: serial for serial in gone} if numbers else {}
        self._named = numbers
        if missing := [number for number in numbers if number not in self._gone]:
            raise Refused(f"{in_words(missing)} did not leave with {delivered.note} on {delivered.row}.")

    def come_back(self):
        """The movements brought the last ones back; those that were named change places with them."""
        found = SerialNumber.objects.select_related("departure")
        now = found.in_bulk([serial.pk for serial in self._gone.values()])
        named = {self._gone[number].pk for number in self._named}
        still = [serial for pk, serial in now.items() if pk in named and serial.departure_id]
        instead = [serial for pk, serial in now.items() if pk not in named and serial.departure_id is None]
        for here, gone in zip_longest(still, instead):  # pieces without a number may have come back instead
            shelf = here.departure.from_stock_id if here.arrival_id else None
            if gone:
                gone.departure, gone.shelf = here.departure, None
            here.departure, here.shelf_id = None, shelf
        SerialNumber.objects.bulk_update([*still, *instead], ["departure", "shelf"])


def bring_back(row):
    """Pieces of the row that are here again; those that only left with a delivery are free."""
    RowSerial.objects.filter(row=row, reserved=False, serial__departure=None).delete()
