"""The statuses of a sales order: one table of what may follow what, read by the database trigger and the operations."""

from django.db import models

from linkage.models import Status


class OrderStatus(models.TextChoices):
    """The numbers are the ones people know: 1 quote, 2 registered, 3 confirmed, 4 and 5 delivered, 9 closed."""

    QUOTE = "quote", "Quote"
    REGISTERED = "registered", "Registered"
    CONFIRMED = "confirmed", "Confirmed"
    PARTLY_DELIVERED = "partly delivered", "Partly delivered"
    DELIVERED = "delivered", "Delivered"
    CLOSED = "closed", "Closed"
    CANCELLED = "cancelled", "Cancelled"


class RowStatus(models.TextChoices):
    """What a row means for planning; all but a fixed order count as forecasts there."""

    FIXED = "fixed", "Fixed order"
    MANUFACTURED = "manufactured", "Manufactured"
    BUY_MATERIAL = "buy material", "Buy material"
    FORECAST = "forecast", "Forecast"


QUOTE, REGISTERED, CONFIRMED = OrderStatus.QUOTE, OrderStatus.REGISTERED, OrderStatus.CONFIRMED
PARTLY, DELIVERED = OrderStatus.PARTLY_DELIVERED, OrderStatus.DELIVERED
CLOSED, CANCELLED = OrderStatus.CLOSED, OrderStatus.CANCELLED

HELD_BACK = (RowStatus.FORECAST, RowStatus.MANUFACTURED)  # rows that do not leave

# Partly delivered and delivered are set by the delivery operation only, and taken back by its reversals.
TRANSITIONS = {
    QUOTE: (REGISTERED, CANCELLED),
    REGISTERED: (CONFIRMED, PARTLY, DELIVERED, CANCELLED),
    CONFIRMED: (PARTLY, DELIVERED, CANCELLED),
    PARTLY: (REGISTERED, CONFIRMED, DELIVERED),
    DELIVERED: (REGISTERED, CONFIRMED, PARTLY, CLOSED),
    CLOSED: (),
    CANCELLED: (),
}
PAIRS = [(before.value, after.value) for before, afters in TRANSITIONS.items() for after in afters]

# Orders whose rows own demands, and may still be changed.
LIVE = (REGISTERED, CONFIRMED, PARTLY, DELIVERED)
OPEN = (QUOTE, *LIVE)

# What the ledger calls a row that is so far. A quote has no demands.
COMMON = {
    REGISTERED: Status.FIRM,
    CONFIRMED: Status.FIRM,
    PARTLY: Status.STARTED,
    DELIVERED: Status.CLOSED,
    CLOSED: Status.CLOSED,
    CANCELLED: Status.CANCELLED,
}


# The steps a person takes; all others follow from deliveries.
BY_HAND = {
    QUOTE: (REGISTERED, CANCELLED),
    REGISTERED: (CONFIRMED, CANCELLED),
    CONFIRMED: (CANCELLED,),
    DELIVERED: (CLOSED,),
}


def may_become(status, wanted):
    """Whether a person may take this step."""
    return wanted in BY_HAND.get(OrderStatus(status), ())
