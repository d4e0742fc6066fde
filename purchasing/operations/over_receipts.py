"""More came than the tolerance allows: the warehouse asks, a buyer has it posted or declines; who asked may withdraw.

Until then nothing is counted. What is posted goes through ``receive``, on the figures of that moment.
"""

from django.utils import timezone

from erp.exceptions import Refused
from erp.register.roles import may
from erp.register.units import check_fits, plain, to_base
from linkage.operation import operation
from purchasing.models import OverReceipt, Verdict
from purchasing.operations.courses import courses_of
from purchasing.operations.receipts import lock_for_receipts, receive
from purchasing.operations.seen import check_seen
from purchasing.operations.steps import check_open, lock_row, words


@operation
def ask_over_receipt(*, row, by, quantity, effective_on, reason, reference="", final=False, seen=None):
    """Keep a receipt beyond the tolerance until a buyer decides; nothing is posted. One waits for a row."""
    row = lock_row(row)
    check_open(row)
    if not row.order.is_at_supplier:
        raise Refused(f"{row.order} is {words(row.order)}; send it before goods are received.")
    if not reason:
        raise Refused("Give the reason for taking in more than was ordered.")
    standing = courses_of([row])[row.pk].standing
    check_seen(row, standing, seen)
    _check_is_over(row, quantity)
    if waits := row.over_receipts.waiting().for_list().first():
        raise Refused(f"{waits.created_by} asked already: the {waits} waits for a buyer.")

    return OverReceipt.objects.create(
        row=row,
        quantity=quantity,
        effective_on=effective_on,
        reference=reference,
        final=final,
        reason=reason,
        seen={str(pk): str(figure) for pk, figure in standing.items()},
        created_by=by,
    )


def check_may_be_asked(row, over):
    """Refuse so much (base unit) more than ordered where a buyer could not take it in either."""
    if over > 10 * _ordered(row.supply):
        raise Refused(f"{plain(over)} {row.supply.part.unit} is more than ten times what {row} ordered.")
    if not row.keeps_more:
        part, straight = row.supply.part, row.order.drop_shipment
        why = f"{row.order} goes straight to the customer" if straight else f"{part} is a service"
        raise Refused(f"{why}: nothing more than was ordered of {row} can be kept. Change the row first.")


def _check_is_over(row, quantity):
    check_fits(row.unit, quantity)
    supply = row.supply
    over = supply.done + to_base(part=supply.part, quantity=quantity, unit=row.unit) - _ordered(supply)
    check_may_be_asked(row, over)
    if over <= _ordered(supply) * supply.over_tolerance / 100:
        raise Refused(
            f"{plain(quantity)} {row.unit} of {row} are within the {plain(supply.over_tolerance)} % that are "
            "allowed: post the receipt."
        )


def _ordered(supply):
    return supply.quantity - supply.cancelled


@operation
def approve_over_receipt(*, over_receipt, by, **facts):
    """Post what was asked for as ``receive`` does with these facts, and note who approved it; returns the row."""
    over_receipt = _waiting(over_receipt, by=by)

    row = receive(row=over_receipt.row, by=by, **facts | {"approve_over": True})
    _decide(over_receipt, Verdict.APPROVED, by=by, verdict=facts.get("reason", ""))
    return row


@operation
def decline_over_receipt(*, over_receipt, by, reason):
    """The goods are not taken in; why stands in the list and on the order."""
    over_receipt = _waiting(over_receipt, by=by)
    if not reason:
        raise Refused("Say why it is declined: the warehouse has the goods and reads it.")
    return _decide(over_receipt, Verdict.DECLINED, by=by, verdict=reason)


@operation
def withdraw_over_receipt(*, over_receipt, by, reason=""):
    """Who asked takes the question back, while no buyer has decided: it was a mistake, or the goods went back."""
    lock_for_receipts([over_receipt.row])
    now = _still_waiting(over_receipt)
    if now.created_by_id != by.pk:
        raise Refused(f"{now.created_by} asked about the {now}: nobody else takes that back; a buyer declines.")
    return _decide(now, Verdict.WITHDRAWN, by=by, verdict=reason)


def decline_waiting(order, *, by, verdict):
    """A step: nothing of the order is taken in any more."""
    facts = {"status": Verdict.DECLINED, "verdict": verdict, "decided_by": by, "decided_at": timezone.now()}
    OverReceipt.objects.waiting().filter(row__order=order).update(**facts)


def _waiting(over_receipt, *, by):
    """The request as it is now, with all that a receipt of its row locks."""
    lock_for_receipts([over_receipt.row])
    if not may(by, "purchase.write"):
        raise Refused("Only a buyer decides about more than was ordered.")
    return _still_waiting(over_receipt)


def _still_waiting(over_receipt):
    now = OverReceipt.objects.for_list().get(pk=over_receipt.pk)
    if not now.is_waiting:
        raise Refused(f"The {now} is {now.get_status_display().lower()} by {now.decided_by}.")
    return now


def _decide(over_receipt, status, *, by, verdict):
    over_receipt.status, over_receipt.verdict = status, verdict
    over_receipt.decided_by, over_receipt.decided_at = by, timezone.now()
    over_receipt.save(update_fields=["status", "verdict", "decided_by", "decided_at"])
    return over_receipt
