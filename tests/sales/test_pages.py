"""The pages of sales, with htmx and without."""

import re
from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from linkage.dates import business_date
from linkage.models import OrderLink
from linkage.operations import link
from production.models import ProductionOrder
from sales import operations
from sales.models import SalesOrder, SalesOrderRow
from sales.statuses import CANCELLED, CONFIRMED, QUOTE, REGISTERED
from tests.factories import (
    MadePartFactory,
    PartFactory,
    PartnerFactory,
    UnitConversionFactory,
    UnitFactory,
    WarehouseFactory,
)
from tests.linkage.factories import SupplyFactory, stock
from tests.production.factories import bom_of
from tests.sales.factories import again, order_with, row_with

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
NEW_EACH_TIME = r'(csrfmiddlewaretoken|operation_key)" value="[^"]+"'


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel("2026-03-02"):
        yield


def url(name, *args):
    return reverse(f"sales:{name}", args=args)


def row_data(row, **changes):
    return {
        "name": row.name,
        "quantity": "10",
        "unit": row.unit.code,
        "unit_price": "0",
        "delivery_date": "2026-03-20",
        "warehouse": row.warehouse.code,
        "row_status": "fixed",
        "version": row.version,
    } | changes


def order_data(**changes):
    return {"priority": "5", "partial_delivery_allowed": "on", "currency": "EUR"} | changes


def linked_row(by, quantity=4):
    row = row_with(10, by=by)
    supply = SupplyFactory(part=row.part, warehouse=row.warehouse)
    demand = row.demand
    own = link(demand=demand, supply=supply, quantity=Decimal(quantity), accept_warnings=True, by=by)
    return again(row), own


def made_part():
    part = MadePartFactory()
    bom_of(part, (PartFactory(), 1))
    return part


def queries_of(client, page):
    client.get(page)
    with CaptureQueriesContext(connection) as captured:
        response = client.get(page)
    assert response.status_code == 200
    return len(captured)


def test_order_list_shows_orders_and_what_is_short(seller_client, seller):
    order_with(10, by=seller, customer=PartnerFactory(name="Velo AG"))

    response = seller_client.get(url("order_list"))

    assertContains(response, "S-1001")
    assertContains(response, "Velo AG")
    assertContains(response, "badge-bad")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?status=quote", False),
        ("?status=registered", True),
        ("?is_short=true", True),
        ("?is_short=false", False),
        ("?is_late=true", False),
        ("?q=S-10", True),
        ("?q=nothing", False),
        ("?ordered_from=2026-03-03", False),
        ("?status=nonsense&ordered_from=yesterday&page=x&sort=--&is_late=maybe", True),
    ],
)
def test_order_list_filters(seller_client, seller, query, found):
    order_with(10, by=seller)

    response = seller_client.get(url("order_list") + query)

    assert (">S-1001<" in response.content.decode()) == found


def test_order_list_exports_what_is_filtered(seller_client, seller):
    order_with(10, by=seller)

    response = seller_client.get(url("order_list") + "?export=csv&status=registered")

    assert b"S-1001" in b"".join(response.streaming_content)


@pytest.mark.parametrize("name", ["order_list", "row_list"])
def test_list_query_count_does_not_grow(seller_client, seller, name):
    part = PartFactory(default_warehouse=WarehouseFactory())
    order_with(10, part=part, by=seller)
    few = queries_of(seller_client, url(name))
    for _ in range(3):
        order_with(10, 4, part=part, by=seller)

    assert queries_of(seller_client, url(name)) == few


def test_order_page_query_count_does_not_grow(seller_client, planner):
    small = order_with(1, part=made_part(), by=planner)
    big = order_with(*[1] * 50, part=made_part(), by=planner)

    assert queries_of(seller_client, url("order", small.pk)) == queries_of(seller_client, url("order", big.pk))


def test_order_page_is_read_only_for_a_viewer(viewer_client, seller):
    order = order_with(10, by=seller)

    response = viewer_client.get(url("order", order.pk))

    assertNotContains(response, "data-edit-url")
    assertNotContains(response, "Create production order")


