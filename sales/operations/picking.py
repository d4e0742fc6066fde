"""Pick lists: what is to leave the shelf, planned, changed and cancelled.

A pick takes what lies on the shelf for its row; where that is not enough, free stock, which is promised to the row with
it. What is promised to others is never taken. No other list can take the same quantity: ``sales/sql/pick_guard.sql``.
"""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from erp.exceptions import Refused
from erp.register.numbers import next_number
from erp.register.units import plain
from linkage.models import Status
from linkage.operation import operation
from linkage.operations import balances
from linkage.operations.reserving import give_free, on_shelf_of, reserve
from sales.models import PickList, PickRow, Role, SalesOrderRow
from sales.operations.delivery import Delivered, check_may_leave, goes_along, take_lines
from sales.operations.holding import check_mended
from sales.operations.picks import follow_picks, picked_of
from sales.operations.taking import check_row_open
from sales.operations.types import check_goods
from sales.statuses import LIVE
from sales.units import UnitsOfRows, parts_of

RULE = "pick list"
ZERO = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class Picked:
    """So much of a row, in its unit, to be picked."""

    row: SalesOrderRow
    quantity: Decimal


@operation
def create_pick_lists(*, lines, by, until=None, note="", reason=""):
    """Put rows on new pick lists, one for each warehouse they leave from, and reserve them. Returns the lists."""
    found = _take(lines)
    by_warehouse = defaultdict(list)
    for line, base in found:
        by_warehouse[line.row.warehouse].append((line, base))
    made = []
    for warehouse in sorted(by_warehouse, key=lambda warehouse: warehouse.code):
        pick_list = _new_list(warehouse, until=until, note=note, by=by)
        _add(pick_list, by_warehouse[warehouse], by=by)
        made.append(pick_list)
    _check_all_or_none(made, {line.row.order for line, _base in found})
    return made


def _new_list(warehouse, *, until, note, by):
    company = warehouse.company
    taken = next_number(company, RULE)
    return PickList.objects.create(
        company=company,
        warehouse=warehouse,
        number=taken.number,
        serial=taken.serial,
        until=until,
        note=note,
        created_by=by,
    )


@operation
def change_pick(*, pick_row, quantity, by, reason=""):
    """Pick another quantity (in the row's unit) of a row; 0 takes it off the list. What is delivered of it stays."""
    [(line, base)] = _take([Picked(row=pick_row.row, quantity=quantity)], at_least=0)
    pick_row = PickRow.objects.for_list().get(pk=pick_row.pk)
    pick_list = _open_list(pick_row.pick_list)
    if not pick_row.open:
        raise Refused(f"{pick_row.row} is not on {pick_list} any more.")
    more = base - pick_row.open
    if more > 0:
        _add(pick_list, [(line, more)], by=by)
    elif more < 0:
        _lessen([(pick_row, line.row.demand, -more)], reason=f"taken off {pick_list}")
    _check_all_or_none([pick_list], {line.row.order})
    follow_picks([pick_list.pk])
    return PickRow.objects.for_list().get(pk=pick_row.pk)


@operation
def cancel_pick_list(*, pick_list, by, reason=""):
    """Take everything off a pick list that is not delivered; goods that it took from free stock are free again."""
    open_picks = list(pick_list.rows.open().select_related("row__order").order_by("pk"))
    if open_picks:
        take_lines([Delivered(row=pick.row, quantity=pick.open) for pick in open_picks])
    pick_list = _open_list(pick_list)
    fresh = list(pick_list.rows.open().select_related("demand").order_by("pk"))
    if {pick.pk for pick in fresh} != {pick.pk for pick in open_picks}:
        raise Refused(f"{pick_list} was changed meanwhile; look at it again.")
    _lessen([(pick, pick.demand, pick.open) for pick in fresh], reason=f"{pick_list} cancelled")
    follow_picks([pick_list.pk])
    pick_list.refresh_from_db()
    return pick_list


def _open_list(pick_list):
    fresh = PickList.objects.for_list().get(pk=pick_list.pk)
    if not fresh.is_open:
        raise Refused(f"{fresh} is {fresh.get_status_display().lower()} and cannot be changed.")
    return fresh


def _take(lines, *, at_least=None):
    """[(line with its row locked, base quantity)]."""
    wanted = [Delivered(row=line.row, quantity=line.quantity) for line in lines]
    taken = take_lines(wanted)
    if at_least is None:  # what is on a list already may always be taken off
        check_mended([line.row for line in taken])
    units = UnitsOfRows(parts_of([line.row for line in taken]))
    return [(line, _base_of(line, units, at_least)) for line in taken]


