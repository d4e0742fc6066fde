"""The pages of production: plain and htmx, rights, refusals in their place, the same number of queries."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from linkage.models import Demand, OrderLink, StockMovement, Supply
from linkage.operations import disconnect
from production import operations
from production.models import Bom, BomRow, ProductionOrder
from purchasing.models import PurchaseOrderRow, SupplierTerm
from tests.factories import (
    MadePartFactory,
    PartFactory,
    PartnerFactory,
    PartRevisionFactory,
    SupplierFactory,
    UnitFactory,
    WarehouseFactory,
)
from tests.linkage.factories import TODAY, DocumentFactory, stock
from tests.production.factories import BomFactory, BomRowFactory, bom_of
from tests.production.making import bought, made, order_of, promise, released, report

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def page(name, *args):
    return reverse(f"production:{name}", args=args)


def bike(**facts):
    return made("BIKE", (bought("WHEEL"), 2), **facts)


def test_order_list_shows_the_sales_order(planner_client, planner):
    order_of(bike(), by=planner, sales_document=DocumentFactory(number="S-4711"), customer=PartnerFactory(name="Velo"))

    response = planner_client.get(page("order_list"))

    for text in ("M-1001", "BIKE", "S-4711", "Velo", "Planned", "Create new"):
        assertContains(response, text)


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("state=open", True),
        ("state=finished", False),
        ("part=bike", True),
        ("part=x", False),
        ("q=M-1001", True),
        ("q=S-1", False),
        ("late=1", True),
        ("late=0", False),
        ("linked=output", True),
        ("linked=components", True),
        ("state=nonsense&late=x", True),
    ],
)
def test_order_list_filters(planner_client, query, shown):
    order_of(bike())

    response = planner_client.get(f"{page('order_list')}?{query}")

    assert ("M-1001" in response.content.decode()) is shown


def test_order_list_exports_what_is_filtered(planner_client):
    order_of(bike())

    response = planner_client.get(f"{page('order_list')}?export=csv&part=BIKE")

    text = b"".join(response.streaming_content).decode() if response.streaming else response.content.decode()
    assert "M-1001" in text


def test_order_list_query_count_does_not_grow(planner_client):
    part = bike()
    order_of(part)
    with CaptureQueriesContext(connection) as one:
        planner_client.get(page("order_list"))
    order_of(part)
    order_of(part)

    with CaptureQueriesContext(connection) as three:
        planner_client.get(page("order_list"))

    assert len(three) == len(one)


def test_order_page_shows_lines_components_links_and_timeline(planner_client, planner):
    frame = made("FRAME", (bought("TUBE"), 1))
    line = released(made("BIKE", (frame, 1)), 10, by=planner)
    row = promise(line, 4, planner)

    response = planner_client.get(page("order", line.order_id))

    for text in (
        "BIKE",
        "FRAME",
        row.label,
        "10 overdue",
        "M-1002/1",
        "Release",
        "Supplied by <b>1</b>",
        "Supplies <b>1</b>",
    ):
        assertContains(response, text)


def test_order_page_query_count_does_not_grow(planner_client):
    parts = [(bought(f"RM{n}"), 1) for n in range(3)]
    few, many = order_of(made("FEW", *parts[:1])), order_of(made("MANY", *parts))
    planner_client.get(page("order", few.pk))
    with CaptureQueriesContext(connection) as one:
        planner_client.get(page("order", few.pk))

    with CaptureQueriesContext(connection) as three:
        planner_client.get(page("order", many.pk))

    assert len(three) == len(one)


def test_order_create_makes_an_order_for_each_bom(planner_client):
    bike(), made("TRIKE", (bought("TYRE"), 3)), WarehouseFactory(code="MAIN")

    response = planner_client.post(
        page("order_create"),
        {"warehouse": "MAIN", "bom_1": "BIKE", "quantity_1": "5", "bom_2": "TRIKE", "quantity_2": "2", "note": "Soon"},
    )

    first, second = ProductionOrder.objects.order_by("pk")
    assertRedirects(response, page("order", first.pk))
    assert [(o.lines.get().supply.part.number, o.lines.get().supply.quantity, o.note) for o in (first, second)] == [
        ("BIKE", 5, "Soon"),
        ("TRIKE", 2, "Soon"),
    ]


@pytest.mark.parametrize(
    ("posted", "sentence"),
    [
        ({}, "Choose at least one BOM."),
        ({"bom_1": "BIKE"}, "Enter a quantity."),
        ({"quantity_1": "5"}, "Choose a BOM."),
        ({"bom_1": "NO", "quantity_1": "5"}, "There is no “NO” to choose."),
        ({"bom_1": "BIKE", "quantity_1": "NaN"}, "Enter a quantity such as"),
        ({"bom_1": "BIKE", "quantity_1": "1.5"}, "pcs allows whole numbers only"),
        ({"bom_1": "BIKE", "quantity_1": "1e400"}, "Enter a quantity such as"),
        ({"bom_1": "BIKE", "quantity_1": "5", "start_date": "2026-13-01"}, "Enter a date such as"),
        ({"bom_1": "BIKE", "quantity_1": "5", "note": "x" * 2001}, "at most 2000 characters"),
        ({"bom_1": "BIKE", "quantity_1": "5", "employee": "99999"}, "Select a valid choice"),
    ],
)
def test_order_create_says_what_is_wrong(planner_client, posted, sentence):
    bike(), WarehouseFactory(code="MAIN")

    response = planner_client.post(page("order_create"), {"warehouse": "MAIN"} | posted)

    assertContains(response, sentence, status_code=422)
    assert not ProductionOrder.objects.exists()


def test_order_create_from_the_bom_of_a_revision_makes_that_one(planner_client):
    part = bike()
    bom = bom_of(part, (bought("CARBON"), 1), revision=PartRevisionFactory(part=part, code="B"))
    WarehouseFactory(code="MAIN")

    shown = planner_client.get(f"{page('order_create')}?bom={bom.pk}")
    planner_client.post(page("order_create"), {"bom_1": "BIKE B", "quantity_1": "2", "warehouse": "MAIN"})

    assertContains(shown, 'value="BIKE B"')
    assert ProductionOrder.objects.get().lines.get().bom == bom


def test_order_create_from_a_bom_is_filled_in(planner_client):
    part = bike(default_warehouse=WarehouseFactory(code="MAIN"))

    response = planner_client.get(f"{page('order_create')}?bom={part.boms.get().pk}&sales_order=x")

    assertContains(response, 'value="BIKE"')
    assertContains(response, 'value="MAIN"')


@pytest.mark.parametrize(
    ("names", "status"),
    [
        (["release"], "released"),
        (["release", "start"], "started"),
        (["release", "start", "undo_start"], "released"),
        (["release", "take_back"], "planned"),
    ],
)
def test_order_buttons_move_the_order(planner_client, names, status):
    order = order_of(bike())

    for name in names:
        assertRedirects(planner_client.post(page(name, order.pk)), page("order", order.pk))

    order.refresh_from_db()
    assert order.status == status


def test_order_page_offers_to_undo_a_start_only_while_nothing_is_reported(planner_client, planner):
    line = released(made("BIKE", (bought("RM"), 1)), on_hand=10)
    operations.start(order=line.order, by=planner)
    url, button = page("order", line.order_id), "Undo the start"

    assertContains(planner_client.get(url), button)
    report(line, 1, planner)
    assertNotContains(planner_client.get(url), button)


def test_order_button_that_is_refused_says_why(planner_client):
    order = order_of(bike())

    response = planner_client.post(page("start", order.pk))

    assertContains(response, "is planned and cannot become started", status_code=409)


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_hold_and_cancel_ask_for_a_reason(planner_client, headers):
    order = order_of(bike())
    assertContains(planner_client.get(page("hold", order.pk), headers=headers), "Put on hold")

    assertContains(
        planner_client.post(page("hold", order.pk), {"reason": ""}, headers=headers), "required", status_code=422
    )
    planner_client.post(page("hold", order.pk), {"reason": "Drawing"}, headers=headers)
    held = ProductionOrder.objects.get().hold_reason
    planner_client.post(page("unhold", order.pk), headers=headers)
    planner_client.post(page("cancel", order.pk), {"reason": "Not wanted"}, headers=headers)

    order.refresh_from_db()
    assert (held, order.hold_reason, order.status) == ("Drawing", "", "cancelled")


def test_change_header_refuses_a_stale_form(planner_client, planner):
    order = order_of(bike())
    operations.change_header(order=order, note="Theirs", by=planner)

    response = planner_client.post(page("change_header", order.pk), {"note": "Mine", "version": "1"})

    assertContains(response, "was changed meanwhile", status_code=409)


def test_change_header_saves(planner_client):
    order = order_of(bike())

    planner_client.post(page("change_header", order.pk), {"note": "Mine", "project": "P1", "version": "1"})

    order.refresh_from_db()
    assert (order.note, order.project) == ("Mine", "P1")


def test_finish_posts_a_report_and_undo_takes_it_back(foreman_client, planner):
    line = released(bike(), 10, on_hand=20, by=planner)
    facts = {"quantity": "6", "scrapped": "1", "reason": "Cracked", "effective_on": "2026-03-02"}

    foreman_client.post(page("finish", line.pk), facts)
    supply = Supply.objects.get(pk=line.supply_id)
    response = foreman_client.get(page("order", line.order_id))
    foreman_client.post(page("undo_report", line.reports.get().pk))

    assert (supply.done, supply.open) == (6, 3)
    assertContains(response, "Cracked")
    assert Supply.objects.get(pk=line.supply_id).done == 0


@pytest.mark.parametrize(
    ("posted", "sentence"),
    [
        ({"quantity": "0"}, "made or scrapped above 0"),
        ({"quantity": "1", "scrapped": "1"}, "Say why"),
        ({"quantity": "-1"}, "zero or more"),
        ({"quantity": "1.5"}, "pcs allows whole numbers only"),
        ({"quantity": "1", "scrapped": "0.5", "reason": "Cracked"}, "pcs allows whole numbers only"),
        ({"quantity": "\uff11\uff12"}, "Enter a quantity such as"),
    ],
)
def test_finish_says_what_is_wrong(foreman_client, planner, posted, sentence):
    line = released(bike(), 10, on_hand=20, by=planner)

    response = foreman_client.post(page("finish", line.pk), {"effective_on": "2026-03-02"} | posted, headers=HTMX)

    assertContains(response, sentence, status_code=422)


def test_finish_says_once_what_is_wrong_with_the_reason(foreman_client, planner):
    line = released(bike(), 10, on_hand=30, by=planner)
    posted = {"quantity": "1", "scrapped": "1", "reason": "x" * 201, "effective_on": "2026-03-02"}

    response = foreman_client.post(page("finish", line.pk), posted)

    assert list(response.context["form"].errors["reason"]) == [
        "Ensure this value has at most 200 characters (it has 201)."
    ]


def test_finish_names_the_missing_components(foreman_client, planner):
    line = released(bike(), 10, on_hand=5, by=planner)

    response = foreman_client.post(page("finish", line.pk), {"quantity": "10", "effective_on": "2026-03-02"})

    assertContains(response, "missing 15 of WHEEL (20 needed, 5 there)", status_code=409)


def test_quantity_of_a_bound_line_can_only_be_read(planner_client):
    frame = made("FRAME", (bought("TUBE"), 1))
    order_of(made("BIKE", (frame, 1)))
    line = ProductionOrder.objects.get(lines__supply__part=frame).lines.get()
    data = {"finish_date": "2026-03-30", "version": str(line.order.version)}

    asked = planner_client.get(page("change_line", line.pk))
    refused = planner_client.post(page("change_line", line.pk), data | {"quantity": "20"})
    planner_client.post(page("change_line", line.pk), data)

    supply = Supply.objects.get(pk=line.supply_id)
    assertContains(asked, "change the quantity there, split, hand over or disconnect.")
    assert (refused.status_code, supply.quantity, supply.due_date) == (409, 10, date(2026, 3, 30))


def test_change_line_and_components(planner_client):
    line = order_of(bike(), 10).lines.get()
    bought("BELL")

    planner_client.post(page("change_line", line.pk), {"quantity": "4", "finish_date": "2026-03-20", "version": "1"})
    planner_client.post(page("add_component", line.pk), {"part": "BELL", "quantity_per": "1"})
    planner_client.post(page("remove_component", line.components.get(position=10).pk))
    planner_client.post(page("re_explode", line.pk))

    found = line.components.order_by("position").values_list(
        "demand__part__number", "demand__quantity", "demand__status"
    )
    assert list(found) == [("WHEEL", 8, "cancelled"), ("BELL", 4, "planned"), ("WHEEL", 8, "planned")]
    assert Supply.objects.get(pk=line.supply_id).due_date == date(2026, 3, 20)


def test_issue_component_takes_it_from_stock(foreman_client, planner):
    line = released(bike(), 10, on_hand=20, by=planner)

    foreman_client.post(
        page("issue_component", line.components.get().pk), {"quantity": "3", "effective_on": "2026-03-02"}
    )

    assert line.components.get().demand.done == 3


def test_order_page_takes_an_issue_back(foreman_client, planner):
    line = released(bike(), 10, on_hand=30, by=planner)
    facts = {"quantity": Decimal(3), "effective_on": TODAY, "by": planner}
    operations.issue_component(component=line.components.get(), **facts)
    url = page("undo_issue", StockMovement.objects.get(kind="issue").pk)

    assertContains(foreman_client.get(page("order", line.order_id)), url)
    assertRedirects(foreman_client.post(url), page("order", line.order_id))

    assertNotContains(foreman_client.get(page("order", line.order_id)), url)
    assert line.components.get().demand.done == 0


def test_make_components_makes_what_is_uncovered(planner_client):
    frame = MadePartFactory(number="FRAME")
    order = order_of(made("BIKE", (frame, 1)))
    BomRowFactory(bom__part=frame)

    planner_client.post(page("make_components", order.pk))
    response = planner_client.post(page("make_components", order.pk))

    assert ProductionOrder.objects.count() == 2
    assertContains(response, "No made component of", status_code=409)


def test_buy_offers_the_main_supplier_and_buys_what_is_chosen(planner_client):
    wheel, bell = bought("WHEEL"), bought("BELL")
    main = SupplierFactory(number="900")
    for part in (wheel, bell):
        SupplierTerm.objects.create(part=part, supplier=main, unit=UnitFactory(), price=1)
    order = order_of(made("BIKE", (wheel, 2), (bell, 1)))
    demands = {component.demand.part: component.demand_id for component in order.lines.get().components.all()}

    shown = planner_client.get(page("buy", order.pk))
    planner_client.post(
        page("buy", order.pk),
        {f"quantity_{demands[wheel]}": "12", f"supplier_{demands[wheel]}": "900", f"quantity_{demands[bell]}": ""},
    )

    assertContains(shown, 'value="900"', count=2)
    assert list(PurchaseOrderRow.objects.values_list("supply__part__number", "supply__quantity")) == [("WHEEL", 12)]
    assertContains(planner_client.get(page("order", order.pk)), "Contract-linked", count=1)


KEY = {"operation_key": "11111111-1111-4111-8111-111111111111"}


def test_make_components_pressed_twice_makes_them_once(planner_client, planner):
    order = order_of(made("BIKE", (made("FRAME", (bought("TUBE"), 4)), 1)))
    disconnect(link=OrderLink.objects.get(demand__part__number="FRAME"), by=planner)

    answers = [planner_client.post(page("make_components", order.pk), KEY) for _press in range(2)]

    assert [answer.url for answer in answers] == [page("order", order.pk)] * 2
    assert ProductionOrder.objects.count() == 3


def buy_one_wheel(order):
    """What is posted to buy one of the order's short wheels."""
    [demand] = Demand.objects.filter(component__line__order=order)
    SupplierTerm.objects.create(part=demand.part, supplier=SupplierFactory(), unit=UnitFactory(), price=1)
    return {f"quantity_{demand.pk}": "20", f"supplier_{demand.pk}": ""}


