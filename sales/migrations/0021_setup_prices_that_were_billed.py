"""Lines on bases say which setup price they carry: until now the first of a row did, and what took it back.

How much that was is in the line itself: what its amount is above quantity x price less discount, and above the row's
rounding where it is all of the row. The row may have another setup price by now, or none.
"""

from decimal import Decimal
from itertools import groupby

from django.db import migrations

from erp.money import decimals_of, rounded

ZERO = Decimal(0)


def say_what_was_billed(apps, _editor):
    InvoiceLine = apps.get_model("sales", "InvoiceLine")
    lines = InvoiceLine.objects.filter(withdrawn=False).select_related("row__order").order_by("row", "pk")
    found = []
    for _row, mine in groupby(lines, key=lambda line: line.row_id):
        found += carrying(list(mine))
    InvoiceLine.objects.bulk_update(found, ["setup_price"], batch_size=1000)


def carrying(lines):
    """The lines of a row that carry a setup price, or take one back, with it: as long as one stands no other does."""
    standing, turns, left = {}, [], ZERO
    for count, line in enumerate(lines, start=1):
        left += line.quantity
        if line.is_credit:
            line.setup_price = -standing.pop(line.delivered_id, ZERO)
        elif line.delivered_id is None and line.quantity < 0:  # a fictitious part's: it takes its last line back
            line.setup_price = -standing.pop(turns.pop() if turns else None, ZERO)
        else:
            line.setup_price = ZERO if any(standing.values()) else _above_its_goods(line, left, count)
            turns.append(line.delivered_id or -line.pk)
            standing[turns[-1]] = line.setup_price
    return [line for line in lines if line.setup_price]


def _above_its_goods(line, left, count):
    """Cents that a line took from others are no setup price: of a fictitious part's, and of the last of several."""
    row, currency = line.row, line.row.order.currency
    above = line.amount - rounded(line.quantity * line.unit_price * (100 - line.discount) / 100, currency)
    if line.delivered_id and left == line.quantity:
        return above - (row.rounding if line.quantity == row.quantity else ZERO)
    cents = count * Decimal(1).scaleb(-decimals_of(currency)) + abs(row.rounding)
    near = [setup for setup in (ZERO, row.setup_price or ZERO) if abs(above - setup) <= cents]
    return near[0] if near else above


class Migration(migrations.Migration):
    dependencies = [("sales", "0020_setup_price_of_invoice_lines")]

    operations = [migrations.RunPython(say_what_was_billed, migrations.RunPython.noop)]
