"""What subcontractors report by delivering. Steps inside an operation that holds the locks of the orders."""

from production.models import Operation, OrderStatus, ProductionOrder
from production.operations.steps import is_reported, set_status

NOT_BEGUN = (OrderStatus.PLANNED, OrderStatus.RELEASED)


def follow_services(demands, *, taken_back=False):
    """The orders of these subcontracted operations start with what came, and go back with the last of it taken back.

    What comes never takes a start back: somebody may have reported it by hand.
    """
    for order in ProductionOrder.objects.filter(lines__supply__components__in=demands).for_list().distinct():
        if not taken_back and order.status in NOT_BEGUN and is_reported(order):
            _start(order)
        elif taken_back and order.status == OrderStatus.STARTED and not is_reported(order) and not _has_begun(order):
            set_status(order, OrderStatus.RELEASED)


def _start(order):
    if order.status == OrderStatus.PLANNED:
        order = set_status(order, OrderStatus.RELEASED)
    set_status(order, OrderStatus.STARTED)


def _has_begun(order):
    """Somebody reported the start of an operation in our own work centres."""
    return Operation.objects.filter(line__order=order, started_at__isnull=False).exists()
