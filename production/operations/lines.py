"""One line of a production order and its components: quantity, dates, components by hand."""

from decimal import Decimal

from django.db.models import Max

from erp.exceptions import Refused
from erp.register.units import check_fits, plain
from linkage.changes import Decisions, SupplyWant
from linkage.changes.decisions import FOLLOW
from linkage.dates import refresh_need_dates, work_days_of
from linkage.models import Demand, DemandKind, OrderLink, Status, Supply
from linkage.operation import operation
from linkage.operations import add_demands, cancel_demand, change_demand, change_supply, cut_links
from linkage.operations.changing import also_locked, change_chain
from production.explosion import Circle, Row
from production.locks import lock_bom_graph
from production.models import Component, OrderStatus, ProductionOrderLine
from production.operations.operating import resize_operations
from production.operations.steps import lock_order, touch
from production.queries.boms import path_down
from production.queries.carried import bound_demand_of

ZERO = Decimal(0)
STEP = 10
BEFORE_START = {OrderStatus.SUGGESTED, OrderStatus.PLANNED, OrderStatus.RELEASED}


@operation
def change_line(
    *, line, by, quantity=None, finish_date=None, start_date=None, version=None, from_row=False, decisions=None
):
    """Change quantity or dates of a line before it starts; components and need dates follow.

    Never below what is promised. The quantity of an order bound to a row is changed from the row (``from_row``), its
    finish date here too. With ``decisions`` the orders below and the rows above follow as they say, and each link that
    no longer fits goes where they say.
    """
    line = open_line(line, version, also_locked(decisions))
    if decisions is not None:
        _change_chain(line, quantity, finish_date, decisions=decisions, by=by)
    supply = line.supply
    if quantity is not None and quantity != supply.quantity:
        supply = _set_quantity(line, quantity, from_row=from_row)
    if finish_date is not None or start_date is not None:
        _set_dates(line, finish_date, start_date)
    refresh_need_dates([supply.pk])
    touch(line.order)
    line.refresh_from_db()
    return line


@operation
def take_priority(*, line, by):
    """Give components, and the orders made for them, the priority of who the line was made for; before it starts."""
    line = open_line(line)
    supply = line.supply_id
    decisions = Decisions({f"priority-{supply}": FOLLOW})
    change_chain(supplies=[SupplyWant(supply, priority=True)], decisions=decisions, by=by, reason=f"{line}: priority")
    return line


def open_line(line, version=None, also=()):
    """A step: a line of an order that has not started, locked with its chain and ``also``."""
    order, _supplies, _demands = lock_order(line.order, *also, version=version)
    if order.status not in BEFORE_START:
        raise Refused(f"{order} is {order.get_status_display().lower()} and is not changed any more.")
    line = ProductionOrderLine.objects.for_list().select_related("order__site").get(pk=line.pk)
    line.order = order
    return line


def _change_chain(line, quantity, finish_date, *, decisions, by):
    supply = line.supply
    if quantity is not None and quantity != supply.quantity:
        _check_quantity(line, quantity)
    finish = finish_date or supply.due_date
    if quantity in {None, supply.quantity} and finish == supply.due_date:
        return
    want = SupplyWant(supply.pk, quantity=quantity, due=finish)
    change_chain(supplies=[want], decisions=decisions, by=by, reason=f"{line} changed")
    line.supply = Supply.objects.for_list().get(pk=supply.pk)


def _check_quantity(line, quantity, *, from_row=False):
    supply = line.supply
    if quantity <= 0:
        raise Refused("Enter a quantity above 0.")
    check_fits(supply.part.unit, quantity)
    if not from_row and (demand := bound_demand_of(line)):
        raise Refused(f"{line} is bound to {demand}: change the quantity there, split, hand over or disconnect.")


