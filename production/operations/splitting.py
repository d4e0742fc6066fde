"""Splitting a production order: parts become orders of their own, and links, components and provenance move along."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from erp.exceptions import Refused
from erp.register import settings_registry
from erp.register.history import because
from erp.register.models import Warehouse
from erp.register.units import check_fits, plain
from linkage.cutting import check_parts
from linkage.dates import refresh_need_dates, work_days_of
from linkage.models import OPEN_STATUSES, OrderLink
from linkage.operation import operation
from linkage.operations import (
    Cut,
    add_demands,
    change_demand,
    change_supply,
    cut_links,
    insert,
    like,
    open_documents_after,
    split_demands,
    split_supply,
)
from production.models import Component, Operation, OrderStatus, ProductionOrder, ProductionOrderLine
from production.operations.operating import copy_in_house, copy_of, reported_most
from production.operations.reporting import close_if_done
from production.operations.steps import lock_order, touch
from production.shares import component_shares

ZERO = Decimal(0)
NOT_COPIED = {"id", "document", "version", "created_by", "created_at"}


@dataclass(frozen=True, kw_only=True)
class NewPart:
    """One part of a split, in the part's own unit; a date or site that is not given stays as it is."""

    quantity: Decimal
    start_date: date | None = None
    finish_date: date | None = None
    site: Warehouse | None = None


@operation
def split_order(*, line, parts, reason, by, moves=None, repeat_fixed=False, version=None):
    """Divide what a line makes; the first part stays with it, each other becomes an order of its own. Returns all.

    The new orders are numbered after the old one (M-1042-1, M-1042-2, …). Reported pieces stay with it, and so do
    issued components and what a component needs whatever the quantity; ``repeat_fixed`` needs that again for each part.
    ``moves``: {(link id, part index from 1): quantity}; without it the earliest need gets the earliest part, and a link
    is divided only where it must be. Orders below are not split: the earliest goes to the part that starts first. A
    part that is made at another site needs its components there: none of the links go along, what they held is free.
    """
    line = _locked(line, version)
    _check(line, parts, reason)
    dates = [_dates_of(line, part) for part in parts]
    _set_dates(line, *dates[0])
    documents = open_documents_after(line.order.document, len(parts) - 1)
    because(f"{reason.strip()}: {_in_words(line, parts, documents)}")

    components = [*_components(line), *_subcontracted(line)]
    lines = [line, *_new_lines(line, parts[1:], dates[1:], documents, moves=moves, by=by)]
    fed = _divide_components(components, lines, [part.quantity for part in parts], repeat=repeat_fixed, by=by)
    copy_in_house(line, lines[1:])
    refresh_need_dates([line.supply_id for line in lines])
    refresh_need_dates(fed)
    touch(line.order)
    close_if_done(line)
    orders = ProductionOrder.objects.for_list().in_bulk([line.order_id for line in lines])
    return [orders[line.order_id] for line in lines]


def _locked(line, version):
    order, _supplies, _demands = lock_order(line.order, version=version)
    line = ProductionOrderLine.objects.for_list().get(pk=line.pk)
    line.order = order
    return line


def _check(line, parts, reason):
    unit = line.supply.part.unit
    check_splittable(line)
    if not reason.strip():
        raise Refused("Say why the order is split.")
    for part in parts:
        check_fits(unit, part.quantity)
    check_parts(line.supply.quantity, [part.quantity for part in parts])
    _check_sites(line, parts)
    kept = kept_quantity(line)
    if parts[0].quantity < kept:
        raise Refused(
            f"{plain(kept)} {unit} of {line} are reported and stay with it; its part must be at least that much, "
            f"{plain(parts[0].quantity)} is less."
        )


def _check_sites(line, parts):
    """The first part is the order as it is; links below and finished goods know where that is."""
    site, company = line.order.site, line.order.document.company_id
    if parts[0].site not in (None, site):
        raise Refused(f"The first part stays {line.order} and is made at {site}; give another part the site.")
    for wanted in {part.site for part in parts[1:]} - {None, site}:
        if not wanted.is_active or wanted.company_id != company:
            raise Refused(f"Nothing of {line.order} can be made at {wanted}.")


def check_splittable(line):
    """Refuse a line that cannot be split, whatever the parts."""
    if not line.order.can_be_split:
        raise Refused(f"{line.order} is {line.order.get_status_display().lower()} and cannot be split.")
    if line.supply.open <= 0:
        raise Refused(f"{line} is finished; nothing is left to split.")
    if kept_quantity(line) >= line.supply.quantity:
        raise Refused(f"All of {line} is reported on its operations; nothing is left to split.")


def kept_quantity(line):
    """How much of a line cannot move: what is finished and scrapped, or reported on any of its operations."""
    return max(line.supply.quantity - line.supply.open, min(reported_most(line), line.supply.quantity))


def _in_words(line, parts, documents):
    names = [str(line.order), *(document.number for document in documents)]
    shares = ", ".join(
        f"{name} {plain(part.quantity)}" + (f" at {part.site}" if part.site not in (None, line.order.site) else "")
        for name, part in zip(names, parts, strict=True)
    )
    return f"{plain(line.supply.quantity)} {line.supply.part.unit} of {line.order} split into {shares}"


def _dates_of(line, part):
    """(start, finish) of a part: a new finish date takes the start along, by the lead time."""
    supply = line.supply
    finish = part.finish_date or supply.due_date
    start = part.start_date or line.start_date
    if part.finish_date not in (None, supply.due_date) and part.start_date in (None, line.start_date):
        start = work_days_of([supply.warehouse_id])[supply.warehouse_id].subtract(finish, supply.lead_time)
    if start and finish and start > finish:
        raise Refused(f"The start date {start} lies after the finish date {finish}.")
    return start, finish


