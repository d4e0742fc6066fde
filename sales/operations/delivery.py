"""Delivering rows, and taking a delivery back. Only this sets partly delivered and delivered.

Rows of many orders are delivered in one operation; each order gets a delivery note of its own, which is kept. What is
on a pick list leaves it first, so that the guard sees what is left to be picked.
"""

from collections import defaultdict
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db.models import Sum
from django.utils import timezone

from erp.exceptions import Refused
from erp.register.units import plain
from linkage.dates import business_date
from linkage.models import Document
from linkage.models.movements import MovementKind
from linkage.operation import StartOver, operation, settle
from linkage.operations import balances, change_demand, close_demand, issue
from linkage.operations.reserving import on_shelf_of, reserve
from sales.kits import leaving
from sales.models import PickRow, Role, RowType, SalesOrderRow
from sales.operations.following import follow_status
from sales.operations.holding import check_mended
from sales.operations.leaving import leaving_serials, take_along
from sales.operations.noting import metal_to_note, note_row, note_texts, open_notes
from sales.operations.packing import pack, packaging_of
from sales.operations.picks import check_not_picked, end_picks, follow_picks, picked_of
from sales.operations.serials import free_serials
from sales.operations.structures import parts_below, settle_above
from sales.operations.taking import check_row_open, take_order
from sales.operations.types import check_goods
from sales.operations.weights import follow_weight
from sales.statuses import COMMON, LIVE, RowStatus
from sales.units import UnitsOfRows, parts_of

ZERO = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """So much of a row, in its unit; ``final``: nothing more comes, what stays open is released.

    ``serials``: the numbers of the pieces that leave, such as A-001..A-005; nothing is the row's own, in their order.
    """

    row: SalesOrderRow
    quantity: Decimal
    final: bool = False
    serials: str = ""
    pick_row: PickRow | None = None
    packs: int | None = None  # the id of the row that is packed in it


@operation
def deliver(*, row, quantity, by, effective_on=None, reference="", final=False, serials="", straight=False, reason=""):
    """Deliver ``quantity`` (in the row's unit) of one row; see ``deliver_rows``. Returns the row."""
    line = Delivered(row=row, quantity=quantity, final=final, serials=serials)
    facts = {"effective_on": effective_on, "reference": reference, "straight": straight, "reason": reason}
    deliver_rows(lines=[line], by=by, **facts)
    return _again(row)


@operation
def deliver_rows(
    *, lines, by, pick_list=None, effective_on=None, reference="", packaging=False, straight=False, reason=""
):
    """Deliver rows: what lies on the shelf for each first, then free stock. Returns the delivery notes, by order.

    With ``packaging`` what the parts are packed in goes along as rows of its own. So many of a fictitious part are so
    many complete ones: its parts leave in proportion.

    A row closes when nothing is open, or when its delivery is final: then its links are released. An order that may
    not be delivered in parts goes whole or not at all, unless it went ``straight`` from the supplier.
    """
    asked, lines = lines, with_parts(lines)
    packagings = packaging_of([line.row for line in lines]) if packaging else {}
    lines = take_lines(lines, packagings=packagings)
    _check_proportion(asked, lines)
    units = UnitsOfRows(parts_of([line.row for line in lines]))
    bases = [_base_of(line, units) for line in lines]
    for line, base in zip(lines, bases, strict=True):
        _check(line, base)
    if not straight:
        check_mended([line.row for line in lines])
        for line in lines:
            check_may_leave(line.row, "delivered")
        _check_whole_orders(lines)
    texts = [line.serials for line in lines]
    pieces = leaving_serials(list(zip([line.row for line in lines], bases, texts, strict=True)), straight=straight)
    packed = pack([(line.row, base) for line, base in zip(lines, bases, strict=True)], packagings)
    lines += [Delivered(row=row, quantity=count, packs=pk) for pk, (row, count) in packed.items()]
    bases += [count for _row, count in packed.values()]

    day = effective_on or business_date()
    orders = {line.row.order_id: line.row.order for line in lines}
    notes = open_notes(orders.values(), pick_list=pick_list, effective_on=day, reference=reference, by=by)
    facts = {"by": by, "effective_on": day, "reason": reason, "reference": reference if straight else ""}
    noted = {}
    for line, base in zip(lines, bases, strict=True):
        about = {"note": notes[line.row.order_id], "packs": noted.get(line.packs), "pieces": pieces.get(line.row.pk)}
        noted[line.row.pk] = _deliver_line(line, base, **about, **facts)
    _settle_kits(lines, notes)
    note_texts(notes)
    for order in orders.values():
        follow_status(order)
        follow_weight(order)
    follow_picks({line.pick_row.pick_list_id for line in lines if line.pick_row})
    return list(notes.values())