def test_order_create_opens_an_order_and_a_first_row(seller_client):
    customer, warehouse = PartnerFactory(), WarehouseFactory()
    data = order_data(
        customer=customer.number, warehouse=warehouse.code, ordered_on="2026-03-02", status="registered", note="x"
    )

    response = seller_client.post(url("order_create"), data)

    order = SalesOrder.objects.get()
    assertRedirects(response, url("order", order.pk) + "?new=1")
    assert (order.customer, order.warehouse, order.status, order.note) == (customer, warehouse, REGISTERED, "x")


def test_order_create_suggests_the_warehouse_of_the_order_that_the_seller_opened_last(seller_client, planner):
    first, _mine = WarehouseFactory(code="AAA"), WarehouseFactory(code="ZZZ")
    data = order_data(customer=PartnerFactory().number, ordered_on="2026-03-02", status="registered")
    fresh = seller_client.get(url("order_create"))
    seller_client.post(url("order_create"), data | {"warehouse": "ZZZ", "operation_key": str(uuid4())})
    order_with(10, warehouse=first, by=planner)

    then = seller_client.get(url("order_create"))

    assert [page.context["form"]["warehouse"].value() for page in (fresh, then)] == ["AAA", "ZZZ"]


def test_head_of_an_order_counts_again_when_its_rows_change(seller_client, seller):
    order = order_with(10, by=seller)

    head = seller_client.get(url("order", order.pk), {"head": "1"}, headers=HTMX)
    page = seller_client.get(url("order", order.pk))

    assertContains(head, "Rows <b>1</b>")
    assert re.sub(NEW_EACH_TIME, "", head.content.decode().strip()) in re.sub(NEW_EACH_TIME, "", page.content.decode())


def test_order_create_twice_with_one_key_opens_one_order(seller_client):
    customer, warehouse = PartnerFactory(), WarehouseFactory()
    data = order_data(customer=customer.number, warehouse=warehouse.code, ordered_on="2026-03-02", status="quote")
    data["operation_key"] = "11111111-1111-4111-8111-111111111111"

    answers = [seller_client.post(url("order_create"), data).url for _ in range(2)]

    assert (answers[0], SalesOrder.objects.count()) == (answers[1], 1)


def test_order_change_sent_twice_answers_as_it_did(seller_client, seller):
    order = order_with(10, by=seller)
    data = order_data(warehouse=order.warehouse.code, note="Call first", version=str(order.version))
    data["operation_key"] = "11111111-1111-4111-8111-111111111111"

    answers = [seller_client.post(url("order_change", order.pk), data).url for _ in range(2)]

    assert answers == [url("order", order.pk)] * 2
    assert SalesOrder.objects.get().note == "Call first"


def test_order_change_shows_both_values_of_a_stale_form(seller_client, seller):
    order = order_with(10, by=seller)
    operations.change_order(order=order, note="Call first", by=seller)

    response = seller_client.post(
        url("order_change", order.pk), order_data(warehouse=order.warehouse.code, note="Do not", version="0")
    )

    assertContains(response, "Call first", status_code=409)
    assertContains(response, "Do not", status_code=409)


@pytest.mark.parametrize(
    ("step", "before", "after"),
    [
        ("order_register", QUOTE, REGISTERED),
        ("order_confirm", REGISTERED, CONFIRMED),
        ("order_cancel", QUOTE, CANCELLED),
    ],
)
def test_order_steps(seller_client, seller, step, before, after):
    order = order_with(10, status=before, by=seller)

    response = seller_client.post(url(step, order.pk), {"operation_key": "nonsense" if step != "order_cancel" else ""})

    order.refresh_from_db()
    assertRedirects(response, url("order", order.pk))
    assert order.status == after


def test_order_cancel_asks_and_names_what_is_linked(planner_client, planner):
    row, own = linked_row(planner)

    response = planner_client.get(url("order_cancel", row.order_id), headers=HTMX)

    assertContains(response, f"S-1001/10: 4 pcs from {own.supply} (firm)")
    assertNotContains(response, "<html")


