"""Drop shipment: the supplier delivers straight to our customer, and taking the goods in delivers them.

Two movements in one operation, a receipt and a delivery: the balance, the sales row and the trail from customer back to
supplier are those of goods that passed through the warehouse, only that they never lie there.
"""

from erp.exceptions import Refused
from erp.register.units import plain
from linkage.models import DemandKind, Document, OrderLink
from linkage.operation import settle
from linkage.owners import owner_of


def customers_of(row):
    """The sales orders that a receipt of the row delivers, to be locked with it."""
    if not row.order.drop_shipment:
        return []
    links = OrderLink.objects.filter(supply=row.supply_id, to_come__gt=0, demand__kind=DemandKind.SALES)
    return list(Document.objects.filter(demands__links__in=links).distinct())


def hand_on(row, movements, *, by, effective_on, reference):
    """A step of a receipt: what came for sales rows is delivered to their customers; nothing else may have come."""
    kept = sum(movement.quantity for movement in movements if not _is_for_customer(movement))
    if kept:
        part = row.supply.part
        raise Refused(
            f"{row.order} goes straight to the customer: {plain(kept)} {part.unit} of {row} are linked to no sales "
            "row. Receive what is linked, or let the order come to us."
        )
    settle()
    for movement in movements:
        demand = movement.link.demand
        owner_of(demand).deliver(
            demand, quantity=movement.quantity, by=by, effective_on=effective_on, reference=reference
        )


def _is_for_customer(movement):
    return movement.link_id is not None and movement.link.demand.kind == DemandKind.SALES
