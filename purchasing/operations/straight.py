"""Drop shipment: the supplier delivers straight to our customer, and taking the goods in delivers them.

Two movements in one operation, a receipt and a delivery: the balance, the sales row and the trail from customer back to
supplier are those of goods that passed through the warehouse, only that they never lie there.
"""

from linkage.models import DemandKind, Document, OrderLink
from linkage.owners import owner_of


def customers_of(rows):
    """The sales orders that receipts of the rows deliver, to be locked with them."""
    straight = [row.supply_id for row in rows if row.order.drop_shipment]
    if not straight:
        return []
    links = OrderLink.objects.filter(supply__in=straight, to_come__gt=0, demand__kind=DemandKind.SALES)
    return list(Document.objects.filter(demands__links__in=links).distinct())


def is_for_customer(link):
    return link.demand.kind == DemandKind.SALES


def hand_on(movements, *, by, effective_on, reference):
    """A step of a receipt, once the guard knows of it: what came for sales rows is delivered to their customers."""
    for movement in movements:
        demand = movement.link.demand
        owner_of(demand).deliver(
            demand, quantity=movement.quantity, by=by, effective_on=effective_on, reference=reference
        )
