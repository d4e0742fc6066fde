"""The sales orders of the demo company."""

from dataclasses import dataclass, field
from decimal import Decimal

from erp.demo.company.scene import number
from purchasing.models import How
from sales.models import RowType, SalesOrder
from sales.operations import (
    NewRow,
    Picked,
    add_row,
    cancel_order,
    close_order,
    confirm_order,
    create_order,
    create_pick_lists,
    deliver,
    print_pick_list,
    register_order,
    send_order,
    split_row,
)
from sales.operations.splits import NewPart
from sales.statuses import CONFIRMED, QUOTE, REGISTERED, RowStatus


@dataclass(frozen=True, kw_only=True)
class Row:
    """A row as the seller typed it; ``on`` is the delivery date in work days from today."""

    part: str
    quantity: str
    price: str
    on: int | None = None
    unit: str | None = None
    status: str = RowStatus.FIXED
    discount: str = "0"
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class Order:
    """An order of a customer; ``on`` is its order date in work days from today, ``more`` are rows without a part."""

    customer: str
    on: int
    status: str
    rows: list[Row]
    facts: dict = field(default_factory=dict)
    more: tuple = ()


ORDERS = {
    "old": Order(
        customer="10001",
        on=-25,
        status=CONFIRMED,
        rows=[
            Row(part="CB-110", quantity="4", price="589", on=-10),
            Row(part="LI-10", quantity="4", price="24", on=-10),
        ],
        facts={"customer_order_number": "PP-2231", "our_reference": "Sanna Laine"},
    ),
    "fleet": Order(
        customer="10003",
        on=-22,
        status=CONFIRMED,
        rows=[Row(part="CB-110", quantity="24", price="545", on=13)],
        facts={"customer_order_number": "TKP 77/4", "project": "City bikes Tampere", "priority": 3},
    ),
    "ebikes": Order(
        customer="10002",
        on=-20,
        status=CONFIRMED,
        rows=[
            Row(part="EB-300", quantity="10", price="1790", on=16),
            Row(part="EB-300", quantity="6", price="1790", on=34),
            Row(part="BT-500", quantity="2", price="449", on=16),
        ],
        facts={"customer_order_number": "4500118213"},
    ),
    "aura": Order(
        customer="10004",
        on=-18,
        status=CONFIRMED,
        rows=[Row(part="CB-100", quantity="12", price="698", on=4)],
        facts={"customer_order_number": "ØC-1187", "goods_label": "Butik Amager"},
    ),
    "past": Order(
        customer="10006",
        on=-15,
        status=CONFIRMED,
        rows=[
            Row(part="HB-FR", quantity="10", price="19.5", on=-2),
            Row(part="RM-28", quantity="150", price="29", on=9),
        ],
    ),
    "called off": Order(
        customer="10004", on=-14, status=REGISTERED, rows=[Row(part="CB-100", quantity="2", price="698", on=10)]
    ),
    "lights": Order(
        customer="10005", on=-13, status=CONFIRMED, rows=[Row(part="LI-10", quantity="12", price="23", on=-3)]
    ),
    "rental": Order(
        customer="10005",
        on=-12,
        status=REGISTERED,
        rows=[
            Row(part="CB-110", quantity="6", price="560", on=20),
            Row(part="CB-110", quantity="20", price="545", on=60, status=RowStatus.FORECAST),
        ],
        facts={"project": "Season fleet"},
    ),
    "spares": Order(
        customer="10001",
        on=-8,
        status=CONFIRMED,
        rows=[
            Row(part="TY-28", quantity="60", price="19.9", on=3, discount="5", text="The reflective ones."),
            Row(part="SK-290", quantity="15", price="16", on=3, unit="box"),
            Row(part="IT-28", quantity="90", price="5.2", on=3),
            Row(part="RK-10", quantity="8", price="39", on=6),
        ],
        more=(
            {"row_type": RowType.TOTAL, "name": "Spare parts"},
            {
                "row_type": RowType.ADDITIONAL,
                "name": "Freight, one pallet",
                "quantity": number("1"),
                "unit_price": number("48"),
            },
            {"row_type": RowType.TEXT, "text": "Deliver to gate 4, weekdays 7 to 15.", "on_delivery_note": True},
        ),
        facts={"customer_order_number": "PP-2264"},
    ),
    "trekking": Order(
        customer="10006",
        on=-6,
        status=REGISTERED,
        rows=[Row(part="TB-200", quantity="5", price="749", on=7)],
    ),
    "undated": Order(
        customer="10007",
        on=-3,
        status=REGISTERED,
        rows=[
            Row(part="TB-200", quantity="2", price="739"),
            Row(part="SC-M5", quantity="1", price="19", unit="box", on=4),
        ],
    ),
    "cargo": Order(
        customer="10008",
        on=-2,
        status=REGISTERED,
        rows=[
            Row(part="EB-310", quantity="3", price="2490", on=38),
            Row(part="BT-750", quantity="1", price="579", on=25),
        ],
        facts={"customer_order_number": "JE-0091", "priority": 2},
    ),
    "quote": Order(
        customer="10007",
        on=-1,
        status=QUOTE,
        rows=[
            Row(part="CB-100", quantity="15", price="665", on=40),
            Row(part="EB-300", quantity="4", price="1745", on=48),
        ],
    ),
    "shop": Order(
        customer="10001", on=0, status=REGISTERED, rows=[Row(part="CB-110", quantity="3", price="589", on=2)]
    ),
}