def test_buy_sent_twice_buys_once(planner_client):
    order = order_of(bike())
    posted = buy_one_wheel(order) | KEY

    answers = [planner_client.post(page("buy", order.pk), posted) for _press in range(2)]

    assert [answer.url for answer in answers] == [page("order", order.pk)] * 2
    assert PurchaseOrderRow.objects.count() == 1


def test_buy_says_what_is_not_short_any_more(planner_client):
    order = order_of(bike())
    posted = buy_one_wheel(order)
    planner_client.post(page("buy", order.pk), posted)

    response = planner_client.post(page("buy", order.pk), posted)

    assertContains(response, "Not short any more: WHEEL.", status_code=409)


def test_buy_of_nothing_asks_for_a_quantity(planner_client):
    order = order_of(bike())

    response = planner_client.post(page("buy", order.pk), dict.fromkeys(buy_one_wheel(order), ""))

    assertContains(response, "Enter a quantity for what is to be bought.", status_code=409)


def test_buy_says_that_nothing_is_short(planner_client, planner):
    line = released(bike(), 10, on_hand=20, by=planner)

    assertContains(planner_client.get(page("buy", line.order_id)), "No bought component of this order is short.")


def test_bom_page_shows_rows_tree_and_where_used(viewer_client):
    frame = made("FRAME", (bought("TUBE"), 4))
    top = made("BIKE", (frame, 1))
    made("TANDEM", (top, 2))

    response = viewer_client.get(page("bom", top.boms.get().pk))

    for text in ("FRAME", "TUBE", "TANDEM", "All levels <b>3</b>", "Where used <b>1</b>"):
        assertContains(response, text)
    assertNotContains(response, "Deactivate")


