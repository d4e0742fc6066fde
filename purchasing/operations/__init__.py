"""Everything that changes purchase orders.

``ordering``: orders made for demands. ``targets``: orders made from the target list.
``orders``: a whole order. ``many``: several at once. ``copying``: the same again.
``rows``: one row. ``repricing``: what it costs. ``promising``: whom it is for. ``splitting``: a row divided.
``receipts``: what arrives, one row or thousands. ``courses``: what becomes of them. ``rejects``: what was refused.
``over_receipts``: more than the tolerance, until a buyer decides.
``dispatching``: documents sent. ``confirming``: what the supplier says. ``requesting``: changes of sent orders.
``contract``: rows promised to components. ``agreeing``: what the supplier knows. ``steps``: what they have in common.
"""

from purchasing.operations.confirming import Confirmation, confirm, confirm_all
from purchasing.operations.contract import link_to_component
from purchasing.operations.copying import copy_order
from purchasing.operations.courses import Arriving
from purchasing.operations.dispatching import send_again
from purchasing.operations.many import confirm_orders, send_orders
from purchasing.operations.ordering import create_orders_for
from purchasing.operations.orders import (
    cancel,
    change_order,
    close,
    create_order,
    make_draft,
    recall,
    send,
)
from purchasing.operations.over_receipts import (
    approve_over_receipt,
    ask_over_receipt,
    decline_over_receipt,
    withdraw_over_receipt,
)
from purchasing.operations.promising import set_promises
from purchasing.operations.receipts import receive, receive_all, receive_delivery, reverse_receipt
from purchasing.operations.rejects import Rejected, take_back_reject
from purchasing.operations.requesting import answer_changes, send_changes
from purchasing.operations.revising import take_revision
from purchasing.operations.rows import add_row, change_row, remove_row, short_close
from purchasing.operations.splitting import NewPart, split_row
from purchasing.operations.targets import order_targets
from purchasing.planning import NotOrdered, plan_rows

__all__ = [
    "Arriving",
    "Confirmation",
    "NewPart",
    "NotOrdered",
    "Rejected",
    "add_row",
    "answer_changes",
    "approve_over_receipt",
    "ask_over_receipt",
    "cancel",
    "change_order",
    "change_row",
    "close",
    "confirm",
    "confirm_all",
    "confirm_orders",
    "copy_order",
    "create_order",
    "create_orders_for",
    "decline_over_receipt",
    "link_to_component",
    "make_draft",
    "order_targets",
    "plan_rows",
    "recall",
    "receive",
    "receive_all",
    "receive_delivery",
    "remove_row",
    "reverse_receipt",
    "send",
    "send_again",
    "send_changes",
    "send_orders",
    "set_promises",
    "short_close",
    "split_row",
    "take_back_reject",
    "take_revision",
    "withdraw_over_receipt",
]
