"""Everything that changes a sales order. Each public function is one button: lock, check, write, settle, return."""

from sales.operations.alloys import add_alloy_cost
from sales.operations.answers import SaidBefore, answer_order, orders_to_answer
from sales.operations.arriving import receive_transferred, take_back_transferred
from sales.operations.batch import create_linked_orders, plan_linked_orders
from sales.operations.building import NewOrder, NewRow
from sales.operations.changing import Asking, OrderChange, change_orders
from sales.operations.configuring import configure_row
from sales.operations.copying import copy_row
from sales.operations.creating import copy_order, create_order, create_orders
from sales.operations.dating import date_rows
from sales.operations.delivery import Delivered, deliver, deliver_rows
from sales.operations.dispatching import send_note, send_order, send_paper_again
from sales.operations.invoicing import approve_invoice_basis, export_invoice_basis, withdraw_invoice_basis
from sales.operations.linked import Wish, create_production_orders, create_purchase_orders
from sales.operations.orders import cancel_order, change_order, close_order, confirm_order, register_order
from sales.operations.pasting import paste_rows
from sales.operations.picking import Picked, cancel_pick_list, change_pick, create_pick_lists
from sales.operations.posting import distribute
from sales.operations.pricing import keep_price, take_price, unlock_price
from sales.operations.printing import print_pick_list
from sales.operations.replacing import replace_in_rows
from sales.operations.restructuring import change_structure
from sales.operations.reversing import reverse_delivery
from sales.operations.rows import add_part, add_row, add_sub_row, change_row, delete_row
from sales.operations.serials import draw_serials, give_serials, remark_serials, remove_serials
from sales.operations.shipping import NewShippingLine, set_shipping, update_shipping_weight
from sales.operations.signing import change_signature
from sales.operations.splits import NewPart, split_row
from sales.operations.structures import new_part
from sales.operations.texting import add_text_image
from sales.operations.totals import edit_total
from sales.operations.transfer_quantities import send_quantity
from sales.operations.transfers import disconnect_transfer, reload_transfer, set_profile

__all__ = [
    "Asking",
    "Delivered",
    "NewOrder",
    "NewPart",
    "NewRow",
    "NewShippingLine",
    "OrderChange",
    "Picked",
    "SaidBefore",
    "Wish",
    "add_alloy_cost",
    "add_part",
    "add_row",
    "add_sub_row",
    "add_text_image",
    "answer_order",
    "approve_invoice_basis",
    "cancel_order",
    "cancel_pick_list",
    "change_order",
    "change_orders",
    "change_pick",
    "change_row",
    "change_signature",
    "change_structure",
    "close_order",
    "configure_row",
    "confirm_order",
    "copy_order",
    "copy_row",
    "create_linked_orders",
    "create_order",
    "create_orders",
    "create_pick_lists",
    "create_production_orders",
    "create_purchase_orders",
    "date_rows",
    "delete_row",
    "deliver",
    "deliver_rows",
    "disconnect_transfer",
    "distribute",
    "draw_serials",
    "edit_total",
    "export_invoice_basis",
    "give_serials",
    "keep_price",
    "new_part",
    "orders_to_answer",
    "paste_rows",
    "plan_linked_orders",
    "print_pick_list",
    "receive_transferred",
    "register_order",
    "reload_transfer",
    "remark_serials",
    "remove_serials",
    "replace_in_rows",
    "reverse_delivery",
    "send_note",
    "send_order",
    "send_paper_again",
    "send_quantity",
    "set_profile",
    "set_shipping",
    "split_row",
    "take_back_transferred",
    "take_price",
    "unlock_price",
    "update_shipping_weight",
    "withdraw_invoice_basis",
]
