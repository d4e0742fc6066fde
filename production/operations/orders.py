"""A whole production order: made by hand, released, started, held, cancelled, closed."""

from decimal import Decimal

from erp.exceptions import Refused
from erp.register import settings_registry
from erp.register.units import check_fits, plain
from linkage.changes import SupplyWant
from linkage.dates import refresh_need_dates, work_days_of
from linkage.locks import lock_chain
from linkage.models import OPEN_STATUSES, OrderLink, Status, SupplyKind
from linkage.operation import operation
from linkage.operations import cancel_demand, cancel_supply, release_all
from linkage.operations.changing import also_locked, change_chain
from production.models import TRANSITIONS, Layout, OrderStatus
from production.netting import Free, Need, plan
from production.operations.steps import is_reported, lock_order, set_status
from production.operations.writing import Header, write_orders
from production.queries.making import free_for
from production.queries.structures import structure_of

ZERO = Decimal(0)
OPEN_ORDER_LINES = {Status.SUGGESTED, *OPEN_STATUSES}


@operation
def create_orders(
    *,
    items,
    warehouse,
    by,
    business_date,
    start_date=None,
    finish_date=None,
    employee=None,
    customer=None,
    sales_document=None,
    project="",
    goods_label="",
    order_type=None,
    note="",
    layout=Layout.SHOP,
    made_as=(),
):
    """Make a production order for each (BOM, quantity) in ``items``, with the orders below; returns all, theirs first.

    Nothing is promised to anyone: what they make is free until it is linked. Without dates they start today.
    ``made_as``: (revision id, variant) of each item, where these are not those of the BOM.
    """
    _check_items(items)
    structure = structure_of({bom.part_id for bom, _quantity in items})
    candidates = _lock_candidates(structure, warehouse)
    days = work_days_of([warehouse.pk])
    needs = [
        _need(number, bom, quantity, structure, days[warehouse.pk], warehouse, business_date, start_date, finish_date)
        for number, (bom, quantity) in enumerate(items)
    ]
    for need, (revision, variant) in zip(needs, made_as, strict=False):
        need.revision, need.variant = revision or need.revision, variant
    free = [Free(s.pk, s.part_id, s.warehouse_id, s.free, s.due_date, s) for s in candidates]
    planned = plan(structure, needs, free=free, calendars=days)
    if planned.refusals:
        raise Refused(" ".join(planned.refusals.values()))

    header = Header(
        company=warehouse.company,
        ordered_on=business_date,
        customer=customer,
        sales_document=sales_document,
        employee=employee,
        project=project,
        goods_label=goods_label,
        order_type=order_type,
        note=note,
        layout=layout,
    )
    orders, _components, _outside = write_orders(planned.orders, dict.fromkeys(planned.orders, header), {}, by=by)
    refresh_need_dates([supply.pk for supply in planned.taken if supply.kind == SupplyKind.PRODUCTION])
    return orders


COPIED = ["employee", "customer", "project", "goods_label", "note", "layout"]


@operation
def copy_order(*, order, by, business_date, reason=""):
    """Make the same again with the orders below it: planned, from today on, promised to nobody; theirs first.

    Parts, revisions, variants and quantities are the order's, without what was cancelled of an order that lives;
    components are what its BOM says now. The sales order is not carried over: what the copy makes is free.
    """
    lines = list(order.lines.for_list())
    if order.status != OrderStatus.CANCELLED:
        lines = [line for line in lines if line.supply.status != Status.CANCELLED]
    if not lines:
        raise Refused(f"Nothing of {order} is left to copy.")
    warehouse = lines[0].supply.warehouse
    if order.site_id != warehouse.pk:
        raise Refused(
            f"{order} is made in {order.site} and goes to {warehouse}; only an order for its own site is copied."
        )
    facts = {name: getattr(order, name) for name in COPIED}
    if order.order_type and order.order_type.is_active:
        facts["order_type"] = order.order_type
    facts["made_as"] = [(line.supply.revision_id, line.supply.variant) for line in lines]
    items = [(line.bom, line.supply.quantity) for line in lines]
    return create_orders(items=items, warehouse=warehouse, by=by, business_date=business_date, **facts)


def create_order(*, bom, quantity, **facts):
    """Make one production order from a BOM, with the orders below it; returns it."""
    return create_orders(items=[(bom, quantity)], **facts)[0]


def _check_items(items):
    if not items:
        raise Refused("Choose at least one BOM.")
    for bom, quantity in items:
        if not bom.is_active:
            raise Refused(f"The BOM of {bom} is not active.")
        if not bom.part.is_made:
            raise Refused(f"{bom.part} is {bom.part.get_part_type_display().lower()}; no order is made for it.")
        if quantity <= 0:
            raise Refused(f"{bom}: enter a quantity above 0.")
        check_fits(bom.part.unit, quantity)