def test_order_copy_opens_the_copy(seller_client, seller):
    order = order_with(10, by=seller)

    response = seller_client.post(url("order_copy", order.pk))

    assertRedirects(response, url("order", SalesOrder.objects.latest("pk").pk))


def test_row_new_adds_a_row_and_leaves_the_next_line_open(seller_client, seller):
    order, part = order_with(by=seller), PartFactory()
    data = {"part": part.number, "quantity": "2,5", "row_status": "fixed", "delivery_date": ""}
    part.unit.decimals = 2
    part.unit.save()

    response = seller_client.post(url("row_new", order.pk), data, headers=HTMX)

    assert response["HX-Retarget"] == "#rows"
    assertContains(response, 'id="row-new"')
    assert list(order.rows.values_list("quantity", "delivery_date", "name")) == [(Decimal("2.5"), None, part.name)]


def test_row_new_without_javascript(seller_client, seller):
    order, part = order_with(by=seller), PartFactory()

    page = seller_client.get(url("row_new", order.pk))
    response = seller_client.post(
        url("row_new", order.pk), {"part": part.number, "quantity": "2", "row_status": "fixed"}
    )

    assertContains(page, 'id="edit-new"')
    assertRedirects(response, url("order", order.pk) + "?new=1")
    assert order.rows.count() == 1


def test_row_new_before_another(seller_client, seller):
    order, part = order_with(1, 1, by=seller), PartFactory()
    second = order.rows.get(position=20)

    line = seller_client.get(url("row_new", order.pk) + f"?before={second.pk}", headers=HTMX)
    seller_client.post(
        url("row_new", order.pk),
        {"part": part.number, "quantity": "2", "row_status": "fixed", "before": second.pk},
        headers=HTMX,
    )

    assertContains(line, f'name="before" value="{second.pk}"')
    assert list(order.rows.order_by("position").values_list("position", flat=True)) == [10, 15, 20]


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("quantity", "", "Enter a quantity."),
        ("quantity", "NaN", "Enter a quantity such as 12 or 12.5; at most six decimals."),
        ("quantity", "1e400", "Enter a quantity such as 12 or 12.5; at most six decimals."),
        ("quantity", "-0", "Enter a quantity above zero."),
        ("quantity", "-1", "Enter a quantity above zero."),
        ("quantity", "\uff11\uff12", "Enter a quantity such as 12 or 12.5; at most six decimals."),
        ("quantity", "1.2345678", "Enter a quantity such as 12 or 12.5; at most six decimals."),
        ("quantity", "9" * 40, "That is too large"),
        ("quantity", "x" * 10_000, "Enter a quantity such as 12"),
        ("part", "", "Choose one or type its number."),
        ("part", "nothing", "to choose. Type an exact number or pick one from the list."),
        ("part", "x" * 10_000, "Ensure this value has at most 100 characters"),
        ("unit", "nothing", "Select a valid choice."),
        ("warehouse", "nothing", "Select a valid choice."),
        ("row_status", "nothing", "Select a valid choice."),
        ("order_box", "nothing", "Select a valid choice."),
        ("delivery_date", "31.12.2026", "Enter a date such as 2026-03-31."),
        ("delivery_date", "0001-01-01", "Enter a date between 1990 and 2199."),
        ("name", "x" * 10_000, "Ensure this value has at most 120 characters"),
        ("unit_price", "NaN", "Enter a price such as 12"),
        ("before", "99999999999999999999", "Ensure this value is less than or equal to"),
        ("before", "1", "The row to insert before is gone. Reload the page."),
        ("operation_key", "nothing", "Reload the page and send this form again."),
    ],
)
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_row_new_says_what_is_wrong(seller_client, seller, field, value, sentence, headers):
    order = order_with(by=seller)
    data = {"part": PartFactory().number, "quantity": "2", "row_status": "fixed"}

    response = seller_client.post(url("row_new", order.pk), data | {field: value}, headers=headers)

    assertContains(response, sentence, status_code=422)
    assert SalesOrderRow.objects.count() == 0


