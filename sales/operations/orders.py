"""Sales orders as a whole: create, change, register, confirm, cancel, close, copy."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.utils import timezone

from erp.exceptions import Refused
from erp.register.models import Part, Partner, PartRevision, Unit, Warehouse
from erp.register.rates import rate_on
from erp.register.units import plain
from linkage.changes import DemandWant
from linkage.dates import business_date
from linkage.models import OrderLink
from linkage.models.positions import DocumentKind
from linkage.numbering import in_tens
from linkage.operation import operation
from linkage.operations import cancel_demand, change_demand, open_documents
from linkage.operations.changing import also_locked, change_chain
from sales.models import CustomerTerm, OrderType, RowType, SalesOrder, SalesOrderRow
from sales.operations.boxes import order_by_box
from sales.operations.demands import give_demands, remove_demand
from sales.operations.taking import check_open, check_version, take_order
from sales.operations.totals import copy_totals
from sales.operations.types import check_row
from sales.pricing import Prices, price_row
from sales.queries import dates_that_differ
from sales.statuses import CANCELLED, CLOSED, CONFIRMED, QUOTE, REGISTERED, RowStatus, may_become
from sales.units import UnitsOfRows, parts_of


@dataclass(frozen=True, kw_only=True)
class NewRow:
    """A row that is not there yet. What is left out comes from the part and the order.

    ``sub_rows`` are NewRow that stand below it. A price or discount that is given counts as typed, unless it says that
    it is not locked; one that is left out is suggested.
    """

    part: Part | None = None
    quantity: Decimal = Decimal(0)
    row_type: int = RowType.PART
    part_number: str = ""
    text: str = ""
    on_confirmation: bool = False
    on_pick_list: bool = False
    on_delivery_note: bool = False
    on_invoice: bool = False
    sub_rows: tuple = ()
    unit: Unit | None = None
    name: str = ""
    revision: PartRevision | None = None
    delivery_date: date | None = None
    warehouse: Warehouse | None = None
    row_status: str = RowStatus.FIXED
    unit_price: Decimal | None = None
    discount: Decimal | None = None
    setup_price: Decimal | None = None
    price_locked: bool | None = None
    discount_locked: bool | None = None
    price_source: str = ""
    price_currency: str = ""
    standard_price: Decimal | None = None
    customer_row_position: str = ""
    customer_order_number: str = ""
    goods_label: str = ""
    desired_date: date | None = None
    initial_date: date | None = None
    order_box: bool = False


COPIED = [
    "row_type",
    "part",
    "part_number",
    "name",
    "text",
    "on_confirmation",
    "on_pick_list",
    "on_delivery_note",
    "on_invoice",
    "quantity",
    "unit",
    "revision",
    "warehouse",
    "row_status",
    "unit_price",
    "price_locked",
    "price_source",
    "price_currency",
    "discount",
    "discount_locked",
    "setup_price",
    "standard_price",
    "customer_row_position",
    "goods_label",
]


@dataclass(frozen=True, kw_only=True)
class NewOrder:
    """An order that is not there yet; its company is the warehouse's."""

    customer: Partner
    warehouse: Warehouse
    ordered_on: date
    status: str = REGISTERED
    number: str | None = None
    facts: dict = field(default_factory=dict)
    rows: tuple = ()


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
    documents, types = _open_documents(orders), _order_types(orders)
    made = SalesOrder.objects.bulk_create(
        [
            SalesOrder(
                document=document,
                status=new.status,
                warehouse=new.warehouse,
                confirmed_at=timezone.now() if new.status == CONFIRMED else None,
                **_defaults(new, types) | new.facts,
            )
            for document, new in zip(documents, orders, strict=True)
        ]
    )
    for order in made:
        _check_rate(order)
    units = UnitsOfRows([row.part for new in orders for row in new.rows if row.part])
    prices = _prices_of(made, orders)
    asked = [
        (order, row, position)
        for order, new in zip(made, orders, strict=True)
        for row, position in zip(new.rows, in_tens(len(new.rows)), strict=True)
    ]
    rows = [
        build_row(order=order, new=row, units=units, prices=prices, position=position) for order, row, position in asked
    ]
    give_demands([row for row in rows if row.order.has_demands], units=units)
    SalesOrderRow.objects.bulk_create(rows)
    _write_sub_rows([(row, new.sub_rows) for row, (_order, new, _position) in zip(rows, asked, strict=True)], units)
    return made


