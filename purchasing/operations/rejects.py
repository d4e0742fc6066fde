"""Goods that came and were not taken in, and taking such a reject back."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from erp.exceptions import Refused
from erp.register.units import check_fits, from_base, plain, to_base
from linkage.models import Status
from linkage.operation import operation
from linkage.operations import change_supply, close_supply
from linkage.operations.positions import cut_supply_links
from purchasing.models import Reject
from purchasing.operations.rows import check_contract, end_row
from purchasing.operations.steps import links_to_come, lock_order, lock_row, status_from_rows

ZERO = Decimal(0)


@dataclass(frozen=True)
class Rejected:
    """What was refused of a delivery: ``quantity`` in the row's unit, a code of ``RejectReason``, words.

    ``owed``: the supplier owes a replacement, the goods are still to come. Otherwise they leave the order.
    """

    quantity: Decimal
    code: str
    note: str = ""
    owed: bool = True


def reject(row, rejected, *, by, effective_on, reference, cut_contract):
    """A step of a receipt: keep what was refused; what is not replaced will not come, and its demands open again."""
    if rejected.quantity <= 0:
        raise Refused("Enter a rejected quantity above 0.")
    if rejected.code == "other" and not rejected.note:
        raise Refused("Say in words why it was rejected.")
    check_fits(row.unit, rejected.quantity)
    base = to_base(part=row.supply.part, quantity=rejected.quantity, unit=row.unit)
    given_up = ZERO if rejected.owed else min(base, row.supply.open)
    made = Reject.objects.create(
        row=row,
        quantity=base,
        given_up=given_up,
        owed=rejected.owed,
        code=rejected.code,
        note=rejected.note[:200],
        reference=reference,
        effective_on=effective_on,
        created_by=by,
    )
    if given_up:
        _give_up(row, given_up, cut_contract=cut_contract, reason=f"rejected: {made.words}")
    return made


def _give_up(row, base, *, cut_contract, reason):
    """So much of a row (base unit) will not come: free goods go first, then claimed, then bound links."""
    supply = row.supply
    if base == supply.open:
        end_row(row, cut_contract=cut_contract, reason=reason)
        return
    left = supply.open - base
    contracts = sum(link.to_come for link in links_to_come([supply]) if link.contract)
    if contracts > left:
        check_contract(row, cut_contract=cut_contract)
    cut_supply_links(supply, to=left, reason=reason)
    row.supply = change_supply(supply, cancelled=supply.cancelled + base)
    row.quantity -= from_base(part=supply.part, quantity=base, unit=row.unit)
    row.save(update_fields=["quantity"])


@operation
def take_back_reject(*, row, reject, by, reason=""):
    """A reject was a mistake: what had left the order because of it is to come again, and free.

    Refused on a row that was cancelled, because nothing is left of it.
    """
    row = lock_row(row)
    reject = Reject.objects.get(pk=reject.pk)
    if reject.row_id != row.pk:
        raise Refused(f"{reject} is not of {row}.")
    if reject.taken_back_at:
        raise Refused(f"{reject} is already taken back.")
    if reject.given_up:
        _to_come_again(row, reject.given_up)
    reject.taken_back_at = timezone.now()
    reject.save(update_fields=["taken_back_at"])
    order, rows = lock_order(row.order)
    if not order.is_not_sent:
        status_from_rows(order, rows)
    return next(fresh for fresh in rows if fresh.pk == row.pk)


def _to_come_again(row, base):
    supply = row.supply
    if supply.status == Status.CANCELLED:
        part = supply.part
        raise Refused(f"{row} is cancelled: order the {plain(base)} {part.unit} of {part} anew.")
    if supply.status == Status.CLOSED:
        row.short_closed, row.short_closed_reason = False, ""
    status = Status.STARTED if supply.done else supply.status
    row.supply = change_supply(supply, status=status, cancelled=supply.cancelled - base)
    ordered = row.supply.quantity - row.supply.cancelled
    row.quantity = max(row.quantity, from_base(part=supply.part, quantity=ordered, unit=row.unit))
    row.save(update_fields=["quantity", "short_closed", "short_closed_reason"])
    if row.supply.open == 0:  # more than was left had come meanwhile
        row.supply = close_supply(row.supply)
