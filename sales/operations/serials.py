"""Serial numbers of rows: given by hand or from the series, taken away, carried to the M-order, divided."""

from erp.exceptions import Refused
from erp.register.numbers import next_numbers
from linkage.locks import lock_last
from linkage.models import Provenance, SerialNumber, Status, SupplyKind
from linkage.operation import operation
from linkage.operations.pieces import state_of
from linkage.serials import MOST, counted_from, in_words, numbers_in
from sales.models import RowSerial
from sales.operations.taking import check_row_open, check_version, take_row
from sales.operations.types import check_part
from sales.serials import wrong_counts

SERIES = "serial number"


@operation
def give_serials(*, row, first, by, quantity=1, remark="", version=None):
    """Give a row ``quantity`` serial numbers from ``first`` on; a piece that was let go before is taken again.

    Refused where one of them is on another row, was delivered, used or wasted.
    """
    row = _take(row, version)
    _give(row, counted_from(first, quantity), remark)
    return row


@operation
def draw_serials(*, row, quantity, by, remark="", version=None):
    """Give a row the next serial numbers of the company's series that its part does not have yet."""
    row = _take(row, version)
    if not 1 <= quantity <= MOST:
        raise Refused(f"Enter a quantity from 1 to {MOST}.")
    _give(row, _drawn(row, quantity), remark)
    return row


def _drawn(row, quantity):
    """Numbers that were given by hand before the series came to them are passed over."""
    numbers = []
    while len(numbers) < quantity:
        series = next_numbers(row.order.document.company, SERIES, quantity - len(numbers))
        found = [drawn.number for drawn in series]
        known = SerialNumber.objects.filter(part=row.part, number__in=found).values_list("number", flat=True)
        numbers += [number for number in found if number not in set(known)]
    return numbers


@operation
def remark_serials(*, row, first, by, quantity=1, remark="", version=None):
    """Say something about serial numbers of a row."""
    row = _take(row, version)
    given = _named(row, counted_from(first, quantity))
    for one in given:
        one.serial.remark = remark
    SerialNumber.objects.bulk_update([one.serial for one in given], ["remark"])
    return row


@operation
def remove_serials(*, row, first, by, quantity=1, version=None):
    """Take serial numbers from a row. Delivered ones stay."""
    row = _take(row, version)
    given = _named(row, counted_from(first, quantity))
    if gone := [one.serial.number for one in given if one.serial.departure_id]:
        raise Refused(f"{in_words(gone)} of {row} is delivered and stays.")
    let_go(given)
    return row


def _take(row, version):
    row = take_row(row)
    check_row_open(row)
    check_part(row, "number")
    check_version(row, version, {})
    return row


def _give(row, numbers, remark):
    known = _locked(row.part, numbers)
    _check_free(row, known.values())
    new = [SerialNumber(part=row.part, number=number, remark=remark) for number in numbers if number not in known]
    made = {serial.number: serial for serial in SerialNumber.objects.bulk_create(new)} | known
    RowSerial.objects.bulk_create([RowSerial(row=row, serial=made[number]) for number in numbers])
    carry_serials([row])


def _locked(part, numbers):
    """{number: SerialNumber} of those that are known, locked first: somebody may be using or wasting one of them."""
    found = SerialNumber.objects.filter(part=part, number__in=numbers)
    lock_last(SerialNumber, found.values_list("pk", flat=True))
    ends = ("of_row__row__order__document", "of_row__row__parent", "departure", "shelf__warehouse")
    return {serial.number: serial for serial in found.select_related(*ends)}


def _check_free(row, known):
    for serial in known:
        if given := getattr(serial, "of_row", None):
            raise Refused(f"{serial} is on {given.row} already.")
        if serial.departure_id:
            raise Refused(f"{serial} {state_of(serial)}.")


def _named(row, numbers):
    found = {one.serial.number: one for one in row.serials.filter(serial__number__in=numbers).select_related("serial")}
    if missing := [number for number in numbers if number not in found]:
        raise Refused(f"{row} has no serial number {in_words(missing)}.")
    return [found[number] for number in numbers]


def let_go(given):
    """Numbers leave their rows. A piece that an order has made stays known; one that never was is forgotten."""
    serials = [one.serial_id for one in given]
    RowSerial.objects.filter(pk__in=[one.pk for one in given]).delete()
    never = SerialNumber.objects.awaited().filter(pk__in=serials).exclude(supply__done__gt=0)
    never.delete()


def free_serials(rows):
    """Rows that are called off or deleted let their serial numbers go; delivered ones stay."""
    given = RowSerial.objects.filter(row__in=[row.pk for row in rows if row.pk], serial__departure=None)
    if found := list(given):
        let_go(found)


def check_counts(rows):
    """An order is not registered while a row has more or fewer serial numbers than pieces."""
    if wrong := wrong_counts(rows):
        names = {row.pk: row for row in rows}
        raise Refused(" ".join(f"{names[pk]}: {sentence}" for pk, sentence in wrong.items()))


def carry_serials(rows):
    """The serial numbers of rows go to the M-order that was made for them; the latest, where there are several."""
    waiting = SerialNumber.objects.filter(of_row__row__in=[row.pk for row in rows], supply=None)
    demands = {serial.of_row.row.demand_id for serial in waiting.select_related("of_row__row")} - {None}
    if not demands:
        return
    made = Provenance.objects.filter(demand__in=demands, supply__kind=SupplyKind.PRODUCTION, quantity__gt=0)
    orders = dict(made.exclude(supply__status=Status.CANCELLED).order_by("pk").values_list("demand", "supply"))
    for demand, supply in orders.items():
        SerialNumber.objects.filter(of_row__row__demand=demand, supply=None).update(supply=supply)


def divide_serials(row, rows, counts, wanted):
    """Divide a row's serial numbers among ``rows``, itself the first: as named in ``wanted``, the rest in order.

    ``counts``: how many pieces each row is; ``wanted``: per row a text such as ``A-001..A-005``, or nothing.
    """
    given = {one.serial.number: one for one in row.serials.select_related("serial").order_by("pk")}
    if not given and not any(wanted):
        return
    named = [_of_part(row, text, given) for text in wanted]
    if len(taken := [number for part in named for number in part]) != len(set(taken)):
        raise Refused("A serial number is named twice.")
    free = [one for number, one in given.items() if number not in set(taken)]
    free.sort(key=lambda one: one.serial.departure_id is None)  # what is delivered stays with the first
    moved = []
    for place, (part, count) in enumerate(zip(named, counts, strict=True)):
        mine = [given[number] for number in part]
        if not part:
            size = len(free) if place == len(counts) - 1 else int(count)
            mine, free = free[:size], free[size:]
        _check_delivered(row, mine if place else [])
        moved += [(one, rows[place]) for one in mine if place]
    for one, target in moved:
        one.row = target
    RowSerial.objects.bulk_update([one for one, _target in moved], ["row"])


def _of_part(row, text, given):
    numbers = numbers_in(text or "")
    if missing := [number for number in numbers if number not in given]:
        raise Refused(f"{row} has no serial number {in_words(missing)}.")
    return numbers


def _check_delivered(row, leaving):
    if gone := [one.serial.number for one in leaving if one.serial.departure_id]:
        raise Refused(f"{in_words(gone)} of {row} is delivered and stays with it.")