def with_parts(lines):
    """The lines, but those of fictitious parts as the parts that leave for them."""
    kits = [line.row for line in lines if line.row.is_kit]
    if not kits:
        return list(lines)
    mains = SalesOrderRow.objects.for_list().in_bulk([row.pk for row in kits])
    parts, below = parts_below(kits), defaultdict(list)
    for part in parts:
        below[part.parent_id].append(part)
    units = UnitsOfRows(parts_of(parts))
    found = []
    for line in lines:
        found += _parts_of(line, mains[line.row.pk], below[line.row.pk], units) if below[line.row.pk] else [line]
    return found


def _parts_of(line, main, parts, units):
    check_row_open(main)
    going = leaving(main, parts, line.quantity, units=units, final=line.final)
    ahead = [str(part) for part in parts if not part.is_closed and part not in dict(going)]
    if line.final and ahead:
        raise Refused(f"{', '.join(ahead)} left before the others of {main}: end each by itself.")
    return [replace(line, row=part, quantity=quantity) for part, quantity in going]


def _check_proportion(asked, taken):
    """What leaves of fictitious parts was reckoned before their rows were locked: somebody may have been faster."""
    if any(line.row.is_kit for line in asked):
        now = [(line.row.pk, line.quantity) for line in with_parts(asked)]
        if now != [(line.row.pk, line.quantity) for line in taken]:
            raise StartOver


def take_lines(lines, *, packagings=()):
    """The lines with their rows as they are now, locked in one call with the balances they may take from."""
    rows = [line.row for line in lines]
    if not rows:
        raise Refused("Choose at least one row to deliver.")
    if len({row.pk for row in rows}) < len(rows):
        raise Refused("A row is delivered once at a time.")
    pairs = [(row.part_id, row.warehouse_id) for row in rows if row.demand_id]
    pairs += [(packagings[row.part_id].packaging_id, row.warehouse_id) for row in rows if row.part_id in packagings]
    shelves = balances(pairs).values() if pairs else []
    too = [Document(pk=row.order.document_id) for row in rows]
    _order, fresh = take_order(rows[0].order, rows=rows, also=shelves, too=too)
    orders = {row.order_id: row.order for row in fresh}
    for row in fresh:
        row.order = orders[row.order_id]  # one object of an order, whose status follows once
    picks = PickRow.objects.select_related("pick_list").in_bulk([line.pick_row.pk for line in lines if line.pick_row])
    return [
        replace(line, row=row, pick_row=line.pick_row and picks[line.pick_row.pk])
        for line, row in zip(lines, fresh, strict=True)
    ]


def _base_of(line, units):
    """In the base unit; a row without stock is counted in its own."""
    row = line.row
    check_row_open(row)
    check_goods(row, "deliver")
    if row.demand is None:
        return abs(line.quantity)
    return units.to_base(part=row.part, quantity=line.quantity, unit=row.unit)


def _check(line, base):
    row, quantity = line.row, line.quantity
    if row.demand is None and line.pick_row is None:
        check_not_picked([row], "delivered without it")
    if row.order.status not in LIVE:
        raise Refused(f"{row.order} is a quote; register it before anything is delivered.")
    if row.role == Role.ALLOY:
        raise Refused(f"{row} is the alloy cost of row {row.parent.position}: it is delivered with that row.")
    if quantity <= 0 and row.quantity > 0:
        raise Refused("Enter a quantity above 0.")
    whole = quantity == row.quantity if row.demand is None else base >= row.demand.open
    if not whole and (row.demand is None or not row.order.partial_delivery_allowed):
        why = "is not kept in stock" if row.demand is None else "may not be delivered in parts"
        raise Refused(f"{row} {why}: deliver all {plain(row.quantity)} {row.unit or ''}".rstrip() + " at once.")


def check_may_leave(row, doing):
    """A forecast never leaves, and what may only be made waits until its row is fixed; the rest of the order goes.

    What went straight from the supplier has left: nobody asks.
    """
    if row.row_status == RowStatus.FORECAST:
        raise Refused(f"{row} is a forecast and cannot be {doing}.")
    if row.row_status == RowStatus.MANUFACTURED:
        raise Refused(f"{row} may be made, but not be {doing} yet: set its status to Fixed order first.")


