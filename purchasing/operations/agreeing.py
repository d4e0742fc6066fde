"""What the supplier knows of a row: noted when the order is sent, when it confirms, when it answers a change.

Steps, not operations. A row that differs from it has to be told to the supplier.
"""

from purchasing.models import PurchaseOrderRow

AGREED = ["agreed_quantity", "agreed_on", "agreed_price", "agreed_discount"]
NOTHING = dict.fromkeys([*AGREED, "wanted_quantity", "confirmed_on"])


def note_sent(rows):
    """The order went out: what stands in it is what was asked for, and what the supplier knows."""
    for row in rows:
        row.wanted_quantity, row.wanted_on = row.quantity, row.supply.due_date
    note_agreed(rows, "wanted_quantity", "wanted_on")


def note_agreed(rows, *more):
    """The supplier knows the rows as they are now; the fields ``more`` are written along."""
    for row in rows:
        row.agreed_quantity, row.agreed_on = row.quantity, row.supply.due_date
        row.agreed_price, row.agreed_discount = row.price, row.discount
    PurchaseOrderRow.objects.bulk_update(rows, [*AGREED, *more], batch_size=1000)


def forget_agreed(order):
    """The order was called back: it is sent anew, and nothing of it is confirmed."""
    order.rows.update(**NOTHING)
