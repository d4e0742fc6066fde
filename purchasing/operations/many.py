"""Several orders at once: each sent or confirmed as it would be alone, or left as it is with its reason."""

from linkage.locks import lock
from linkage.models import Demand, Supply
from linkage.operation import each, operation
from purchasing.models import How
from purchasing.operations.confirming import Confirmation, judged, write
from purchasing.operations.orders import send
from purchasing.operations.steps import lock_orders


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
    said = [Confirmation(order=order) for order in sorted(orders, key=_by_number)]
    found = lock_orders([one.order for one in said])
    refused = {}
    for (place, _row), refusal in judged(said, found):
        refused.setdefault(place, refusal)
    good = [place for place in range(len(said)) if place not in refused]
    confirmed = write([said[place] for place in good], [found[place] for place in good], by=by) if good else []
    return confirmed, [(said[place].order, str(refusal)) for place, refusal in refused.items()]


def _by_number(order):
    return order.document.serial, order.pk


def _locked(orders):
    """The orders, their documents, supplies and the demands promised locked in one call, by number."""
    supplies = list(Supply.objects.filter(document__in=[order.document_id for order in orders]))
    demands = Demand.objects.filter(links__supply__in=supplies, links__open__gt=0).distinct()
    lock(*[order.document for order in orders], *supplies, *demands)
    return sorted(orders, key=_by_number)
