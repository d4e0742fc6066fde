"""What an order made for a customer order carries of it, and whether it still hangs on a row there."""

from linkage.models import DemandKind, OrderLink
from linkage.models.links import LinkKind

CARRIED = {"order_type": "order type", "customer": "customer", "sales_document": "sales order", "project": "project"}


def row_bound_to(order):
    """The open link that binds a production order to a sales row, or None: what it carries is changed there."""
    bound = OrderLink.objects.open().filter(kind=LinkKind.BOUND, demand__kind=DemandKind.SALES)
    return bound.filter(supply__production_line__order=order).with_ends().first()


def bound_demand_of(line):
    """The demand that a line is bound to, which says how much is made; None where it is bound to nothing."""
    link = OrderLink.objects.open().filter(kind=LinkKind.BOUND, supply=line.supply_id).with_ends().first()
    return link and link.demand
