"""What an order made for a customer order carries of it, and whether it still hangs on a row there."""

from linkage.models import DemandKind, OrderLink
from linkage.models.links import LinkKind

CARRIED = {"order_type": "order type", "customer": "customer", "sales_document": "sales order", "project": "project"}


def row_bound_to(order):
    """The open link that binds a production order to a sales row, or None: what it carries is changed there."""
    bound = OrderLink.objects.open().filter(kind=LinkKind.BOUND, demand__kind=DemandKind.SALES)
    return bound.filter(supply__production_line__order=order).with_ends().first()


def orders_bound_to(document):
    """The ids of the production orders that are bound to rows of a customer order, and of those below them."""
    bound = OrderLink.objects.open().filter(kind=LinkKind.BOUND, supply__production_line__isnull=False)
    found, level = {}, bound.filter(demand__kind=DemandKind.SALES, demand__document=document)
    while fresh := {s: o for s, o in level.values_list("supply", "supply__production_line__order") if s not in found}:
        found |= fresh
        level = bound.filter(demand__for_supply__in=fresh)
    return set(found.values())


def bound_demand_of(line):
    """The demand that a line is bound to, which says how much is made; None where it is bound to nothing."""
    link = OrderLink.objects.open().filter(kind=LinkKind.BOUND, supply=line.supply_id).with_ends().first()
    return link and link.demand
