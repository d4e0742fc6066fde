"""What operations on a production order have in common."""

from erp.exceptions import Gone, Refused, Stale
from linkage.locks import lock_chain
from linkage.models import OPEN_STATUSES, Demand, OrderLink, Status, Supply
from production.models import TRANSITIONS, Operation, OrderStatus, ProductionOrder, Report


def lock_order(order, *also, version=None):
    """The order, its supplies and its components' demands, locked together with what they are linked to and ``also``.

    Returns (order, supplies, demands) as they are now; ``also`` are further rows that the operation touches. Given
    ``version``, a form opened before somebody else's change is refused.
    """
    supplies, demands = _lock([order], *also)
    order = ProductionOrder.objects.for_list().filter(pk=order.pk).first() or _gone(order)
    if version is not None and version != order.version:
        raise Stale(f"{order} was changed meanwhile. Look at it again before saving.")
    return order, supplies, demands


def lock_orders(orders):
    """Several orders, locked together as one is; as they are now, in the order of their numbers."""
    _lock(orders)
    fresh = ProductionOrder.objects.for_list().filter(pk__in=[order.pk for order in orders])
    return sorted(fresh, key=lambda order: (order.document.serial, order.pk))


def _lock(orders, *also):
    """(supplies, demands) of the orders, locked with all that they are linked to and the chains below."""
    supplies = list(Supply.objects.filter(production_line__order__in=orders))
    demands = list(Demand.objects.filter(for_supply__production_line__order__in=orders))
    links = OrderLink.objects.open().filter(demand__in=demands) | OrderLink.objects.open().filter(supply__in=supplies)
    ends = list(links.select_related("supply", "demand", "stock"))
    others = {row for link in ends for row in (link.supply, link.demand, link.stock) if row is not None}
    documents = [order.document for order in orders]
    rows = lock_chain(supplies, *supplies, *demands, *documents, *others, *also)
    return rows[: len(supplies)], rows[len(supplies) : len(supplies) + len(demands)]


def is_reported(order):
    """Something made, scrapped, issued or done by a subcontractor still stands on the order."""
    reports = Report.objects.filter(line__order=order, undone_at=None)
    used = Demand.objects.filter(for_supply__production_line__order=order, done__gt=0)
    return reports.exists() or used.exists()


def touch(order):
    """A change of a line is a change of its order: the version grows, and forms opened before are stale."""
    ProductionOrder.objects.filter(pk=order.pk).update(hold_reason=order.hold_reason)


def _gone(order):
    raise Gone(order)


def set_status(order, status):
    """Move an order along the table of transitions, its open positions with it."""
    if (order.status, status) not in TRANSITIONS:
        before, after = OrderStatus(order.status).label.lower(), OrderStatus(status).label.lower()
        raise Refused(f"{order} is {before} and cannot become {after}.")
    order.status = status
    order.save(update_fields=["status"])
    common = OrderStatus(status).position_status
    open_statuses = [Status.SUGGESTED, *OPEN_STATUSES]
    if common in open_statuses:
        Supply.objects.filter(production_line__order=order, status__in=open_statuses).update(status=common)
        Demand.objects.filter(for_supply__production_line__order=order, status__in=open_statuses).update(status=common)
    if status == OrderStatus.RELEASED:  # also back from started: nothing of it has begun
        Operation.objects.filter(line__order=order, started_at__isnull=False).update(started_at=None)
    order.refresh_from_db()
    return order
