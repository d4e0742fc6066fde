"""The printed order, read back from its PDF."""

import io
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from production import operations
from production.models import Operation, ProductionOrder
from production.printing import pdf_of
from production.queries.papers import words
from purchasing.models import SupplierTerm
from tests.factories import PartnerFactory, SupplierFactory, WarehouseFactory
from tests.linkage.factories import TODAY, DocumentFactory, stock
from tests.production.factories import WorkCentreFactory, routing_of
from tests.production.making import bought, made, order_of, promise, row_of

pytestmark = pytest.mark.django_db


def read(client, order, **asked):
    response = client.get(reverse("production:paper", args=[order.pk]), asked)
    content = b"".join(response.streaming_content)
    assert (response.status_code, response["Content-Type"], content[:5]) == (200, "application/pdf", b"%PDF-")
    pages = PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def bike(*parts):
    part = made("BIKE", *(parts or [(bought("WHEEL", name="Wheel 28 in"), 2)]), name="City bike")
    routing_of(part, (WorkCentreFactory(name="Welding"), 15, 4))
    return part


def test_shop_paper_says_what_is_made_how_from_what_and_for_whom(viewer_client, planner):
    warehouse = WarehouseFactory(code="TKU")
    facts = {"customer": PartnerFactory(name="Velo"), "sales_document": DocumentFactory(number="S-4711")}
    order = order_of(bike(), 10, by=planner, warehouse=warehouse, note="Blue *paint* #not markup", **facts)
    row = promise(order.lines.select_related("supply__part", "supply__warehouse").get(), 6, planner)

    text = read(viewer_client, order)

    for words_of in (
        "Production order M-1001",
        "Velo",
        "S-4711",
        "10 pcs BIKE City bike",
        "10 Step 1 Welding 55",
        "10 WHEEL Wheel 28 in 20 pcs",
        f"{row.label}",
        "Blue *paint* #not markup",
        "1 / 1",
    ):
        assert words_of in text


def test_paper_says_where_components_lie_and_which_order_brings_them(viewer_client, planner):
    frame = made("FRAME", (bought("TUBE"), 1))
    warehouse = WarehouseFactory(code="TKU")
    stock(frame, warehouse, 4)
    order = order_of(bike((frame, 1)), 10, by=planner, warehouse=warehouse)

    text = read(viewer_client, order)

    assert "M-1002/1 6 (due 2026-03-02); stock TKU 4 (4 on the shelf)" in text


def test_paper_says_which_operation_is_on_hold_and_why(viewer_client, planner):
    order = order_of(bike(), 10, by=planner)
    step = Operation.objects.get(line__order=order)
    operations.hold_operation(step=step, reason="Spindle broken", by=planner)

    assert "(On hold: Spindle broken)" in read(viewer_client, order)


def test_picking_list_has_a_line_to_tick_for_each_component_and_no_operations(viewer_client, planner):
    wheel = bought("WHEEL", name="Wheel 28 in")
    warehouse = WarehouseFactory()
    stock(wheel, warehouse, 7)
    order = order_of(bike((wheel, 2)), 10, by=planner, warehouse=warehouse)

    text = read(viewer_client, order, layout="picking")

    assert "Picking list M-1001" in text
    assert "10 WHEEL Wheel 28 in 20 pcs 7" in text
    assert "Welding" not in text


def test_paper_is_in_the_layout_of_the_order_and_nonsense_is_left_out(planner_client, planner):
    order = order_of(bike(), 10, by=planner, layout="picking")

    assert ProductionOrder.objects.get(pk=order.pk).layout == "picking"
    assert "Picking list" in read(planner_client, order)
    assert "Picking list" in read(planner_client, order, layout="../shop")
    assert "Production order" in read(planner_client, order, layout="shop")


def test_paper_names_the_purchase_of_a_subcontracted_operation(viewer_client, planner):
    from tests.production.test_routings import painting  # noqa: PLC0415 - the plainest service with a supplier

    part = made("BIKE", (bought("WHEEL"), 2))
    routing_of(part, (painting(),))
    order = order_of(part, 10, by=planner)
    for demand, _quantity in operations.short_bought_components(order, today=TODAY):
        if demand.part.number == "WHEEL":
            SupplierTerm.objects.create(part=demand.part, supplier=SupplierFactory(), unit=demand.part.unit, price=1)
    operations.create_purchase_orders(order=order, by=planner, business_date=TODAY)

    assert "PAINTING" in (text := read(viewer_client, order))
    assert "(P-100" in text


def test_paper_query_count_does_not_grow(viewer_client, planner):
    warehouse, counts = WarehouseFactory(), []
    for number in (1, 3):
        part = made(f"BIKE{number}", *[(bought(f"P{number}{n}"), 1) for n in range(number)])
        page = reverse("production:paper", args=[order_of(part, by=planner, warehouse=warehouse).pk])
        viewer_client.get(page)
        with CaptureQueriesContext(connection) as captured:
            viewer_client.get(page)
        counts.append(len(captured))

    assert counts[0] == counts[1]


def test_a_long_order_goes_over_several_pages():
    component = {"number": "10", "part": "P", "name": "N", "quantity": "1 pcs", "left": "1", "free": "0", "from": ""}
    line = {"title": "T", "facts": "F", "operations": [], "components": [component] * 90, "links": []}
    texts = {"words": words(), "number": "M-1", "printed_on": "2026-03-02", "facts": [], "note": "", "lines": [line]}

    pages = PdfReader(io.BytesIO(pdf_of([texts | {"layout": "shop", "url": "http://erp/1"}]))).pages

    assert len(pages) == 3
    assert "Part Name" in " ".join(pages[2].extract_text().split())


def test_layout_is_chosen_in_the_header_and_in_the_windows(planner_client, planner):
    order = order_of(bike(), 10, by=planner)
    values = {"version": ProductionOrder.objects.get(pk=order.pk).version, "layout": "picking"}

    planner_client.post(reverse("production:change_header", args=[order.pk]), values)

    assert ProductionOrder.objects.get(pk=order.pk).layout == "picking"


def test_create_orders_for_gives_the_whole_tree_the_layout(planner):
    frame = made("FRAME", (bought("TUBE"), 1))
    demands = [row_of(bike((frame, 1)), Decimal(2))]

    operations.create_orders_for(demands=demands, by=planner, business_date=TODAY, layout="picking")

    assert list(ProductionOrder.objects.values_list("layout", flat=True)) == ["picking", "picking"]
