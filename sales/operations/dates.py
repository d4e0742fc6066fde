"""Steps of the operations that write dates of rows: what follows from what was typed."""

from linkage.dates import work_days_of
from sales.dates import arrival, departure


def fill_dates(rows):
    """Give unsaved rows the one of delivery date and date at the customer that was left out."""
    rows = [row for row in rows if row.is_dated]
    on_the_road = [row.warehouse_id for row in rows if row.order.transport_days]
    days = work_days_of(on_the_road) if on_the_road else {}
    for row in rows:
        road = {"transport": row.order.transport_days, "days": days.get(row.warehouse_id)}
        if row.delivery_date is None:
            row.delivery_date = departure(row.at_customer_date, **road)
        elif row.at_customer_date is None:
            row.at_customer_date = arrival(row.delivery_date, **road)


def follow_road(row, before):
    """The date at the customer follows the delivery date and the other way round; where both were typed, both stay.

    ``before``: (delivery date, date at the customer) as they were. Returns the columns that changed with it.
    """
    delivery, at_customer = before
    days = work_days_of([row.warehouse_id])[row.warehouse_id] if row.order.transport_days else None
    road = {"transport": row.order.transport_days, "days": days}
    if row.at_customer_date and row.at_customer_date != at_customer:
        if row.delivery_date == delivery:
            row.delivery_date = departure(row.at_customer_date, **road)
            return ["delivery_date"]
        return []
    if row.delivery_date != delivery or row.at_customer_date != at_customer:
        row.at_customer_date = arrival(row.delivery_date, **road)
        return ["at_customer_date"]
    return []


def arrive_anew(rows, *, transport):
    """The transport time of their order changed: open rows are at the customer on another day. Returns what moved."""
    open_rows = [row for row in rows if row.is_dated and not row.is_closed]
    days = work_days_of(row.warehouse_id for row in open_rows)
    moved = []
    for row in open_rows:
        there = arrival(row.delivery_date, transport=transport, days=days[row.warehouse_id])
        if there != row.at_customer_date:
            row.at_customer_date = there
            moved.append(row)
    return moved
