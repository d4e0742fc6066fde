"""The status of an order follows its rows: a step of whatever adds, delivers or takes away rows."""

from sales.queries import status_of


def follow_status(order):
    """A row added to a delivered order makes it partly delivered; the last open row gone makes it delivered."""
    wanted = status_of(order)
    if wanted != order.status:
        order.status = wanted
        order.save(update_fields=["status"])
