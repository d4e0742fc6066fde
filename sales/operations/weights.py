"""The weight of the shipping information follows the rows: a step of whatever changed a weight."""

from erp.register import settings_registry
from sales.models import ShippingLine
from sales.shipping import AUTOMATIC, check_reckoned, weight_of_rows


def follow_weight(order):
    """A step of whatever changed a weight: by setting the line follows by itself. An order without one gets none."""
    follow_weights([order])


def follow_weights(orders):
    """The same for many orders; only those with a line that follows are looked at."""
    if settings_registry.get("shipping_weight_update") != AUTOMATIC:
        return
    following = ShippingLine.objects.filter(order__in=[order.pk for order in orders], follows_rows=True)
    ids = set(following.values_list("order", flat=True))
    for order in orders:
        if order.pk in ids:
            weight = weight_of_rows(order)
            check_reckoned(weight, f"The rows of {order} weigh", "kg")
            order.shipping_lines.filter(follows_rows=True).update(weight=weight)
