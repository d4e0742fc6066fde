"""Making linked order trees for demands: sales rows, or components that stand already.

One transaction for all trees: read, lock what may be taken, plan in memory (``production.netting``), write in bulk.
"""

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from erp.exceptions import Refused
from erp.register.models import Warehouse
from erp.register.units import plain
from linkage.dates import refresh_need_dates, work_days_of
from linkage.locks import lock_chain
from linkage.models import OPEN_STATUSES, Demand, DemandKind, Document, SupplyKind
from linkage.models.positions import DocumentKind
from linkage.operation import operation, settle
from linkage.queries.shortage import short
from production.models import Layout, ProductionOrder
from production.netting import Free, Need, PlannedComponent, plan
from production.operations.taking import take_first
from production.operations.writing import Header, write_orders
from production.queries.making import free_for, still_made_for, untaken_numbers
from production.queries.structures import structure_of
from purchasing.operations import NotOrdered
from purchasing.operations import create_orders_for as buy_for

ZERO = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What was asked for beside the demands.

    ``quantities``: {demand id: quantity}; else what is uncovered. ``dates``: {demand id: (start, finish)}, either may
    be None. ``take``: {demand id: quantity} of free stock and supply that it takes before anything is made.
    """

    quantities: dict = field(default_factory=dict)
    dates: dict = field(default_factory=dict)
    take: dict = field(default_factory=dict)
    combine: bool = False

    def dates_of(self, demand) -> tuple[date | None, date | None]:
        return self.dates.get(demand.pk) or (None, None)


@operation
def create_orders_for(
    *,
    demands,
    by,
    business_date,
    buy=False,
    combine=False,
    numbers=None,
    labels=None,
    quantities=None,
    dates=None,
    take=None,
    employee=None,
    note="",
    layout=Layout.SHOP,
    refused=None,
):
    """Make the production orders of the demands with all orders below them, linked; returns all, theirs first.

    Each order is for what is uncovered of its demand, or for its quantity in ``quantities`` ({demand id: quantity});
    ``dates``: {demand id: (start, finish)}. ``take``: {demand id: quantity} of free stock, then free supply due in
    time, that is linked to the demand first; with quantity 0 nothing is made for it.
    Level by level, order-oriented components take free stock, then free supply due in time, and get bound orders for
    the rest. Raises Refused with a sentence for each demand that gets none; given a dictionary ``refused``, puts the
    sentences there by demand id and serves the others. ``combine``: one order per part, revision, variant, warehouse.
    ``numbers``: {demand id: order number}; ``labels``: {demand id: {"project": …, "goods_label": …, "order_type": …}}
    as the row says; without a type it is that of whoever makes them.
    ``buy``: purchase rows for bought components that stay short.
    """
    asked = Asked(quantities=quantities or {}, dates=dates or {}, take=take or {}, combine=combine)
    structure, candidates = _read(demands, asked)
    demands, candidates = _lock(demands, candidates)
    if asked.take:
        demands, candidates = _take(demands, candidates, asked, by=by)
    planned = _plan(structure, demands, candidates, asked)
    _tell(planned.refusals, refused)

    by_id = {demand.pk: demand for demand in demands}
    facts = {"ordered_on": business_date, "employee": employee, "note": note, "layout": layout}
    headers = _headers(planned, by_id, labels=labels or {}, **facts)
    _number(planned, headers, numbers or {})
    orders, components, outside = write_orders(planned.orders, headers, by_id, by=by)
    refresh_need_dates([supply.pk for supply in planned.taken if supply.kind == SupplyKind.PRODUCTION])
    if buy:
        _buy(components, outside, refused, by=by, business_date=business_date)
    return orders


def plan_orders_for(*, demands, quantities=None, dates=None, combine=False):
    """What ``create_orders_for`` would make now, as a ``production.netting.Plan``: nothing locked, nothing written."""
    asked = Asked(quantities=quantities or {}, dates=dates or {}, combine=combine)
    structure, candidates = _read(demands, asked)
    return _plan(structure, list(demands), candidates, asked)


def supplies_to_take(*, parts, warehouses):
    """What the orders of these parts (ids) may take below them; who holds the demands already locks it along first."""
    structure = structure_of(set(parts))
    return free_for((), parts=_oriented(structure), warehouses=warehouses)


def _oriented(structure):
    below = {row.component for recipe in structure.recipes.values() for row in recipe.rows}
    return [part for part in below if structure.parts[part].is_order_oriented]


def _read(demands, asked):
    """The structure below the demands' parts, and what its order-oriented components and the takers may take."""
    structure = structure_of({demand.part_id for demand in demands})
    warehouses = {demand.warehouse_id for demand in demands}
    takers = {demand.part_id for demand in demands if asked.take.get(demand.pk)}
    return structure, free_for(demands, parts={*_oriented(structure), *takers}, warehouses=warehouses)


