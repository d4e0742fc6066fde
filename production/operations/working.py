"""Reporting on one operation of a line in our own work centres: begun, so many good, so many scrapped, in so long.

Goods do not move with it: the line is finished by ``reporting.finish``. Scrap is lost wherever it happens.
"""

from decimal import Decimal

from django.db.models import Sum
from django.utils import timezone

from erp.exceptions import Gone, Refused
from erp.register.units import check_fits, plain
from linkage.models import Status
from linkage.operation import operation
from production.models import Loss, Operation, OrderStatus, Report
from production.operations.reporting import check_reportable, finish, lock_line, scrap
from production.operations.steps import set_status, touch

ZERO = Decimal(0)


@operation
def start_operation(*, step, by, reason=""):
    """Report that work on an operation has begun; with the first one the order is started."""
    line = lock_line(step.line)
    step = _fresh(step)
    check_reportable(line.order)
    _check_not_on_hold(step)
    if step.started_at is not None:
        raise Refused(f"{step} has begun already.")
    return _begin(line, step)


@operation
def report_operation(
    *, step, by, effective_on, quantity=ZERO, scrapped=ZERO, minutes=ZERO, serials="", reason="", finish_line=False
):
    """Report ``quantity`` good and ``scrapped`` lost of an operation, and the ``minutes`` it took.

    Scrap uses components and cuts links, the latest need first. ``finish_line``: the good ones are finished goods as
    well, reported on the line in the same transaction, with their ``serials``.
    """
    line = lock_line(step.line)
    step = _fresh(step)
    _check(line, step, quantity=quantity, scrapped=scrapped, minutes=minutes, reason=reason)
    if step.started_at is None:
        step = _begin(line, step)
    facts = {"quantity": quantity, "scrapped": scrapped, "minutes": minutes, "reason": reason[:200]}
    report = Report.objects.create(line=line, operation=step, effective_on=effective_on, created_by=by, **facts)
    if scrapped:
        scrap(line, report)
    if finish_line and quantity:
        finish(line=line, quantity=quantity, serials=serials, by=by, effective_on=effective_on)
    elif serials:
        raise Refused("Serial numbers are given when the pieces are finished.")
    return report


@operation
def hold_operation(*, step, reason, by):
    """Mark an operation as on hold; nothing is reported on it until that ends. The others go on."""
    line = lock_line(step.line)
    step = _fresh(step)
    if not line.order.is_open or line.supply.status in {Status.CLOSED, Status.CANCELLED}:
        raise Refused(f"{line} is {line.supply.get_status_display().lower()}.")
    if step.is_subcontracted:
        raise Refused(f"{step} is done outside: what the supplier waits for is said on its purchase row.")
    if not reason.strip():
        raise Refused("Say why the operation is on hold.")
    return _mark(line, step, reason.strip()[:200])


@operation
def unhold_operation(*, step, by):
    """End the hold of an operation."""
    line = lock_line(step.line)
    step = _fresh(step)
    if not step.is_on_hold:
        raise Refused(f"{step} is not on hold.")
    return _mark(line, step, "")


def _mark(line, step, reason):
    step.hold_reason = reason
    step.save(update_fields=["hold_reason"])
    touch(line.order)
    return step


@operation
def see_loss(*, loss, by):
    """Take a loss off the worklist: somebody has looked at it and leaves the demand uncovered."""
    loss = Loss.objects.filter(pk=loss.pk).first() or _gone(loss)
    if loss.seen_at is not None:
        raise Refused("This loss is marked as seen already.")
    loss.seen_at = timezone.now()
    loss.save(update_fields=["seen_at"])
    return loss


def _fresh(step):
    return Operation.objects.for_list().filter(pk=step.pk).first() or _gone(step)


def _gone(row):
    raise Gone(row)


def _begin(line, step):
    if line.order.status == OrderStatus.RELEASED:
        line.order = set_status(line.order, OrderStatus.STARTED)
    step.started_at = timezone.now()
    step.save(update_fields=["started_at"])
    return step


def _check_not_on_hold(step):
    if step.is_on_hold:
        raise Refused(f"{step} is on hold: {step.hold_reason}")


def _check(line, step, *, quantity, scrapped, minutes, reason):
    check_reportable(line.order)
    if step.is_subcontracted:
        raise Refused(f"{step} is done outside: receiving {step.demand.part} reports it.")
    _check_not_on_hold(step)
    if line.supply.status in {Status.CLOSED, Status.CANCELLED}:
        raise Refused(f"{line} is finished.")
    if min(quantity, scrapped, minutes) < 0 or not (quantity or scrapped or minutes):
        raise Refused("Enter a quantity, scrap or minutes above 0.")
    if scrapped and not reason.strip():
        raise Refused("Say why it was scrapped.")
    for figure in (quantity, scrapped):
        check_fits(line.supply.part.unit, figure)
    if scrapped > line.supply.open:
        raise Refused(f"Only {plain(line.supply.open)} of {line} is to come; {plain(scrapped)} cannot be scrapped.")
    left = _left(line, step) - scrapped
    if quantity > left:
        raise Refused(f"Only {plain(max(left, ZERO))} of {step} is left to report; {plain(quantity)} was reported.")


def _left(line, step):
    """How many more good ones the operation can have: what the line can become, and what was lost after it."""
    supply = line.supply
    most = (supply.quantity - supply.cancelled) * (100 + supply.over_tolerance) / 100
    mine = Report.objects.standing().filter(operation=step).aggregate(good=Sum("quantity", default=ZERO))["good"]
    before = Report.objects.standing().filter(line=line, operation__position__lte=step.position)
    lost_before = before.aggregate(lost=Sum("scrapped", default=ZERO))["lost"]
    return most + line.scrapped - lost_before - mine
