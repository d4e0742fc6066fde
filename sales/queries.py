"""Questions about sales orders, answered in as few statements as possible."""

from sales.statuses import DELIVERED, LIVE, PARTLY


def dates_that_differ(order, rows):
    """Rows whose date is not the first row's although the order must leave on one day."""
    standing = sorted((row for row in rows if not row.is_cancelled), key=lambda row: row.position)
    if order.partial_delivery_allowed or not standing:
        return []
    return [row for row in standing if row.delivery_date != standing[0].delivery_date]


def status_of(order, rows):
    """The status that deliveries give a live order."""
    if order.status not in LIVE:
        return order.status
    standing = [row for row in rows if not row.is_cancelled]
    if not any(row.delivered for row in standing):
        return order.before_delivery
    return DELIVERED if all(row.is_closed for row in standing) else PARTLY
