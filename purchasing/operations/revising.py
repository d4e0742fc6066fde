"""A purchase row of another revision of its part."""

from linkage.changes import SupplyWant
from linkage.changes.revising import check_taken, take_over
from linkage.operation import operation
from linkage.operations.changing import change_chain
from purchasing.models import PurchaseOrderRow
from purchasing.operations.steps import check_open, lock_row


@operation
def take_revision(*, row, by):
    """Order the revision that the rows ask for which the row is bound to; nothing of it may have arrived."""
    row = lock_row(row)
    check_open(row)
    want = SupplyWant(row.supply_id, revision=True)
    plan = change_chain(supplies=[want], decisions=take_over(row.supply_id), by=by, reason=f"{row}: revision")
    check_taken(plan, row, key=f"revision-{row.supply_id}")
    return PurchaseOrderRow.objects.for_list().get(pk=row.pk)
