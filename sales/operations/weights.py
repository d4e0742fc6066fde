"""The weight of the shipping information follows the rows: a step of whatever changed a weight."""

from erp.register import settings_registry
from sales.shipping import AUTOMATIC, check_reckoned, weight_of_rows


def follow_weight(order):
    """A step of whatever changed a weight: by setting the line follows by itself. An order without one gets none."""
    if settings_registry.get("shipping_weight_update") == AUTOMATIC:
        following = order.shipping_lines.filter(follows_rows=True)
        if following.exists():
            weight = weight_of_rows(order)
            check_reckoned(weight, f"The rows of {order} weigh", "kg")
            following.update(weight=weight)
