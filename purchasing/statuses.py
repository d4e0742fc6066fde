"""The statuses of a purchase order: one table of transitions, one table to the common status of the ledger."""

from django.db import models

from linkage.models import Status


class PurchaseStatus(models.TextChoices):
    SUGGESTED = "suggested", "Suggested"
    DRAFT = "draft", "Draft"
    SENT = "sent", "Sent"
    CONFIRMED = "confirmed", "Confirmed"
    PARTLY_RECEIVED = "partly_received", "Partly received"
    RECEIVED = "received", "Received"
    CLOSED = "closed", "Closed"
    CANCELLED = "cancelled", "Cancelled"


_S = PurchaseStatus
# From -> to. What goes back does so by a recall (to draft) or by a reversed receipt.
TRANSITIONS = {
    _S.SUGGESTED: (_S.DRAFT, _S.CANCELLED),
    _S.DRAFT: (_S.SENT, _S.CANCELLED),
    _S.SENT: (_S.DRAFT, _S.CONFIRMED, _S.PARTLY_RECEIVED, _S.RECEIVED, _S.CANCELLED),
    _S.CONFIRMED: (_S.DRAFT, _S.PARTLY_RECEIVED, _S.RECEIVED, _S.CANCELLED),
    _S.PARTLY_RECEIVED: (_S.SENT, _S.CONFIRMED, _S.RECEIVED, _S.CLOSED),
    _S.RECEIVED: (_S.SENT, _S.CONFIRMED, _S.PARTLY_RECEIVED, _S.CLOSED),
    _S.CLOSED: (_S.SENT, _S.CONFIRMED, _S.PARTLY_RECEIVED),
    _S.CANCELLED: (),
}
TRANSITION_PAIRS = [(before.value, after.value) for before, targets in TRANSITIONS.items() for after in targets]

COMMON = {
    _S.SUGGESTED: Status.SUGGESTED,
    _S.DRAFT: Status.PLANNED,
    _S.SENT: Status.FIRM,
    _S.CONFIRMED: Status.FIRM,
    _S.PARTLY_RECEIVED: Status.STARTED,
    _S.RECEIVED: Status.CLOSED,
    _S.CLOSED: Status.CLOSED,
    _S.CANCELLED: Status.CANCELLED,
}

NOT_SENT = (_S.SUGGESTED, _S.DRAFT)
AT_SUPPLIER = (_S.SENT, _S.CONFIRMED, _S.PARTLY_RECEIVED)
OPEN = (*NOT_SENT, *AT_SUPPLIER)
