"""What the supplier knows of a row: noted when the order is sent, when it confirms, when it answers a change.

Steps, not operations. A row that differs from it has to be told to the supplier (``purchasing.differences``).
"""

from django.utils import timezone

from linkage.operations.updating import update
from purchasing.models import Answer
from purchasing.operations.steps import carry_statuses, move_all
from purchasing.statuses import PurchaseStatus

AGREED = ["agreed_quantity", "agreed_on", "agreed_price", "agreed_discount"]
SENT = [*AGREED, "wanted_quantity", "wanted_on"]
CONFIRMED = [*AGREED, "quantity", "confirmed_on"]
NOTHING = dict.fromkeys([*AGREED, "wanted_quantity", "confirmed_on"])


def note_sent(rows):
    """The order went out: what stands in it is what was asked for, and what the supplier knows."""
    for row in rows:
        row.wanted_quantity, row.wanted_on = row.quantity, row.supply.due_date
        row.agreed_quantity, row.agreed_on = row.quantity, row.supply.due_date
        row.agreed_price, row.agreed_discount = row.price, row.discount
    update(rows, SENT)


def note_confirmed(rows):
    """The supplier confirmed quantity and date of the rows as they are now; a price it knew otherwise stays untold."""
    for row in rows:
        if row.agreed_quantity is None:
            row.agreed_price, row.agreed_discount = row.price, row.discount
        row.agreed_quantity, row.agreed_on, row.confirmed_on = row.quantity, row.supply.due_date, row.supply.due_date
    update(rows, CONFIRMED)


def agree(row, facts):
    """The supplier knows the row as ``facts`` (Facts) say, and has confirmed it; with None it knows no such row."""
    row.agreed_quantity, row.agreed_on, row.agreed_price, row.agreed_discount = facts or [None] * 4
    row.confirmed_on = row.agreed_on
    row.save(update_fields=[*AGREED, "confirmed_on"])


def confirmed_as_a_whole(orders):
    """Sent orders, (order, rows) each, are confirmed once no open row of theirs waits."""
    live = [(order, [row for row in rows if row.is_open]) for order, rows in orders]
    whole = [
        (order, rows)
        for order, rows in live
        if order.status == PurchaseStatus.SENT and rows and all(row.is_confirmed for row in rows)
    ]
    move_all([order for order, _ in whole], PurchaseStatus.CONFIRMED, confirmed_at=timezone.now())
    carry_statuses(whole)


def forget_agreed(order):
    """The order was called back: it is sent anew, nothing of it is confirmed, and a change that waits is withdrawn."""
    order.rows.update(**NOTHING)
    order.change_requests.waiting().update(status=Answer.WITHDRAWN)
