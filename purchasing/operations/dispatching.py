"""Documents on their way to the supplier.

A dispatch is written in the transaction of what it tells, its mail goes out after the commit: nothing is sent that did
not happen, and what happened is never without its dispatch. Whoever sends takes the dispatch first, with one UPDATE
that only one can win; so a mail goes out once, whoever presses how often. What fails waits on the page.
"""

from contextlib import nullcontext
from datetime import timedelta
from functools import partial

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import F, Max, Q
from django.utils import timezone

from erp.exceptions import Refused
from erp.register.history import recording
from linkage.locks import lock
from linkage.operation import is_running, operation
from purchasing.mailing import mail_of
from purchasing.models import Dispatch, How, Outcome
from purchasing.statuses import PurchaseStatus

LOST_AFTER = timedelta(minutes=10)  # a mail that is "being sent" for so long: its server died on the way


def next_version(order):
    return (order.dispatches.aggregate(last=Max("version"))["last"] or 0) + 1


def dispatch(order, texts, *, version, how, address, by):
    """A step: keep the document that goes out; a mail is sent once the transaction has committed."""
    facts = {"order": order, "texts": texts, "version": version, "created_by": by} | route(how, address)
    made = Dispatch.objects.create(**facts)
    if how == How.EMAIL:
        transaction.on_commit(partial(deliver, made.pk, by=by))
    return made


def route(how, address):
    """How it goes, and how far it is then: the facts of a ``Dispatched``."""
    if how != How.EMAIL:
        return {"how": how, "address": "", "outcome": Outcome.SENT, "sent_at": timezone.now(), "error": ""}
    _check_address(address)
    return {"how": how, "address": address, "outcome": Outcome.WAITING, "sent_at": None, "error": ""}


def _check_address(address):
    if not address:
        raise Refused("There is no e-mail address to send it to. Enter one, or send it another way.")
    try:
        validate_email(address)
    except ValidationError:
        raise Refused(f"{address} is no e-mail address.") from None


def deliver(pk, *, by):
    """Send a waiting mail to a supplier; whether this call was the one that sent it."""
    return deliver_mail(Dispatch.objects.for_list().select_related("order__buyer").filter(pk=pk), mail_of, by=by)


def deliver_mail(mine, make_mail, *, by):
    """Send the waiting mail of a queryset of one ``Dispatched``. What goes wrong is noted, never raised.

    After a commit it belongs to the operation that wanted it, and the timeline calls it so.
    """
    with nullcontext() if is_running() else recording(by=by, operation=f"{mine.model._meta.app_label}.send_mail"):
        if not _take(mine):
            return False
        try:
            make_mail(mine.get()).send()
        except Exception as error:  # whatever it is: who sent it reads it on the page and tries again
            mine.update(outcome=Outcome.FAILED, error=f"{type(error).__name__}: {error}"[:300])
            return False
        mine.update(outcome=Outcome.SENT, sent_at=timezone.now(), error="")
        return True


def _take(mine):
    waiting = mine.filter(outcome=Outcome.WAITING)
    return waiting.update(outcome=Outcome.SENDING, attempts=F("attempts") + 1, tried_at=timezone.now())


def still_to_go(rows):
    """Those of ``Dispatched`` rows that may be sent again: not one that is just being sent, nor one that was sent."""
    stuck = Q(outcome=Outcome.SENDING, tried_at__lt=timezone.now() - LOST_AFTER)
    return rows.filter(Q(outcome__in=[Outcome.WAITING, Outcome.FAILED]) | stuck)


@operation
def send_again(*, dispatch, how, by, address="", reason=""):
    """Try a mail again that did not go out, to the same or another address, or note that it went another way.

    Not one that is just being sent; one whose server died on the way may be sent again after ten minutes. A mail must
    still hold: it tells the supplier nothing that is over.
    """
    lock(dispatch.order.document)
    free = still_to_go(Dispatch.objects.filter(pk=dispatch.pk))
    if how == How.EMAIL and (mine := free.for_list().first()):
        _check_holds(mine)

    return route_again(free, dispatch.pk, how=how, address=address, deliver=partial(deliver, dispatch.pk, by=by))


def route_again(free, pk, *, how, address, deliver):
    """A step: a kept document goes this way now, if it is one of those ``still_to_go``. Returns it as it is then."""
    kept = free.model.objects.for_list()
    # The update is the lock: of two who press at once, the second waits here and then finds it gone.
    if not free.update(**route(how, address)):
        now = kept.get(pk=pk)
        raise Refused(f"{now} is {now.get_outcome_display().lower()}.")
    if how == How.EMAIL:
        transaction.on_commit(deliver)
    return kept.get(pk=pk)


def _check_holds(dispatch):
    if why := why_over(dispatch):
        raise Refused(
            f"{dispatch} no longer holds: {why}. If it reached the supplier another way, note that it was sent "
            "otherwise."
        )


def why_over(dispatch):
    """Why a mail is not sent again: a newer version was made, or it orders what we do not want any more; else ""."""
    order, last = dispatch.order, next_version(dispatch.order) - 1
    why = []
    # The request that tells of the cancelling lists no rows any more.
    if order.is_not_sent or (order.status == PurchaseStatus.CANCELLED and dispatch.texts["rows"]):
        why.append(f"the order is {order.get_status_display().lower()}")
    if dispatch.version < last:
        why.append(f"version {last} is the latest")
    return " and ".join(why)
