"""A line made anew from a BOM: as the BOM of its revision is now, or as another revision of its part."""

from linkage.changes import SupplyWant
from linkage.changes.revising import check_taken, take_over
from linkage.changes.tree import Revision
from linkage.dates import business_date, refresh_need_dates
from linkage.models import Demand
from linkage.operation import operation, settle
from linkage.operations import cancel_demand
from linkage.operations.changing import also_locked, change_chain
from production.models import Component, ProductionOrderLine
from production.operations.lines import new_component, next_position, open_line, require
from production.operations.making import create_orders_for, supplies_to_take
from production.operations.operating import renew_operations
from production.operations.steps import touch
from production.operations.taking import take_first, timely
from production.queries.differences import difference_of
from production.queries.making import free_for
from production.queries.structures import parts_with_bom


@operation
def re_explode(*, line, by, reason=""):
    """Explode the BOM again as it is now, for an order that has not started.

    Components from the same BOM row, or of the same part, change their quantity and keep their links as far as they
    fit; those whose row is gone are removed, their links released; those added by hand stay.
    """
    line = open_line(line)
    supply = line.supply
    difference = difference_of(line, Revision(supply.revision_id, str(supply.revision or ""), supply.variant))

    for component in difference.dropped:
        cancel_demand(component.demand, reason="no longer in the BOM")
    make_anew(difference)
    for component, _row in difference.kept:
        require(component, line.supply.quantity)
    settle()
    refresh_need_dates([line.supply_id])
    touch(line.order)
    return line


@operation
def take_revision(*, line, by, version=None, decisions=None):
    """Make a line as the revision that its rows ask for, with the BOM of it; before it starts.

    Without ``decisions`` what the status of an order below asks about then is left to a person, as a command does.
    Raises Refused with the sentence why it cannot be made so.
    """
    line = open_line(line, version, [*taken_below([line.supply_id]), *also_locked(decisions)])
    decisions = take_over(line.supply_id, decisions)
    want = SupplyWant(line.supply_id, revision=True)
    plan = change_chain(supplies=[want], decisions=decisions, by=by, reason=f"{line}: revision")
    check_taken(plan, line, key=f"revision-{line.supply_id}")
    touch(line.order)
    line.supply.refresh_from_db()
    return line


def make_anew(difference):
    """A step: give a line the BOM and operations of a Difference; ``made`` of it are the components that are new.

    What stays keeps its demand, and its quantity until somebody requires another one.
    """
    line = difference.line
    line.supply.refresh_from_db(fields=["quantity"])
    line.bom_id = difference.bom
    line.save(update_fields=["bom"])
    for component, row in difference.kept:
        component.bom_row, component.quantity_per = row.id, row.quantity_per
        component.fixed_quantity, component.scrap = row.fixed, row.scrap
    Component.objects.bulk_update(
        [component for component, _row in difference.kept], ["bom_row", "quantity_per", "fixed_quantity", "scrap"]
    )
    difference.made = [new_component(line, row, part, next_position(line)).demand for row, part in difference.added]
    renew_operations(line, difference.kept_steps, difference.dropped_steps, difference.added_steps)


def taken_below(supply_ids):
    """What new components of these supplies' orders may take; locked before another revision is taken over."""
    lines = ProductionOrderLine.objects.filter(supply__in=supply_ids)
    places = list(lines.values_list("supply__part", "order__site"))
    return supplies_to_take(parts={part for part, _ in places}, warehouses={site for _, site in places})


def cover_added(demands, *, by):
    """A step: supply new components as an explosion does; bought ones stay short where nothing is free in time.

    Order-oriented ones take free stock, then free supply due in time, and made ones get orders for the rest. All of it
    is locked already. Returns a sentence for each that gets no order.
    """
    refused = {}
    refresh_need_dates({demand.for_supply_id for demand in demands})
    demands = list(Demand.objects.filter(pk__in=[demand.pk for demand in demands]).select_related("part").by_need())
    parts = {demand.part_id for demand in demands}
    free = free_for(demands, parts=parts, warehouses={demand.warehouse_id for demand in demands})
    take_first(demands, free, _takes(demands, free), by=by)
    with_bom = parts_with_bom(parts)
    rest = Demand.objects.filter(pk__in=[demand.pk for demand in demands], uncovered__gt=0).select_related("part")
    made = [demand for demand in rest if demand.part.is_made and demand.part_id in with_bom]
    if made:
        create_orders_for(demands=made, by=by, business_date=business_date(), refused=refused)
    return list(refused.values())


def _takes(demands, free):
    """{demand id: quantity} of what is free in time, by need."""
    left = {supply.pk: supply.free for supply in free}
    takes = {}
    for demand in demands:
        rest = demand.uncovered
        for supply in timely(free, demand):
            taken = min(rest, left[supply.pk])
            left[supply.pk] -= taken
            rest -= taken
        takes[demand.pk] = demand.uncovered - rest
    return takes
