"""Taking a delivery back: the goods lie on the shelf again, for whom they were."""

from django.db.models import Q
from django.utils import timezone

from erp.exceptions import Refused
from linkage.dates import business_date
from linkage.operation import operation, settle
from linkage.operations import cancel_demand, change_demand, reverse
from sales.models import DeliveryRow, Role, RowType, SalesOrderRow
from sales.operations.following import follow_status
from sales.operations.leaving import bring_back
from sales.operations.picks import take_back_pick
from sales.operations.structures import settle_above
from sales.operations.taking import take_order
from sales.operations.types import check_goods
from sales.operations.weights import follow_weight
from sales.statuses import COMMON, LIVE, PARTLY


@operation
def reverse_delivery(*, delivered, by, effective_on=None, reason=""):
    """Take back what a delivery row says was delivered; returns the row of the order.

    The goods return to the warehouse they left and to the links they came from. Refused once it is invoiced, once the
    order is closed, and twice.
    """
    order, _rows = take_order(delivered.row.order)
    delivered = DeliveryRow.objects.for_list().get(pk=delivered.pk)
    delivered.row.order = order
    along = _goes_back_with(delivered)
    _check(delivered, along)
    _take_back(delivered, by=by, effective_on=effective_on or business_date(), reason=reason)
    for also in along:
        _take_back(also, by=by, effective_on=effective_on or business_date(), reason=reason)
    for packed in DeliveryRow.objects.for_list().standing().filter(packs=delivered):
        packed.row.order = order
        _take_back(packed, by=by, effective_on=effective_on or business_date(), reason=reason)
        _call_off(packed.row, reason=f"{delivered.row} came back")
    if delivered.packs_id:
        _call_off(delivered.row, reason=reason or f"{delivered.row} came back")
    if delivered.row.is_of_kit:
        settle_above(delivered.row)
    _texts_go_back(delivered.note, by=by, reason=reason)
    follow_status(order)
    follow_weight(order)
    return SalesOrderRow.objects.for_list().get(pk=delivered.row_id)


def _check(delivered, along):
    row = delivered.row
    check_goods(row, "take back")
    if delivered.is_reversed:
        raise Refused(f"{row} of {delivered.note} is already taken back.")
    if row.role == Role.ALLOY:
        raise Refused(f"{row} comes back with row {row.parent.position}: take that back.")
    for one in (delivered, *along):
        if one.invoiced_at:
            raise Refused(f"{one.row} of {one.note} is invoiced since {one.invoiced_at:%Y-%m-%d}; credit it first.")
    if row.order.status not in LIVE:
        raise Refused(f"{row.order} is {row.order.get_status_display().lower()}; its deliveries stand.")
    if row.is_cancelled:
        raise Refused(f"{row} is cancelled.")


def _goes_back_with(delivered):
    """What costs something below the row, where it was delivered with it; metal of a fictitious part with any part."""
    standing = DeliveryRow.objects.for_list().standing().filter(row__demand=None, row__closed_at__isnull=False)
    below = Q(row__parent=delivered.row_id, row__row_type=RowType.ADDITIONAL)
    if delivered.row.is_of_kit:
        below |= Q(row__parent=delivered.row.parent_id, row__role=Role.ALLOY)
    return list(standing.filter(below))


def _take_back(delivered, *, by, effective_on, reason):
    row = delivered.row
    if row.demand_id:
        _goods_come_back(delivered, by=by, effective_on=effective_on, reason=reason)
    take_back_pick(delivered.pick_row, delivered.base_quantity)
    SalesOrderRow.objects.filter(pk=row.pk).update(closed_at=None)
    _mark(DeliveryRow.objects.filter(pk=delivered.pk), by=by, reason=reason)


def _call_off(row, *, reason):
    """Nobody ordered packaging: when it came back its row is over."""
    if row.demand:
        row.demand = cancel_demand(row.demand, reason=reason)
    facts = {"closed_at": timezone.now(), "called_off": row.demand is None}
    SalesOrderRow.objects.filter(pk=row.pk).update(**facts)


def _goods_come_back(delivered, *, by, effective_on, reason):
    row = delivered.row
    row.demand = change_demand(row.demand, status=COMMON[row.order.before_delivery], cancelled=0)
    for done in delivered.movements.select_related("movement").order_by("-movement"):
        reverse(movement=done.movement, by=by, effective_on=effective_on, reason=reason)
    settle()
    row.demand.refresh_from_db()
    bring_back(row)
    if row.demand.done:
        row.demand = change_demand(row.demand, status=COMMON[PARTLY])


def _texts_go_back(note, *, by, reason):
    """Texts of a note of which no goods are left are told again with the next delivery."""
    if not note.rows.standing().exclude(row__row_type=RowType.TEXT).exists():
        _mark(note.rows.standing(), by=by, reason=reason)


def _mark(rows, *, by, reason):
    rows.update(reversed_at=timezone.now(), reversed_by=by, reason=reason[:200])
