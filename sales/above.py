"""What stands above a new row: the dates and the row status that it begins with, in one statement of a few rows."""

from dataclasses import dataclass

from linkage.queries.sql import named_rows
from sales.models import GOODS
from sales.statuses import RowStatus

LAST = 2**31 - 1  # a position above all others
# What lies between the first and the last row that is still to be delivered says no more.
ABOVE = """
(select 1 place, delivery_date, row_status from sales_salesorderrow
  where order_id = %(order)s and parent_id is null and row_type = any(%(goods)s) and closed_at is null
    and position < %(dated)s
  order by position limit 1)
union all
(select 2, delivery_date, row_status from sales_salesorderrow
  where order_id = %(order)s and parent_id is null and row_type = any(%(goods)s) and closed_at is null
    and position < %(dated)s
  order by position desc limit 1)
union all
(select 3, delivery_date, row_status from sales_salesorderrow
  where order_id = %(order)s and parent_id is null and row_type = any(%(goods)s) and position < %(before)s
  order by position desc limit 1)
order by place
"""


@dataclass(frozen=True)
class Above:
    """``dates``: of the first and the last row with a date of its own; ``row_status``: of the row right above."""

    dates: tuple = ()
    row_status: str = RowStatus.FIXED


def above(order, before=None):
    """What stands above a new row, which goes in front of ``before`` or to the end.

    Where all rows leave on one day, those below say it too.
    """
    position = before.position if before else LAST
    dated = position if order.partial_delivery_allowed else LAST
    found = named_rows("Above", ABOVE, {"order": order.pk, "goods": list(GOODS), "dated": dated, "before": position})
    status = next((row.row_status for row in found if row.place == 3), RowStatus.FIXED)
    return Above(tuple(row.delivery_date for row in found if row.place < 3), status)
