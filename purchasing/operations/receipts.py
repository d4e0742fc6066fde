"""What arrives on a purchase row, and taking it back."""

from decimal import ROUND_UP, Decimal

from erp.exceptions import Refused
from erp.register.roles import may
from erp.register.units import check_fits, plain, to_base
from linkage.locks import rows_of_orders_served
from linkage.models import Status
from linkage.operation import operation, settle
from linkage.operations import balance_of, change_supply, close_supply
from linkage.operations import receive as post_receipt
from linkage.operations import reverse as reverse_movement
from linkage.owners import tell_served
from linkage.queries.whereabouts import whereabouts
from purchasing.operations.rejects import reject
from purchasing.operations.rows import end_row
from purchasing.operations.seen import check_seen, to_come_of
from purchasing.operations.steps import check_open, lock_order, lock_row, status_from_rows, words
from purchasing.operations.straight import customers_of, hand_on

ZERO, CENT, MOST_TOLERANCE = Decimal(0), Decimal("0.01"), 1000


@operation
def receive(
    *,
    row,
    quantity,
    by,
    effective_on,
    shares=None,
    policy=None,
    seen=None,
    rejected=None,
    final=False,
    approve_over=False,
    cut_contract=False,
    reference="",
    reason="",
):
    """Take in ``quantity`` (row's unit) of a row; what is promised stays promised on the shelf.

    Bound links come first, then claimed ones in the order of ``policy`` (default: the setting), unless ``shares``
    {link id: base quantity} says otherwise; what no link gets is free. ``seen`` is what the rehearsal showed: if a link
    moved since, nothing is posted. ``rejected`` (a ``Rejected``) came as well and was not taken in. More than ordered
    goes up to the supplier's tolerance, beyond it only if a buyer approves it with a reason. ``final``: nothing more
    comes; within the under-tolerance the row is received, else closed short. What comes by drop shipment is delivered.
    """
    row = lock_row(row, *shelf_of(row), *customers_of(row))
    if not row.order.is_at_supplier:
        raise Refused(f"{row.order} is {words(row.order)}; send it before goods are received.")
    check_open(row)
    check_seen(row, to_come_of(row), seen)
    if quantity < 0 or (quantity == 0 and rejected is None):
        raise Refused("Enter a quantity above 0.")
    check_fits(row.unit, quantity)
    if quantity:
        base = to_base(part=row.supply.part, quantity=quantity, unit=row.unit)
        _check_over(row, base, approve_over=approve_over, by=by, reason=reason)
        facts = {"by": by, "effective_on": effective_on, "reference": reference, "reason": reason}
        came = post_receipt(supply=row.supply, quantity=base, shares=shares, policy=policy, **facts)
        if row.order.drop_shipment:
            hand_on(row, came, by=by, effective_on=effective_on, reference=reference)
        settle()
        tell_served(came, by=by)
    row.supply.refresh_from_db()
    if rejected:
        reject(row, rejected, by=by, effective_on=effective_on, reference=reference, cut_contract=cut_contract)
    if row.is_open:
        _after_receipt(row, final=final, cut_contract=cut_contract, reason=reason)
    order, rows = lock_order(row.order)
    status_from_rows(order, rows)
    return next(fresh for fresh in rows if fresh.pk == row.pk)


def shelf_of(row):
    """What a receipt locks along: the shelf that goods are put on, or the orders that a service is done for."""
    part = row.supply.part
    if not part.is_stock_updated:
        return rows_of_orders_served(row.supply)
    return [balance_of(part, row.supply.warehouse)]


def _check_over(row, base, *, approve_over, by, reason):
    """Refuse more than the tolerance allows; a buyer's approval with a reason widens it for this row."""
    supply = row.supply
    ordered = supply.quantity - supply.cancelled
    if supply.done + base <= ordered * (100 + supply.over_tolerance) / 100:
        return
    over = supply.done + base - ordered
    if not approve_over:
        raise Refused(
            f"{plain(over)} {supply.part.unit} more than ordered on {row}; "
            f"{plain(supply.over_tolerance)} % are allowed. A buyer can approve it with a reason."
        )
    if not may(by, "purchase.write"):
        raise Refused(f"Only a buyer can approve {plain(over)} {supply.part.unit} more than ordered on {row}.")
    if not reason:
        raise Refused("Give the reason for taking in more than was ordered.")
    needed = (over * 100 / ordered).quantize(CENT, rounding=ROUND_UP)
    if needed > MOST_TOLERANCE:
        raise Refused(f"{plain(over)} {supply.part.unit} is more than ten times what {row} ordered.")
    row.supply = change_supply(supply, over_tolerance=needed)


def _after_receipt(row, *, final, cut_contract, reason):
    """Give the supply its status: closed when all is here, or when it was the last and little is missing."""
    supply = row.supply
    if supply.open == 0:
        row.supply = close_supply(supply)
    elif not final:
        row.supply = change_supply(supply, status=Status.STARTED) if supply.done else supply
    else:
        ordered = supply.quantity - supply.cancelled
        within = supply.open <= ordered * row.under_tolerance / 100
        end_row(row, cut_contract=cut_contract or within, reason=reason, short=not within)


@operation
def reverse_receipt(*, row, movement, by, effective_on, quantity=None, seen=None, reason=""):
    """Take one receipt back: free goods first, then those of claimed, then of bound links; refused for what was used.

    ``quantity`` (base unit) takes back only so much. ``seen`` is what the page showed on the shelf: if it moved since,
    nothing is posted. The row is open again for what was taken back, and the order goes back with it.
    """
    row = lock_row(row, *shelf_of(row))
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
