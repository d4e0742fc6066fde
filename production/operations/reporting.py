"""Reporting on a line: made, scrapped, components used; and taking a report back."""

from collections import defaultdict
from decimal import Decimal

from django.db.models import Sum
from django.utils import timezone

from erp.exceptions import Refused
from erp.register import settings_registry
from erp.register.units import check_fits, plain
from linkage.dates import refresh_need_dates
from linkage.models import Demand, OrderLink, Status, StockMovement, Supply
from linkage.models.movements import MovementKind
from linkage.operation import operation, settle
from linkage.operations import balances, change_demand, change_supply, close_demand, cut_links, issue, receive, reverse
from linkage.operations.numbering import Came, numbers_arrive
from linkage.operations.pieces import Unnamed
from linkage.operations.positions import cut_supply_links
from linkage.serials import numbers_in
from production.explosion import Row
from production.models import Component, Loss, Operation, OrderStatus, ProductionOrderLine, Report
from production.operations.giving_back import demands_that_lost, give_back
from production.operations.steps import is_reported, lock_order, set_status

ZERO = Decimal(0)


class ShortStock(Refused):
    """Components are missing; ``missing`` is [(part, needed, there)]."""

    def __init__(self, line, missing):
        self.missing = missing
        parts = "; ".join(
            f"{plain(need - there)} of {part} ({plain(need)} needed, {plain(there)} there)"
            for part, need, there in missing
        )
        super().__init__(f"Not enough on hand for {line}: missing {parts}. Report fewer, or free some first.")


@operation
def finish(*, line, quantity, by, effective_on, scrapped=ZERO, serials="", reason=""):
    """Report ``quantity`` made and ``scrapped`` lost on a line; its components are used in proportion.

    Components come from their links first, then from free stock; what is made goes to the links of the line, the rest
    is free. Scrap cuts links, the latest need first. The line closes when nothing is to come any more, and the order
    is finished with its last line. ``serials`` names the pieces made, such as A-001..A-005: all of them, or none; then
    those that wait on the order come first.
    """
    line = lock_line(line)
    _check_report(line, quantity, scrapped, reason)
    _check_is_back(line, quantity)
    _check_is_through(line, quantity)
    if line.order.status == OrderStatus.RELEASED:
        line.order = set_status(line.order, OrderStatus.STARTED)
    report = Report.objects.create(
        line=line, quantity=quantity, scrapped=scrapped, reason=reason, effective_on=effective_on, created_by=by
    )
    facts = {"by": by, "effective_on": effective_on, "reference": report.reference}
    _use_components(line, quantity + scrapped, facts)
    if quantity:
        made = receive(supply=line.supply, quantity=quantity, kind=MovementKind.FINISH, **facts)
        numbers = tuple(numbers_in(serials))
        came = Came(part=line.supply.part, quantity=quantity, supply=line.supply, movements=made, numbers=numbers)
        numbers_arrive([came])
    elif serials:
        raise Refused("Nothing good was made that could have serial numbers.")
    if scrapped:
        _scrap(line, report)
    settle()
    close_if_done(line)
    return report


def scrap(line, report):
    """A step: what a report of an operation scrapped is used up, lost to its links, and may end the line."""
    facts = {"by": report.created_by, "effective_on": report.effective_on, "reference": report.reference}
    _use_components(line, report.scrapped, facts)
    _scrap(line, report)
    settle()
    close_if_done(line)


def lock_line(line, *also):
    """The line as it is now, its order locked together with every shelf that a report takes from or puts on."""
    lock_order(line.order, *_shelves(line), *also)
    return ProductionOrderLine.objects.for_list().select_related("order__site").get(pk=line.pk)


def _shelves(line):
    """The balances of what the line makes and uses; ``receive`` and ``issue`` would lock them too late."""
    supplies = Supply.objects.filter(pk=line.supply_id, part__is_stock_updated=True)
    demands = Demand.objects.filter(for_supply=line.supply_id, part__is_stock_updated=True)
    pairs = [*supplies.values_list("part", "warehouse"), *demands.values_list("part", "warehouse")]
    return balances(pairs).values() if pairs else ()


def _check_report(line, quantity, scrapped, reason):
    check_reportable(line.order)
    if line.supply.status in {Status.CLOSED, Status.CANCELLED}:
        raise Refused(f"{line} is finished.")
    if quantity < 0 or scrapped < 0 or not (quantity or scrapped):
        raise Refused("Enter a quantity made or scrapped above 0.")
    if scrapped and not reason.strip():
        raise Refused("Say why it was scrapped.")
    if scrapped > line.supply.open:
        raise Refused(f"Only {plain(line.supply.open)} of {line} is to come; {plain(scrapped)} cannot be scrapped.")
    for figure in (quantity, scrapped):
        check_fits(line.supply.part.unit, figure)