def test_row_new_refuses_nul(seller_client, seller):
    order = order_with(by=seller)

    response = seller_client.post(url("row_new", order.pk), {"part": "a\x00b", "quantity": "2"})

    assertContains(response, "a character that cannot be stored", status_code=400)


def test_row_edit_saves_the_row_in_place(seller_client, seller):
    row = row_with(10, by=seller)

    response = seller_client.post(url("row_edit", row.pk), row_data(row, quantity="12"), headers=HTMX)

    assertContains(response, f'<tr id="row-{row.pk}"')
    assertNotContains(response, "data-editing")
    assert again(row).quantity == 12


def test_row_edit_shows_what_a_reload_shows(seller_client, seller):
    row = row_with(10, by=seller)

    saved = seller_client.post(url("row_edit", row.pk), row_data(row, quantity="12"), headers=HTMX)
    page = seller_client.get(url("order", row.order_id))

    assert saved.content.decode().split("<dl", 1)[0].strip() in page.content.decode()


def test_row_edit_without_javascript_is_the_order_with_its_row_open(seller_client, seller):
    row = row_with(10, by=seller)

    page = seller_client.get(url("row_edit", row.pk))
    answer = seller_client.post(url("row_edit", row.pk), row_data(row, quantity="12"))

    assertContains(page, f'id="edit-{row.pk}"')
    assert (answer.status_code, answer.url) == (302, f"{url('order', row.order_id)}?row={row.pk}#row-{row.pk}")


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_row_edit_says_what_is_wrong_in_the_row(seller_client, seller, headers):
    row = row_with(10, by=seller)

    response = seller_client.post(url("row_edit", row.pk), row_data(row, quantity="0"), headers=headers)

    assertContains(response, "Enter a quantity above zero.", status_code=422)


def test_row_edit_of_a_stale_row_shows_both_values(seller_client, seller):
    row = row_with(10, by=seller)
    operations.change_row(row=row, quantity=Decimal(12), by=seller)

    response = seller_client.post(url("row_edit", row.pk), row_data(row, quantity="11"), headers=HTMX)

    assertContains(response, "Quantity: now 12, you typed 11.", status_code=409)


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_row_edit_of_a_stale_row_is_saved_when_it_is_sent_again(seller_client, seller, headers):
    row = row_with(10, by=seller)
    operations.change_row(row=row, quantity=Decimal(12), by=seller)
    data = row_data(row, quantity="11")

    refused = seller_client.post(url("row_edit", row.pk), data, headers=headers)
    version = re.search(r'name="version" value="(\d+)"', refused.text)[1]
    seller_client.post(url("row_edit", row.pk), data | {"version": version}, headers=headers)

    assert (refused.status_code, version, again(row).quantity) == (409, "1", 11)


def test_row_page_of_a_stale_row_keeps_what_was_typed(seller_client, seller):
    row = row_with(10, by=seller)
    operations.change_row(row=row, goods_label="Hall 3", by=seller)

    response = seller_client.post(url("row", row.pk), {"goods_label": "Hall 4", "version": "0"})

    assertContains(response, "Goods label: now Hall 3, you typed Hall 4.", status_code=409)
    assertContains(response, 'value="Hall 4"', status_code=409)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ({"quantity": "2.5"}, "2.5 pcs of BELL, but pcs allows whole numbers only."),
        ({"order_box": "yes"}, "No order is made from rows of BELL."),
    ],
)
def test_new_row_says_in_its_cell_what_the_part_does_not_allow(seller_client, seller, data, error):
    order = order_with(1, by=seller)
    PartFactory(number="BELL")
    given = {"part": "BELL", "quantity": "2", "row_status": "fixed"} | data

    response = seller_client.post(url("row_new", order.pk), given, headers=HTMX)

    assertContains(response, error, status_code=422)
    assert order.rows.count() == 1


