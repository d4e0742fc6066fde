"""ORDERS of EDIFACT become the same orders as lines of a table, and are checked the same way."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine

from erp.staging import operations
from erp.staging.reading.files import Unreadable
from sales.models import CustomerLink, SalesOrder, SalesOrderRow
from tests.factories import AddressFactory, PartFactory, PartnerFactory, UnitFactory
from tests.staging.files import problems_of, staged_from
from tests.staging.messages import BUYER, GATE, OURS, interchange, order


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(date(2026, 11, 2), tick=False):
        yield


@pytest.fixture
def alpha(warehouse):
    type(warehouse.company).objects.update(gln=OURS)
    return PartnerFactory(number="10001", name="Alpha", gln=BUYER)


@pytest.fixture
def bike(alpha, warehouse):
    part = PartFactory(number="BIKE", default_warehouse=warehouse)
    facts = {"customer_part_number": "AL-7", "price": Decimal(250)}
    CustomerLink.objects.create(customer=alpha, part=part, unit=part.unit, **facts)
    return part


def staged(data, *, by):
    return staged_from(data, by=by, kind="customer-orders", name="orders.edi")


def trouble_of(data, *, by):
    with pytest.raises(Unreadable) as refusal:
        staged(data, by=by)
    return str(refusal.value)


LINES = [
    "LIN+10++4000862141404:EN",
    "PIA+5+BIKE:SA+AL-7:BP",
    "IMD+F++:::Bicycle, red",
    "QTY+21:5:PCE",
    "DTM+2:20261218:102",
    "PRI+AAA:499:::2:PCE",
    "FTX+AAI+++With bell",
    "LIN+20",
    "PIA+5+AL-7:IN",
    "QTY+21:7",
    "RFF+CT:K-1",
]
HEAD = ["DTM+64:202612201000:203", f"NAD+DP+{GATE}::9", f"NAD+SU+{OURS}::9", "CUX+2:EUR:9", "FTX+GEN+++By:train"]


def test_load_makes_the_order_that_the_message_says(seller, alpha, bike):
    gate = AddressFactory(partner=alpha, gln=GATE)

    found = staged(interchange(order("PO-1", lines=LINES, more=HEAD)), by=seller)
    loaded = operations.load(staged=found, by=seller)

    assert (found.how, found.line_count, found.bad_count) == ("EDIFACT, UNOC, 1 message", 2, 0)
    [made] = SalesOrder.objects.all()
    assert (made.customer, made.customer_order_number, made.delivery_place, made.note, made.document.ordered_on) == (
        alpha,
        "PO-1",
        gate,
        "Bytrain",
        date(2026, 11, 2),
    )
    rows = (
        SalesOrderRow.objects.main()
        .order_by("position")
        .values_list(
            "customer_row_position",
            "part__number",
            "quantity",
            "unit_price",
            "price_locked",
            "discount_locked",
            "delivery_date",
        )
    )
    assert list(rows) == [
        ("10", "BIKE", 5, Decimal("249.5"), True, True, date(2026, 12, 18)),
        ("20", "BIKE", 7, 250, False, False, date(2026, 12, 20)),
    ]
    texts = SalesOrderRow.objects.exclude(parent=None).order_by("parent__position").values_list("text", flat=True)
    assert (list(texts), loaded.documents.get().number) == (["With bell", "CT K-1"], "10001 PO-1")


def test_a_day_of_shipment_is_the_day_on_which_it_leaves(seller, alpha, bike):
    AddressFactory(partner=alpha, transport_days=2, is_default=True)
    first, second = (LINES[:4], [*LINES[7:], "DTM+10:20261218:102"])

    data = interchange(order("PO-1", lines=[*first, "DTM+10:20261211:102", "DTM+2:20261218:102", *second]))
    operations.load(staged=staged(data, by=seller), by=seller)

    rows = SalesOrderRow.objects.main().order_by("position").values_list("delivery_date", "at_customer_date")
    assert list(rows) == [(date(2026, 12, 16), date(2026, 12, 18)), (date(2026, 12, 18), date(2026, 12, 22))]


def test_a_bad_line_is_named_by_the_number_of_its_lin_segment(seller, alpha, bike):
    lines = ["LIN+1", "PIA+5+NOTHING:SA", "QTY+21:1.5:XXX", "LIN+2", "PIA+5+BIKE:SA", "QTY+21:1"]

    found = staged(interchange(order("PO-1", lines=lines, more=["NAD+SU+7350000000023::9"])), by=seller)

    assert [problem[:2] + problem[3:] for problem in problems_of(found)] == [
        (7, "Part", "There is no part with this number or name."),
        (7, "Unit", "There is no unit with this number or name."),
        (7, "Supplier's GLN", "No company of ours has this GLN."),
        (10, "Supplier's GLN", "No company of ours has this GLN."),
    ]


def test_units_of_the_trade_are_ours(seller, alpha, bike, warehouse):
    UnitFactory(code="kg", name="Kilogram")
    PartFactory(number="ROPE", unit__code="kg", default_warehouse=warehouse)
    lines = ["LIN+1", "PIA+5+ROPE:SA", "QTY+21:3:KGM"]

    found = staged(interchange(order("PO-1", lines=lines)), by=seller)

    assert (found.bad_count, found.rows.get().texts[6]) == (0, "kg")


def test_the_delivery_address_may_be_written_out(seller, bike):
    more = ["NAD+DP+++Alpha Nord+Gate 4+Lund++22100+SE"]

    operations.load(staged=staged(interchange(order("PO-1", more=more)), by=seller), by=seller)

    assert SalesOrder.objects.get().delivery_address == "Alpha Nord\nGate 4\n22100 Lund\nSE"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        pytest.param(
            interchange(order("PO-1", kind="ORDCHG")),
            "Segment 2 (UNH): This is a change: load it as Changes of customer orders (ORDCHG).",
            id="change",
        ),
        pytest.param(
            interchange(order("PO-1", kind="INVOIC")),
            "Segment 2 (UNH): This is INVOIC; only ORDERS are taken.",
            id="other",
        ),
        pytest.param(
            interchange(order("PO-1", function="1")),
            "Segment 3 (BGM): Its function is 1; only new orders (9) are taken.",
            id="function",
        ),
        pytest.param(
            interchange(order("PO-1", more=["DTM+2:20261232:102"])),
            "Segment 6 (DTM): “20261232” is not a day such as 20261218.",
            id="day",
        ),
        pytest.param(
            interchange(order("PO-1", more=["DTM+2:202650:616"])),
            "Segment 6 (DTM): Dates in the form 616 are not taken; 102, 101 and 203 are.",
            id="week",
        ),
        pytest.param(
            interchange(order("PO-1", lines=["LIN+1", "QTY+21:five"])),
            "Segment 7 (QTY): “five” is not a number.",
            id="number",
        ),
        *(
            pytest.param(
                interchange(order("PO-1", lines=["LIN+1", f"QTY+21:{text}"])),
                f"Segment 7 (QTY): “{text}” is not a number.",
                id=text,
            )
            for text in ("1e-9999999999", "1_000", "NaN", "²", ".")
        ),
        pytest.param(
            interchange(order("PO-1", lines=["LIN+1", "QTY+21:123456789012"])),
            "Segment 7 (QTY): “123456789012” is too large: at most 11 digits before the decimals.",
            id="large",
        ),
        pytest.param(
            interchange(order("PO-1", lines=["LIN+1", "PRI+AAA:10:::0.00000000000000000001"])),
            "Segment 7 (PRI): Its price for one unit is too large: at most 11 digits before the decimals.",
            id="large price",
        ),
        pytest.param(
            interchange(order("PO-1", lines=["LIN+1", "QTY+21:5:PCE", "PRI+AAA:10:::1:KGM"])),
            "Segment 8 (PRI): Its price is for KGM, and the quantity is in pcs.",
            id="unit of the price",
        ),
        pytest.param(
            interchange(order("PO-1", lines=["LIN+1", "QTY+21:5", "PRI+AAA:10:::1:KGM"])),
            "Segment 8 (PRI): Its price is for KGM, and the quantity names no unit.",
            id="no unit of the quantity",
        ),
        pytest.param(
            interchange(order("PO-1", lines=["LIN+1", f"NAD+DP+{GATE}::9"])),
            "Segment 7 (NAD): One line cannot go elsewhere; send an order for each delivery address.",
            id="address of a line",
        ),
        pytest.param(
            interchange(order("PO-1"), order("PO-2"), order("PO-1")),
            "Segment 24 (UNH): The order PO-1 of this buyer is in segment 2 too.",
            id="order twice",
        ),
        pytest.param(
            interchange(order("PO-1", lines=["LIN"] * 20_001)),
            "The file has more than 20,000 lines. Divide it.",
            id="many lines",
        ),
        pytest.param(
            interchange(order("PO-1", lines=["LIN+1", "QTY+21:5", "QTY+21:6"])),
            "Segment 8 (QTY): The line orders a second quantity; send one LIN for each.",
            id="twice",
        ),
        pytest.param(
            interchange(order("PO-1", lines=["LIN+1", "SCC+1"])),
            "Segment 7 (SCC): Delivery schedules are not taken; send one LIN for each delivery.",
            id="schedule",
        ),
        pytest.param(
            interchange(order("PO-1", lines=["LIN+1+3"])),
            "Segment 6 (LIN): Its action is 3; only new lines (1) are taken.",
            id="action",
        ),
        pytest.param(
            interchange(("ORDERS", ["BGM+220+1+9", f"NAD+BY+{BUYER}::9", "UNS+S"])),
            "Segment 2 (UNH): The order has no LIN.",
            id="no line",
        ),
        pytest.param(
            interchange(("ORDERS", ["BGM+220+1+9", "LIN+1", "UNS+S"])),
            "Segment 2 (UNH): The order does not say its buyer: NAD+BY is missing.",
            id="no buyer",
        ),
        pytest.param(
            interchange(("ORDERS", ["BGM+220+1+9", f"NAD+BY+{BUYER}::9", "LIN+1", "UNS+S", "CNT+2:2"])),
            "Segment 7 (CNT): It says 2 lines, and 1 are there.",
            id="count",
        ),
        pytest.param(
            interchange(order("PO-1"), test="++++++1"),
            "Segment 1 (UNB): The interchange is marked as a test. Nothing of it is loaded.",
            id="test",
        ),
    ],
)
def test_what_cannot_be_an_order_is_said_with_the_number_of_the_segment(seller, data, sentence):
    assert trouble_of(data, by=seller) == sentence


def test_of_very_much_that_is_not_read_the_first_is_named(seller, bike):
    more = [f"{letter * 3}+1" for letter in "GHIJKLMNOP"]

    found = staged(interchange(order("PO-1", more=more)), by=seller)

    words = "not used: GGG, HHH, III, JJJ, KKK, LLL, MMM, NNN and 2 more"
    assert found.how == f"EDIFACT, UNOC, 1 message; {words}"


def test_two_buyers_may_order_with_the_same_number(seller, bike):
    other = PartnerFactory(number="10002", gln="7312345000038")

    found = staged(interchange(order("PO-1"), order("PO-1", buyer=other.gln)), by=seller)

    assert (found.line_count, found.bad_count) == (2, 0)


def test_what_is_not_read_is_named_and_other_kinds_take_no_messages(seller, buyer, bike):
    lines = ["LIN+1", "PIA+5+BIKE:SA", "QTY+21:5", "QTY+59:2", "CUX+2:EUR", "MOA+203:10"]
    found = staged(interchange(order("PO-1", lines=lines, more=["TOD+3", f"NAD+IV+{GATE}::9", "TOD+4"])), by=seller)

    assert found.how == "EDIFACT, UNOC, 1 message; not used: TOD, NAD+IV, QTY+59, CUX below LIN, MOA"
    with pytest.raises(Unreadable, match="Purchase orders are not taken as EDIFACT"):
        staged_from(interchange(order("PO-1")), by=buyer)