def test_bom_page_of_one_that_was_replaced_shows_no_tree(viewer_client):
    old = bom_of(MadePartFactory(number="BIKE"), (bought("OLD"), 1), is_active=False)
    bom_of(old.part, (bought("NEW"), 1))

    response = viewer_client.get(page("bom", old.pk))

    assertContains(response, "Not active: nothing is made from this BOM.")
    assertNotContains(response, "NEW")


def test_bom_page_of_one_that_is_too_large_can_still_be_mended(planner_client):
    bom = bom_of(MadePartFactory(number="RACK"), (made("TUBE", (bought("STEEL"), 2)), 60_000_000_000))

    response = planner_client.get(page("bom", bom.pk))

    assertContains(response, "The quantity is too large.")
    assertContains(response, page("remove_row", bom.rows.get().pk))


def test_bom_page_links_to_the_bom_that_it_opened(viewer_client):
    frame = made("FRAME", (bought("TUBE"), 1))
    bom_of(frame, (bought("CARBON"), 1), revision=PartRevisionFactory(part=frame, code="B"))
    top = made("BIKE", (frame, 1))

    lines = viewer_client.get(page("bom", top.boms.get().pk)).context["tree"]

    assert [(line.part.number, line.bom) for line in lines] == [
        ("BIKE", None),
        ("FRAME", frame.boms.get(revision=None).pk),
        ("TUBE", None),
    ]


