"""A copy of one row, right behind it."""

from dataclasses import replace

from erp.exceptions import Refused
from linkage.operation import operation
from sales.models import Role
from sales.operations.creating import copy_of
from sales.operations.ordering import behind_row
from sales.operations.posting import copy_postings
from sales.operations.rows import put_row


@operation
def copy_row(*, row, by):
    """A new main row right behind a row, with the same content, dates and sub-rows; packaging is not copied.

    It has no link, serial number, asset or reference of its own, and its box is not ticked: nothing is ordered for it.
    """
    if row.parent_id:
        raise Refused(f"{row} stands below row {row.parent.position}: copy that row, what stands below goes with it.")
    below = row.sub_rows.for_list().exclude(role=Role.PACKAGING).order_by("line")
    sub_rows = tuple(copy_of(one) for one in below if not one.is_cancelled)
    dates = {name: getattr(row, name) for name in ("delivery_date", "at_customer_date", "desired_date")}
    made = put_row(row.order, replace(copy_of(row, sub_rows), **dates), behind_row(row), by=by)
    copy_postings(row, [made])
    return made
