"""Parts of fictitious parts on pick lists and in deliveries: below their heading, counted, and named piece by piece."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.asserts import assertContains

from erp.exceptions import Refused
from linkage.models import StockMovement
from linkage.operations import number_arrival
from sales import operations
from sales.deliverable import deliverable, deliverable_rows, picked_lines
from sales.models import PartPlace
from sales.pick_papers import pick_paper
from tests.factories import PartFactory
from tests.linkage.factories import stock
from tests.sales.factories import again, order_with
from tests.sales.kits import kit_of, part_below
from tests.sales.test_leaving import left, shelf

pytestmark = pytest.mark.django_db


@pytest.fixture
def kit():
    """A box of 2 hammers and 3 screws."""
    return kit_of(*((PartFactory(number=number), count) for number, count in (("HAMMER", 2), ("SCREW", 3))))


def stocked(order, quantity=100):
    main = order.rows.for_list().main().first()
    for part in main.sub_rows.all():
        stock(part.part, part.warehouse, quantity)
    return main


def picked(row, by, **quantities):
    lines = [
        operations.Picked(row=part_below(row, number), quantity=Decimal(count)) for number, count in quantities.items()
    ]
    return operations.create_pick_lists(lines=lines, by=by)[0]


def headings(lines):
    """[(part, how many are complete above it or nothing)]"""
    return [(line.row.part.number, line.heading and line.heading.complete) for line in lines]


def test_pick_list_counts_the_complete_ones_above_their_parts(seller, warehouse_keeper, kit):
    row = stocked(order_with(10, part=kit, by=seller))

    lines = picked_lines(picked(row, warehouse_keeper, HAMMER=20, SCREW=13))

    assert headings(lines) == [("HAMMER", 4), ("SCREW", None)]


def test_what_left_before_counts_for_the_complete_ones(seller, warehouse_keeper, kit):
    row = stocked(order_with(10, part=kit, by=seller))
    operations.deliver(row=part_below(row, "HAMMER"), quantity=Decimal(10), by=warehouse_keeper)

    assert headings(picked_lines(picked(row, warehouse_keeper, SCREW=6))) == [("SCREW", 2)]
    assert headings(deliverable(deliverable_rows(order=row.order))) == [
        ("HAMMER", 8),
        ("SCREW", None),
    ]  # 24 screws left


def test_parts_stand_together_where_the_first_of_them_lies(seller, warehouse_keeper, kit):
    order = order_with(1, part=kit, by=seller)
    row = stocked(order)
    nail = PartFactory(number="NAIL")
    other = operations.add_row(order=order, part=nail, quantity=Decimal(1), by=seller)
    stock(nail, other.warehouse, 5)
    for part, bin in ((part_below(row, "HAMMER").part, "C"), (part_below(row, "SCREW").part, "A"), (nail, "B")):
        PartPlace.objects.create(part=part, warehouse=row.warehouse, bin=bin)
    lines = [operations.Picked(row=again(one), quantity=Decimal(1)) for one in (*row.sub_rows.all(), other)]

    [pick_list] = operations.create_pick_lists(lines=lines, by=warehouse_keeper)

    assert headings(picked_lines(pick_list)) == [("SCREW", 0), ("HAMMER", None), ("NAIL", None)]


def test_paper_and_page_say_the_kit_and_how_many(seller, warehouse_client, warehouse_keeper, kit):
    row = stocked(order_with(10, part=kit, by=seller))
    operations.add_sub_row(row=row, row_type=4, text="Handle with care", on_pick_list=True, by=seller)
    pick_list = picked(row, warehouse_keeper, HAMMER=8, SCREW=12)

    texts = pick_paper(pick_list, language="de")

    said = [line.get("text") or line["part"] for line in texts["rows"]]
    assert said == [f"{row} KIT KIT: 4 Stk. komplett", "Handle with care", "HAMMER", "SCREW"]
    page = warehouse_client.get(reverse("sales:pick_list", args=[pick_list.pk]))
    assertContains(page, "4.00 pcs complete with these")


def test_lines_of_three_kits_ask_the_database_as_often_as_those_of_one(seller, kit):
    asked = []
    for count in (1, 3):
        order = order_with(*[2] * count, part=kit, by=seller)
        stocked(order)
        rows = deliverable_rows(order=order)
        with CaptureQueriesContext(connection) as queries:
            deliverable(rows)
        asked.append(len(queries))

    assert asked[0] == asked[1]


@pytest.fixture
def pump_row(seller):
    """Two boxes with 2 traced pumps and a hose each; five pumps, P-1 to P-5, lie on the shelf."""
    pump = PartFactory(number="PUMP", is_serial_traced=True)
    row = order_with(2, part=kit_of((pump, 2), (PartFactory(number="HOSE"), 1)), by=seller).rows.for_list().main().get()
    stock(part_below(row, "HOSE").part, row.warehouse, 10)
    stock(pump, row.warehouse, 5)
    arrived = StockMovement.objects.filter(part=pump).latest("pk")
    number_arrival(movement=arrived, serials="P-1..P-5", by=seller)
    return row


def test_pieces_of_complete_ones_are_named_where_they_are_delivered(warehouse_client, pump_row):
    address, pump = reverse("sales:row_deliver", args=[pump_row.pk]), part_below(pump_row, "PUMP")
    name = f"serials_{pump.pk}"
    assertContains(warehouse_client.get(address), "On the shelf: P-1..P-5")
    facts = {"quantity": "1", "effective_on": "2026-03-02"}

    page = warehouse_client.post(address, facts)
    assert (page.status_code, page.context["form"].errors) == (
        422,
        {name: [f"{pump}: name the 2 pcs of PUMP by serial number."]},
    )
    page = warehouse_client.post(address, facts | {name: "P-2, P-5"})

    assert (page.status_code, left(pump), shelf(pump)) == (302, "P-2, P-5", "P-1, P-3..P-4")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("P-1", "1 serial numbers for 2 pcs"),
        ("P-1, P-1", "A serial number is named twice."),
        ("P-1, X-9", "X-9 is no serial number of PUMP"),
    ],
)
def test_wrong_pieces_are_said_at_their_part(warehouse_client, pump_row, text, sentence):
    address, name = reverse("sales:row_deliver", args=[pump_row.pk]), f"serials_{part_below(pump_row, 'PUMP').pk}"

    page = warehouse_client.post(address, {"quantity": "1", "effective_on": "2026-03-02", name: text})

    assert page.status_code == 422
    assert list(page.context["form"].errors) == [name]
    assert sentence in page.context["form"].errors[name][0]


def test_pieces_of_a_part_that_stays_are_refused(warehouse_keeper, warehouse_client, pump_row):
    pump = part_below(pump_row, "PUMP")
    operations.deliver(row=pump, quantity=Decimal(2), serials="P-1..P-2", by=warehouse_keeper)
    name, facts = f"serials_{pump.pk}", {"quantity": "1", "effective_on": "2026-03-02"}

    page = warehouse_client.post(reverse("sales:row_deliver", args=[pump_row.pk]), facts | {name: "P-3"})
    assert page.context["form"].errors == {name: ["Nothing of PUMP leaves with these."]}
    with pytest.raises(Refused, match=f"Nothing of {pump} leaves with these 1 pcs: name no pieces of it"):
        operations.deliver(row=pump_row, quantity=Decimal(1), pieces={pump.pk: "P-3"}, by=warehouse_keeper)
