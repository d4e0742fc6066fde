"""Several orders at once: each released or cancelled as it would be alone, or left as it is with its reason."""

from linkage.operation import each, operation
from production.operations.orders import cancel, release
from production.operations.steps import lock_orders


@operation
def release_orders(*, orders, by, reason=""):
    """Give planned orders to the shop; (those released, [(order, why not)])."""
    return each(lock_orders(orders), lambda order: release(order=order, by=by, reason=reason))


@operation
def cancel_orders(*, orders, by, reason=""):
    """Cancel orders that have not begun and are promised to nobody; (those cancelled, [(order, why not)])."""
    return each(lock_orders(orders), lambda order: cancel(order=order, by=by, reason=reason))