def test_bom_page_query_count_does_not_grow(planner_client):
    one_row, rows = made("ONE", (bought("A"), 1)), made("THREE", *((bought(f"B{n}"), 1) for n in range(3)))
    planner_client.get(page("bom", one_row.boms.get().pk))
    with CaptureQueriesContext(connection) as one:
        planner_client.get(page("bom", one_row.boms.get().pk))

    with CaptureQueriesContext(connection) as three:
        planner_client.get(page("bom", rows.boms.get().pk))

    assert len(three) == len(one)


def test_bom_list_finds_what_contains_a_part(viewer_client):
    bike(), made("TRIKE", (bought("TYRE"), 3))

    response = viewer_client.get(f"{page('bom_list')}?component=wheel")

    assertContains(response, "BIKE")
    assertNotContains(response, "TRIKE")


def test_bom_list_counts_each_row_once_where_a_part_comes_twice(viewer_client):
    made("BIKE", (wheel := bought("WHEEL"), 1), (wheel, 1), (bought("BELL"), 1))

    table = viewer_client.get(f"{page('bom_list')}?component=wheel").context["table"]

    assert [row.record.row_count for row in table.rows] == [3]


def test_bom_create_opens_an_empty_bom(planner_client):
    part = MadePartFactory(number="NEW")

    response = planner_client.post(page("bom_create"), {"part": "NEW"})

    assertRedirects(response, page("bom", Bom.objects.get(part=part).pk))
    assertContains(
        planner_client.post(page("bom_create"), {"part": "NEW", "revision": "Z"}), "no revision Z", status_code=422
    )


