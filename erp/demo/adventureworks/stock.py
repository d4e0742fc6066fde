"""On hand: one adjustment per part brings what the load has moved to what ProductInventory says."""

from collections import defaultdict
from decimal import Decimal

from django.db.models import Sum
from django.utils import timezone

from erp.demo.adventureworks import files
from erp.demo.adventureworks.reports import TableReport
from erp.demo.adventureworks.writing import LOADED, insert, our_warehouse, parts_by_id
from erp.exceptions import Refused
from erp.register.units import plain
from linkage.dates import business_date
from linkage.locks import lock
from linkage.models import StockMovement
from linkage.models.movements import MovementKind
from linkage.operation import operation
from linkage.operations import balances

ZERO = Decimal(0)


@operation
def load_stock(*, by, source, tick, is_counted=True):
    """Adjust each part's balance by the inventory of all locations less what the load itself has moved so far.

    So a second load adjusts nothing, and what people received or took since stays as it is. ``is_counted`` False: 0.
    """
    report = TableReport("stock")
    parts = parts_by_id(source.rows(files.PRODUCTS))
    wanted = _wanted(source, parts) if is_counted else {}
    warehouse = our_warehouse()
    shelves = balances([(part.pk, warehouse.pk) for part in parts.values()])
    shelves = lock(*shelves.values()) if shelves else []
    moved = _moved_by_the_load(shelves)

    by_pk = {part.pk: part for part in parts.values()}
    changes = {shelf: wanted.get(shelf.part_id, ZERO) - moved.get(shelf.pk, ZERO) for shelf in shelves}
    movements = [_adjustment(by_pk[shelf.part_id], shelf, change, by) for shelf, change in changes.items() if change]
    insert(StockMovement, movements)
    _account(report, source, parts, {movement.part_id for movement in movements}, is_counted=is_counted)
    report.notes.append(f"{len(movements)} balances adjusted")
    return report


def _wanted(source, parts):
    """{part: on hand in all locations}"""
    wanted = defaultdict(Decimal)
    for row in source.rows(files.INVENTORY):
        if row.product in parts:
            wanted[parts[row.product].pk] += row.quantity
    return wanted


def _account(report, source, parts, adjusted, *, is_counted):
    rows = source.rows(files.INVENTORY)
    report.leave_out(files.INVENTORY, [row for row in rows if row.product not in parts], "its product is not loaded")
    known = [row for row in rows if row.product in parts]
    if not is_counted:
        report.leave_out(files.INVENTORY, known, "on hand is set to 0 (--no-stock)")
        return
    report.load(files.INVENTORY, [row for row in known if parts[row.product].pk in adjusted])
    report.keep(files.INVENTORY, [row for row in known if parts[row.product].pk not in adjusted])


def _moved_by_the_load(shelves):
    """{balance: net quantity} of the movements that the load made, this time or before."""
    ours = StockMovement.objects.filter(reason__startswith=LOADED, reverses=None)
    net = defaultdict(Decimal)
    for side, sign in (("to_stock", 1), ("from_stock", -1)):
        sums = ours.filter(**{f"{side}__in": shelves}).order_by().values_list(side)
        for shelf, quantity in sums.annotate(Sum("quantity")):
            net[shelf] += sign * quantity
    return net


def _adjustment(part, shelf, change, by):
    if -change > shelf.free:
        raise Refused(
            f"{plain(-change)} {part.unit} of {part} are to be taken off its stock, but only {plain(shelf.free)} are "
            "free: links made since the last load hold the rest."
        )
    side = {"to_stock": shelf} if change > 0 else {"from_stock": shelf}
    return StockMovement(
        kind=MovementKind.ADJUSTMENT,
        part=part,
        quantity=abs(change),
        effective_on=business_date(),
        reason=LOADED,
        reference="ProductInventory",
        created_by=by,
        created_at=timezone.now(),
        **side,
    )