def _lock(demands, candidates):
    """Demands, candidates and the chains that hang below them, as they are now."""
    orders = [supply for supply in candidates if supply.kind == SupplyKind.PRODUCTION]
    rows = lock_chain(orders, *demands, *candidates)
    demands, candidates = rows[: len(demands)], rows[len(demands) :]
    return demands, [supply for supply in candidates if supply.free > 0 and supply.status in OPEN_STATUSES]


def _take(demands, candidates, asked, *, by):
    """Link what the demands take first; returns those that something is made for, and what is free then."""
    take_first(demands, candidates, asked.take, by=by)
    now = Demand.objects.in_bulk([demand.pk for demand in demands])
    demands = [now[demand.pk] for demand in demands]
    left = [demand for demand in demands if not asked.take.get(demand.pk) or _is_made_for(demand, asked)]
    return left, [supply for supply in candidates if supply.free > 0]


def _is_made_for(demand, asked):
    return asked.quantities.get(demand.pk, demand.uncovered) > 0


def _plan(structure, demands, candidates, asked):
    _attach(demands)
    pooled = [demand.pk for demand in demands if not structure.parts[demand.part_id].is_order_oriented]
    made = still_made_for(pooled) if pooled else {}
    needs, refusals = [], {}
    for demand in demands:
        try:
            needs.append(_need(demand, structure.parts[demand.part_id], made.get(demand.pk, ZERO), asked))
        except Refused as refusal:
            refusals[demand.pk] = str(refusal)
    free = [Free(s.pk, s.part_id, s.warehouse_id, s.free, s.due_date, s) for s in candidates]
    calendars = work_days_of({demand.warehouse_id for demand in demands})
    planned = plan(structure, needs, free=free, calendars=calendars, combine=asked.combine)
    names = {demand.pk: demand for demand in demands}
    planned.refusals = refusals | {key: f"{names[key]}: {why}" for key, why in planned.refusals.items()}
    return planned


def _attach(demands):
    """Give the demands their documents and warehouses, in one statement each."""
    documents = Document.objects.select_related("partner").in_bulk({demand.document_id for demand in demands} - {None})
    warehouses = Warehouse.objects.select_related("company").in_bulk({demand.warehouse_id for demand in demands})
    for demand in demands:
        demand.document = documents.get(demand.document_id)
        demand.warehouse = warehouses[demand.warehouse_id]


def _need(demand, facts, made, asked):
    """What is to be made for a demand; the refusal is the sentence that the row shows."""
    _check(demand, facts)
    start, finish = asked.dates_of(demand)
    if demand.need_date is None and finish is None:
        raise Refused(f"{demand} has no date.")
    if start and finish and start > finish:
        raise Refused(f"{demand}: the start date lies after the finish date.")
    quantity = asked.quantities.get(demand.pk, demand.uncovered - made)
    if quantity <= 0 or demand.uncovered <= 0:
        raise Refused(_nothing_to_make(demand, made))
    if quantity % facts.step:
        raise Refused(f"{demand}: {plain(quantity)} has more decimals than the unit of {facts.number} allows.")
    return Need(
        key=demand.pk,
        part=demand.part_id,
        quantity=quantity,
        need_date=demand.need_date or finish,
        warehouse=demand.warehouse_id,
        priority=demand.priority,
        revision=demand.revision_id,
        variant=demand.variant,
        promised=demand.uncovered if facts.is_order_oriented else ZERO,
        start_date=start,
        finish_date=finish,
    )


