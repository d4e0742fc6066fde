"""Questions about the serial numbers of rows: how many they are, whether they fit, what below them is not traced."""

from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode

from django.db.models import Count
from django.urls import reverse

from erp.register.models import Part
from erp.register.roles import may
from erp.register.units import plain
from linkage.chains import ids_below
from linkage.models import Demand, OrderLink, SerialNumber, SupplyKind
from linkage.serials import in_words, intervals
from sales.models import RowSerial
from sales.units import UnitsOfRows

MOST_SHOWN = 300


@dataclass(frozen=True)
class Interval:
    """Numbers that follow each other and say the same."""

    first: str
    last: str
    count: int
    remark: str
    supply: object
    departure: object


def intervals_of(row):
    """[Interval] of a row's serial numbers, in the order in which they are delivered."""
    found, shown = list(serials_of(row)), []
    start = 0
    for place in range(1, len(found) + 1):
        if place == len(found) or _facts(found[place]) != _facts(found[start]):
            shown += _intervals(found[start:place])
            start = place
    return shown


def serials_of(row):
    """The RowSerials of a row, in the order in which they are delivered."""
    return row.serials.select_related("serial__supply__document", "serial__departure").order_by("pk")


def _facts(given):
    return given.serial.remark, given.serial.supply_id, given.serial.departure_id


def _intervals(given):
    one = given[0].serial
    return [
        Interval(first, last, count, one.remark, one.supply, one.departure)
        for first, last, count in intervals([each.serial.number for each in given])
    ]


@dataclass(frozen=True)
class Offer:
    """Numbers that may leave with a row: its own, and those of its part in its warehouse that no row has."""

    own: str
    free: str


def offers_for(rows):
    """{row id: Offer} of rows whose pieces have numbers or should: of their own, at hand, or traced."""
    rows = [row for row in rows if row.demand_id]
    own = _grouped(
        RowSerial.objects.filter(row__in=rows, serial__departure=None).order_by("pk"), "row", "serial__number"
    )
    parts = {row.part_id for row in rows}
    there = SerialNumber.objects.on_shelf().filter(part__in=parts, of_row=None).order_by("number")
    free = _grouped(there, "part", "shelf__warehouse", "number")
    offers = {row: Offer(own.get(row.pk, ""), free.get((row.part_id, row.warehouse_id), "")) for row in rows}
    return {row.pk: offer for row, offer in offers.items() if offer.own or offer.free or row.part.is_serial_traced}


def _grouped(found, *names):
    """{id, or ids: its numbers as intervals}; of very many the first. The last name is the number's."""
    grouped = {}
    for *ids, text in found.values_list(*names):
        grouped.setdefault(tuple(ids) if ids[1:] else ids[0], []).append(text)
    return {pk: _shortened(in_words(numbers)) for pk, numbers in grouped.items()}


def _shortened(words):
    return words if len(words) <= MOST_SHOWN else f"{words[:MOST_SHOWN].rpartition(',')[0]}, …"


def search_serials(user, text):
    """For the search box: pieces by their number, the exact one first; the register names order, customer, delivery."""
    if not may(user, "read"):
        return []
    found = SerialNumber.objects.filter(number__istartswith=text).select_related("part").order_by("number", "part")[:6]
    page = reverse("sales:serial_list")
    return [
        (f"{piece} {piece.part} {piece.part.name}", f"{page}?{urlencode({'number': piece.number})}", "serial number")
        for piece in found
    ]


def numbers_that_left(delivered):
    """{delivery row id: the numbers of its pieces, as intervals}; of what was taken back none. One statement."""
    gone = SerialNumber.objects.filter(departure__delivery__delivery_row__in=[one.pk for one in delivered])
    grouped = {}
    for pk, number in gone.order_by("number").values_list("departure__delivery__delivery_row", "number"):
        grouped.setdefault(pk, []).append(number)
    return {pk: in_words(numbers) for pk, numbers in grouped.items()}


def with_numbers(delivered):
    """The delivery rows as a list, each with the ``numbers`` of its pieces."""
    delivered = list(delivered)
    numbers = numbers_that_left(delivered)
    for one in delivered:
        one.numbers = numbers.get(one.pk, "")
    return delivered


def counts_of(rows):
    """{row id: how many serial numbers were given to it} of those that have any; not those named as they left."""
    mine = [row.pk for row in rows if row.is_part]
    counted = RowSerial.objects.filter(row__in=mine, reserved=True).order_by()
    return dict(counted.values_list("row").annotate(count=Count("pk")))


def pieces_of(rows):
    """{row id: how many base units it is}; None where nobody knows any more."""
    units = UnitsOfRows([row.part for row in rows if not row.demand_id])
    return {row.pk: units.base_of(row) for row in rows}


def wrong_counts(rows, counts=None):
    """{row id: the sentence} of open rows whose serial numbers are not as many as their pieces."""
    counts = counts_of(rows) if counts is None else counts
    having = [row for row in rows if row.pk in counts and not row.is_closed]
    pieces = pieces_of(having) if having else {}
    return {
        row.pk: miscounted(counts[row.pk], pieces[row.pk] or Decimal(0), row.part)
        for row in having
        if pieces[row.pk] != counts[row.pk]
    }


def miscounted(count, pieces, part):
    return f"{count} serial numbers for {plain(pieces)} {part.unit}."


def given_too_early(rows, counts=None):
    """Rows of stock-driven traced parts with numbers of pieces that are not here: these get theirs when they arrive."""
    counts = counts_of(rows) if counts is None else counts
    having = [row for row in rows if row.pk in counts]
    mine = {row.pk: row for row in having if row.part.is_serial_traced and not row.part.is_order_oriented}
    early = RowSerial.objects.filter(row__in=mine, serial__arrival=None, serial__departure=None) if mine else []
    return list({one.row_id: mine[one.row_id] for one in early}.values())


def untraced_below(row):
    """The parts below a traced row's orders that are not traced: the chain of its numbers ends there."""
    if not row.part.is_serial_traced or not row.demand_id:
        return []
    linked = OrderLink.objects.open().filter(demand=row.demand_id, supply__kind=SupplyKind.PRODUCTION)
    _supplies, demands = ids_below(list(linked.values_list("supply", flat=True)))
    below = Demand.objects.filter(pk__in=demands).values("part")
    return list(Part.objects.filter(pk__in=below, is_serial_traced=False, is_stock_updated=True).order_by("number"))
