"""What purchasing keeps of its rows beside the ledger, after a change of the chain moved their supplies."""

from erp.register.units import Conversions
from linkage.operations.updating import update
from linkage.queries.sql import among
from purchasing.models import PurchaseOrder, PurchaseOrderRow
from purchasing.operations.repricing import reprice_rows
from purchasing.operations.steps import status_from_rows

CARRIED = ["quantity", "price", "discount", "wanted_on", "version", "short_closed", "short_closed_reason"]


def carry_rows(changed):
    """A step: quantity in the row's own unit, its price, the date asked for, a new version; then the order's status."""
    by_supply = {supply.pk: supply for supply in changed}
    rows = list(PurchaseOrderRow.objects.for_list().filter(supply__in=among(by_supply)).order_by("pk"))
    conversions = Conversions([row.supply.part for row in rows])
    before = {row.pk: row.quantity for row in rows}
    for row in rows:
        _carry(row, by_supply[row.supply_id], conversions)
    reprice_rows([row for row in rows if row.quantity != before[row.pk]])
    update(rows, CARRIED)
    ended = {row.order_id for row in rows if by_supply[row.supply_id].is_cancelled and not row.order.is_not_sent}
    for order in PurchaseOrder.objects.for_list().filter(pk__in=ended).order_by("pk"):
        status_from_rows(order, list(order.rows.for_list().order_by("position")))


def _carry(row, supply, conversions):
    """A cancelled row keeps the quantity that it had."""
    row.version += 1
    if supply.is_cancelled:
        row.short_closed = not row.order.is_not_sent
        row.short_closed_reason = "no longer needed" if row.short_closed else ""
    elif supply.new_quantity != supply.quantity:
        base = supply.new_quantity - supply.cancelled
        row.quantity = conversions.from_base(part=row.supply.part, quantity=base, unit=row.unit)
    if row.order.is_not_sent:
        row.wanted_on = supply.new_due
