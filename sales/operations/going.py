"""What a delivery writes, for all its rows at once: goods, picks, pieces, notes, and which rows are finished.

A step inside ``deliver_rows``, which has locked and checked everything. The number of statements does not grow with the
rows; what has to make room for free stock, or is a fictitious part, takes some of its own.
"""

from decimal import Decimal

from django.db.models import Sum
from django.utils import timezone

from erp.exceptions import Refused
from erp.register.units import plain
from linkage.models import Demand, Status
from linkage.models.movements import MovementKind
from linkage.operation import settle
from linkage.operations import balances, close_demands
from linkage.operations.issuing import Leaving, issue_all
from linkage.operations.reserving import on_shelf_of, reserve
from sales.models import DeliveryRow, Role, RowType, SalesOrderRow
from sales.operations.leaving import take_along
from sales.operations.noting import metal_to_note, note_rows
from sales.operations.picks import end_picks, picked_of
from sales.operations.serials import free_serials
from sales.operations.structures import settle_above
from sales.statuses import COMMON, PARTLY

ZERO = Decimal(0)


def goods_go(leaving, *, notes, pieces, by, effective_on, reference, reason):
    """Write what leaves: (line, base quantity) each. ``notes`` by order, ``pieces`` by row."""
    end_picks([(line.pick_row, base, line.final) for line, base in leaving if line.pick_row])
    goods = [(line, base) for line, base in leaving if line.row.demand]
    moved = {}
    if goods:
        _leave_the_picked(goods, by=by)
        wanted = [
            Leaving(demand=line.row.demand, quantity=base, reference=reference or notes[line.row.order_id].number)
            for line, base in goods
        ]
        moved = issue_all(wanted, by=by, effective_on=effective_on, kind=MovementKind.DELIVERY, reason=reason)
        take_along([(line.row, moved[line.row.demand_id], pieces.get(line.row.pk)) for line, _base in goods])
        settle()
        _read_again(goods)
    _note(leaving, notes, moved)
    closed = _settle_rows([line for line, _base in leaving], reason=reason)
    _close_along(closed, notes, leaving)
    _settle_kits([line.row for line, _base in leaving], notes)


def _read_again(goods):
    """What the guard has summed meanwhile."""
    fresh = Demand.objects.select_related("document", "part__unit").in_bulk([line.row.demand_id for line, _b in goods])
    for line, _base in goods:
        line.row.demand = fresh[line.row.demand_id]


def _leave_the_picked(goods, *, by):
    """What stands on pick lists stays on the shelf: for the rest of a row free stock is promised to it first."""
    picked = picked_of([line.row for line, _base in goods])
    if not picked:
        return
    beside = [(line.row, base) for line, base in goods if line.row.pk in picked]
    lying = on_shelf_of([row.demand for row, _base in beside])
    short = []
    for row, base in beside:
        if base > row.demand.open - picked[row.pk]:
            on_list = f"{plain(picked[row.pk])} {row.part.unit} of {row}"
            raise Refused(f"{on_list} are on a pick list: report that list, or change it first.")
        own = max(lying.get(row.demand_id, ZERO) - picked[row.pk], ZERO)
        if base > own:
            short.append((row, base - own))
    if not short:
        return
    shelves = balances([(row.part_id, row.warehouse_id) for row, _quantity in short])
    wanted = [(row.demand, shelves[row.part_id, row.warehouse_id], quantity) for row, quantity in short]
    reserve(wanted, rule="", reason="delivered beside a pick list", by=by)
    settle()


def _note(leaving, notes, moved):
    """What is packed in something stands on the note before its packaging, which names it."""
    noted = {}
    for packaging in (False, True):
        mine = [(line, base) for line, base in leaving if (line.packs is not None) == packaging]
        rows = [
            DeliveryRow(
                note=notes[line.row.order_id],
                row=line.row,
                quantity=line.quantity,
                base_quantity=base,
                pick_row=line.pick_row,
                packs=noted.get(line.packs),
                final=line.final,
            )
            for line, base in mine
        ]
        movements = [moved.get(line.row.demand_id, ()) if line.row.demand_id else () for line, _base in mine]
        made = note_rows(list(zip(rows, movements, strict=True)))
        noted |= {one.row_id: one for one in made}


def _settle_rows(lines, *, reason):
    """Rows of which nothing is open are finished, and those whose delivery was final; returns them."""
    closed = [line for line in lines if line.row.demand is None or line.final or line.row.demand.open == 0]
    goods = [line for line in lines if line.row.demand]
    short = [line for line in goods if line.final and line.row.demand.open]
    going_on = [line.row.demand for line in goods if not line.final and line.row.demand.open]
    _give_status([line.row.demand for line in goods if line.row.demand.open == 0], Status.CLOSED)
    _give_status([demand for demand in going_on if demand.status != COMMON[PARTLY]], COMMON[PARTLY])
    if short:
        close_demands([line.row.demand for line in short], reason=reason or "the rest is not delivered")
        _read_again([(line, None) for line in short])
    rows = [line.row for line in closed]
    free_serials([row for row in rows if row.demand])  # those of what is not delivered any more
    now = timezone.now()
    for row in rows:
        row.closed_at = now
    SalesOrderRow.objects.filter(pk__in=[row.pk for row in rows]).update(closed_at=now)
    return rows


def _give_status(demands, status):
    """Nothing is open of these, or something is delivered: no link has to end for it."""
    for demand in demands:
        demand.status = status
    if demands:
        Demand.objects.filter(pk__in=[demand.pk for demand in demands]).update(status=status)


def _close_along(closed, notes, leaving):
    """What costs something below a delivered row is delivered with it."""
    mains = {row.pk: row for row in closed}
    below = SalesOrderRow.objects.filter(parent__in=mains, row_type=RowType.ADDITIONAL, closed_at=None).order_by("pk")
    going = {line.row.pk for line, _base in leaving}
    along = [(row, _quantity_of(mains[row.parent_id], row)) for row in below if row.pk not in going]
    _note_costs(along, notes)
    ids = [row.pk for row, _quantity in along]
    if ids:
        SalesOrderRow.objects.filter(pk__in=ids).update(closed_at=timezone.now())


def _quantity_of(main, row):
    """The metal of what left: a row that ends short costs no metal of what never came."""
    if row.role != Role.ALLOY or main.demand is None or main.demand.done >= main.demand.quantity:
        return row.quantity
    left = main.delivery_rows.standing().aggregate(left=Sum("quantity"))["left"]
    return min(row.quantity, left)


def _note_costs(along, notes):
    note_rows(
        [
            (DeliveryRow(note=notes[row.order_id], row=row, quantity=quantity, base_quantity=abs(quantity)), ())
            for row, quantity in along
        ]
    )


def _settle_kits(rows, notes):
    """Fictitious parts of which parts left: delivered with the last of them, and their metal noted."""
    for row in {row.parent_id: row for row in rows if row.is_of_kit}.values():
        _note_costs([(alloy, alloy.quantity) for alloy in metal_to_note(settle_above(row))], notes)
