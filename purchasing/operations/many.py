"""Several orders at once: each sent or confirmed as it would be alone, or left as it is with its reason."""

from linkage.locks import lock
from linkage.models import Demand, Supply
from linkage.operation import each, operation
from purchasing.models import How
from purchasing.operations.confirming import confirm
from purchasing.operations.orders import send


@operation
def send_orders(*, orders, by, reason=""):
    """Send drafts, by mail where the supplier has an address for orders, else as files; (sent, [(order, why not)])."""
    return each(_locked(orders), lambda order: send(order=order, **_usual_way(order), by=by, reason=reason))


def _usual_way(order):
    address = order.supplier.order_email
    return {"how": How.EMAIL if address else How.FILE, "address": address}


@operation
def confirm_orders(*, orders, by, reason=""):
    """Note that the suppliers confirmed all rows as they were asked for; (those confirmed, [(order, why not)])."""
    return each(_locked(orders), lambda order: confirm(order=order, by=by, reason=reason))


def _locked(orders):
    """The orders, their documents, supplies and the demands promised locked in one call, by number."""
    supplies = list(Supply.objects.filter(document__in=[order.document_id for order in orders]))
    demands = Demand.objects.filter(links__supply__in=supplies, links__open__gt=0).distinct()
    lock(*[order.document for order in orders], *supplies, *demands)
    return sorted(orders, key=lambda order: (order.document.serial, order.pk))