def take_orders(scene):
    """{name: order}, in the order in which they came; the quotes among them stay quotes."""
    return {name: _take(scene, order) for name, order in ORDERS.items()}


def _take(scene, order):
    seller = scene.people["seller"]
    made = create_order(
        customer=scene.partners[order.customer],
        warehouse=scene.works,
        ordered_on=scene.day(order.on),
        status=QUOTE,
        rows=[_new_row(scene, row) for row in order.rows],
        by=seller,
        **order.facts,
    )
    for facts in order.more:
        add_row(order=made, by=seller, **facts)
    if order.status != QUOTE:
        made = register_order(order=made, by=seller)
    if order.status == CONFIRMED:
        made = confirm_order(order=made, by=seller)
    return made


def _new_row(scene, row):
    return NewRow(
        part=scene.parts[row.part],
        quantity=number(row.quantity),
        unit=scene.units[row.unit] if row.unit else None,
        unit_price=number(row.price),
        discount=number(row.discount),
        delivery_date=None if row.on is None else scene.day(row.on),
        row_status=row.status,
        sub_rows=(_text(row.text),) if row.text else None,
    )


def _text(words):
    return NewRow(row_type=RowType.TEXT, text=words, on_pick_list=True)


def row_of(order, position=10):
    return order.rows.for_list().get(position=position)


def demand_of(order, position=10):
    return row_of(order, position).demand


def split_the_fleet(scene, order):
    """The city takes its bicycles in three deliveries; what was made for the row goes along."""
    row = row_of(order)
    parts = [NewPart(quantity=Decimal(8), delivery_date=scene.day(on)) for on in (13, 18, 23)]
    split_row(row=row, parts=parts, by=scene.people["seller"], reason="The customer wants three deliveries")


def deliver_orders(scene, orders):
    """What has left the house: two orders whole, one in part."""
    keeper = {"by": scene.people["warehouse"]}
    for position in (10, 20):
        deliver(row=row_of(orders["old"], position), quantity=Decimal(4), effective_on=scene.day(-10), **keeper)
    close_order(order=_again(orders["old"]), by=scene.people["seller"])
    deliver(row=row_of(orders["lights"]), quantity=Decimal(12), effective_on=scene.day(-3), **keeper)
    deliver(row=row_of(orders["spares"], 30), quantity=Decimal(50), effective_on=scene.day(-1), **keeper)
    tyres = Picked(row=row_of(orders["spares"]), quantity=Decimal(20))
    [made] = create_pick_lists(lines=[tyres], until=scene.day(3), note="Pallet by the gate", **keeper)
    print_pick_list(pick_list=made, language="en", **keeper)
    send_order(order=_again(orders["spares"]), how=How.OTHER, by=scene.people["seller"])
    cancel_order(order=orders["called off"], by=scene.people["seller"], reason="The shop closes")


def _again(order):
    return SalesOrder.objects.for_list().get(pk=order.pk)
