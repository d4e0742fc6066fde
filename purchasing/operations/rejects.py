"""Goods that came and were not taken in, and taking such a reject back."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from erp.exceptions import Refused
from erp.register.units import check_fits, from_base, plain
from linkage.models import Status
from linkage.operation import operation
from linkage.operations import change_supply, close_supply
from purchasing.models import Reject
from purchasing.operations.steps import lock_order, lock_row, status_from_rows


@dataclass(frozen=True)
class Rejected:
    """What was refused of a delivery: ``quantity`` in the row's unit, a code of ``RejectReason``, words.

    ``owed``: the supplier owes a replacement, the goods are still to come. Otherwise they leave the order.
    """

    quantity: Decimal
    code: str
    note: str = ""
    owed: bool = True


def check_rejected(row, rejected):
    """Refuse a reject without a quantity or, where no code fits, without words."""
    if rejected.quantity <= 0:
        raise Refused("Enter a rejected quantity above 0.")
    if rejected.code == "other" and not rejected.note:
        raise Refused("Say in words why it was rejected.")
    check_fits(row.unit, rejected.quantity)


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