def _set_dates(line, start, finish):
    """The original takes its dates first, because dates decide who gets what."""
    if finish != line.supply.due_date:
        line.supply = change_supply(line.supply, due_date=finish)
    if start != line.start_date:
        line.start_date = start
        line.save(update_fields=["start_date"])


def _new_lines(line, parts, dates, documents, *, moves, by):
    """Orders with one line each; the supply is divided, and what it is promised to goes along."""
    status = OrderStatus.RELEASED if line.order.status == OrderStatus.STARTED else OrderStatus(line.order.status)
    supplies = [
        like(
            line.supply,
            document_id=document.pk,
            position=1,
            quantity=part.quantity,
            due_date=finish,
            status=status.position_status,
        )
        for document, part, (_, finish) in zip(documents, parts, dates, strict=True)
    ]
    supplies = split_supply(line.supply, supplies, by=by, moves=moves, whole=True)
    orders = insert(
        [
            _copy(line.order, document=document, status=status, site=part.site or line.order.site, created_by=by)
            for document, part in zip(documents, parts, strict=True)
        ]
    )
    return insert(
        [
            ProductionOrderLine(order=order, position=1, bom_id=line.bom_id, supply=supply, start_date=start)
            for order, supply, (start, _) in zip(orders, supplies, dates, strict=True)
        ]
    )


def _copy(order, **own):
    """The header of a part says what the old one says, but for what is its own."""
    fields = [field for field in order._meta.concrete_fields if field.name not in NOT_COPIED]
    facts = {field.attname: getattr(order, field.attname) for field in fields if field.name not in own}
    return ProductionOrder(**facts | own)


def _components(line):
    """The components that are still needed. Read before the line's own links move: these are the same afterwards."""
    components = Component.objects.filter(line=line, demand__status__in=OPEN_STATUSES)
    return list(components.for_list())


def _subcontracted(line):
    """The subcontracted operations that are not done: divided like components, once for each piece."""
    steps = Operation.objects.filter(line=line, demand__status__in=OPEN_STATUSES)
    return list(steps.for_list())


def _divide_components(components, lines, quantities, *, repeat, by):
    """Give each part its share of every component, links and all; returns the supplies that feed them."""
    demands = [component.demand_id for component in components]
    fed = set(OrderLink.objects.open().filter(demand__in=demands).values_list("supply", flat=True))
    cuts, new, site = [], [], lines[0].order.site_id
    for component in components:
        only_issued = not lines[0].supply.open and _used_by_reports(component)
        shares = _shares_of(component, quantities, repeat=repeat, only_issued=only_issued)
        taking = [pair for pair in zip(lines, shares, strict=True) if component.quantity_per or pair[1].fixed][1:]
        if taking:
            _need_more(component.demand, shares)
            parts = [_part_of(component, line, share) for line, share in taking]
            new += parts
            here = [part for part in parts if part.line.order.site_id == site]
            if away := [part.demand for part in parts if part.line.order.site_id != site]:
                _take_away(component, away)
            if here:
                cuts.append(_cut(component, [part.demand for part in here], [lines[0], *(part.line for part in here)]))
    if cuts:
        split_demands(cuts, by=by)
    for part in new:
        part.demand = part.demand  # its id, known only now
    insert([part for part in new if isinstance(part, Component)])
    insert([part for part in new if isinstance(part, Operation)])
    return fed


def _take_away(component, demands):
    """What is needed at other sites is not needed here any more: its links are cut, the latest supply first."""
    demand, gone = component.demand, sum((part.quantity for part in demands), ZERO)
    left = demand.quantity - gone
    cut_links(demand, to=left - demand.cancelled - demand.done, reason="the rest is made at another site")
    component.demand = change_demand(demand, quantity=left)
    add_demands(demands)


def _used_by_reports(component):
    """What is finished has taken what it needs of it: an order with nothing more to make needs no more."""
    by_report = settings_registry.get("component_issue") != "reported"
    return by_report and isinstance(component, Component) and component.demand.part.is_stock_updated


def _shares_of(component, quantities, *, repeat, only_issued):
    demand = component.demand
    return component_shares(
        demand.quantity - demand.cancelled,
        quantities,
        demand.part.unit,
        fixed=component.fixed_quantity,
        issued=demand.done,
        repeat=repeat,
        only_issued=only_issued,
    )


def _need_more(demand, shares):
    """What each part needs once more is needed before it is divided; the division writes it."""
    demand.quantity = demand.cancelled + sum((share.quantity for share in shares), ZERO)


def _part_of(component, line, share):
    """The component or subcontracted operation of a part, unsaved, with its demand."""
    demand = like(
        component.demand,
        document_id=line.supply.document_id,
        warehouse_id=line.order.site_id,
        quantity=share.quantity,
        status=OrderStatus(line.order.status).position_status,
        for_supply_id=line.supply_id,
    )
    if isinstance(component, Operation):
        return copy_of(component, line, demand=demand)
    facts = ("position", "bom_row", "quantity_per", "scrap")
    own = {name: getattr(component, name) for name in facts}
    return Component(line=line, demand=demand, fixed_quantity=share.fixed, **own)


def _cut(component, demands, lines):
    """The earliest supply goes to the part that starts first."""
    dates = [line.start_date or line.supply.due_date for line in lines]
    return Cut(position=component.demand, parts=demands, dates=dates)
