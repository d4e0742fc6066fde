"""What a customer changes of its orders, all of it or nothing: each line by the operation that a person would use."""

from dataclasses import dataclass, field

from django.db import transaction

from erp.exceptions import LinesRefused, Refused
from linkage.changes import Decisions
from linkage.models import OrderLink
from linkage.operation import operation
from sales.models import SalesOrder, SalesOrderRow
from sales.operations.building import COLUMNS, NewRow
from sales.operations.dates import check_one_date
from sales.operations.rows import add_row, change_row, delete_row
from sales.operations.taking import hold_orders


@dataclass(frozen=True, kw_only=True)
class OrderChange:
    """What one line changes: columns of a row, a row that is called off, or a row that comes to the order."""

    order: SalesOrder
    row: SalesOrderRow | None = None
    changes: dict = field(default_factory=dict)
    new: NewRow | None = None
    is_cancelled: bool = False


@operation
def change_orders(*, changes, by, reason=""):
    """Do the OrderChanges, all of them or none; returns the row of each, None for one that is gone.

    Nobody is asked: an order made for a row follows as far as its status says so, what would be a question goes to the
    worklist of undecided changes. Without partial delivery the rows leave on one day when all of it is done.
    LinesRefused names all that are wrong, as (place in the list, refusal).
    """
    orders = {change.order.pk: change.order for change in changes}
    hold_orders(list(orders.values()))
    linked = _linked(changes)
    rows, refused = [], []
    for place, change in enumerate(changes):
        try:
            with transaction.atomic():
                rows.append(_done(change, linked, by=by, reason=reason))
        except Refused as refusal:
            rows.append(None)
            refused.append((place, refusal))
    if not refused:
        refused = [(_place_in(changes, order), refusal) for order, refusal in _apart(orders.values())]
    if refused:
        raise LinesRefused(refused)
    return rows


def _linked(changes):
    """The demands of changed rows that something is promised to: only there is a chain to follow."""
    demands = [change.row.demand_id for change in changes if change.row]
    return set(OrderLink.objects.open().filter(demand__in=demands).values_list("demand", flat=True))


def _done(change, linked, *, by, reason):
    if change.new:
        facts = {name: getattr(change.new, name) for name in COLUMNS}
        return add_row(order=change.order, sub_rows=change.new.sub_rows, by=by, **facts)
    if change.is_cancelled:
        return delete_row(row=change.row, by=by, reason=reason)
    if not change.changes:
        return change.row
    scale = True if change.row.is_kit and "quantity" in change.changes else None
    return change_row(
        row=change.row,
        scale=scale,
        one_date=False,
        decisions=Decisions(by_person=False) if _is_linked(change.row, linked) else None,
        by=by,
        reason=reason,
        **change.changes,
    )


def _is_linked(row, linked):
    """The row, or a part of its fictitious part, holds on to supply."""
    return row.is_kit or row.demand_id in linked


def _apart(orders):
    """[(order, refusal)] of those without partial delivery whose rows would leave on several days."""
    found = []
    for order in orders:
        try:
            check_one_date(order, list(order.rows.for_list().main()))
        except Refused as refusal:
            found.append((order, refusal))
    return found


def _place_in(changes, order):
    return next(place for place, change in enumerate(changes) if change.order.pk == order.pk)