def _check_is_back(line, quantity):
    """Nothing is finished before a subcontracted operation has come back for it."""
    for step in Operation.objects.filter(line=line).subcontracted().for_list():
        back = step.demand.done - line.supply.done
        if quantity > back and not step.is_removed:
            raise Refused(
                f"Only {plain(max(back, ZERO))} of {line} is back from {step.name} ({step.demand}): receive it first."
            )


def _check_is_through(line, quantity):
    """No more is finished than an operation that is on hold has good ones of."""
    for step in Operation.objects.filter(line=line).on_hold():
        good = Report.objects.standing().filter(operation=step).aggregate(good=Sum("quantity", default=ZERO))["good"]
        through = max(good - line.supply.done, ZERO)
        if quantity > through:
            raise Refused(
                f"Only {plain(through)} of {line} is through {step}, which is on hold: {step.hold_reason}. "
                "End the hold first."
            )


def check_reportable(order):
    if order.status not in {OrderStatus.RELEASED, OrderStatus.STARTED}:
        planned = order.status in {OrderStatus.SUGGESTED, OrderStatus.PLANNED}
        advice = "release it before reporting" if planned else "nothing more can be reported on it"
        raise Refused(f"{order} is {order.get_status_display().lower()}: {advice}.")
    if order.is_on_hold:
        raise Refused(f"{order} is on hold: {order.hold_reason}")


def _use_components(line, more, facts):
    """Take what the line must have used by now, and has not yet, of every component that has a stock balance."""
    if settings_registry.get("component_issue") == "reported":
        return
    reported = line.supply.done + line.scrapped + more
    uses = []
    for component in _stock_components(line):
        needed = _required(component, reported)
        demand = component.demand
        if needed > demand.quantity - demand.cancelled:
            demand = component.demand = change_demand(demand, quantity=needed + demand.cancelled)
        if needed > demand.done:
            uses.append((component, needed - demand.done))
    _check_stock(line, uses)
    for component, quantity in uses:
        try:
            issue(demand=component.demand, quantity=quantity, **facts)
        except Unnamed as refusal:
            raise Refused(f"{refusal} Issue them to {line} by name first, then report.") from refusal


def _stock_components(line):
    components = Component.objects.filter(line=line, demand__part__is_stock_updated=True).for_list()
    return [component for component in components if component.demand.status != Status.CANCELLED]


def _required(component, quantity):
    row = Row(component.demand.part_id, component.quantity_per, component.fixed_quantity, component.scrap)
    return row.required(quantity, Decimal(1).scaleb(-component.demand.part.unit.decimals))


def _check_stock(line, uses):
    """Refuse at once, with all that is missing: own goods on the shelf and free stock must suffice."""
    needed, own = defaultdict(Decimal), defaultdict(Decimal)
    parts = {component.demand.part_id: component.demand.part for component, _quantity in uses}
    shelves = OrderLink.objects.filter(demand__in=[component.demand_id for component, _ in uses], on_shelf__gt=0)
    on_shelf = defaultdict(Decimal)
    for demand, quantity in shelves.values_list("demand", "on_shelf"):
        on_shelf[demand] += quantity
    for component, quantity in uses:
        needed[component.demand.part_id] += quantity
        own[component.demand.part_id] += min(quantity, on_shelf[component.demand_id])
    free = dict(
        Supply.objects.stock().filter(part__in=parts, warehouse=line.order.site).values_list("part", "free").order_by()
    )
    there = {part: own[part] + free.get(part, ZERO) for part in needed}
    missing = [(parts[part], need, there[part]) for part, need in needed.items() if there[part] < need]
    if missing:
        raise ShortStock(line, missing)


def _scrap(line, report):
    """What is lost is not to come: links lose it, the latest need first, and their demands are uncovered again."""
    settle()
    supply = Supply.objects.get(pk=line.supply_id)
    lost = min(report.scrapped, supply.open)
    cut = cut_supply_links(supply, to=supply.open - lost, reason=f"scrapped: {report.reason}")
    _note_losses(report, cut)
    change_supply(supply, cancelled=supply.cancelled + lost)
    line.scrapped += report.scrapped
    line.save(update_fields=["scrapped"])
    refresh_need_dates([supply.pk])


def _note_losses(report, cut):
    """A worklist line for each demand that lost something, until somebody has decided."""
    lost = defaultdict(Decimal)
    for link, quantity in cut:
        lost[link.demand_id] += quantity
    Loss.objects.bulk_create(Loss(report=report, demand_id=pk, quantity=quantity) for pk, quantity in lost.items())


