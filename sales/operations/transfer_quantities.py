"""The quantity of a transferred row, sent to the row that mirrors it: only when somebody asks for it.

Of what a row says later only its date goes over by itself (S4-212). The quantity is changed there by the operation that
a person there would use, with the same refusals and questions about what is linked there.
"""

from erp.exceptions import Refused
from linkage.operation import StartOver, operation
from sales.models import SalesOrderRow
from sales.operations.rows import PRICE, change_row


@operation
def send_quantity(*, row, by, decisions=None, reason=""):
    """Give the row that mirrors ``row`` the quantity and unit that it has here; returns the mirrored row.

    In another unit its price is suggested anew, or recalculated if somebody typed it: the goods cost what they did.
    Refused where the row is not transferred, where both are equal, and for what a change there is refused for.
    """
    row = SalesOrderRow.objects.for_list().get(pk=row.pk)
    there = mirror_to_change(row)
    words = reason or f"quantity of {row} in {row.order.document.company}"
    unit = {} if there.unit_id == row.unit_id else {"unit": row.unit, "recalculate": PRICE}
    scale = True if there.is_kit else None
    changed = change_row(
        row=there, quantity=row.quantity, scale=scale, decisions=decisions, reason=words, by=by, **unit
    )
    if not SalesOrderRow.objects.filter(pk=row.pk, quantity=row.quantity, unit=row.unit_id).exists():
        raise StartOver  # somebody changed it before both orders were locked
    return changed


def mirror_to_change(row):
    """The mirrored row, where it has another quantity than the row; else refused."""
    there = SalesOrderRow.objects.for_list().filter(transferred_from__row=row).first()
    if there is None:
        raise Refused(f"{row} is not transferred, so there is no row to change.")
    if (there.quantity, there.unit_id) == (row.quantity, row.unit_id):
        raise Refused(f"{there} in {there.order.document.company} has the quantity of {row} already.")
    return there
