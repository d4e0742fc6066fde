"""Sales orders that are not there yet: create one or many, copy one."""

from dataclasses import replace
from itertools import groupby

from django.utils import timezone

from erp.exceptions import Refused
from erp.register.rates import rate_on
from linkage.dates import business_date
from linkage.models import Document
from linkage.models.positions import DocumentKind
from linkage.numbering import in_tens
from linkage.operation import operation
from linkage.operations import open_documents
from linkage.operations.inserting import insert
from sales.models import CustomerTerm, OrderType, Role, SalesOrder
from sales.operations.building import COPIED, NewOrder, NewRow, asks_for_prices, build_row
from sales.operations.dates import check_one_date, fill_dates
from sales.operations.demands import give_demands
from sales.operations.structures import build_below, price_kit, with_structures, write_below
from sales.operations.totals import copy_totals
from sales.part_names import name_rows
from sales.places import default_places, transport_days_to
from sales.pricing import Prices
from sales.statuses import CONFIRMED, QUOTE, REGISTERED
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
    made = unsaved_orders(orders)
    for order, document in zip(made, _open_documents(orders), strict=True):
        order.document = document
        check_rate(order)
    insert(made)
    orders = _with_structures(orders)
    below = [sub for new in orders for row in new.rows for sub in row.sub_rows or ()]
    units = UnitsOfRows([row.part for row in [*below, *(row for new in orders for row in new.rows)] if row.part])
    prices = _prices_of(made, orders)
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
    give_demands([row for row in rows if row.order.has_demands], units=units)
    pairs = [(row, new.sub_rows or ()) for row, (_order, new, _position) in zip(rows, asked, strict=True)]
    below = build_below(pairs, units=units, prices=prices)
    name_rows([*rows, *(part for _row, parts in below for part in parts)], by=by)
    for row, parts in below:
        price_kit(row, parts)
    give_vat_codes(rows)
    insert(rows)
    write_below(below, units=units)
    return made


def _with_structures(orders):
    """The parts of fictitious parts come from their BOMs, where an order does not name them."""
    found = iter(with_structures([row for new in orders for row in new.rows]))
    return [replace(new, rows=tuple(next(found) for _row in new.rows)) for new in orders]


def unsaved_orders(orders):
    """The orders as they would be opened, with all that customers and settings give them; without numbers yet."""
    types, places = _order_types(orders), default_places([new.customer for new in orders])
    return [
        SalesOrder(
            document=Document(
                company=new.warehouse.company, kind=DocumentKind.SALES, partner=new.customer, ordered_on=new.ordered_on
            ),
            status=new.status,
            warehouse=new.warehouse,
            confirmed_at=timezone.now() if new.status == CONFIRMED else None,
            **_defaults(new, types, places) | new.facts,
        )
        for new in orders
    ]


def _order_types(orders):
    """{customer id: the order type agreed with it}, and under None the one that new orders get."""
    agreed = CustomerTerm.objects.filter(customer__in=[new.customer for new in orders]).exclude(order_type=None)
    found = {term.customer_id: term.order_type for term in agreed.select_related("order_type")}
    return found | {None: OrderType.objects.filter(is_default=True).first()}


def _defaults(new, types, places):
    """What an order takes from its customer, and its rate from the table where it is in a currency of its own."""
    currency, company = new.facts.get("currency", new.customer.currency), new.warehouse.company.currency
    place = new.facts.get("delivery_place") or places.get(new.customer.pk)
    facts = {
        "currency": currency,
        "order_type": types.get(new.customer.pk, types[None]),
        "transport_days": transport_days_to(place),
    }
    if "exchange_rate" in new.facts:
        return facts
    return facts | {"exchange_rate": rate_of_day(new.ordered_on, currency=currency, into=company)}


def rate_of_day(day, *, currency, into):
    """The rate that the table suggests an order; refused where it has none."""
    rate = rate_on(day, currency=currency, into=into)
    if rate is None:
        raise Refused(
            f"There is no exchange rate from {currency} to {into}; enter one on the order or ask an administrator."
        )
    return rate


def _prices_of(made, orders):
    """What was agreed for the rows that come without a price; nothing is read where all have theirs."""
    pairs = list(zip(made, orders, strict=True))
    rows = [(order, row) for order, new in pairs for main in new.rows for row in (main, *(main.sub_rows or ()))]
    asking = [(order, row) for order, row in rows if asks_for_prices(row)]
    if not asking:
        return None
    return Prices(customers=[order.customer for order, _row in asking], parts=[row.part for _order, row in asking])


def _open_documents(orders):
    """One series per company; the documents come back in the order of the orders."""
    by_company = {}
    for place, new in enumerate(orders):
        by_company.setdefault(new.warehouse.company, []).append(place)
    documents = [None] * len(orders)
    for company, places in by_company.items():
        headers = [(orders[place].ordered_on, orders[place].customer, orders[place].number) for place in places]
        opened = open_documents(company=company, kind=DocumentKind.SALES, headers=headers)
        for place, document in zip(places, opened, strict=True):
            documents[place] = document
    return documents


def suggested_again(order, changes):
    """What the register says anew of a header whose currency, place, rate or transport time changes as ``changes`` say.

    Left as it was or emptied, the rate follows the currency and the transport time the place.
    """
    currency, place = changes.get("currency", order.currency), changes.get("delivery_place", order.delivery_place)
    anew = {}
    if _asks_again(order, changes, "exchange_rate", moved=currency != order.currency):
        into = order.company_currency
        anew["exchange_rate"] = rate_of_day(order.document.ordered_on, currency=currency, into=into)
    if _asks_again(order, changes, "transport_days", moved=place != order.delivery_place):
        place = place or default_places([order.customer]).get(order.customer.pk)
        anew["transport_days"] = transport_days_to(place)
    return anew


def _asks_again(order, changes, name, *, moved):
    before = getattr(order, name)
    typed = changes.get(name, before)
    return typed is None or (moved and typed == before)


def check_rate(order):
    """An order in the company's own currency has the rate 1."""
    company = order.document.company.currency
    if order.currency == company and order.exchange_rate != 1:
        raise Refused(f"The order is in {company}, the company's own currency: its exchange rate is 1.")


@operation
def copy_order(*, order, by):
    """A new quote with the same rows, without dates, links and what was delivered. Total rows sum the same rows."""
    rows = [row for row in order.rows.for_list().exclude(role=Role.PACKAGING).in_order() if not row.is_cancelled]
    below = {}
    for row in rows:
        below.setdefault(row.parent_id, []).append(row)
    copies = [_copy_of(row, tuple(_copy_of(sub) for sub in below.get(row.pk, ()))) for row in below.get(None, ())]
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


def _copy_of(row, sub_rows=()):
    return NewRow(sub_rows=sub_rows, **{name: getattr(row, name) for name in COPIED})