def test_bom_rows_are_added_edited_and_removed(admin_client):
    bom = BomFactory(part__number="BIKE")
    PartFactory(number="WHEEL")

    admin_client.post(
        page("add_row", bom.pk), {"component": "WHEEL", "quantity_per": "2", "scrap": "5", "version": "1"}
    )
    row = bom.rows.get()
    edited = admin_client.post(
        page("edit_row", row.pk), {"component": "WHEEL", "quantity_per": "2.5", "version": "2"}, headers=HTMX
    )

    assert (row.quantity_per, row.scrap) == (2, Decimal("0.05"))
    assertContains(edited, f'id="row-{row.pk}"')
    assertContains(edited, "2.50 pcs")
    admin_client.post(page("remove_row", row.pk))
    assert not BomRow.objects.exists()


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_bom_row_that_closes_a_circle_says_so_in_the_row(planner_client, headers):
    top = MadePartFactory(number="FG-1")
    sub = made("SA-2", (top, 1))
    row = BomRowFactory(bom__part=top)
    facts = {"component": "SA-2", "quantity_per": "1", "version": "1"}

    edited = planner_client.post(page("edit_row", row.pk), facts, headers=headers)
    added = planner_client.post(page("add_row", row.bom_id), facts)

    assert sub.boms.exists()
    for response in (edited, added):
        assertContains(response, "A part cannot contain itself: FG-1 → SA-2 → FG-1.", status_code=422)


