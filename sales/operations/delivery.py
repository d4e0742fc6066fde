"""Delivering a row, and taking a delivery back. Only this sets partly delivered and delivered."""

from django.utils import timezone

from erp.exceptions import Refused
from erp.register.units import plain
from linkage.dates import business_date
from linkage.models import StockMovement
from linkage.models.movements import MovementKind
from linkage.operation import operation, settle
from linkage.operations import change_demand, close_demand, issue, reverse
from sales.models import SalesOrderRow
from sales.operations.rows import follow_status
from sales.operations.serials import deliver_serials, take_back_serials
from sales.operations.structures import kit_rows, settle_above
from sales.operations.taking import check_row_open, take_order
from sales.operations.types import check_goods
from sales.statuses import COMMON, LIVE, PARTLY, RowStatus
from sales.units import UnitsOfRows


@operation
def deliver(*, row, quantity, by, effective_on=None, reference="", final=False, reason=""):
    """Deliver ``quantity`` (in the row's unit): what lies on the shelf for the row first, then free stock.

    The row closes when nothing is open, or when the delivery is final: then its links are released.
    """
    row = _take(row)
    check_row_open(row)
    check_goods(row, "deliver")
    _check_deliverable(row, quantity)
    if row.demand:
        base = UnitsOfRows([row.part]).to_base(part=row.part, quantity=quantity, unit=row.unit)
        issue(
            demand=row.demand,
            quantity=base,
            by=by,
            effective_on=effective_on or business_date(),
            kind=MovementKind.DELIVERY,
            reference=reference,
            reason=reason,
        )
        settle()
        deliver_serials(_again(row), _deliveries(row).last())
    _settle_row(_again(row), final=final, reason=reason)
    return _again(row)


def _check_deliverable(row, quantity):
    if row.order.status not in LIVE:
        raise Refused(f"{row.order} is a quote; register it before anything is delivered.")
    if kit_rows(row):
        raise Refused(f"{row} is a fictitious part: deliver the parts below it.")
    if row.row_status == RowStatus.FORECAST:
        raise Refused(f"{row} is a forecast and cannot be delivered.")
    if quantity <= 0 and row.quantity > 0:
        raise Refused("Enter a quantity above 0.")
    part_of_row = quantity != row.quantity and (row.demand is None or not row.order.partial_delivery_allowed)
    if part_of_row:
        why = "is not kept in stock" if row.demand is None else "may not be delivered in parts"
        raise Refused(f"{row} {why}: deliver all {plain(row.quantity)} {row.unit or ''}".rstrip() + " at once.")


def _settle_row(row, *, final, reason):
    demand = row.demand
    if demand is None or final or demand.open == 0:
        if demand:
            close_demand(demand, reason=reason or f"{row} delivered")
        row.closed_at = timezone.now()
        row.save(update_fields=["closed_at"])
    elif demand.status != COMMON[row.progress]:
        change_demand(demand, status=COMMON[row.progress])
    _follow(row)


def _follow(row):
    """The main row of a part, and the order, are as far as what stands below them."""
    if row.is_of_kit:
        settle_above(row)
    follow_status(row.order)


@operation
def reverse_delivery(*, row, by, movement=None, effective_on=None, reason=""):
    """Take a delivery back: the goods lie on the shelf again, for the link they came from if it still stands."""
    row = _take(row)
    if row.order.status not in LIVE:
        raise Refused(f"{row.order} is {row.order.get_status_display().lower()}; its deliveries stand.")
    if row.demand:
        _take_back(row, movement, by=by, effective_on=effective_on or business_date(), reason=reason)
    elif kit_rows(row):
        raise Refused(f"{row} is a fictitious part: take the deliveries of the parts below it back.")
    elif not row.is_closed:
        raise Refused(f"Nothing of {row} is delivered.")

    row = _again(row)
    row.closed_at = None
    row.save(update_fields=["closed_at"])
    _follow(row)
    return _again(row)


def _deliveries(row):
    return StockMovement.objects.filter(demand=row.demand, kind=MovementKind.DELIVERY, reverses=None).order_by("pk")


def _take_back(row, movement, *, by, effective_on, reason):
    if movement is None or not _deliveries(row).filter(pk=movement.pk).exists():
        raise Refused(f"Choose one of the deliveries of {row}.")
    if row.is_cancelled:
        raise Refused(f"{row} is cancelled.")
    change_demand(row.demand, status=COMMON[row.order.before_delivery], cancelled=0)
    reverse(movement=movement, by=by, effective_on=effective_on, reason=reason)
    settle()
    take_back_serials(_again(row), movement)
    demand = _again(row).demand
    if demand.done:
        change_demand(demand, status=COMMON[PARTLY])


def _take(row):
    """The document alone: the movement locks its own supplies and demand, in the ledger's order."""
    order, _ = take_order(row.order)
    fresh = _again(row)
    fresh.order = order
    return fresh


def _again(row):
    return SalesOrderRow.objects.for_list().get(pk=row.pk)