def _check_whole_orders(lines):
    """Partial delivery not allowed: every open row of the order leaves now; a pick list holds no credits."""
    leaving = {line.row.pk for line in lines}
    whole = {line.row.order for line in lines if not line.row.order.partial_delivery_allowed}
    picked = {line.row.order_id for line in lines if line.pick_row}
    for order in whole:
        rows = SalesOrderRow.objects.for_list().to_deliver().filter(order=order)
        if order.pk in picked:
            rows = rows.exclude(quantity__lt=0)
        waiting = [row for row in rows.exclude(pk__in=leaving).in_order() if not goes_along(row, leaving)]
        if waiting:
            names = ", ".join(str(row) for row in waiting[:5])
            raise Refused(f"{order} may not be delivered in parts: {names} must leave with it.")


def goes_along(row, leaving):
    """Whether a row has no delivery of its own: an extra below a row goes with it, a fictitious part with its parts.

    Alloy cost always goes with its main row, also with that of a fictitious part that is not among ``leaving``.
    """
    if row.is_kit or row.role == Role.ALLOY:
        return True
    return row.parent_id in leaving and row.demand_id is None


def _deliver_line(line, base, *, note, packs, pieces, by, effective_on, reference, reason):
    row, movements = line.row, []
    end_picks(line.pick_row, base, final=line.final)
    if row.demand:
        _leave_the_picked(row, base, by=by)
        movements = issue(
            demand=row.demand,
            quantity=base,
            by=by,
            effective_on=effective_on,
            kind=MovementKind.DELIVERY,
            reference=reference or note.number,
            reason=reason,
        )
        settle()
        row.demand.refresh_from_db()
        take_along(row, movements, pieces)
    facts = {"quantity": line.quantity, "base": base, "pick_row": line.pick_row, "final": line.final}
    noted = note_row(note, row, movements=movements, packs=packs, **facts)
    _settle_row(row, final=line.final, reason=reason)
    if row.is_closed:
        _close_along(row, note)
    return noted


def _settle_kits(lines, notes):
    """Fictitious parts of which parts left: delivered with the last of them."""
    for row in {line.row.parent_id: line.row for line in lines if line.row.is_of_kit}.values():
        main = settle_above(row)
        for alloy in metal_to_note(main):
            note_row(notes[main.order_id], alloy, quantity=alloy.quantity, base=abs(alloy.quantity))


def _leave_the_picked(row, base, *, by):
    """What stands on pick lists stays on the shelf: for the rest of the row free stock is promised to it first."""
    if picked := picked_of([row]).get(row.pk):
        if base > row.demand.open - picked:
            raise Refused(
                f"{plain(picked)} {row.part.unit} of {row} are on a pick list: report that list, or change it first."
            )
        beside = max(on_shelf_of([row.demand]).get(row.demand_id, ZERO) - picked, ZERO)
        if base > beside:
            [shelf] = balances([(row.part_id, row.warehouse_id)]).values()
            reserve([(row.demand, shelf, base - beside)], rule="", reason=f"delivered beside {row}'s pick list", by=by)
            settle()
            row.demand.refresh_from_db()


def _settle_row(row, *, final, reason):
    demand = row.demand
    if demand is None or final or demand.open == 0:
        if demand:
            row.demand = close_demand(demand, reason=reason or f"{row} delivered")
            free_serials([row])  # those of what is not delivered any more
        row.closed_at = timezone.now()
        row.save(update_fields=["closed_at"])
    elif demand.status != COMMON[row.progress]:
        row.demand = change_demand(demand, status=COMMON[row.progress])


def _close_along(row, note):
    """What costs something below a delivered row is delivered with it."""
    for also in row.sub_rows.filter(row_type=RowType.ADDITIONAL, closed_at=None):
        quantity = _metal_of(row, also) if also.role == Role.ALLOY else also.quantity
        note_row(note, also, quantity=quantity, base=abs(quantity))
        SalesOrderRow.objects.filter(pk=also.pk).update(closed_at=timezone.now())


def _metal_of(row, alloy):
    """The metal of what left: a row that ends short costs no metal of what never came."""
    if row.demand is None or row.demand.done >= row.demand.quantity:
        return alloy.quantity
    left = row.delivery_rows.standing().aggregate(left=Sum("quantity"))["left"]
    return min(alloy.quantity, left)


def _again(row):
    return SalesOrderRow.objects.for_list().get(pk=row.pk)
