"""What arrives on purchase rows, one or thousands at once, and taking it back."""

from erp.exceptions import LinesRefused, Refused
from linkage.locks import rows_of_orders_served
from linkage.models import Status
from linkage.operation import operation, settle
from linkage.operations import balances, change_supply, close_supply
from linkage.operations import reverse as reverse_movement
from linkage.owners import tell_served
from linkage.queries.whereabouts import whereabouts
from purchasing.models import PurchaseOrderRow
from purchasing.operations.courses import Arriving, courses_of, take_all, write
from purchasing.operations.seen import check_seen
from purchasing.operations.steps import (
    hold_orders,
    lock_order,
    lock_row,
    read_orders,
    status_from_rows,
    statuses_from_rows,
)
from purchasing.operations.straight import customers_of


@operation
def receive(*, row, by, quantity, effective_on, **facts):
    """Take in ``quantity`` (row's unit) of a row; what is promised stays promised on the shelf.

    Bound links come first, then claimed ones in the order of ``policy`` (default: the setting), unless ``shares``
    {link id: base quantity} says otherwise; what no link gets is free. ``seen`` is what the rehearsal showed: if a link
    moved since, nothing is posted. ``rejected`` (a ``Rejected``) came as well and was not taken in. More than ordered
    goes up to the supplier's tolerance, beyond it only if a buyer approves it (``approve_over``) with a ``reason``.
    ``final``: nothing more comes; within the under-tolerance the row is received, else closed short, and contract links
    are only cut with ``cut_contract``. What comes by drop shipment is delivered.
    """
    [fresh] = receive_delivery(lines=[Arriving(row=row, quantity=quantity, effective_on=effective_on, **facts)], by=by)
    return fresh


@operation
def receive_delivery(*, lines, by, reason=""):
    """Take in several rows, of one or several orders, as ``receive`` does each; returns the rows, in the lines' order.

    All of it is posted or nothing: the first line that is refused says why.
    """
    try:
        return receive_all(lines=lines, by=by, reason=reason)
    except LinesRefused as refused:
        raise refused.first from refused


@operation
def receive_all(*, lines, by, reason=""):
    """The same for a whole file (``Arriving`` each, a row may come again): LinesRefused names all that are wrong.

    Locks, reads and writes are the same few statements whatever the number of lines. Drop shipments take more: what
    came on one delivery note is one delivery, which writes row by row.
    """
    if not lines:
        raise Refused("Choose the rows that have come.")
    orders = lock_for_receipts([line.row for line in lines])
    rows = {row.pk: row for _, rows in orders for row in rows}
    if gone := [line.row for line in lines if line.row.pk not in rows]:
        raise Refused(f"{gone[0]} no longer exists.")
    courses = courses_of([rows[pk] for pk in dict.fromkeys(line.row.pk for line in lines)])
    if refused := take_all(courses, lines, by=by):
        raise LinesRefused(refused)

    write(list(courses.values()), by=by)
    statuses_from_rows(orders)
    fresh = PurchaseOrderRow.objects.for_list().in_bulk(list(courses))
    return [fresh[line.row.pk] for line in lines]


def lock_for_receipts(rows):
    """Lock all that receipts of these rows touch, in one call; [(order, its rows)] as they are now.

    The orders with their supplies and the demands promised; the shelves that goods are put on; the customers' orders
    that drop shipments deliver; the orders that services are done for.
    """
    hold_for_receipts(rows)
    return read_orders(list({row.order_id: None for row in rows}))


def hold_for_receipts(rows):
    """The same locks, where nobody asks for the orders yet."""
    orders = {row.order_id: row.order for row in rows}.values()
    hold_orders(orders, *_shelves(rows), *customers_of(rows))


def _shelves(rows):
    supplies = {row.supply_id: row.supply for row in rows}.values()
    stocked = {(supply.part_id, supply.warehouse_id) for supply in supplies if supply.part.is_stock_updated}
    services = [supply for supply in supplies if not supply.part.is_stock_updated]
    return [*(balances(sorted(stocked)).values() if stocked else ()), *rows_of_orders_served(*services)]


@operation
def reverse_receipt(*, row, movement, by, effective_on, quantity=None, seen=None, reason=""):
    """Take one receipt back: free goods first, then those of claimed, then of bound links; refused for what was used.

    ``quantity`` (base unit) takes back only so much. ``seen`` is what the page showed on the shelf: if it moved since,
    nothing is posted. The row is open again for what was taken back, and the order goes back with it.
    """
    row = lock_row(row, *_shelves([row]))
    if movement.supply_id != row.supply_id:
        raise Refused(f"{movement} is not a receipt of {row}.")
    if movement.to_stock_id:
        movement.to_stock.refresh_from_db()  # the caller read it before the lock
        check_seen(row, whereabouts(movement).standing, seen)
    if row.supply.status == Status.CLOSED:
        row.supply = change_supply(row.supply, status=Status.STARTED)

    reverse_movement(movement=movement, quantity=quantity, by=by, effective_on=effective_on, reason=reason)
    settle()
    tell_served([movement], by=by, taken_back=True)
    row.supply.refresh_from_db()
    _after_reversal(row)
    order, rows = lock_order(row.order)
    status_from_rows(order, rows)
    return next(fresh for fresh in rows if fresh.pk == row.pk)


def _after_reversal(row):
    """The row is open again, unless only what was more than ordered went back."""
    if row.supply.open == 0:
        row.supply = close_supply(row.supply)
        return
    row.supply = change_supply(row.supply, status=Status.STARTED if row.supply.done else Status.FIRM)
