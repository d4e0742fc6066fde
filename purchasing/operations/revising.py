"""A purchase row of another revision of its part."""

from linkage.changes import Decisions, SupplyWant
from linkage.changes.decisions import FOLLOW
from linkage.operation import operation
from linkage.operations.changing import change_chain
from purchasing.models import PurchaseOrderRow
from purchasing.operations.steps import check_open, lock_row


@operation
def take_revision(*, row, by):
    """Order the revision that the rows ask for which the row is bound to; nothing of it may have arrived."""
    row = lock_row(row)
    check_open(row)
    decisions = Decisions({f"revision-{row.supply_id}": FOLLOW}, by_person=False)
    want = SupplyWant(row.supply_id, revision=True)
    change_chain(supplies=[want], decisions=decisions, by=by, reason=f"{row}: revision")
    return PurchaseOrderRow.objects.for_list().get(pk=row.pk)
