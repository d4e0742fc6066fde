"""The status of an order follows its rows: a step of whatever adds, delivers or takes away rows."""

from collections import defaultdict

from sales.models import SalesOrder
from sales.queries import statuses_of


def follow_status(order):
    """A row added to a delivered order makes it partly delivered; the last open row gone makes it delivered."""
    follow_statuses([order])


def follow_statuses(orders):
    """The same for many orders, set by set."""
    wanted, changed = statuses_of(orders), defaultdict(list)
    for order in orders:
        if wanted[order.pk] != order.status:
            order.status = wanted[order.pk]
            changed[order.status].append(order.pk)
    for status, ids in changed.items():
        SalesOrder.objects.filter(pk__in=ids).update(status=status)
