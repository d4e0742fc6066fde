"""Purchase orders whose goods go straight to the customer of the sales order, where the setting says so."""

from collections import defaultdict

from erp.register import settings_registry
from linkage.dates import business_date
from purchasing.operations import create_orders_for
from purchasing.papers import address_lines
from purchasing.planning import held_by_link
from sales.operations.demands import labels_of
from sales.places import place_of


def buy(demands, *, by):
    """Draft orders for the demands ({demand: row}): to our warehouse, or one per sales order to its customer."""
    facts = {"by": by, "business_date": business_date(), "labels": labels_of(demands)}
    if settings_registry.get("purchase_delivery_address") != "customer":
        return create_orders_for(demands=list(demands), **facts)
    kept, straight = [], defaultdict(list)
    for demand, row in demands.items():
        (straight[row.order] if held_by_link(demand) else kept).append(demand)
    made = create_orders_for(demands=kept, **facts) if kept else []
    for order, mine in straight.items():
        place = {"delivery_address": customer_address(order), "drop_shipment": True}
        made += create_orders_for(demands=mine, **place, **facts)
    return made


def why_no_address(row, demand):
    """Why a row's goods cannot go straight to its customer, or nothing."""
    if settings_registry.get("purchase_delivery_address") != "customer" or not held_by_link(demand):
        return ""
    if customer_address(row.order):
        return ""
    return f"{row}: enter the delivery address of {row.order} first; its goods go straight to the customer."


def customer_address(order):
    """What is typed on the sales order, else its place, else the customer's default one, with its name; or nothing."""
    if order.delivery_address:
        return order.delivery_address
    found = place_of(order)
    return f"{order.customer.name}\n{address_lines(found)}"[:400] if found else ""
