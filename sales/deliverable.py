"""What can leave now: rows with what lies on the shelf for them and what is free, nothing of it promised to others."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from django.db.models import F, Q
from django.db.models.functions import Coalesce

from erp.exceptions import Refused
from erp.register.units import plain
from linkage.models import Supply
from linkage.operations.reserving import on_shelf_of
from sales.errors import errors_of
from sales.kit_lines import KitHeading, head_kits, together
from sales.models import PartPlace, PickRow, RowType, SalesOrderRow
from sales.operations.delivery import goes_along
from sales.operations.picks import picked_of
from sales.statuses import LIVE, RowStatus
from sales.units import UnitsOfRows, parts_of

ZERO = Decimal(0)
MOST = 500  # rows of one page; a filter narrows what there is more


@dataclass(kw_only=True)
class Deliverable:
    """One row: quantities in the base unit; ``can`` may leave now, ``offered`` is that in the row's unit.

    Not ``offers_all``: the row's unit cannot say all of it.
    """

    row: SalesOrderRow
    open: Decimal
    picked: Decimal
    own: Decimal
    free: Decimal
    can: Decimal
    offered: Decimal | None = None
    offers_all: bool = True
    bin: str = ""
    why: str = ""
    pick: PickRow | None = None
    heading: KitHeading | None = None

    @property
    def pk(self):
        return self.row.pk

    @property
    def is_short(self):
        return self.can < self.open - self.picked


def deliverable_rows(*, until=None, warehouse=None, customer=None, order=None, credits=False):
    """Open rows of registered orders that may be delivered, by need: fixed orders, dated not later than ``until``.

    ``credits``: also additional rows below 0, which nobody picks.
    """
    rows = SalesOrderRow.objects.for_list().goods().filter(order__status__in=LIVE, closed_at=None)
    if not credits:
        rows = rows.filter(quantity__gt=0)
    rows = rows.filter(row_status__in=[RowStatus.FIXED, RowStatus.BUY_MATERIAL])
    rows = rows.exclude(row_type=RowType.ADDITIONAL, parent__isnull=False).exclude(part__part_type="fictitious")
    if until:
        dated = Q(delivery_date__lte=until) | Q(delivery_date=None, demand__need_date__lte=until)
        rows = rows.filter(dated | Q(row_type=RowType.ADDITIONAL, delivery_date=None))
    if warehouse:
        rows = rows.filter(warehouse=warehouse)
    if customer:
        rows = rows.filter(order__document__partner=customer)
    if order:
        rows = rows.filter(order=order)
    by_need = [
        F("delivery_date").asc(nulls_last=True),
        Coalesce("priority", "order__priority"),
        "order__document__serial",
        "pk",
    ]
    return list(rows.order_by(*by_need)[:MOST])


def deliverable(rows):
    """What of the rows can leave now, in a constant number of queries; earlier rows get the free stock first.

    What stands on pick lists is left out.
    """
    demands = [row.demand for row in rows if row.demand_id]
    facts = _Facts(lying=on_shelf_of(demands), picked=picked_of(rows), free=_free_of(rows), bins=_bins_of(rows))
    lines = [facts.line(row) for row in rows]
    _offer(lines)
    _hold(lines)
    _all_or_none(lines)
    lines = together(lines)
    head_kits(lines, going=lambda line: line.can)
    return lines


def _hold(lines):
    """Nothing of a row with an error leaves."""
    wrong = errors_of([line.row for line in lines])
    for line in lines:
        if line.pk in wrong:
            line.can, line.offered, line.offers_all, line.why = ZERO, ZERO, True, wrong[line.pk]


def picked_lines(pick_list):
    """What is still on a pick list, by place in the warehouse, fictitious parts where the first part lies."""
    picks = list(pick_list.rows.open().for_list().order_by("pk"))
    bins = _bins_of([pick.row for pick in picks])
    lines = [_picked_line(pick, bins) for pick in picks]
    _offer(lines)
    lines = together(sorted(lines, key=lambda line: (line.bin == "", line.bin, str(line.row.part or line.row.name))))
    head_kits(lines, going=lambda line: line.picked)
    return lines


def _picked_line(pick, bins):
    row = pick.row
    whole = row.demand.open if row.demand_id else row.quantity
    facts = {"open": whole, "picked": pick.open, "own": pick.open, "free": ZERO, "can": pick.open, "pick": pick}
    return Deliverable(row=row, bin=bins.get((row.part_id, row.warehouse_id), ""), **facts)


class _Facts:
    """The figures of all rows, read at once; free stock is given away as lines are made."""

    def __init__(self, *, lying, picked, free, bins):
        self.lying, self.picked, self.free, self.bins = lying, picked, free, bins

    def line(self, row):
        picked = self.picked.get(row.pk, ZERO)
        where = row.part_id, row.warehouse_id
        if not row.demand_id:
            facts = {"open": row.quantity, "own": ZERO, "free": ZERO, "can": row.quantity - picked}
            return Deliverable(row=row, picked=picked, **facts)
        own = max(self.lying.get(row.demand_id, ZERO) - picked, ZERO)
        free = self.free.get(where, ZERO)
        takes = min(free, row.demand.uncovered)
        self.free[where] = free - takes
        facts = {"open": row.demand.open, "own": own, "free": free, "can": own + takes}
        return Deliverable(row=row, picked=picked, bin=self.bins.get(where, ""), **facts)


def _free_of(rows):
    pairs = {(row.part_id, row.warehouse_id) for row in rows if row.demand_id}
    found = Supply.objects.stock().filter(part__in={part for part, _ in pairs}, free__gt=0)
    return {(part, place): free for part, place, free in found.values_list("part", "warehouse", "free")}


def _bins_of(rows):
    found = PartPlace.objects.filter(part__in={row.part_id for row in rows if row.part_id})
    return {(part, place): bin for part, place, bin in found.values_list("part", "warehouse", "bin")}


def _offer(lines):
    units = UnitsOfRows(parts_of([line.row for line in lines]))
    for line in lines:
        line.offered = _in_unit(line, units)
        line.offers_all = bool(line.offered is not None and _base_of(line, units) == line.can)


def _base_of(line, units):
    if not line.row.demand_id:
        return line.offered
    return units.to_base(part=line.row.part, quantity=line.offered, unit=line.row.unit)


def _in_unit(line, units):
    """In the row's unit, or nothing where its conversion was lost: never more than ``can``, and in base units whole."""
    exact = units.in_unit_of(line.row, line.can)
    if exact is None or not line.row.demand_id:
        return exact
    coarser = (exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_DOWN) for places in range(6, -1, -1))
    return next(quantity for quantity in coarser if _may_be_typed(line, quantity, units))


def _may_be_typed(line, quantity, units):
    try:
        return units.to_base(part=line.row.part, quantity=quantity, unit=line.row.unit) <= line.can
    except Refused:
        return False


def _all_or_none(lines):
    """An order that may not be delivered in parts is offered whole, or nothing of it."""
    by_order = defaultdict(list)
    for line in lines:
        if not line.row.order.partial_delivery_allowed:
            by_order[line.row.order_id].append(line)
    waiting = defaultdict(list)
    for row in SalesOrderRow.objects.for_list().to_deliver().filter(order__in=by_order, quantity__gt=0):
        waiting[row.order_id].append(row)
    for order, mine in by_order.items():
        why = _why_not_whole(mine, waiting[order])
        for line in mine if why else ():
            line.can, line.offered, line.why = ZERO, ZERO, why


def _why_not_whole(lines, rows):
    shown = {line.pk for line in lines}
    if short := next((line for line in lines if line.is_short), None):
        return f"No partial delivery: {short.row} lacks {plain(short.open - short.picked - short.can)}."
    if missing := next((row for row in rows if row.pk not in shown and not goes_along(row, shown)), None):
        return f"No partial delivery: {missing} is not due yet or leaves from another warehouse."
    return ""
