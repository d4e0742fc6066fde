"""Questions about the serial numbers of rows: how many they are, whether they fit, what below them is not traced."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count

from erp.register.models import Part
from erp.register.units import plain
from linkage.chains import ids_below
from linkage.models import Demand, OrderLink, SupplyKind
from linkage.serials import intervals
from sales.models import RowSerial
from sales.units import UnitsOfRows


@dataclass(frozen=True)
class Interval:
    """Numbers that follow each other and say the same."""

    first: str
    last: str
    count: int
    remark: str
    supply: object
    delivery: object


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
    return row.serials.select_related("serial__supply__document", "serial__delivery").order_by("pk")


def _facts(given):
    return given.serial.remark, given.serial.supply_id, given.serial.delivery_id


def _intervals(given):
    one = given[0].serial
    return [
        Interval(first, last, count, one.remark, one.supply, one.delivery)
        for first, last, count in intervals([each.serial.number for each in given])
    ]


def counts_of(rows):
    """{row id: how many serial numbers it has} of those that have any."""
    counted = RowSerial.objects.filter(row__in=[row.pk for row in rows if row.is_part]).order_by()
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
    """Rows of stock-driven traced parts that have serial numbers: these parts get theirs when they arrive."""
    counts = counts_of(rows) if counts is None else counts
    having = [row for row in rows if row.pk in counts]
    return [row for row in having if row.part.is_serial_traced and not row.part.is_order_oriented]


def untraced_below(row):
    """The parts below a traced row's orders that are not traced: the chain of its numbers ends there."""
    if not row.part.is_serial_traced or not row.demand_id:
        return []
    linked = OrderLink.objects.open().filter(demand=row.demand_id, supply__kind=SupplyKind.PRODUCTION)
    _supplies, demands = ids_below(list(linked.values_list("supply", flat=True)))
    below = Demand.objects.filter(pk__in=demands).values("part")
    return list(Part.objects.filter(pk__in=below, is_serial_traced=False, is_stock_updated=True).order_by("number"))
