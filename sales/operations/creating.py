"""Sales orders that are not there yet: create one or many, copy one."""

from dataclasses import replace
from itertools import groupby

from erp.exceptions import Refused
from linkage.dates import business_date
from linkage.numbering import in_tens
from linkage.operation import operation
from linkage.operations.inserting import insert
from sales.models import Role
from sales.models.rows import COPIED, SAID
from sales.operations.building import ASKS, NewOrder, NewRow, asks_for_prices, build_row
from sales.operations.calculating import load_defaults
from sales.operations.commenting import comment_rows
from sales.operations.dates import check_one_date, fill_dates
from sales.operations.demands import give_demands
from sales.operations.headers import open_headers
from sales.operations.kit_prices import price_kits
from sales.operations.structures import build_below, with_structures, write_below
from sales.operations.totals import copy_totals
from sales.operations.transfers import give_profiles, transfer_rows
from sales.part_names import name_rows
from sales.pricing import Prices
from sales.statuses import QUOTE, REGISTERED
from sales.units import UnitsOfRows
from sales.vat import give_vat_codes


@operation
def create_order(*, customer, warehouse, by, ordered_on=None, status=REGISTERED, number=None, rows=(), **facts):
    """Open an order for a customer; ``facts`` are columns of SalesOrder, ``rows`` are NewRow."""
    if not customer.is_customer:
        raise Refused(f"{customer} is not a customer.")
    new = NewOrder(
        customer=customer,
        warehouse=warehouse,
        ordered_on=ordered_on or business_date(),
        status=status,
        number=number,
        facts=facts,
        rows=tuple(rows),
    )
    return create_orders(orders=[new], by=by)[0]


@operation
def create_orders(*, orders, by):
    """Open many orders at once (an import), in a constant number of statements. No box is looked at."""
    made = open_headers(orders)
    orders = _with_structures(orders, made)
    below = [sub for new in orders for row in new.rows for sub in row.sub_rows or ()]
    units = UnitsOfRows([row.part for row in [*below, *(row for new in orders for row in new.rows)] if row.part])
    prices = prices_of([(order, row) for order, new in zip(made, orders, strict=True) for row in new.rows])
    asked = [
        (order, row, position)
        for order, new in zip(made, orders, strict=True)
        for row, position in zip(new.rows, in_tens(len(new.rows)), strict=True)
    ]
    rows = [
        build_row(order=order, new=row, units=units, prices=prices, position=position) for order, row, position in asked
    ]
    fill_dates(rows)
    for order, mine in groupby(rows, key=lambda row: row.order):
        check_one_date(order, list(mine))
    pairs = [(row, new) for row, (_order, new, _position) in zip(rows, asked, strict=True)]
    write_new(pairs, units=units, prices=prices, by=by)
    return made


def write_new(pairs, *, units, prices, by):
    """A step: save new main rows that have positions and dates, (row, its NewRow) each, with all that comes along."""
    rows = [row for row, _new in pairs]
    give_demands([row for row in rows if row.order.has_demands], units=units)
    load_defaults(rows)
    below = build_below([(row, new.sub_rows or ()) for row, new in pairs], units=units, prices=prices)
    name_rows([*rows, *(part for _row, parts in below for part in parts)], by=by)
    anew = [new.unit_price is None for _row, new in pairs]
    price_kits((row, parts, is_anew) for (row, parts), is_anew in zip(below, anew, strict=True))
    give_vat_codes(rows)
    insert(rows)
    write_below(below, units=units)
    comment_rows([row for row, new in pairs if new.asks_for_comment])
    transfer_rows(give_profiles(rows), by=by)


def _with_structures(orders, made):
    """The parts of fictitious parts come from their BOMs, where an order does not name them."""
    news, of = [row for new in orders for row in new.rows], zip(made, orders, strict=True)
    found = iter(with_structures(news, [order for order, new in of for _row in new.rows]))
    return [replace(new, rows=tuple(next(found) for _row in new.rows)) for new in orders]


def prices_of(news):
    """What was agreed for new rows that come without a price, (order, NewRow) each; None where all have theirs."""
    rows = [(order, row) for order, main in news for row in (main, *(main.sub_rows or ()))]
    asking = [(order, row) for order, row in rows if asks_for_prices(row)]
    if not asking:
        return None
    return Prices(customers=[order.customer for order, _row in asking], parts=[row.part for _order, row in asking])


@operation
def copy_order(*, order, by):
    """A new quote with the same rows, without dates, links and what was delivered. Total rows sum the same rows."""
    rows = [row for row in order.rows.for_list().exclude(role=Role.PACKAGING).in_order() if not row.is_cancelled]
    below = {}
    for row in rows:
        below.setdefault(row.parent_id, []).append(row)
    copies = [copy_of(row, tuple(copy_of(sub) for sub in below.get(row.pk, ()))) for row in below.get(None, ())]
    kept = [
        "our_reference",
        "goods_label",
        "project",
        "priority",
        "partial_delivery_allowed",
        "delivery_place",
        "delivery_address",
        "transport_days",
        "order_type",
        "currency",
        "exchange_rate",
    ]
    facts = {name: getattr(order, name) for name in kept}
    copy = create_order(customer=order.customer, warehouse=order.warehouse, status=QUOTE, rows=copies, by=by, **facts)
    copy_totals(below.get(None, []), list(copy.rows.main().order_by("position")))
    return copy


def copy_of(row, sub_rows=()):
    """A new row that says what a row and those below it say; what is promised, delivered or dated is not copied."""
    kept = [*COPIED, *SAID, "formatted", "quantity", "setup_price"]
    asks = dict.fromkeys(ASKS, False)
    return NewRow(sub_rows=sub_rows, **asks, **{name: getattr(row, name) for name in kept})