def _order_types(orders):
    """{customer id: the order type agreed with it}, and under None the one that new orders get."""
    agreed = CustomerTerm.objects.filter(customer__in=[new.customer for new in orders]).exclude(order_type=None)
    found = {term.customer_id: term.order_type for term in agreed.select_related("order_type")}
    return found | {None: OrderType.objects.filter(is_default=True).first()}


def _defaults(new, types):
    """What an order takes from its customer, and its rate from the table where it is in a currency of its own."""
    currency, company = new.facts.get("currency", new.customer.currency), new.warehouse.company.currency
    return {
        "currency": currency,
        "order_type": types.get(new.customer.pk, types[None]),
        "exchange_rate": rate_on(new.ordered_on, currency=currency, into=company) or 1,
    }


def _prices_of(made, orders):
    """What was agreed for the rows that come without a price; nothing is read where all have theirs."""
    pairs = list(zip(made, orders, strict=True))
    asking = [(order, row) for order, new in pairs for row in new.rows if row.part and row.unit_price is None]
    if not asking:
        return None
    return Prices(customers=[order.customer for order, _row in asking], parts=[row.part for _order, row in asking])


def _write_sub_rows(below, units):
    """``below``: (main row, its NewRows), all in one statement."""
    rows = [
        build_row(order=main.order, new=new, units=units, parent=main, line=line)
        for main, news in below
        for line, new in enumerate(news, start=1)
    ]
    SalesOrderRow.objects.bulk_create(rows)


def _check_rate(order):
    company = order.document.company.currency
    if order.currency == company and order.exchange_rate != 1:
        raise Refused(f"The order is in {company}, the company's own currency: its exchange rate is 1.")


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


def build_row(*, order, new, units, prices=None, position=None, parent=None, line=0):
    """An unsaved row with all that the part, the order and ``prices`` give it; checks what its type asks for."""
    part = new.part
    row = SalesOrderRow(
        order=order,
        position=position,
        parent=parent,
        line=line,
        row_type=new.row_type,
        part=part,
        part_number=new.part_number.strip(),
        name=new.name or (part.name if part else ""),
        text=new.text,
        on_confirmation=new.on_confirmation,
        on_pick_list=new.on_pick_list,
        on_delivery_note=new.on_delivery_note,
        on_invoice=new.on_invoice,
        revision=new.revision or (part.active_revision if part else None),
        quantity=new.quantity,
        unit=new.unit or (units.default(part) if part else None),
        unit_price=new.unit_price or Decimal(0),
        price_locked=new.unit_price is not None if new.price_locked is None else new.price_locked,
        price_source=new.price_source,
        price_currency=new.price_currency,
        discount=new.discount or Decimal(0),
        discount_locked=new.discount is not None if new.discount_locked is None else new.discount_locked,
        setup_price=new.setup_price,
        standard_price=new.standard_price,
        delivery_date=new.delivery_date,
        desired_date=new.desired_date or new.delivery_date,
        initial_date=new.initial_date or new.delivery_date,
        warehouse=new.warehouse or (part.default_warehouse if part else None) or order.warehouse,
        row_status=new.row_status,
        customer_row_position=new.customer_row_position,
        customer_order_number=new.customer_order_number,
        goods_label=new.goods_label,
        order_box=new.order_box,
    )
    check_row(row, units=units)
    if prices and row.is_part:
        price_row(row, prices, price=new.unit_price is None, setup=new.setup_price is None)
        check_row(row, units=units)
    return row


@operation
def change_order(*, order, by, version=None, reason="", decisions=None, **changes):
    """Change the header. Its priority is also the one of its rows' demands.

    With ``decisions`` (``linkage.changes``) the orders made for the rows are offered a new priority.
    """
    rows = list(order.rows.all())
    order, rows = take_order(order, rows=rows, too=also_locked(decisions))
    check_open(order)
    check_version(order, version, changes)
    for name, value in changes.items():
        setattr(order, name, value)
    _check_one_date(order, rows)
    _check_rate(order)

    order.save(update_fields=list(changes))
    moved = [row.demand for row in rows if row.demand and row.demand.priority != order.priority]
    if decisions is not None:
        wants = [DemandWant(demand.pk, priority=order.priority) for demand in moved]
        change_chain(demands=wants, decisions=decisions, by=by, reason=reason or f"{order}: priority {order.priority}")
    for demand in moved:
        change_demand(demand, priority=order.priority)
    order.refresh_from_db()
    return order