def test_row_edit_asks_before_it_recalculates(seller_client, seller):
    part = PartFactory()
    box = UnitConversionFactory(part=part).unit
    row = row_with(24, part=part, by=seller)
    data = row_data(row, quantity="24", unit=box.code)

    asked = seller_client.post(url("row_edit", row.pk), data, headers=HTMX)
    seller_client.post(url("row_edit", row.pk), data | {"recalculate": "yes"}, headers=HTMX)

    assertContains(asked, "Recalculate 24 pcs as 2 box? Choose and save again.", status_code=422)
    assert again(row).quantity == 2


def test_row_edit_offers_the_units_of_its_part(seller_client, seller):
    row = row_with(24, by=seller)
    box, other = UnitConversionFactory(part=row.part, base=row.unit).unit, UnitFactory(code="ton")

    page = seller_client.get(url("row_edit", row.pk), headers=HTMX)

    assertContains(page, f'<option value="{box.code}">')
    assertNotContains(page, f'<option value="{other.code}">')


def test_row_edit_refuses_a_unit_without_conversion(seller_client, seller):
    row, other = row_with(24, by=seller), UnitConversionFactory(part=PartFactory()).unit

    response = seller_client.post(url("row_edit", row.pk), row_data(row, unit=other.code), headers=HTMX)

    assertContains(response, "has no conversion to box", status_code=422)


def test_row_page_changes_what_the_grid_has_no_room_for(seller_client, seller):
    row = row_with(10, by=seller)

    response = seller_client.post(url("row", row.pk), {"customer_row_position": "7B", "version": row.version})

    assertRedirects(response, url("row", row.pk))
    assert again(row).customer_row_position == "7B"


def test_row_page_is_not_written_by_a_viewer(viewer_client, seller):
    row = row_with(10, by=seller)

    response = viewer_client.post(url("row", row.pk), {"customer_row_position": "7B", "version": row.version})

    assert (response.status_code, again(row).customer_row_position) == (403, "")


def test_row_delete_asks_then_deletes(seller_client, seller):
    row = row_with(10, by=seller)

    asked = seller_client.get(url("row_delete", row.pk))
    answer = seller_client.post(url("row_delete", row.pk), {"version": row.version})

    assertContains(asked, "Delete row S-1001/10")
    assertRedirects(answer, url("order", row.order_id))
    assert SalesOrderRow.objects.count() == 0


@pytest.mark.parametrize("action", ["make_ticked", "buy_orders", "split_ticked", "disconnect_ticked"])
@pytest.mark.parametrize("ticked", [[], ["x"], ["-1"], ["9" * 30], ["\u0661"]])
def test_bulk_actions_ask_for_a_row(planner_client, planner, action, ticked):
    order = order_with(3, by=planner)

    response = planner_client.post(url(action, order.pk), {"rows": ticked})

    assertContains(response, "Tick at least one row.", status_code=409)


def test_bulk_actions_leave_rows_of_other_orders_alone(planner_client, planner):
    order, other = order_with(3, by=planner), row_with(3, part=made_part(), by=planner)

    response = planner_client.post(url("make_ticked", order.pk), {"rows": [other.pk]})

    assert (response.status_code, ProductionOrder.objects.count()) == (409, 0)


def test_linked_orders_for_a_time(planner_client, planner):
    order_with(3, part=made_part(), by=planner)

    response = planner_client.post(
        url("linked_orders"), {"date_from": "2026-03-01", "date_to": "2026-03-02"}, follow=True
    )

    assertContains(response, "1 production order is made.")


def test_linked_orders_says_what_is_wrong(planner_client):
    response = planner_client.post(url("linked_orders"), {"date_from": "2026-03-03", "date_to": "2026-03-02"})

    assertContains(response, "The last day lies before the first.", status_code=422)


def test_split_page_offers_the_split_along_the_supply(planner_client, planner):
    row, own = linked_row(planner)

    response = planner_client.get(url("row_split", row.pk))

    assertContains(response, 'name="quantity-0" value="4"')
    assertContains(response, 'name="quantity-1" value="6"')
    assertContains(response, str(own.supply))


