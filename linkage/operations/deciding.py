"""The worklist of undecided changes: what was left there, and what a person makes of it."""

from django.utils import timezone

from erp.exceptions import Refused
from linkage.changes.plan import Left
from linkage.changes.worklist import subject_of
from linkage.models import Supply, UndecidedChange
from linkage.operation import operation
from linkage.owners import owner_of
from linkage.statuses import Change


def leave_for_worklist(plan, *, by, reason=""):
    """A step: note what a plan left undecided. A newer change of the same order takes the place of an older one.

    An order that was to be reduced is to be reduced by both, as far as nobody has been promised it meanwhile.
    """
    left = list(plan.left)
    if not plan.decisions.by_person:
        left += [left_of(question) for question in plan.open_questions]
    for one in left:
        subject = {"change": one.change, "supply_id": one.supply, "demand_id": one.demand}
        older = UndecidedChange.objects.waiting().filter(**subject)
        quantity = _reduced_by_both(one, older.first())
        older.delete()
        UndecidedChange.objects.create(**subject, quantity=quantity, date=one.date, reason=reason[:200], created_by=by)


def _reduced_by_both(one, older):
    if older is None or one.change != Change.LESS or one.demand or None in (one.quantity, older.quantity):
        return one.quantity
    supply = Supply.objects.get(pk=one.supply)
    needed = supply.quantity - supply.free
    return min(one.quantity, max(one.quantity + older.quantity - supply.quantity, needed))


def left_of(question):
    """What an open question leaves: about an order, a need or a link between the two."""
    node = question.subject
    kind = question.key.partition("-")[0]
    if kind in {"link", "row", "rowq"}:
        ends = {"supply": node.supply.pk, "demand": node.demand.pk}
    else:
        ends = {"demand" if kind == "more" else "supply": node.pk}
    return Left(question.change, quantity=question.quantity, date=question.date, **ends)


@operation
def decide(*, undecided, by, does):
    """Do what was left undecided, or leave the order as it is; either way it leaves the worklist.

    Doing it is the order's own operation, with all its checks.
    """
    decision = {"decided_by": by, "decided_at": timezone.now(), "decision": "done" if does else "left"}
    # The update is the lock: of two who press at once, the second waits here and then finds it decided.
    if not UndecidedChange.objects.waiting().filter(pk=undecided.pk).update(**decision):
        raise Refused("Somebody has decided this meanwhile.")
    undecided = UndecidedChange.objects.for_list().get(pk=undecided.pk)
    if does:
        _do(undecided, by=by)
    return undecided


def _do(undecided, *, by):
    position = subject_of(undecided)
    owner = owner_of(position)
    if undecided.change == Change.DATE:
        owner.change_date(position, date=undecided.date, by=by)
    elif undecided.change == Change.LESS and undecided.supply:
        owner.change_quantity(position, quantity=undecided.quantity, by=by)
    elif undecided.change == Change.CANCEL and not undecided.demand:
        owner.cancel(position, by=by, reason=undecided.reason)
    elif undecided.change == Change.PRIORITY and undecided.supply:
        owner.take_priority(position, by=by)
    elif undecided.change == Change.REVISION and undecided.supply:
        owner.take_revision(position, by=by)
    else:
        raise Refused(f"Cover {position} by a link or an order, then leave this.")