@operation
def register_order(*, order, by, refused=None):
    """Make an order of a quote: its rows are demands now, and ticked rows get their orders."""
    order, rows = _step(order, REGISTERED)

    order.save(update_fields=["status"])
    give_demands(rows, units=UnitsOfRows(parts_of(rows)))
    SalesOrderRow.objects.bulk_update([row for row in rows if row.demand_id], ["demand"])
    order_by_box(list(order.rows.for_list().in_order()), by=by, refused=refused)
    return order


@operation
def confirm_order(*, order, by):
    """Confirm a registered order to the customer; desired and initial dates freeze."""
    order, _rows = _step(order, CONFIRMED)
    order.confirmed_at = timezone.now()

    order.save(update_fields=["status", "confirmed_at"])
    return order


def _step(order, wanted):
    order, rows = take_order(order, rows=list(order.rows.all()))
    if not may_become(order.status, wanted):
        raise Refused(f"{order} is {order.get_status_display().lower()}; it cannot become {wanted.label.lower()}.")
    order.status = wanted
    _check_one_date(order, rows)
    return order, rows


def _check_one_date(order, rows):
    """Without partial delivery all rows leave on one day."""
    if wrong := dates_that_differ(order, rows):
        raise Refused(
            f"Partial delivery is not allowed, so all rows of {order} need the same delivery date as the first: "
            f"change {', '.join(str(row.position) for row in wrong)}."
        )


@operation
def cancel_order(*, order, by, reason="", release=False, decisions=None):
    """Cancel an order of which nothing is delivered. With ``release`` linked supplies stay, free, as orphans.

    With ``decisions`` each order made for its rows becomes what they say.
    """
    order, rows = take_order(order, rows=list(order.rows.all()), too=also_locked(decisions))
    if not may_become(order.status, CANCELLED) or any(row.delivered for row in rows):
        raise Refused(f"{order} is {order.get_status_display().lower()} or partly delivered and cannot be cancelled.")
    if decisions is not None:
        open_rows = [row for row in rows if row.demand and row.demand.status != CANCELLED]
        ends = [DemandWant(row.demand_id, is_cancelled=True) for row in open_rows]
        change_chain(demands=ends, decisions=decisions, by=by, reason=reason or f"{order} cancelled")
        for row in open_rows:
            row.demand.refresh_from_db()
    elif not release and (links := open_links(rows)):
        raise Refused(f"{order} is linked: {links_in_words(links)}. Disconnect them, or cancel and leave them free.")

    for row in rows:
        if row.demand and row.demand.status != CANCELLED:
            cancel_demand(row.demand, reason=reason or f"{order} cancelled")
    order.rows.filter(closed_at=None).update(closed_at=timezone.now())
    order.status = CANCELLED
    order.save(update_fields=["status"])
    return order


@operation
def close_order(*, order, by):
    """Close a delivered order: it is history from now on."""
    order, _rows = take_order(order)
    if not may_become(order.status, CLOSED):
        raise Refused(f"Only a delivered order is closed; {order} is {order.get_status_display().lower()}.")

    order.status = CLOSED
    order.save(update_fields=["status"])
    return order


@operation
def copy_order(*, order, by):
    """A new quote with the same rows, without dates, links and what was delivered. Total rows sum the same rows."""
    rows = [row for row in order.rows.for_list().in_order() if not row.is_cancelled]
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
        "delivery_address",
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


def delete_draft(row):
    """Take a row away for good, and with it a demand that nothing has ever referred to."""
    demand, row.demand = row.demand, None
    row.delete()
    if demand:
        remove_demand(demand)


def open_links(rows):
    demands = [row.demand_id for row in rows if row.demand_id]
    return list(OrderLink.objects.open().with_ends().filter(demand__in=demands).order_by("pk"))


def links_in_words(links):
    return ", ".join(f"{plain(link.open)} {link.supply.part.unit} from {link.supply}" for link in links)
