"""Orders made from sales rows: create production orders, create purchase orders."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction

from erp.exceptions import Refused
from erp.register import settings_registry
from linkage.dates import business_date
from linkage.locks import lock_ids
from linkage.operation import operation
from production.models import Layout
from production.operations import create_orders_for as make_for
from purchasing.operations import NotOrdered
from sales.configuring import waits_for_configuration
from sales.models import OrderType, SalesOrderRow
from sales.operations.demands import labels_of
from sales.operations.serials import carry_serials
from sales.operations.straight import buy, why_no_address


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What the window asks of one row, in the base unit: how much to take of what is free, how much to make, when.

    Without a quantity what is uncovered then is made; with quantity 0 nothing is.
    """

    take: Decimal = Decimal(0)
    quantity: Decimal | None = None
    start: date | None = None
    finish: date | None = None


@operation
def create_production_orders(
    *, rows, by, wishes=None, employee=None, note="", layout=Layout.SHOP, buy=False, combine=False, refused=None
):
    """Make the production orders of rows, with the whole tree below; returns all orders, the rows' own first.

    ``wishes``: {row id: Wish}. A row that gets none raises Refused with its sentence; given a dictionary ``refused``,
    the sentence goes there by row id and the other rows are served. ``buy``: also purchase what is short; ``combine``:
    one order per part.
    """
    rows = _take(rows)
    facts = {"buy": buy, "combine": combine, "employee": employee, "note": note, "layout": layout} | _asked(
        rows, wishes or {}
    )
    taken = any(facts["take"].values())
    return _strictly(make_for_rows, rows, by=by, refused=refused, may_be_none=taken, **facts)


def _asked(rows, wishes):
    """The wishes as the makers of orders understand them, by demand."""
    mine = {row.demand_id: wishes[row.pk] for row in rows if row.demand_id and row.pk in wishes}
    return {
        "take": {demand: wish.take for demand, wish in mine.items() if wish.take},
        "quantities": {demand: wish.quantity for demand, wish in mine.items() if wish.quantity is not None},
        "dates": {demand: (wish.start, wish.finish) for demand, wish in mine.items()},
    }


@operation
def create_purchase_orders(*, rows, by, refused=None):
    """Make draft purchase order rows for rows of bought parts; ``refused`` as for production orders."""
    return _strictly(buy_for_rows, _take(rows), by=by, refused=refused)


def _take(rows):
    """Lock the orders of the rows; what the rows are linked to is locked by whoever makes the orders."""
    rows = list(SalesOrderRow.objects.for_list().filter(pk__in=[row.pk for row in rows]).in_order())
    if not rows:
        raise Refused("Tick at least one row.")
    lock_ids(documents={row.order.document_id for row in rows})
    return list(SalesOrderRow.objects.for_list().filter(pk__in=[row.pk for row in rows]).in_order())


def _strictly(function, rows, *, refused, may_be_none=False, **arguments):
    told = {} if refused is None else refused
    made = function(rows, refused=told, **arguments)
    if told and (refused is None or not (made or may_be_none)):
        raise Refused(" ".join(told.values()))
    return made


def make_for_rows(rows, *, by, refused, **asked):
    """A step inside an operation: production orders of rows whose documents are locked; ``asked`` as the makers say."""
    demands = _demands(rows, refused)
    if not demands:
        return []
    by_demand = {}
    orders = make_for(
        demands=list(demands),
        by=by,
        business_date=business_date(),
        numbers=_numbers(demands),
        labels=_labels(demands),
        refused=by_demand,
        **asked,
    )
    _hand_back(by_demand, demands, refused)
    carry_serials(demands.values())
    return orders


def _labels(demands):
    """What the rows' production orders carry of them, the type among it."""
    types = OrderType.objects.select_related("production_order_type").in_bulk(
        {row.order.order_type_id for row in demands.values()} - {None}
    )
    labels = labels_of(demands)
    for demand, row in demands.items():
        kind = row.order.order_type_id and types[row.order.order_type_id].production_order_type
        if kind and kind.is_active:
            labels[demand.pk]["order_type"] = kind
    return labels


def buy_for_rows(rows, *, by, refused):
    """A step inside an operation: purchase order rows of rows whose documents are locked."""
    demands = _demands(rows, refused)
    refused |= {row.pk: sentence for demand, row in demands.items() if (sentence := why_no_address(row, demand))}
    rest = _not(refused, demands)
    try:
        with transaction.atomic():  # it may have written the orders of some before it refuses others
            return buy(rest, by=by) if rest else []
    except NotOrdered as problem:
        _hand_back(problem.problems, demands, refused)
    rest = _not(refused, demands)
    return buy(rest, by=by) if rest else []


def _not(refused, demands):
    return {demand: row for demand, row in demands.items() if row.pk not in refused}


def _demands(rows, refused):
    """{demand: row} of the rows that have one; the others have their sentence in ``refused``."""
    refused |= {row.pk: sentence for row in rows if (sentence := why_no_demand(row))}
    return {row.demand: row for row in rows if row.pk not in refused}


def why_no_demand(row):
    """Why nothing can be made or bought for a row, before its part is looked at."""
    if not row.order.has_demands:
        state = row.order.get_status_display().lower()
        return f"{row}: {row.order} is {'a quote; register it first' if row.order.is_open else state}."
    if row.is_closed:
        return f"{row} is finished."
    if waits_for_configuration(row):
        return f"{row}: configure it first; nobody has confirmed what is wanted of it."
    if not row.demand_id:
        return f"{row}: {row.part} is not stock-updated, so no order is made for it."
    return ""


def _hand_back(by_demand, demands, refused):
    rows = {demand.pk: row for demand, row in demands.items()}
    refused |= {rows[pk].pk if pk in rows else f"component {pk}": sentence for pk, sentence in by_demand.items()}


def _numbers(demands):
    """Order numbers after the customer order's number and position, where the setting says so."""
    if settings_registry.get("m_order_number_from") != "order-position":
        return None
    return {demand.pk: str(row) for demand, row in demands.items()}