def close_if_done(line):
    supply = Supply.objects.get(pk=line.supply_id)
    if supply.open > 0:
        return
    for demand in Demand.objects.filter(for_supply=supply).exclude(status__in=[Status.CLOSED, Status.CANCELLED]):
        close_demand(demand, reason=f"{line} finished")
    change_supply(supply, status=Status.CLOSED, orphaned_at=None)
    open_lines = line.order.lines.exclude(supply__status__in=[Status.CLOSED, Status.CANCELLED])
    if not open_lines.exists():
        set_status(line.order, OrderStatus.FINISHED)


@operation
def undo_report(*, report, by, effective_on, reason=""):
    """Take one report back: goods leave the shelf, components return. Refused while its goods are promised or gone.

    What its scrap took from somebody is promised to them again as far as they need it and it is free; the report's
    ``left_out`` says for whom it is not, and why.
    """
    movements = _movements_of(report)
    feeding = {movement.link.supply for movement in movements if movement.link}
    line = lock_line(report.line, *feeding, *demands_that_lost(report))
    report = Report.objects.get(pk=report.pk)
    _check_undo(report, line)
    if report.scrapped or not report.operation_id:
        _reopen(line)
    for movement in movements:
        reverse(movement=movement, by=by, effective_on=effective_on, reason=reason)
    settle()
    _restore(line, report)
    settle()
    report.left_out = give_back(report, line, by=by)
    report.undone_at = timezone.now()
    report.save(update_fields=["undone_at"])
    if not is_reported(line.order):
        set_status(line.order, OrderStatus.RELEASED)
    return report


def _movements_of(report):
    """What a report moved, the latest first."""
    supply = report.line.supply_id
    movements = StockMovement.objects.filter(reference=report.reference, quantity__gt=0)
    mine = movements.filter(supply=supply) | movements.filter(demand__for_supply=supply)
    ends = ("supply", "from_stock", "to_stock", "demand", "link__supply")
    return list(mine.select_related(*ends).order_by("-pk"))


def _restore(line, report):
    """What a report that is undone had scrapped is to come again; components need what they did without it."""
    supply = Supply.objects.get(pk=line.supply_id)
    if report.scrapped:
        supply = change_supply(supply, cancelled=supply.cancelled - _lost_with(report, line, supply.quantity))
        line.scrapped -= report.scrapped
        line.save(update_fields=["scrapped"])
    reported = max(supply.quantity, supply.done + line.scrapped)
    for component in _stock_components(line):
        demand = component.demand
        needed = max(_required(component, reported), demand.done)
        if needed < demand.quantity - demand.cancelled:
            cut_links(demand, to=needed - demand.done, reason="the order needs less")
            change_demand(demand, quantity=needed + demand.cancelled)


def _lost_with(report, line, quantity):
    """How much less was to come because of the report, the last that stands: scrap beyond the order loses nothing."""
    done = lost = before = ZERO
    for standing in Report.objects.standing().moving().filter(line=line).order_by("pk"):
        before = lost
        done += ZERO if standing.operation_id else standing.quantity
        lost += min(standing.scrapped, max(quantity - done - lost, ZERO))
    return lost - before


def _check_undo(report, line):
    if report.undone_at is not None:
        raise Refused(f"This report on {line} is undone already.")
    if line.order.status == OrderStatus.CLOSED:
        raise Refused(f"{line.order} is closed.")
    if report.operation_id and not report.scrapped:
        return
    if Report.objects.standing().moving().filter(line=line, pk__gt=report.pk).exists():
        raise Refused(f"Undo the later reports on {line} first.")
    if not report.operation_id:
        _check_goods_are_free(report, line)


def _check_goods_are_free(report, line):
    """What a report brought leaves again only while it is free on the shelf; else the sentence says to whom it went."""
    promised = OrderLink.objects.filter(supply=line.supply, received__gt=0, open__gt=0).with_ends()
    holders = [link for link in promised if link.on_shelf > 0]
    issued = sum(OrderLink.objects.filter(supply=line.supply).values_list("issued", flat=True), ZERO)
    free = line.supply.done - issued - sum((link.on_shelf for link in holders), ZERO)
    if report.quantity > free:
        names = ", ".join(f"{link.demand} ({plain(link.on_shelf)})" for link in holders)
        why = f"the rest is promised to {names}: disconnect it first." if names else "the rest has been used."
        raise Refused(f"Only {plain(max(free, ZERO))} of what {line} made is free; {why}")


def _reopen(line):
    """A finished line comes back to life, with the components that its finish closed."""
    if line.order.status == OrderStatus.FINISHED:
        line.order = set_status(line.order, OrderStatus.STARTED)
    if line.supply.status == Status.CLOSED:
        change_supply(line.supply, status=Status.STARTED)
    Demand.objects.filter(for_supply=line.supply, status=Status.CLOSED).update(status=Status.STARTED, cancelled=0)
