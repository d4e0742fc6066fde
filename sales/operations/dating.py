"""One date for all rows of an order: the way to change the date where partial delivery is not allowed."""

from linkage.changes import DemandWant
from linkage.operation import operation
from linkage.operations import move_demands
from linkage.operations.changing import also_locked, change_chain
from linkage.operations.updating import update
from sales.operations.boxes import order_by_box, supplies_by_boxes
from sales.operations.dates import FROZEN_DATES, Following, dates_of
from sales.operations.rows import mirror_dates
from sales.operations.taking import check_open, take_order


@operation
def date_rows(*, order, delivery_date, by, follow=None, reason="", decisions=None, refused=None):
    """Give every row that is still to be delivered the same delivery date; None takes the dates away.

    With ``decisions`` (``linkage.changes``) the orders of their chains move along, as decided. ``follow``: frozen
    desired and initial dates follow. A ticked row that waited for its date gets its order; ``refused`` takes the
    sentence of one that gets none. Returns the rows that moved.
    """
    rows = list(order.rows.for_list())
    order, rows = take_order(order, rows=rows, also=supplies_by_boxes(rows), too=also_locked(decisions))
    check_open(order)
    moved = [row for row in rows if row.is_goods and not row.is_closed and row.delivery_date != delivery_date]
    following = Following(order, moved, follow=follow)
    for row in moved:
        before, row.delivery_date = dates_of(row), delivery_date
        following.write(row, before)
    demands = [row.demand for row in moved if row.demand_id]
    if decisions is not None and demands:
        wants = [DemandWant(demand.pk, need=delivery_date) for demand in demands]
        why = reason or f"{order}: delivery date {delivery_date or 'taken away'}"
        change_chain(demands=wants, decisions=decisions, by=by, reason=why)

    update(moved, ["delivery_date", "at_customer_date", *FROZEN_DATES])
    move_demands(demands, need_date=delivery_date)
    mirror_dates(moved, by=by, reason=reason)
    if delivery_date:
        ticked = order.rows.for_list().filter(pk__in=[row.pk for row in moved if row.order_box])
        order_by_box(list(ticked.in_order()), by=by, refused=refused)
    return moved
