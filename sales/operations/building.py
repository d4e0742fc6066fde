"""Rows that are not there yet, and how they become rows of an order."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from erp.register.models import Part, Partner, PartRevision, Unit, Warehouse
from sales.models import RowType, SalesOrderRow
from sales.money import check_amount
from sales.operations.further import NewFurther, check_free_asset
from sales.operations.types import check_row
from sales.pricing import price_row
from sales.shipping import weigh
from sales.statuses import REGISTERED, RowStatus


@dataclass(frozen=True, kw_only=True)
class NewRow(NewFurther):
    """A row that is not there yet. What is left out comes from the part and the order.

    ``sub_rows`` are NewRow that stand below it; a fictitious part that names none gets the parts of its BOM. A price,
    discount or standard price that is given counts as typed, unless it says that it is not locked; a price, discount or
    setup price that is left out is suggested.
    """

    part: Part | None = None
    quantity: Decimal = Decimal(0)
    row_type: int = RowType.PART
    part_number: str = ""
    text: str = ""
    formatted: str = ""
    on_confirmation: bool = False
    on_pick_list: bool = False
    on_delivery_note: bool = False
    on_invoice: bool = False
    sub_rows: tuple | None = None
    role: str = ""
    within: str = ""
    nested: str = ""
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
    priority: int | None = None
    unit_price: Decimal | None = None
    discount: Decimal | None = None
    setup_price: Decimal | None = None
    price_locked: bool | None = None
    discount_locked: bool | None = None
    price_source: str = ""
    price_currency: str = ""
    price_comment: str = ""
    priced_in: str = ""
    setup_priced_in: str = ""
    standard_price: Decimal | None = None
    standard_price_locked: bool | None = None
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
    asks_for_setup_price: bool = True  # a copy of a row without one has none either


ASKS = {"asks_for_comment", "asks_for_setup_price"}
COLUMNS = [name for name in NewRow.__dataclass_fields__ if name not in {"sub_rows", *ASKS}]


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
    """Whether a new row leaves its price, discount or setup price to what was agreed with the customer."""
    return new.part is not None and (None in (new.unit_price, new.discount) or _asks_for_setup(new))


def _asks_for_setup(new):
    return new.setup_price is None and new.asks_for_setup_price


def warehouse_of(new, order):
    """Where a new row is delivered from."""
    return new.warehouse or own_warehouse(new.part, order) or order.warehouse


def own_warehouse(part, order):
    """The part's default one, where it is of the company of the order."""
    default = part.default_warehouse if part else None
    return default if default and default.company_id == order.document.company_id else None


def build_row(*, order, new, units, prices=None, position=None, parent=None, line=0):
    """An unsaved row with all that the part, the order and ``prices`` give it; checks what its type asks for."""
    check_free_asset(new)
    said = {name: getattr(new, name) for name in COLUMNS} | _completed(new, order=order, units=units)
    row = SalesOrderRow(order=order, position=position, parent=parent, line=line, **said)
    if new.net_weight is None:
        weigh([row], units)
    check_row(row, units=units)
    if prices and asks_for_prices(new):
        asks = {"price": new.unit_price is None, "discount": new.discount is None, "setup": _asks_for_setup(new)}
        price_row(row, prices, **asks)
        check_amount(row, currency=order.currency)
    return row


def _has_typed_standard(new):
    typed = new.standard_price is not None
    return typed if new.standard_price_locked is None else new.standard_price_locked


def _completed(new, *, order, units):
    """What a new row may leave out, or says in another way than a row."""
    part = new.part
    return {
        "part_number": new.part_number.strip(),
        "name": new.name or (part.name if part else ""),
        "revision": new.revision or (part.active_revision if part else None),
        "unit": new.unit or (units.default(part) if part else None),
        "unit_price": new.unit_price or Decimal(0),
        "price_locked": new.unit_price is not None if new.price_locked is None else new.price_locked,
        "discount": new.discount or Decimal(0),
        "discount_locked": new.discount is not None if new.discount_locked is None else new.discount_locked,
        "standard_price_locked": _has_typed_standard(new),
        "warehouse": warehouse_of(new, order),
    }
