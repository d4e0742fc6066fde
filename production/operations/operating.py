"""The operations of an order's lines: copied from the routing when the order is made, and again when re-exploded.

A subcontracted operation owns a demand for its service part, as much as the line makes; what is received of it is done.
Steps inside an operation that holds the locks.
"""

from decimal import Decimal

from django.db.models import Sum

from erp.exceptions import Refused
from erp.register.units import plain
from linkage.dates import refresh_need_dates
from linkage.models import Demand, DemandKind, Status
from linkage.operations import add_demands, cancel_demand, change_demand, cut_links, insert
from production.explosion import Row, fits
from production.models import Operation, OrderStatus, Report
from production.queries.routings import operations_by_part


def write_operations(lines):
    """Give new lines the operations of their parts' routings; returns the demands of the subcontracted ones."""
    recipes = {line: (line.supply.part_id, line.supply.revision_id) for line in lines}
    steps = operations_by_part(recipes.values())
    pairs = [(line, step) for line, recipe in recipes.items() for step in steps[recipe]]
    return add_operations([(line, step) for line, step in pairs if fits(step.variants, line.supply.variant)])


def add_operations(pairs):
    """Copy routing operations to lines, (line, step) each; returns the demands of the subcontracted ones."""
    outside = [(line, step) for line, step in pairs if step.service_part_id]
    demands = add_demands([_demand(line, step) for line, step in outside])
    by_pair = dict(zip(((line.pk, step.pk) for line, step in outside), demands, strict=True))
    insert([_operation(line, step, by_pair.get((line.pk, step.pk))) for line, step in pairs])
    refresh_need_dates({demand.for_supply_id for demand in demands})
    return demands


def _demand(line, step):
    return Demand(
        document_id=line.order.document_id,
        position=step.position,
        kind=DemandKind.SUBCONTRACT,
        part=step.service_part,
        warehouse_id=line.order.site_id,
        quantity=_needed(step.service_part, line.supply.quantity),
        status=OrderStatus(line.order.status).position_status,
        for_supply=line.supply,
    )


def _needed(service, quantity):
    """The service is needed once for each piece, rounded up to its unit."""
    return Row(service.pk, Decimal(1)).required(quantity, Decimal(1).scaleb(-service.unit.decimals))


def _operation(line, step, demand):
    return Operation(
        line=line,
        position=step.position,
        demand=demand,
        routing_operation=step.pk,
        **facts_of(step),
    )


def facts_of(step):
    """What an operation takes over from its routing; later changes there leave it alone."""
    return {
        "name": step.name,
        "work_centre": step.work_centre,
        "setup_minutes": step.setup_minutes,
        "run_minutes": step.run_minutes,
        "hourly_rate": step.work_centre.hourly_rate if step.work_centre else Decimal(0),
    }


def reported_most(line):
    """The most that is reported on one operation of a line, good and scrapped; outside it is what was received."""
    inside = Report.objects.standing().filter(line=line, operation__isnull=False).values("operation")
    most = [row["all"] for row in inside.annotate(all=Sum("quantity") + Sum("scrapped"))]
    outside = Operation.objects.filter(line=line).subcontracted().values_list("demand__done", flat=True)
    return max([*most, *outside], default=Decimal(0))


def copy_of(step, line, **changes):
    """The same operation for another line, unsaved; nothing of it is started."""
    own = {"id", "line", "demand", "started_at"}
    facts = {f.attname: getattr(step, f.attname) for f in step._meta.concrete_fields if f.name not in own}
    return Operation(line=line, **facts | changes)


def copy_in_house(line, lines):
    """Parts of a divided line are made as it is: its operations in our work centres, for each of them."""
    steps = list(Operation.objects.filter(line=line).in_house())
    insert([copy_of(step, part) for part in lines for step in steps])


def resize_operations(line, quantity):
    """A line that takes another quantity needs as much of its subcontracted operations; links beyond it are cut."""
    for step in Operation.objects.filter(line=line).subcontracted().for_list():
        demand = step.demand
        if demand.status in {Status.CLOSED, Status.CANCELLED}:
            continue
        needed = _needed(demand.part, quantity)
        if needed < demand.done:
            raise Refused(f"{plain(demand.done)} of {demand.part} is done by the supplier already.")
        if needed != demand.quantity:
            cut_links(demand, to=needed - demand.done, reason="the order needs less")
            change_demand(demand, quantity=needed)


def renew_operations(line, kept, dropped, added):
    """Give a line that has not started the operations of a routing (``production.queries.differences``).

    Those that stay the same keep their links; one that is gone is removed, its links released.
    """
    for standing, step in kept:
        Operation.objects.filter(pk=standing.pk).update(position=step.position, **facts_of(step))
    for standing in dropped:
        _remove(standing)
    add_operations([(line, step) for step in added])


def _remove(standing):
    """A subcontracted one keeps its row, out of the way of the numbers in use: its demand tells what became of it."""
    if not standing.is_subcontracted:
        standing.delete()
        return
    demand = Demand.objects.get(pk=standing.demand_id)
    if demand.status != Status.CANCELLED:
        cancel_demand(demand, reason="no longer in the routing")
    Operation.objects.filter(pk=standing.pk).update(position=10_000 + standing.pk % 10**9)
