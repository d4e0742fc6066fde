"""Rows that are not there yet, and how they become rows of an order."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from erp.register.models import Part, Partner, PartRevision, Unit, Warehouse
from sales.models import RowType, SalesOrderRow
from sales.models.further import COPIED as COPIED_FURTHER
from sales.models.printed import PRINTED
from sales.operations.further import NewFurther, further_of
from sales.operations.types import check_row
from sales.pricing import price_row
from sales.shipping import weigh
from sales.statuses import REGISTERED, RowStatus


@dataclass(frozen=True, kw_only=True)
class NewRow(NewFurther):
    """A row that is not there yet. What is left out comes from the part and the order.

    ``sub_rows`` are NewRow that stand below it; a fictitious part that names none gets the parts of its BOM. A price or
    discount that is given counts as typed, unless it says that it is not locked; one that is left out is suggested.
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
    sub_rows: tuple | None = None
    role: str = ""
    within: str = ""
    variant: str = ""
    configured_at: datetime | None = None
    unit: Unit | None = None
    name: str = ""
    revision: PartRevision | None = None
    delivery_date: date | None = None
    at_customer_date: date | None = None
    ordered_on: date | None = None
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
    net_weight: Decimal | None = None
    show_price: bool = True
    price_text: str = ""
    show_date: bool = True
    date_text: str = ""
    desired_date: date | None = None
    initial_date: date | None = None
    order_box: bool = False
    asks_for_comment: bool = True  # whether the comment on its part stands below it; a copy has its own texts


COPIED = [
    "row_type",
    "role",
    "within",
    "variant",
    "configured_at",
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
    *COPIED_FURTHER,
    *PRINTED,
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


def asks_for_prices(new):
    """Whether a new row leaves its price or its discount to what was agreed with the customer."""
    return new.part is not None and (new.unit_price is None or new.discount is None)


def printed_facts(new):
    """What a new row says on documents, and its weight where somebody gave it."""
    return {name: getattr(new, name) for name in PRINTED}


def warehouse_of(new, order):
    """Where a new row is delivered from."""
    return new.warehouse or own_warehouse(new.part, order) or order.warehouse


def own_warehouse(part, order):
    """The part's default one, where it is of the company of the order."""
    default = part.default_warehouse if part else None
    return default if default and default.company_id == order.document.company_id else None


def build_row(*, order, new, units, prices=None, position=None, parent=None, line=0):
    """An unsaved row with all that the part, the order and ``prices`` give it; checks what its type asks for."""
    part = new.part
    row = SalesOrderRow(
        order=order,
        position=position,
        parent=parent,
        line=line,
        role=new.role,
        within=new.within,
        variant=new.variant,
        configured_at=new.configured_at,
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
        at_customer_date=new.at_customer_date,
        ordered_on=new.ordered_on,
        desired_date=new.desired_date,
        initial_date=new.initial_date,
        warehouse=warehouse_of(new, order),
        row_status=new.row_status,
        customer_row_position=new.customer_row_position,
        customer_order_number=new.customer_order_number,
        goods_label=new.goods_label,
        **printed_facts(new),
        order_box=new.order_box,
        **further_of(new),
    )
    if new.net_weight is None:
        weigh([row], units)
    check_row(row, units=units)
    if prices and asks_for_prices(new):
        asked = new.unit_price is None
        price_row(row, prices, price=asked, discount=new.discount is None, setup=asked and new.setup_price is None)
        check_row(row, units=units)
    return row