def _set_quantity(line, quantity, *, from_row):
    supply = line.supply
    _check_quantity(line, quantity, from_row=from_row)
    if quantity - supply.done - supply.cancelled < supply.allocated:
        raise Refused(f"{plain(supply.allocated)} of {line} is promised; {plain(quantity)} is less.")
    supply = change_supply(supply, quantity=quantity)
    for component in Component.objects.filter(line=line).for_list():
        require(component, quantity)
    resize_operations(line, quantity)
    return supply


def require(component, order_quantity):
    """Give a component's demand the quantity that the order takes now; links beyond it are cut."""
    demand = component.demand
    if demand.status in {Status.CLOSED, Status.CANCELLED}:
        return
    row = Row(demand.part_id, component.quantity_per, component.fixed_quantity, component.scrap)
    needed = row.required(order_quantity, Decimal(1).scaleb(-demand.part.unit.decimals))
    if needed == demand.quantity:
        return
    if needed < demand.done:
        raise Refused(f"{plain(demand.done)} of {demand.part} is issued already; {plain(needed)} is less.")
    cut_links(demand, to=needed - demand.done, reason="the order needs less")
    change_demand(demand, quantity=needed)


def _set_dates(line, finish_date, start_date):
    supply = line.supply
    days = work_days_of([supply.warehouse_id])[supply.warehouse_id]
    finish = finish_date or supply.due_date
    start = start_date or (days.subtract(finish, supply.lead_time) if finish_date else line.start_date)
    if start and start > finish:
        raise Refused("The start date lies after the finish date.")
    Supply.objects.filter(pk=supply.pk).update(due_date=finish)
    line.start_date = start
    line.save(update_fields=["start_date"])


@operation
def add_component(*, line, part, by, quantity_per=ZERO, fixed_quantity=ZERO, version=None):
    """Add a component by hand: ``quantity_per`` of the line's part, ``fixed_quantity`` per order.

    Refused with the path for a part that the line's part goes into: no chain of orders may lead back to itself.
    """
    lock_bom_graph()
    line = open_line(line, version)
    supply = line.supply
    if quantity_per < 0 or fixed_quantity < 0 or not (quantity_per or fixed_quantity):
        raise Refused("Enter a quantity above 0.")
    if part.is_phantom:
        raise Refused(f"{part} is fictitious: add what it is made of.")
    if path := path_down(part, supply.part):
        raise Circle([supply.part.number, *path])
    row = Row(part.pk, quantity_per, fixed_quantity)

    component = new_component(line, row, part, next_position(line))
    refresh_need_dates([supply.pk])
    touch(line.order)
    return component


def next_position(line):
    """The position of the next component of a line."""
    return (line.components.aggregate(last=Max("position"))["last"] or 0) + STEP


def new_component(line, row, part, position):
    """A step: give a line a component, as much as ``row`` (``production.explosion.Row``) says."""
    supply = line.supply
    step = Decimal(1).scaleb(-part.unit.decimals)
    demand = Demand(
        document=line.order.document,
        position=position,
        kind=DemandKind.COMPONENT,
        part=part,
        warehouse=line.order.site,
        quantity=row.required(supply.quantity, step),
        status=OrderStatus(line.order.status).position_status,
        for_supply=supply,
        priority=_priority(line),
    )
    [demand] = add_demands([demand])
    return Component.objects.create(
        line=line,
        position=position,
        demand=demand,
        bom_row=row.id,
        quantity_per=row.quantity_per,
        fixed_quantity=row.fixed,
        scrap=row.scrap,
    )


def _priority(line):
    links = OrderLink.objects.open().filter(supply=line.supply).order_by("demand__priority")
    return links.values_list("demand__priority", flat=True).first() or 5


@operation
def remove_component(*, component, by, reason=""):
    """Take a component off an order before it starts; its links are released."""
    line = open_line(component.line)
    demand = Demand.objects.get(pk=component.demand_id)
    if demand.status == Status.CANCELLED:
        raise Refused(f"{component} is removed already.")
    if demand.done:
        raise Refused(f"{plain(demand.done)} of {demand.part} is issued for {line}.")
    cancel_demand(demand, reason=reason or "component removed")
    touch(line.order)
    return component
