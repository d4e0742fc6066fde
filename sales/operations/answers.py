"""Answering a customer's order: a version each time that what we say has changed."""

from erp.exceptions import Refused
from linkage.operation import operation
from sales.answering import CANCELLED as CANCELLED_BY_CUSTOMER
from sales.answering import REJECTED, texts_of
from sales.models import AskedLine, OrderAnswer, SalesOrder
from sales.operations.taking import take_order
from sales.statuses import CANCELLED, CONFIRMED, DELIVERED, PARTLY

ANSWERED = (CONFIRMED, PARTLY, DELIVERED)


class SaidBefore(Refused):
    """The last answer says the same."""


@operation
def answer_order(*, order, by):
    """Keep what we answer to the customer as the order stands now; refused where the last answer says the same."""
    order, _rows = take_order(order)
    asked = list(order.asked_lines.order_by("place"))
    if order.status not in ANSWERED and not (order.status == CANCELLED and asked):
        raise Refused(f"{order} is {order.get_status_display().lower()}; confirm it before the customer is answered.")
    texts = texts_of(order, list(order.rows.main().goods().for_list().order_by("position")), asked)
    last = order.answers.order_by("-version").first()
    if last and last.texts == texts:
        raise SaidBefore(f"Nothing has changed since version {last.version} of the answer to {order}.")
    return OrderAnswer.objects.create(order=order, version=last.version + 1 if last else 1, texts=texts, created_by=by)


def orders_to_answer():
    """Open orders that came as a file and are confirmed, and cancelled ones whose customer does not know it yet."""
    came = SalesOrder.objects.filter(status__in=[*ANSWERED, CANCELLED], pk__in=AskedLine.objects.values("order"))
    came = came.exclude(status=CANCELLED, answers__texts__whole__in=[REJECTED, CANCELLED_BY_CUSTOMER])
    return came.for_list().order_by("pk")
