"""Everything that changes BOMs and production orders.

``making``: order trees made for demands. ``writing``: the steps that insert them.
"""

from production.operations.making import create_orders_for, plan_orders_for

__all__ = ["create_orders_for", "plan_orders_for"]