@pytest.mark.parametrize(
    ("posted", "sentence"),
    [
        ({"quantity_per": "0"}, "above zero"),
        ({"fixed_quantity": "0.5"}, "pcs allows whole numbers only"),
        ({"scrap": "100"}, "below 100 %"),
        ({"scrap": "99.99999"}, "below 100 %"),
        ({"valid_from": "2026-02-01", "valid_to": "2026-01-01"}, "last day lies before"),
        ({"version": "x"}, "Reload the page"),
    ],
)
def test_bom_row_says_what_is_wrong(planner_client, posted, sentence):
    row = BomRowFactory(component__number="WHEEL")
    facts = {"component": "WHEEL", "quantity_per": "1", "version": "1"} | posted

    assertContains(planner_client.post(page("edit_row", row.pk), facts, headers=HTMX), sentence, status_code=422)


def test_bom_row_edit_works_without_javascript(planner_client):
    row = BomRowFactory(component__number="WHEEL")

    assertContains(planner_client.get(page("edit_row", row.pk)), f'id="edit-{row.pk}"')
    assertRedirects(planner_client.get(page("bom_row", row.pk)), page("bom", row.bom_id))
    assertContains(planner_client.get(page("bom_row", row.pk), headers=HTMX), "WHEEL")


def test_bom_is_switched_off(planner_client):
    bom = BomFactory()

    planner_client.post(page("set_active", bom.pk), {"is_active": "0"})

    assert not Bom.objects.get().is_active
    assertContains(planner_client.get(page("bom", bom.pk)), "nothing is made from this BOM")


def test_add_to_inventory_makes_at_once(planner_client):
    warehouse = WarehouseFactory(code="MAIN")
    part = bike()
    stock(part.boms.get().rows.get().component, warehouse, 10)

    planner_client.post(page("add_to_inventory", part.boms.get().pk), {"quantity": "4", "warehouse": "MAIN"})
    planner_client.post(page("add_to_inventory", part.boms.get().pk), {"quantity": "-1", "warehouse": "MAIN"})

    assert Supply.objects.get(kind="stock", part=part).quantity == 3


@pytest.mark.parametrize(
    "name",
    ["release", "take_back", "close", "hold", "unhold", "cancel", "make_components", "buy", "change_header"],
)
def test_order_actions_are_for_planners(seller_client, name):
    order = order_of(bike())

    assert seller_client.post(page(name, order.pk)).status_code == 403


def test_reports_are_for_planners_and_foremen(seller_client, foreman_client, planner):
    line = released(bike(), by=planner)

    assert seller_client.get(page("finish", line.pk)).status_code == 403
    assert foreman_client.get(page("finish", line.pk)).status_code == 200


def test_boms_are_kept_by_planners_and_administrators(seller_client, admin_client):
    row = BomRowFactory()

    assert seller_client.get(page("edit_row", row.pk)).status_code == 403
    assert admin_client.get(page("edit_row", row.pk)).status_code == 200
    assert admin_client.get(page("add_to_inventory", row.bom_id)).status_code == 403


@pytest.mark.parametrize("name", ["order", "hold", "finish", "bom", "bom_row", "edit_row", "issue_component"])
def test_a_page_of_what_does_not_exist_is_not_found(planner_client, name):
    assert planner_client.get(page(name, 999999)).status_code == 404


def test_search_finds_orders(planner_client):
    order = order_of(bike())

    response = planner_client.get(reverse("web:search"), {"q": "m-1001"})

    assert response.status_code in {200, 302}
    assert page("order", order.pk) in (response.content.decode() + response.headers.get("Location", ""))