def test_split_page_leaves_the_date_where_nothing_is_to_divide_along(planner_client, planner):
    row = row_with(10, by=planner, row={"delivery_date": business_date()})

    response = planner_client.get(url("row_split", row.pk))

    assertContains(response, f'name="date-0" value="{business_date()}"')


@pytest.mark.parametrize(
    ("query", "quantities"),
    [
        ("?ways=equal&count=3", ["3", "3", "4"]),
        ("?ways=size&size=4", ["4", "4", "2"]),
        ("?ways=size&size=4&count=1", ["4", "6"]),
    ],
)
def test_split_page_fills_in_parts(planner_client, planner, query, quantities):
    row = row_with(10, by=planner)

    response = planner_client.get(url("row_split", row.pk) + query)

    for place, quantity in enumerate(quantities):
        assertContains(response, f'name="quantity-{place}" value="{quantity}"')


@pytest.mark.parametrize("query", ["?ways=x", "?ways=equal&count=999", "?ways=size&size=NaN", "?ways=equal&count=11"])
def test_split_page_bears_nonsense_in_the_url(planner_client, planner, query):
    row = row_with(10, by=planner)

    assert planner_client.get(url("row_split", row.pk) + query).status_code == 200


def test_split_posts_the_parts(planner_client, planner):
    row, _own = linked_row(planner)
    data = {"quantity-0": "6", "quantity-1": "4", "date-1": "2026-04-01", "version": row.version}

    response = planner_client.post(url("row_split", row.pk), data)

    assert response.status_code == 302
    rows = SalesOrderRow.objects.in_order().values_list("position", "quantity", "delivery_date")
    assert list(rows) == [(10, 6, date(2026, 3, 20)), (20, 4, date(2026, 4, 1))]


def test_split_by_hand_moves_the_links_of_the_table(planner_client, planner):
    row, own = linked_row(planner)
    data = {"quantity-0": "6", "quantity-1": "4", "version": row.version, "by_hand": "yes", f"move-{own.pk}-1": "3"}

    planner_client.post(url("row_split", row.pk), data)

    held = OrderLink.objects.open().order_by("demand").values_list("open", flat=True)
    assert list(held) == [1, 3]


@pytest.mark.parametrize(
    "changes",
    [
        {"quantity-0": "5"},
        {"quantity-0": "NaN"},
        {"quantity-1": ""},
        {"quantity-0": "10", "quantity-1": "0"},
        {"date-1": "tomorrow"},
        {"version": ""},
        {"version": "x"},
        {"by_hand": "maybe"},
    ],
)
def test_split_says_what_is_wrong(planner_client, planner, changes):
    row = row_with(10, by=planner)
    data = {"quantity-0": "6", "quantity-1": "4", "version": row.version}

    response = planner_client.post(url("row_split", row.pk), data | changes)

    assert (response.status_code, SalesOrderRow.objects.count()) == (422, 1)


def test_order_change_that_is_refused_keeps_what_was_typed(seller_client, seller):
    order = order_with(10, 4, by=seller)
    operations.change_row(row=order.rows.last(), delivery_date=date(2026, 4, 1), by=seller)
    data = order_data(warehouse=order.warehouse.code, version="0", note="Ring first")
    del data["partial_delivery_allowed"]

    response = seller_client.post(url("order_change", order.pk), data)

    assertContains(response, "change 20, or all at once", status_code=409)
    assertContains(response, "Ring first</textarea>", status_code=409)
    assert SalesOrder.objects.get().note == ""


def test_split_refuses_a_stale_form(planner_client, planner):
    row = row_with(10, by=planner)
    operations.change_row(row=row, name="Other", by=planner)

    response = planner_client.post(
        url("row_split", row.pk), {"quantity-0": "6", "quantity-1": "4", "version": row.version}
    )

    assert response.status_code == 409