def _base_of(line, units, at_least):
    row = line.row
    _check_row(row)
    if line.quantity:
        check_may_leave(row, "picked")
    if line.quantity <= 0 and line.quantity != at_least:
        raise Refused(f"{row}: enter a quantity above 0.")
    if row.demand is None:
        if line.quantity not in {row.quantity, at_least}:
            raise Refused(f"{row} is not kept in stock: it is picked whole, {plain(row.quantity)}.")
        return line.quantity
    return units.to_base(part=row.part, quantity=line.quantity, unit=row.unit) if line.quantity else ZERO


def _check_row(row):
    check_row_open(row)
    check_goods(row, "pick")
    if row.order.status not in LIVE:
        raise Refused(f"{row.order} is a quote; register it before anything is picked.")
    if row.role == Role.ALLOY:
        raise Refused(f"{row} is the alloy cost of row {row.parent.position}: it is delivered with that row.")
    if goes_along(row, set()):
        raise Refused(f"{row} is fictitious: pick the parts below it.")


def _add(pick_list, found, *, by):
    """Reserve the quantities, those of demands with what must be taken from free stock, and keep them."""
    picked = picked_of([line.row.pk for line, _base in found])
    demands = [line.row.demand for line, _base in found if line.row.demand]
    lying = on_shelf_of(demands)
    shelves = balances([(demand.part_id, demand.warehouse_id) for demand in demands]) if demands else {}
    wanted, rows = [], []
    for line, base in found:
        row, taken = line.row, ZERO
        already = picked.get(row.pk, ZERO)
        _check_quantity(row, base, already)
        if row.demand:
            taken = max(base - max(lying.get(row.demand_id, ZERO) - already, ZERO), ZERO)
        if taken:
            wanted.append((row.demand, shelves[row.demand.part_id, row.demand.warehouse_id], taken))
        rows.append(PickRow(pick_list=pick_list, row=row, demand=row.demand, quantity=base, taken=taken))
    reserve(wanted, rule=RULE, reason=f"picked on {pick_list}", by=by)
    _keep(rows)


def _check_quantity(row, base, already):
    left = row.demand.open - already if row.demand else row.quantity - already
    if base <= left:
        return
    unit = row.part.unit if row.part_id else row.unit or ""
    on_lists = f", {plain(already)} of it on pick lists" if already else ""
    open_quantity = row.demand.open if row.demand else row.quantity
    raise Refused(
        f"Only {plain(max(left, ZERO))} {unit} of {row} can be picked: {plain(open_quantity)} are open{on_lists}; "
        f"{plain(base)} was asked for."
    )


def _keep(rows):
    """A row that stands on the list already gets the quantity added. All rows are of one list."""
    there = PickRow.objects.filter(pick_list=rows[0].pick_list, row__in=[new.row_id for new in rows])
    existing = {pick.row_id: pick for pick in there}
    for new in rows:
        if same := existing.get(new.row_id):
            same.quantity += new.quantity
            same.taken += new.taken
    PickRow.objects.bulk_update(existing.values(), ["quantity", "taken"])
    PickRow.objects.bulk_create([new for new in rows if new.row_id not in existing])


def _lessen(less, *, reason):
    """Take (pick, its demand, quantity) off: what came from free stock first, and that is free again."""
    back = []
    for pick, demand, quantity in less:
        free = min(pick.taken, quantity) if demand and demand.status not in {Status.CLOSED, Status.CANCELLED} else ZERO
        pick.released += quantity
        pick.taken -= free
        if free:
            back.append((demand, free))
    PickRow.objects.bulk_update([pick for pick, _demand, _quantity in less], ["released", "taken"])
    give_free(back, reason=reason)


def _check_all_or_none(pick_lists, orders):
    """Without partial delivery an order is picked whole, or not at all; from several warehouses at once."""
    whole = {order.pk: order for order in orders if not order.partial_delivery_allowed}
    if not whole:
        return
    open_picks = PickRow.objects.open().filter(row__order__in=whole, pick_list__in=pick_lists)
    picked = defaultdict(dict)
    for order, row, quantity in open_picks.values_list("row__order", "row").annotate(picked=Sum("open")).order_by():
        picked[order][row] = quantity
    for row in SalesOrderRow.objects.for_list().to_deliver().filter(order__in=picked, quantity__gt=0).in_order():
        mine = picked[row.order_id]
        all_of_it = row.demand.open if row.demand else row.quantity
        if not goes_along(row, mine.keys()) and mine.get(row.pk, ZERO) < all_of_it:
            raise Refused(
                f"{row.order} may not be delivered in parts: pick all {plain(all_of_it)} of {row} with it, or nothing."
            )
