"""Changes of order PO-1 of customer Alpha as files, and what the pages say of them."""

from datetime import date

from sales.models import SalesOrderRow
from sales.operations import answer_order
from tests.staging.files import csv_of, staged_from
from tests.staging.messages import BUYER

ORDERS, CHANGES = "customer-orders", "customer-order-changes"
HEADER = ["Customer", "Order number", "Change number", "Position", "Action", "Part", "Quantity", "Date", "Price"]
DAY, LATER = date(2026, 12, 18), date(2027, 1, 8)


def line(position, action="", part="", quantity="", day="", price="", *, number="C-1", order="PO-1"):
    return ["10001", order, number, position, action, part, quantity, day, price]


def staged(*lines, by, **how):
    return staged_from(csv_of(HEADER, *lines), by=by, kind=CHANGES, **how)


def told(found):
    """What the lines change."""
    return list(found.problems.filter(is_change=True).order_by("line", "pk").values_list("sentence", flat=True))


def wrong_in(found):
    return list(found.problems.filter(is_change=False).order_by("line", "pk").values_list("sentence", flat=True))


def rows_of(order):
    found = SalesOrderRow.objects.main().filter(order=order).order_by("position")
    return [
        (row.customer_row_position, row.quantity, row.delivery_date, row.unit_price)
        for row in found
        if not row.is_cancelled
    ]


def answered(order, *, by):
    """The answer to the customer: (position, action, asked, quantity) of each line."""
    lines = answer_order(order=order, by=by).texts["lines"]
    return [(line["position"], line["action"], line["asked"], line["quantity"]) for line in lines]


def ordchg(*lines, function="4", order="PO-1", more=()):
    head = [f"BGM+230+C-1+{function}", "DTM+137:20261102:102", f"RFF+ON:{order}", f"NAD+BY+{BUYER}::9"]
    return "ORDCHG", [*[part for part in head if part != "RFF+ON:"], *more, *lines, "UNS+S"]
