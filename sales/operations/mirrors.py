"""Mirrored rows as orders of the production company: steps inside an operation that holds its lock."""

from django.db.models import Max

from linkage.dates import business_date
from sales.operations.building import NewOrder
from sales.operations.dates import fill_dates
from sales.operations.headers import open_headers
from sales.operations.structures import built, write_main

STEP = 10


def open_mirror(profile, order):
    """Open the order that mirrors rows of another company's order; its customer is that company."""
    wanted = NewOrder(
        customer=profile.customer,
        warehouse=profile.warehouse,
        ordered_on=business_date(),
        facts={"customer_order_number": str(order)[:30], "priority": order.priority, "project": order.project},
    )
    [made] = open_headers([wanted])
    return made


def append_row(order, new, *, by):
    """Add a row at the end of an open order whose document is locked; nothing that stands is numbered anew."""
    last = order.rows.main().aggregate(last=Max("position"))["last"]
    row, parts, units = built(order, new, by=by)
    row.position = ((last or 0) // STEP + 1) * STEP
    fill_dates([row])
    if order.has_demands:
        row.ordered_on = business_date()
    write_main(row, parts, units=units)
    return row