def test_disconnect_of_a_row_with_one_link_asks_for_it_at_once(planner_client, planner):
    row, own = linked_row(planner)

    asked = planner_client.get(url("row_disconnect", row.pk), headers=HTMX, follow=True)
    planner_client.post(reverse("linkage:disconnect", args=[own.pk]), {"quantity": "4"})

    assertContains(asked, "4.00 pcs is open, 0.00 of it lies on the shelf")
    assert (OrderLink.objects.open().count(), again(row).order_box) == (0, False)


def test_disconnect_of_a_row_with_two_links_names_both(planner_client, planner):
    row, own = linked_row(planner)
    shelf = stock(row.part, row.warehouse, 3)
    other = link(demand=row.demand, supply=shelf, quantity=Decimal(3), by=planner)

    asked = planner_client.get(url("row_disconnect", row.pk))

    assertContains(asked, reverse("linkage:disconnect", args=[own.pk]))
    assertContains(asked, reverse("linkage:disconnect", args=[other.pk]))


def test_disconnect_of_a_row_without_links_says_so(seller_client, seller):
    assertContains(seller_client.get(url("row_disconnect", row_with(3, by=seller).pk)), "Nothing is linked")


def test_disconnect_in_favour_of_another_row_is_undone_whole(seller_client, planner):
    row, own = linked_row(planner)
    taker = row_with(3, part=row.part, warehouse=row.warehouse, by=planner)
    typed = {"quantity": "3", "goes": "taker", "give_to": taker.demand_id}

    answer = seller_client.post(reverse("linkage:disconnect", args=[own.pk]), typed, follow=True)
    given = OrderLink.objects.open().get(demand=taker.demand).open
    seller_client.post(re.search(r'action="(/[^"]*undo[^"]*)"', answer.text)[1])

    held = OrderLink.objects.open().values_list("demand", "open")
    assert (given, sum(quantity for _, quantity in held), {demand for demand, _ in held}) == (3, 4, {row.demand_id})


def test_deliver_and_take_it_back(warehouse_client, seller):
    row = row_with(10, by=seller)
    stock(row.part, row.warehouse, 10)

    warehouse_client.post(url("row_deliver", row.pk), {"quantity": "10", "effective_on": "2026-03-02"})
    delivered = again(row).delivered
    page = warehouse_client.get(url("row", row.pk))
    warehouse_client.post(
        url("delivery_reverse", row.delivery_rows.get().pk), {"quantity": "10", "reason": "Wrong pallet"}
    )

    assertContains(page, "Take back")
    assert (delivered, again(row).delivered) == (10, 0)


def test_deliver_is_for_the_warehouse(seller_client, seller):
    row = row_with(10, by=seller)

    assert seller_client.get(url("row_deliver", row.pk)).status_code == 403


@pytest.mark.parametrize("name", ["order", "row", "row_edit", "row_split", "row_disconnect", "order_change"])
@pytest.mark.parametrize("pk", [999_999, 10**30])
def test_pages_of_what_is_not_there_are_not_found(planner_client, name, pk):
    assert planner_client.get(url(name, pk)).status_code == 404


def test_timeline_says_who_changed_what(seller_client, seller):
    row = row_with(10, by=seller)
    operations.change_row(row=row, quantity=Decimal(12), reason="Customer called", by=seller)

    response = seller_client.get(url("order_timeline", row.order_id))

    assertContains(response, "Row 10: quantity 10 → 12")
    assertContains(response, "Customer called")
    assertContains(response, str(seller))


def test_search_finds_an_order_by_its_number(seller_client, seller):
    order = order_with(10, by=seller)

    assertRedirects(seller_client.get(reverse("web:search") + "?q=S-1001"), url("order", order.pk))


def test_order_list_is_filtered_by_all_yes_or_no_and_by_days(seller_client):
    page = seller_client.get(url("order_list"))

    assertNotContains(page, "Unknown")
    assertContains(page, '<option value="true">Yes</option>', count=2)
    assertContains(page, 'type="date" name="ordered_', count=2)
