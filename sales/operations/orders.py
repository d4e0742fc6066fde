"""The life of a sales order: change, register, confirm, cancel, close."""

from django.utils import timezone

from erp.exceptions import Refused
from linkage.changes import DemandWant
from linkage.models import Demand
from linkage.operation import operation
from linkage.operations import cancel_demands, prioritize_demands
from linkage.operations.changing import also_locked, change_chain
from linkage.operations.updating import update
from production.operations import carry_order_type, carry_project, documents_made_for
from sales.operations.boxes import order_by_box
from sales.operations.dates import arrive_anew, check_one_date
from sales.operations.demands import give_demands
from sales.operations.further import free_assets
from sales.operations.headers import changes_money, check_not_exported, check_rate, check_warehouse, suggested_again
from sales.operations.holding import check_whole
from sales.operations.picks import check_not_picked
from sales.operations.repricing import ANEW, Repricing
from sales.operations.rows import take_mirror_away
from sales.operations.serials import free_serials
from sales.operations.taking import check_open, check_version, take_order
from sales.operations.ties import links_in_words, open_links
from sales.operations.transfers import end_transfer, transfer_rows, transferred
from sales.statuses import CANCELLED, CLOSED, CONFIRMED, REGISTERED, may_become
from sales.units import UnitsOfRows, parts_of


@operation
def change_order(*, order, by, version=None, reason="", decisions=None, prices="", **changes):
    """Change the header. Its priority is that of rows without their own; its transport time moves their arrival.
    The orders made for the rows take its project along, and the order type that its own one names.

    A rate or transport time of None is the one that the register suggests; so is one that was left as it was when the
    currency or the place changed. Another currency or rate prices the rows anew; what somebody typed is marked. Another
    type leaves the prices as they are unless ``prices`` is ``ANEW``: open rows get what the type suggests, typed ones
    stay.

    With ``decisions`` (``linkage.changes``) the orders made for the rows are offered a new priority.
    """
    rows = list(order.rows.all())
    made = documents_made_for(order.document) if {"project", "order_type"} & changes.keys() else []
    order, rows = take_order(order, rows=rows, too=[*also_locked(decisions), *made])
    check_open(order)
    check_version(order, version, changes)
    changes |= suggested_again(order, changes)
    check_not_exported(order, changes)
    repricing = Repricing(order, rows) if prices == ANEW or changes_money(order, changes) else None
    if repricing:
        repricing.check(currency=changes.get("currency", order.currency))
    road, project, order_type = order.transport_days, order.project, order.order_type
    for name, value in changes.items():
        setattr(order, name, value)
    check_warehouse(order)
    check_one_date(order, rows)
    check_rate(order)

    order.save(update_fields=list(changes))
    if repricing:
        repricing.write()
    _carry_along(order, project=project, order_type=order_type)
    if order.transport_days != road:
        update(arrive_anew(rows, transport=order.transport_days), ["at_customer_date"])
    moved = [row.demand for row in rows if row.demand and not row.priority and row.demand.priority != order.priority]
    if decisions is not None:
        wants = [DemandWant(demand.pk, priority=order.priority) for demand in moved]
        change_chain(demands=wants, decisions=decisions, by=by, reason=reason or f"{order}: priority {order.priority}")
    prioritize_demands(moved, priority=order.priority)
    order.refresh_from_db()
    return order


def _carry_along(order, *, project, order_type):
    """What was another project or type goes to the orders made for the rows; a type, if it names one in use."""
    if order.project != project:
        carry_project(order.document, was=project, project=order.project)
    named = order.order_type and order.order_type.production_order_type
    if named and named.is_active and order.order_type != order_type:
        carry_order_type(order.document, was=order_type and order_type.production_order_type, order_type=named)


@operation
def register_order(*, order, by, refused=None):
    """Make an order of a quote: its rows are demands now, and ticked rows get their orders."""
    order, rows = _step(order, REGISTERED)

    order.save(update_fields=["status"])
    give_demands(rows, units=UnitsOfRows(parts_of(rows)))
    update([row for row in rows if row.demand_id], ["demand"])
    order_by_box(list(order.rows.for_list().in_order()), by=by, refused=refused)
    transfer_rows(rows, by=by, refused=refused)
    return order


@operation
def confirm_order(*, order, by):
    """Confirm a registered order to the customer; desired and initial dates freeze."""
    order, _rows = _step(order, CONFIRMED)
    order.confirmed_at = timezone.now()

    order.save(update_fields=["status", "confirmed_at"])
    return order


def _step(order, wanted):
    order, rows = take_order(order, rows=list(order.rows.all()))
    if not may_become(order.status, wanted):
        raise Refused(f"{order} is {order.get_status_display().lower()}; it cannot become {wanted.label.lower()}.")
    order.status = wanted
    check_whole(order, rows)
    return order, rows


@operation
def cancel_order(*, order, by, reason="", release=False, decisions=None):
    """Cancel an order of which nothing is delivered. With ``release`` linked supplies stay, free, as orphans.

    With ``decisions`` each order made for its rows becomes what they say. It takes as many statements for all rows as
    for one, but for transferred rows: what mirrors them in another company goes one by one.
    """
    order, rows = take_order(order, rows=list(order.rows.all()), too=also_locked(decisions))
    if not may_become(order.status, CANCELLED) or any(row.delivered for row in rows):
        raise Refused(f"{order} is {order.get_status_display().lower()} or partly delivered and cannot be cancelled.")
    if decisions is not None:
        open_rows = [row for row in rows if row.demand and row.demand.status != CANCELLED]
        ends = [DemandWant(row.demand_id, is_cancelled=True) for row in open_rows]
        change_chain(demands=ends, decisions=decisions, by=by, reason=reason or f"{order} cancelled")
        now = Demand.objects.in_bulk([row.demand_id for row in open_rows])
        for row in open_rows:
            row.demand = now[row.demand_id]
    elif not release and (links := open_links(rows)):
        raise Refused(f"{order} is linked: {links_in_words(links)}. Disconnect them, or cancel and leave them free.")

    check_not_picked(rows, "cancelled")
    for there in filter(None, map(end_transfer, transferred(rows))):
        take_mirror_away(there, by=by, reason=f"{order} cancelled in {order.document.company}")
    standing = [row.demand for row in rows if row.demand and row.demand.status != CANCELLED]
    cancel_demands(standing, reason=reason or f"{order} cancelled")
    free_assets(rows)
    free_serials(rows)
    order.rows.filter(closed_at=None).update(closed_at=timezone.now())
    order.status = CANCELLED
    order.save(update_fields=["status"])
    return order


@operation
def close_order(*, order, by):
    """Close a delivered order: it is history from now on."""
    order, _rows = take_order(order)
    if not may_become(order.status, CLOSED):
        raise Refused(f"Only a delivered order is closed; {order} is {order.get_status_display().lower()}.")

    order.status = CLOSED
    order.save(update_fields=["status"])
    return order