def _check(demand, facts):
    if not facts.is_made:
        raise Refused(f"{demand}: {facts.number} is not a manufactured part.")
    if demand.kind == DemandKind.FORECAST:
        raise Refused(f"{demand} is a forecast; no order is made for it.")
    if demand.status not in OPEN_STATUSES:
        raise Refused(f"{demand} is {demand.get_status_display().lower()}.")
    if not facts.is_order_oriented and demand.kind == DemandKind.SALES and not facts.made_from_rows:
        raise Refused(f"{demand}: {facts.number} is stock-driven; the register does not allow orders from rows.")


def _nothing_to_make(demand, made):
    if demand.uncovered > 0 and made:
        return f"{demand} has an open order made for it already."
    return f"Nothing of {demand} is uncovered."


def _tell(refusals, refused):
    if refused is not None:
        refused.update(refusals)
    elif refusals:
        raise Refused(" ".join(refusals.values()))


def _headers(planned, demands, *, labels, **common):
    """{planned order: Header}; orders below say the same as the one they are made for."""
    above = {order.document_id: order for order in _orders_of(demands.values())}
    headers = {}
    for order in planned.orders:
        need = order.shares[0][0]
        if isinstance(need, PlannedComponent):
            headers[order] = headers[need.order]
            continue
        demand = demands[need.key]
        own = _facts_of_row(demand) | labels.get(demand.pk, {})
        facts = _facts_of(above.get(demand.document_id)) or own
        headers[order] = Header(company=demand.warehouse.company, **common, **facts)
    return headers


def _orders_of(demands):
    components = {demand.document_id for demand in demands if demand.for_supply_id}
    orders = ProductionOrder.objects.filter(document__in=components) if components else ()
    return orders and orders.select_related("order_type", "customer", "sales_document")


def _facts_of(order):
    copied = ("order_type", "customer", "sales_document", "project", "goods_label")
    if order is None:
        return {}
    facts = {name: getattr(order, name) for name in copied}
    return facts | ({} if order.order_type and order.order_type.is_active else {"order_type": None})


def _facts_of_row(demand):
    sold = demand.document is not None and demand.document.kind == DocumentKind.SALES
    return {"customer": demand.document.partner, "sales_document": demand.document} if sold else {}


def _number(planned, headers, numbers):
    """Give the orders for rows the numbers that were asked for, with -2 where one is taken."""
    roots = [order for order in planned.orders if order.depth == 0 and order.shares[0][0].key in numbers]
    wanted = [numbers[order.shares[0][0].key] for order in roots]
    for order, number in zip(roots, untaken_numbers(wanted) if wanted else (), strict=True):
        headers[order] = replace(headers[order], number=number)


def _buy(components, outside, refused, *, by, business_date):
    """Purchase rows for bought components that are short and for subcontracted operations, in the same transaction."""
    settle()  # what the components took is theirs before anybody counts what is missing
    bought = [*(demand for component, demand in components.items() if component.facts.is_bought), *outside]
    missing = short(today=business_date, demands=bought)
    demands = [demand for demand in bought if demand.pk in missing]
    try:
        _buy_missing(demands, missing, by=by, business_date=business_date)
    except NotOrdered as problem:
        _tell(problem.problems, refused)
        rest = [demand for demand in demands if demand.pk not in problem.problems]
        _buy_missing(rest, missing, by=by, business_date=business_date)


def _buy_missing(demands, missing, *, by, business_date):
    if demands:
        quantities = {demand.pk: missing[demand.pk] for demand in demands}
        buy_for(demands=demands, quantities=quantities, by=by, business_date=business_date)
