"""What arrives on a purchase row, and taking it back."""

from decimal import ROUND_UP, Decimal

from erp.exceptions import Refused, Stale
from erp.register.roles import may
from erp.register.units import check_fits, plain, to_base
from linkage.models import OrderLink, Status
from linkage.operation import operation, settle
from linkage.operations import balance_of, change_supply, close_supply
from linkage.operations import receive as post_receipt
from linkage.operations import reverse as reverse_movement
from purchasing.operations.rejects import reject
from purchasing.operations.rows import end_row
from purchasing.operations.steps import check_open, lock_order, lock_row, status_from_rows, words

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
    comes; within the under-tolerance the row is received, else closed short.
    """
    row = lock_row(row, *shelf_of(row))
    if not row.order.is_at_supplier:
        raise Refused(f"{row.order} is {words(row.order)}; send it before goods are received.")
    check_open(row)
    check_seen(row, seen)
    if quantity < 0 or (quantity == 0 and rejected is None):
        raise Refused("Enter a quantity above 0.")
    check_fits(row.unit, quantity)
    if quantity:
        base = to_base(part=row.supply.part, quantity=quantity, unit=row.unit)
        _check_over(row, base, approve_over=approve_over, by=by, reason=reason)
        facts = {"by": by, "effective_on": effective_on, "reference": reference, "reason": reason}
        post_receipt(supply=row.supply, quantity=base, shares=shares, policy=policy, **facts)
        settle()
    row.supply.refresh_from_db()
    if rejected:
        reject(row, rejected, by=by, effective_on=effective_on, reference=reference, cut_contract=cut_contract)
    if row.is_open:
        _after_receipt(row, final=final, cut_contract=cut_contract, reason=reason)
    order, rows = lock_order(row.order)
    status_from_rows(order, rows)
    return next(fresh for fresh in rows if fresh.pk == row.pk)


def check_seen(row, seen):
    """Refuse what was prepared on figures that have moved since."""
    if theirs := differences(row, seen):
        moved = ", ".join(f"{label} {now} now, {then} shown" for label, (now, then) in theirs.items())
        raise Stale(f"{row} has moved since this was shown: {moved}. Look again before you post.", theirs=theirs)


def differences(row, seen):
    """{whom: (now, shown)} of what differs from what a page showed; nothing where it showed none."""
    now = standing(row)
    if seen is None or seen == now:
        return {}
    labels = links_called(set(seen) | set(now))
    return {
        labels.get(pk, "free"): (plain(now.get(pk, ZERO)), plain(seen.get(pk, ZERO)))
        for pk in sorted(set(seen) | set(now))
        if seen.get(pk) != now.get(pk)
    }


def standing(row):
    """What a rehearsal shows and a receipt checks: {link id: to come}, and under 0 what is free."""
    links = OrderLink.objects.filter(supply=row.supply_id, to_come__gt=0)
    return dict(links.values_list("pk", "to_come")) | {0: row.supply.free}


def links_called(ids):
    """{link id: whom it is for} of links, ended ones too."""
    return {link.pk: str(link.demand) for link in OrderLink.objects.filter(pk__in=ids).with_ends()}


def shelf_of(row):
    part = row.supply.part
    return [balance_of(part, row.supply.warehouse)] if part.is_stock_updated else []


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
def reverse_receipt(*, row, movement, by, effective_on, reason=""):
    """Take one receipt back: free goods first, then those of claimed, then of bound links; refused for what was used.

    The row is open again for what was taken back, and the order goes back with it.
    """
    row = lock_row(row, *shelf_of(row))
    if movement.supply_id != row.supply_id:
        raise Refused(f"{movement} is not a receipt of {row}.")
    if row.supply.status == Status.CLOSED:
        row.supply = change_supply(row.supply, status=Status.STARTED)

    reverse_movement(movement=movement, by=by, effective_on=effective_on, reason=reason)
    settle()
    row.supply.refresh_from_db()
    row.supply = change_supply(row.supply, status=Status.STARTED if row.supply.done else Status.FIRM)
    order, rows = lock_order(row.order)
    status_from_rows(order, rows)
    return next(fresh for fresh in rows if fresh.pk == row.pk)
