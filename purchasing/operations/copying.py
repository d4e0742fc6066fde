"""The same order again."""

from erp.exceptions import Refused
from linkage.models import Status
from linkage.operation import operation
from purchasing.models import PurchaseOrder
from purchasing.operations.orders import create_order
from purchasing.operations.repricing import term_of
from purchasing.operations.rows import add_row
from purchasing.statuses import PurchaseStatus

KEPT = ["order_type", "delivery_address", "goods_label", "terms", "note"]
KEPT_OF_ROW = ["unit", "quantity", "goods_label"]


@operation
def copy_order(*, order, by, business_date, reason=""):
    """A new draft for the same supplier with the same rows, promised to nobody; of a cancelled order all of them.

    Prices and dates are what the supplier's terms say today: the first delivery day after the lead time. A part
    without terms keeps its price and gets no date.
    """
    order = PurchaseOrder.objects.for_list().get(pk=order.pk)  # whose status says which rows stand
    rows = [row for row in order.rows.for_list().order_by("position") if _stands(row)]
    if not rows:
        raise Refused(f"{order} has no rows to copy.")

    facts = {name: getattr(order, name) for name in KEPT}
    if order.order_type and not order.order_type.is_active:
        facts["order_type"] = None  # as a new order
    company, supplier = order.document.company, order.supplier
    copy = create_order(company=company, supplier=supplier, ordered_on=business_date, by=by, **facts)
    for row in rows:
        _copy_row(row, copy, by=by)
    return copy


def _stands(row):
    return row.supply.status != Status.CANCELLED or row.order.status == PurchaseStatus.CANCELLED


def _copy_row(row, copy, *, by):
    supply = row.supply
    facts = {name: getattr(row, name) for name in KEPT_OF_ROW}
    facts |= {"part": supply.part, "warehouse": supply.warehouse, "revision": supply.revision}
    if term_of(supply.part, copy.supplier) is None:
        facts |= {"price": row.price, "discount": row.discount}
    add_row(order=copy, **facts, by=by)
