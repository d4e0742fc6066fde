"""Quotes, confirmations and delivery notes on their way to the customer: kept as they went, mailed after the commit."""

from functools import partial

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from erp.exceptions import Refused
from linkage.locks import lock
from linkage.operation import operation
from purchasing.models import How
from purchasing.operations.dispatching import deliver_mail, route, route_again, still_to_go
from sales.mailing import mail_of
from sales.models import Paper, SalesDispatch
from sales.operations.holding import check_whole
from sales.operations.orders import confirm_order
from sales.operations.taking import check_open, take_order
from sales.papers import document_of, note_paper, order_paper
from sales.statuses import CONFIRMED, may_become


@operation
def send_order(*, order, how, by, address="", reason=""):
    """Send a quote or an order confirmation; a registered order is confirmed with it. Returns what was kept."""
    order, rows = take_order(order, rows=list(order.rows.all()))
    check_open(order)
    check_whole(order, rows)
    if may_become(order.status, CONFIRMED):
        order = confirm_order(order=order, by=by)
    document = document_of(order)
    version = _next_version(order=order, document=document)
    texts = order_paper(order, version=version)
    return _keep(order, texts, document=document, version=version, how=how, address=address, by=by)


@operation
def send_note(*, note, how, by, address="", reason=""):
    """Send a delivery note of which something was not taken back. Returns what was kept."""
    order, _rows = take_order(note.order)
    if not note.rows.standing().exists():
        raise Refused(f"Everything on {note} was taken back; there is nothing to send.")
    version = _next_version(order=order, document=Paper.DELIVERY_NOTE, note=note)
    facts = {"document": Paper.DELIVERY_NOTE, "note": note, "version": version, "how": how, "address": address}
    return _keep(order, note_paper(note, version=version), by=by, **facts)


def _next_version(**facts):
    return (SalesDispatch.objects.filter(**facts).aggregate(last=Max("version"))["last"] or 0) + 1


def _keep(order, texts, *, how, address, by, **facts):
    made = SalesDispatch.objects.create(
        order=order, texts=texts, created_by=by, created_at=timezone.now(), **facts, **route(how, address)
    )
    if how == How.EMAIL:
        transaction.on_commit(partial(deliver_paper, made.pk, by=by))
    return made


def deliver_paper(pk, *, by):
    """Send a waiting mail; whether this call was the one that sent it. What goes wrong is noted, never raised."""
    return deliver_mail(SalesDispatch.objects.for_list().filter(pk=pk), mail_of, by=by)


@operation
def send_paper_again(*, dispatch, how, by, address="", reason=""):
    """Try a mail again that did not go out, to the same or another address, or note that it went another way."""
    lock(dispatch.order.document)
    free = still_to_go(SalesDispatch.objects.filter(pk=dispatch.pk))
    later = SalesDispatch.objects.filter(order=dispatch.order_id, document=dispatch.document, note=dispatch.note_id)
    if how == How.EMAIL and later.filter(version__gt=dispatch.version).exists():
        raise Refused(f"{dispatch} no longer holds: there is a later version.")
    deliver = partial(deliver_paper, dispatch.pk, by=by)
    return route_again(free, dispatch.pk, how=how, address=address, deliver=deliver)
