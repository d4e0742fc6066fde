"""What the customers' files asked for, kept as it came: the answer to a customer compares with it."""

from collections import defaultdict

from django.db.models import Max

from linkage.operations.inserting import insert
from linkage.operations.updating import update
from sales.models import AskedLine, Ended, SalesOrderRow

FIGURES = ("quantity", "unit", "desired_date", "price")


def keep_asked(orders, drafts):
    """A line for each row of new orders.

    A day of shipment stays as the day on which that is at the customer.
    """
    rows = defaultdict(list)
    main = SalesOrderRow.objects.main().filter(order__in=orders).select_related("unit").order_by("order_id", "position")
    for row in main.only("order", "quantity", "at_customer_date", "unit__code"):
        rows[row.order_id].append(row)
    pairs = [
        (order, place, row, line)
        for order, draft in zip(orders, drafts, strict=True)
        for place, (row, line) in enumerate(zip(rows[order.pk], draft.lines, strict=True), start=1)
    ]
    insert([asked_line(*pair) for pair in pairs])


def asked_before(orders):
    """{row id: what was asked for it}, of orders that came as files; read before rows go."""
    return {line.row_id: line for line in AskedLine.objects.filter(order__in=orders, ended="").exclude(row=None)}


def ask_anew(done, asked):
    """A customer asked for something else: [(line, OrderChange, the row now)]. Orders entered by hand keep nothing.

    The line that asked before is ended; what is asked for since stands in a line of its own, unless the row is gone.
    A customer that agrees to what we changed changes nothing of the row, and asks for other figures all the same.
    """
    orders = {change.order.pk for _line, change, _row in done}
    last = dict(AskedLine.objects.filter(order__in=orders).values_list("order").annotate(last=Max("place")))
    ended, made = [], []
    for line, change, row in done:
        if change.order.pk not in last:
            continue
        if change.is_whole:
            ended += _called_off(change.order, asked)
            continue
        before = asked.get(change.row.pk) if change.row else None
        anew = None if change.is_cancelled else _anew(before, asked_line(change.order, 0, row, line), line)
        if not (change.new or change.changes or change.is_cancelled or _says_others(before, anew)):
            continue
        if before:
            before.row, before.ended = None, Ended.CANCELLED if change.is_cancelled else Ended.CHANGED
            ended.append(before)
        if anew:
            last[change.order.pk] = anew.place = last[change.order.pk] + 1
            made.append(anew)
    update(ended, ["row", "ended"])
    insert(made)


def _called_off(order, asked):
    """All that was asked for of an order that its customer calls off."""
    lines = [line for line in asked.values() if line.order_id == order.pk]
    for line in lines:
        line.row, line.ended = None, Ended.CANCELLED
    return lines


def asked_line(order, place, row, line):
    """What a line asks for of its row."""
    return AskedLine(
        order=order,
        row=row,
        place=place,
        position=line["customer_row_position"] or "",
        part_number=line["part"] or "",
        customer_part_number=line["customer_part_number"] or "",
        name=line["name"] or "",
        quantity=row.quantity,
        unit=str(row.unit or ""),
        desired_date=row.at_customer_date if line["shipment_date"] else line["desired_date"],
        price=line["price"],
    )


def _anew(before, anew, line):
    """What a change does not say is as it was asked for before; its quantity is not the one that we made of it."""
    if before is None:
        return anew
    for name in ("part_number", "customer_part_number", "name", "desired_date", "price"):
        if getattr(anew, name) in (None, ""):
            setattr(anew, name, getattr(before, name))
    if line["quantity"] is None:
        anew.quantity, anew.unit = before.quantity, before.unit
    return anew


def _says_others(before, anew):
    return before is not None and any(getattr(before, name) != getattr(anew, name) for name in FIGURES)
