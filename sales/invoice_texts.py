"""What an invoice says beside the figures of its lines: the texts of the order, and which total row priced a line."""

from collections import defaultdict

from sales.models import RowType, SalesOrderRow


def say_texts(lines):
    """Write into unsaved lines of deliveries the texts that are printed on invoices.

    A text below a row goes with that row's first line. Another one goes with the next line of its order, or the last
    where none follows, so that it stands on every basis that has a line of the order.
    """
    by_order = defaultdict(list)
    for line in sorted(lines, key=lambda line: (_position(line.row), line.row.line)):
        by_order[line.row.order_id].append(line)
    said = defaultdict(list)
    for text in _texts_of(by_order):
        if line := _line_for(text, by_order[text.order_id]):
            said[id(line)].append(text.text)
    for line in lines:
        line.text = "\n".join(said[id(line)])


def _texts_of(orders):
    texts = SalesOrderRow.objects.filter(order__in=orders, row_type=RowType.TEXT, on_invoice=True, called_off=False)
    return texts.select_related("parent").in_order() if orders else ()


def _line_for(text, lines):
    """The line of an order with which a text is printed; None for one below a row that is not on the basis."""
    if text.parent_id:
        return next((line for line in lines if text.parent_id in (line.row_id, line.row.parent_id)), None)
    behind = (line for line in lines if _position(line.row) > text.position)
    return next(behind, lines[-1])


def _position(row):
    return row.parent.position if row.parent_id else row.position


def pricing_totals(rows):
    """{total row id: its position and name} of those total rows of the rows whose total somebody typed."""
    wanted = {row.total_row_id for row in rows} - {None}
    found = SalesOrderRow.objects.filter(pk__in=wanted).exclude(total_price=None) if wanted else ()
    return {total.pk: f"{total.position} {total.name}" for total in found}
