"""What we answer to a customer's order, as plain texts: per row accepted, changed or rejected.

Pure: an order, its rows and what was asked go in, texts that JSON can hold come out. ``files`` of it: see answer_files.
"""

from collections import defaultdict
from decimal import Decimal

from erp.register.units import plain
from sales.models.answers import Ended
from sales.statuses import OrderStatus

ACCEPTED, CHANGED, REJECTED, ADDED, CANCELLED = "accepted", "changed", "rejected", "added", "cancelled"
MILLIONTH = Decimal("0.000001")


def texts_of(order, rows, asked):
    """The answer as the order stands: ``rows`` are its main rows of goods, ``asked`` its AskedLines by place."""
    lines = [*_answers(rows, asked)]
    company, customer = order.document.company, order.customer
    return {
        "number": str(order),
        "customer_order_number": order.customer_order_number,
        "company": {"name": company.name, "gln": company.gln},
        "customer": {"number": customer.number, "name": customer.name, "gln": customer.gln},
        "currency": order.currency,
        "whole": _whole(order, lines),
        "lines": lines,
    }


def _whole(order, lines):
    """What is said of the whole order; one that its customer called off is no rejection of ours."""
    kinds = {line["action"] for line in lines}
    if kinds == {CANCELLED}:
        return CANCELLED
    if order.status == OrderStatus.CANCELLED or kinds == {REJECTED}:
        return REJECTED
    return ACCEPTED if kinds <= {ACCEPTED, CANCELLED} else CHANGED


def _answers(rows, asked):
    """A line per living row, those of one asked line together; then one per asked line that has none left.

    What the customer changed counts as it asks for it since; what it called off is answered as cancelled.
    """
    living = [line for line in asked if not line.ended]
    groups = _groups(rows, living)
    for line in asked:
        if line.ended == Ended.CANCELLED:
            yield _line(line, None, CANCELLED)
        if line.ended:
            continue
        mine = groups.pop(line.pk, [])
        for row in mine:
            yield _line(line, row, _action(line, row, alone=len(mine) == 1))
        if not mine:
            yield _line(line, None, REJECTED)
    for row in groups.pop(None, []):
        yield _line(None, row, ADDED if asked else ACCEPTED)


def _groups(rows, asked):
    """{asked line id: its living rows}; a part of a split is found by the customer's row position."""
    by_row = {line.row_id: line.pk for line in asked}
    positions = [line.position for line in asked if line.position]
    by_position = {line.position: line.pk for line in asked if positions.count(line.position) == 1}
    groups = defaultdict(list)
    for row in rows:
        if not row.is_cancelled:
            is_ours = row.is_of(row.order.customer_order_number)
            named = by_position.get(row.customer_row_position) if is_ours else None
            groups[by_row.get(row.pk) or named].append(row)
    return groups


def _action(line, row, *, alone):
    same_date = line.desired_date in (None, _there(row))
    same = alone and same_date and (line.quantity, line.unit) == (row.quantity, str(row.unit or ""))
    return ACCEPTED if same else CHANGED


def _line(line, row, action):
    return {
        "position": (line.position if line else row.customer_row_position) or "",
        **_own_order(row),
        "row": row.position if row else None,
        "part": _part(line, row),
        "customer_part": line.customer_part_number if line else "",
        "name": (line.name if line else "") or (row.name if row else ""),
        "action": action,
        "asked": plain(line.quantity) if line else "",
        "asked_date": _day(line.desired_date) if line else "",
        "quantity": plain(row.quantity) if row else "0",
        "unit": str(row.unit or "") if row else line.unit,
        "date": _day(_there(row)) if row else "",
        "price": plain(_net(row)) if row else "",
    }


def _own_order(row):
    """The order of the customer that a row belongs to, where that is not the one of our order."""
    if row is None or row.is_of(row.order.customer_order_number):
        return {}
    return {"customer_order_number": row.customer_order_number}


def _there(row):
    """A customer asks for the day on which goods are at its door, and is answered with it."""
    return row.at_customer_date or row.delivery_date


def _part(line, row):
    if row is None:
        return line.part_number
    return row.part.number if row.part_id else row.part_number


def _net(row):
    return (row.unit_price * (100 - row.discount) / 100).quantize(MILLIONTH)


def _day(day):
    return day.isoformat() if day else ""
