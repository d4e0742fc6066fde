"""Where an order goes and how long it is on the road: its own place of delivery, else the customer's default one."""

from erp.register.models import Address


def default_places(customers):
    """{customer id: its delivery address}: the default one, else the first. One query."""
    found = Address.objects.filter(partner__in={customer.pk for customer in customers}, kind="delivery")
    places = {}
    for address in found.order_by("-is_default", "pk"):
        places.setdefault(address.partner_id, address)
    return places


def place_of(order):
    """The address that the order goes to where none is typed on it, or nothing."""
    return order.delivery_place or default_places([order.customer]).get(order.customer.pk)


def transport_days_to(place):
    return place.transport_days if place else 0
