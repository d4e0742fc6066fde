"""Everything that changes BOMs and production orders.

``making``, ``taking``: order trees made for demands. ``orders``: a whole order; ``headers``: what its header says;
``many``: several at once.
``lines``: one line and its components; ``exploding``: these anew from a BOM. ``operating``: its operations.
``reporting``, ``issuing``, ``working``: made; issued; one operation. ``splitting``, ``merging``: an order divided,
orders put together. ``stocking``: production without an order. ``buying``: purchase orders for components. ``boms``,
``routings``: their upkeep. ``writing``, ``steps``: what they have in common.
"""

from production.operations.boms import add_row, change_row, create_bom, remove_row, set_active
from production.operations.buying import create_purchase_orders, make_components, short_bought_components
from production.operations.exploding import cover_added, re_explode, take_revision, taken_below
from production.operations.headers import carry_order_type, carry_project, change_header, documents_made_for
from production.operations.issuing import issue_component, undo_issue
from production.operations.lines import add_component, change_line, remove_component, take_priority
from production.operations.making import create_orders_for, plan_orders_for, supplies_to_take
from production.operations.many import cancel_orders, release_orders
from production.operations.merging import merge_orders
from production.operations.orders import (
    cancel,
    close,
    copy_order,
    create_order,
    create_orders,
    hold,
    release,
    start,
    take_back,
    undo_start,
    unhold,
)
from production.operations.reporting import ShortStock, finish, undo_report
from production.operations.routings import (
    add_operation,
    change_operation,
    create_routing,
    remove_operation,
    save_work_centre,
    set_routing_active,
)
from production.operations.splitting import NewPart, kept_quantity, split_order
from production.operations.stocking import add_to_inventory
from production.operations.taking import timely
from production.operations.working import (
    hold_operation,
    report_operation,
    see_loss,
    start_operation,
    unhold_operation,
)

__all__ = [
    "NewPart",
    "ShortStock",
    "add_component",
    "add_operation",
    "add_row",
    "add_to_inventory",
    "cancel",
    "cancel_orders",
    "carry_order_type",
    "carry_project",
    "change_header",
    "change_line",
    "change_operation",
    "change_row",
    "close",
    "copy_order",
    "cover_added",
    "create_bom",
    "create_order",
    "create_orders",
    "create_orders_for",
    "create_purchase_orders",
    "create_routing",
    "documents_made_for",
    "finish",
    "hold",
    "hold_operation",
    "issue_component",
    "kept_quantity",
    "make_components",
    "merge_orders",
    "plan_orders_for",
    "re_explode",
    "release",
    "release_orders",
    "remove_component",
    "remove_operation",
    "remove_row",
    "report_operation",
    "save_work_centre",
    "see_loss",
    "set_active",
    "set_routing_active",
    "short_bought_components",
    "split_order",
    "start",
    "start_operation",
    "supplies_to_take",
    "take_back",
    "take_priority",
    "take_revision",
    "taken_below",
    "timely",
    "undo_issue",
    "undo_report",
    "undo_start",
    "unhold",
    "unhold_operation",
]
