"""Counting: the balance becomes what was counted, whatever happened to it since the page was opened."""

from erp.exceptions import Refused
from erp.register.units import check_fits
from linkage.locks import lock
from linkage.models.movements import MovementKind
from linkage.operation import operation
from linkage.operations.stock import adjust_stock, balance_of


@operation
def count_stock(*, part, warehouse, counted, by, effective_on, reason=""):
    """Post the difference between the counted quantity and the balance; None when there is none."""
    if counted < 0:
        raise Refused("A counted quantity is 0 or more.")
    check_fits(part.unit, counted)
    [shelf] = lock(balance_of(part, warehouse))
    difference = counted - shelf.quantity
    if difference == 0:
        return None
    return adjust_stock(
        part=part,
        warehouse=warehouse,
        quantity=difference,
        by=by,
        effective_on=effective_on,
        kind=MovementKind.COUNT,
        reason=reason,
    )
