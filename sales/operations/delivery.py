"""Delivering rows, and taking a delivery back. Only this sets partly delivered and delivered.

Rows of many orders are delivered in one operation; each order gets a delivery note of its own, which is kept. What is
on a pick list leaves it first, so that the guard sees what is left to be picked.
"""

from collections import defaultdict
from dataclasses import dataclass, field, replace
from decimal import Decimal

from erp.exceptions import Refused
from erp.register.units import plain
from linkage.dates import business_date
from linkage.models import Document
from linkage.operation import StartOver, operation
from linkage.operations import balances
from sales.kits import leaving, left_of
from sales.models import PickRow, Role, SalesOrderRow
from sales.operations.following import follow_statuses
from sales.operations.going import goods_go
from sales.operations.holding import check_mended
from sales.operations.leaving import add_what_empties, leaving_serials
from sales.operations.noting import note_texts, open_notes
from sales.operations.packing import pack, packaging_of
from sales.operations.picks import check_not_picked, follow_picks
from sales.operations.structures import parts_below
from sales.operations.taking import check_row_open, take_order
from sales.operations.types import check_goods
from sales.operations.weights import follow_weights
from sales.statuses import LIVE, RowStatus
from sales.units import UnitsOfRows, parts_of

ZERO = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """So much of a row, in its unit; ``final``: nothing more comes, what stays open is released.

    ``base``: the same in the base unit, where it is known more exactly than the row's unit can say.
    ``serials``: the numbers of the pieces that leave, such as A-001..A-005; nothing is the row's own, in their order.
    ``pieces``: those of the parts of a fictitious part, by the id of their row.
    """

    row: SalesOrderRow
    quantity: Decimal
    final: bool = False
    serials: str = ""
    pick_row: PickRow | None = None
    base: Decimal | None = None
    pieces: dict = field(default_factory=dict)
    packs: int | None = None  # the id of the row that is packed in it


@operation
def deliver(
    *,
    row,
    quantity,
    by,
    effective_on=None,
    reference="",
    final=False,
    serials="",
    pieces=None,
    straight=False,
    reason="",
):
    """Deliver ``quantity`` (in the row's unit) of one row; see ``deliver_rows``. Returns the row."""
    line = Delivered(row=row, quantity=quantity, final=final, serials=serials, pieces=pieces or {})
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
    check_not_picked(
        [line.row for line in lines if line.row.demand is None and line.pick_row is None], "delivered without it"
    )
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
    add_what_empties([(line.row, base) for line, base in zip(lines, bases, strict=True)], pieces)

    day = effective_on or business_date()
    orders = {line.row.order_id: line.row.order for line in lines}
    notes = open_notes(orders.values(), pick_list=pick_list, effective_on=day, reference=reference, by=by)
    facts = {"by": by, "effective_on": day, "reason": reason, "reference": reference if straight else ""}
    goods_go(list(zip(lines, bases, strict=True)), notes=notes, pieces=pieces, **facts)
    note_texts(notes)
    follow_statuses(orders.values())
    follow_weights(orders.values())
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
    going = leaving(main, parts, line.quantity, units=units)
    left = left_of(main, parts)
    if line.final and line.quantity < left:
        raise Refused(
            f"{plain(line.quantity)} of {plain(left)} {main.unit} cannot be the final delivery of {main}: "
            "change the quantity of the row with its parts first, or end each of its parts by itself."
        )
    bases = {part.pk: base for part, _quantity, base in going}
    if stay := next((part for part in parts if line.pieces.get(part.pk) and not bases.get(part.pk)), None):
        raise Refused(f"Nothing of {stay} leaves with these {plain(line.quantity)} {main.unit}: name no pieces of it.")
    return [
        replace(line, row=part, quantity=quantity, base=base, serials=line.pieces.get(part.pk, ""), pieces={})
        for part, quantity, base in going
    ]


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
    if line.base is not None:
        return line.base
    return units.to_base(part=row.part, quantity=line.quantity, unit=row.unit)


def _check(line, base):
    row, quantity = line.row, line.quantity
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
    whole = {line.row.order_id: line.row.order for line in lines if not line.row.order.partial_delivery_allowed}
    picked = {line.row.order_id for line in lines if line.pick_row}
    waiting = defaultdict(list)
    rows = SalesOrderRow.objects.for_list().to_deliver().filter(order__in=whole).exclude(pk__in=leaving)
    for row in rows.in_order() if whole else ():
        is_credit = row.order_id in picked and row.quantity < 0
        if not is_credit and not goes_along(row, leaving):
            waiting[row.order_id].append(row)
    for order, missing in waiting.items():
        names = ", ".join(str(row) for row in missing[:5])
        raise Refused(f"{whole[order]} may not be delivered in parts: {names} must leave with it.")


def goes_along(row, leaving):
    """Whether a row has no delivery of its own: an extra below a row goes with it, a fictitious part with its parts.

    Alloy cost always goes with its main row, also with that of a fictitious part that is not among ``leaving``.
    """
    if row.is_kit or row.role == Role.ALLOY:
        return True
    return row.parent_id in leaving and row.demand_id is None


def _again(row):
    return SalesOrderRow.objects.for_list().get(pk=row.pk)