def _lock_candidates(structure, warehouse):
    below = {row.component for recipe in structure.recipes.values() for row in recipe.rows}
    oriented = [part for part in below if structure.parts[part].is_order_oriented]
    found = free_for((), parts=oriented, warehouses=[warehouse.pk])
    orders = [supply for supply in found if supply.kind == SupplyKind.PRODUCTION]
    return [supply for supply in lock_chain(orders, *found) if supply.free > 0]


def _need(number, bom, quantity, structure, days, warehouse, today, start, finish):
    lead_time = structure.parts[bom.part_id].lead_time
    if finish is None:
        finish = days.add(days.move_on(start or today), lead_time)
    if start is not None and start > finish:
        raise Refused("The start date lies after the finish date.")
    return Need(
        key=number,
        part=bom.part_id,
        quantity=quantity,
        need_date=finish,
        warehouse=warehouse.pk,
        revision=bom.revision_id,
        promised=ZERO,
        start_date=start,
        finish_date=finish,
    )


@operation
def release(*, order, by, reason=""):
    """Give a planned order to the shop."""
    return _move(order, OrderStatus.PLANNED, OrderStatus.RELEASED)


@operation
def take_back(*, order, by, reason=""):
    """Take a released order back into planning, while nothing is reported."""
    order, _supplies, _demands = lock_order(order)
    if is_reported(order):
        raise Refused(f"Something is reported on {order}: undo the report first.")
    return set_status(order, OrderStatus.PLANNED)


@operation
def start(*, order, by, reason=""):
    """Report that work on a released order has begun."""
    return _move(order, OrderStatus.RELEASED, OrderStatus.STARTED)


@operation
def undo_start(*, order, by, reason=""):
    """Take a start back that was reported by mistake, while nothing else is reported; the order is released again."""
    order, _supplies, _demands = lock_order(order)
    if order.status != OrderStatus.STARTED:
        raise Refused(f"{order} is {order.get_status_display().lower()}, not started.")
    if is_reported(order):
        raise Refused(f"Something is reported on {order}: undo the report first.")
    return set_status(order, OrderStatus.RELEASED)


@operation
def close(*, order, by, reason=""):
    """Close a finished order: nothing more is reported or undone on it."""
    return _move(order, OrderStatus.FINISHED, OrderStatus.CLOSED)


def _move(order, before, status):
    """One step on. The table also has the steps back, which only undoing a report takes."""
    order, _supplies, _demands = lock_order(order)
    if order.status != before:
        raise Refused(f"{order} is {order.get_status_display().lower()} and cannot become {status.label.lower()}.")
    if order.is_on_hold:
        raise Refused(f"{order} is on hold: {order.hold_reason}")
    return set_status(order, status)


@operation
def hold(*, order, reason, by):
    """Mark an open order as on hold; nothing is reported on it until it is taken off."""
    order, _supplies, _demands = lock_order(order)
    if not order.is_open:
        raise Refused(f"{order} is {order.get_status_display().lower()}.")
    if not reason.strip():
        raise Refused("Say why the order is on hold.")
    return _mark(order, reason.strip()[:200])


@operation
def unhold(*, order, by):
    """Take an order off hold."""
    order, _supplies, _demands = lock_order(order)
    if not order.is_on_hold:
        raise Refused(f"{order} is not on hold.")
    return _mark(order, "")


def _mark(order, reason):
    order.hold_reason = reason
    order.save(update_fields=["hold_reason"])
    order.refresh_from_db()
    return order


@operation
def cancel(*, order, by, reason="", decisions=None):
    """Cancel an order that has not begun. One that is promised to somebody is refused with the list.

    Orders made for its components live on: they become orphans, and somebody decides on them. With ``decisions`` each
    promise goes where they say, and each order below becomes what they say.
    """
    order, supplies, demands = lock_order(order, *also_locked(decisions))
    if (order.status, OrderStatus.CANCELLED) not in TRANSITIONS:
        raise Refused(f"{order} is {order.get_status_display().lower()} and cannot be cancelled.")
    if is_reported(order):
        raise Refused(f"Something is reported on {order}: undo the report first.")
    if decisions is not None:
        wants = [SupplyWant(supply.pk, is_cancelled=True) for supply in supplies if supply.status in OPEN_ORDER_LINES]
        change_chain(supplies=wants, decisions=decisions, by=by, reason=reason or f"{order} cancelled")
    if promised := _promised(supplies):
        if settings_registry.get("link_deletion_policy") != "auto-close":
            raise Refused(f"{order} is promised to {promised}. Disconnect or hand over first.")
        release_all(supplies=supplies, reason=reason or "order cancelled")

    for demand in demands:
        cancel_demand(demand, reason=reason or "order cancelled")
    for supply in supplies:
        cancel_supply(supply, reason=reason or "order cancelled")
    order.status = OrderStatus.CANCELLED
    order.save(update_fields=["status"])
    order.refresh_from_db()
    return order


def _promised(supplies):
    links = OrderLink.objects.open().filter(supply__in=supplies).with_ends().order_by("pk")
    return ", ".join(f"{link.demand} ({plain(link.open)})" for link in links)
