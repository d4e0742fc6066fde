"""The preview between a row's form and its save: in the dialog, as a page, with choices, stale, and when silent."""

import re
from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from linkage.models import Supply
from linkage.operations import link
from production import operations as production
from production.models import ProductionOrder
from sales import operations
from tests.factories import MadePartFactory, PartFactory
from tests.linkage.factories import stock
from tests.production.factories import bom_of
from tests.sales.factories import again, row_with

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel("2026-03-02"):
        yield


@pytest.fixture
def row(planner):
    """Ten bikes with their planned order, each of two wheels with theirs."""
    wheel = MadePartFactory(number="WHEEL", lot_sizing="LR", lead_time=2)
    bom_of(wheel, (PartFactory(), 3))
    bike = MadePartFactory(number="BIKE", lot_sizing="LR", lead_time=2, standard_price=Decimal(100))
    bom_of(bike, (wheel, 2))
    row = row_with(10, part=bike, by=planner)
    operations.create_production_orders(rows=[row], by=planner)
    return again(row)


def typed(row, **changes):
    facts = {
        "name": row.name,
        "quantity": str(row.quantity),
        "unit": row.unit.code,
        "unit_price": "0",
        "delivery_date": "2026-03-20",
        "warehouse": row.warehouse.code,
        "row_status": row.row_status,
        "version": str(row.version),
    }
    return facts | changes


def edit(row):
    return reverse("sales:row_edit", args=[row.pk])


def seen_in(response):
    return re.search(r'name="seen" value="(\w+)"', response.content.decode())[1]


def quantities():
    found = Supply.objects.filter(kind="production").order_by("pk")
    return dict(found.values_list("part__number", "quantity"))


def release_bike(planner):
    [order] = ProductionOrder.objects.filter(lines__supply__part__number="BIKE")
    return production.release(order=order, by=planner)


def test_row_edit_shows_the_tree_before_it_saves(planner_client, row):
    response = planner_client.post(edit(row), typed(row, quantity="15"), headers=HTMX)

    assert response.headers["HX-Retarget"] == "#dialog-body"
    assertContains(response, "<del>20.00</del> → <b>30.00</b>", html=False)
    assertContains(response, "500.00")
    assert quantities() == {"BIKE": 10, "WHEEL": 20}


def test_save_in_the_dialog_saves_what_was_shown(planner_client, row):
    shown = planner_client.post(edit(row), typed(row, quantity="15"), headers=HTMX)
    answer = typed(row, quantity="15", seen=seen_in(shown), save_change="1")

    response = planner_client.post(edit(row), answer, headers=HTMX)

    assert response.status_code == 200
    assert "HX-Redirect" in response.headers or "HX-Refresh" in response.headers
    assert quantities() == {"BIKE": 15, "WHEEL": 30}
    page = planner_client.get(reverse("sales:order", args=[row.order_id]))
    assertContains(page, f"Row {row} is changed, and its orders as chosen.")


def test_preview_is_a_page_without_htmx(planner_client, row):
    shown = planner_client.post(edit(row), typed(row, quantity="15"))
    assertContains(shown, "<html", html=False)

    response = planner_client.post(edit(row), typed(row, quantity="15", seen=seen_in(shown), save_change="1"))

    assert response.status_code == 302
    assert quantities() == {"BIKE": 15, "WHEEL": 30}


def test_a_choice_that_was_not_previewed_is_shown_first(planner_client, row):
    shown = planner_client.post(edit(row), typed(row, quantity="15"), headers=HTMX)
    other = {f"choice-more-{row.demand_id}": "leave", "seen": seen_in(shown), "save_change": "1"}

    again_shown = planner_client.post(edit(row), typed(row, quantity="15", **other), headers=HTMX)
    kept = quantities()
    planner_client.post(edit(row), typed(row, quantity="15", **other | {"seen": seen_in(again_shown)}), headers=HTMX)

    assert (again_shown.status_code, kept) == (409, {"BIKE": 10, "WHEEL": 20})
    assert (quantities(), again(row).demand.uncovered) == ({"BIKE": 10, "WHEEL": 20}, 5)


def test_released_order_has_nothing_preselected_and_must_be_decided(planner_client, planner, row):
    order = release_bike(planner)
    shown = planner_client.post(edit(row), typed(row, quantity="15"), headers=HTMX)
    assertNotContains(shown, "checked")

    response = planner_client.post(
        edit(row), typed(row, quantity="15", seen=seen_in(shown), save_change="1"), headers=HTMX
    )

    assertContains(response, f"Choose what happens to {row}.", status_code=409)
    assertContains(response, f"{order}/1: 10 → 15", status_code=409)
    assert again(row).quantity == 10


def test_somebody_elses_change_of_the_chain_shows_the_preview_again(planner_client, planner, row):
    shown = planner_client.post(edit(row), typed(row, quantity="15"), headers=HTMX)
    [order] = ProductionOrder.objects.filter(lines__supply__part__number="WHEEL")
    production.release(order=order, by=planner)

    response = planner_client.post(
        edit(row), typed(row, quantity="15", seen=seen_in(shown), save_change="1"), headers=HTMX
    )

    assert response.status_code == 409
    assert quantities() == {"BIKE": 10, "WHEEL": 20}


def test_stale_row_in_the_dialog_shows_both_values(planner_client, planner, row):
    shown = planner_client.post(edit(row), typed(row, quantity="15"), headers=HTMX)
    operations.change_row(row=row, goods_label="Hall 3", name="Other", by=planner)

    response = planner_client.post(
        edit(row), typed(row, quantity="15", seen=seen_in(shown), save_change="1"), headers=HTMX
    )

    assertContains(response, "Other", status_code=409)
    assert quantities() == {"BIKE": 10, "WHEEL": 20}


def test_a_change_that_breaks_nothing_says_nothing(planner_client, planner):
    part = PartFactory()
    row = row_with(10, part=part, by=planner)
    link(demand=row.demand, supply=stock(part, row.warehouse, 10), quantity=Decimal(10), by=planner)

    planner_client.post(edit(row), typed(row, delivery_date="2026-03-13"), headers=HTMX)

    assert again(row).delivery_date == date(2026, 3, 13)


def test_delete_row_asks_for_each_supply(planner_client, row):
    url = reverse("sales:row_delete", args=[row.pk])
    shown = planner_client.post(url, {"version": row.version, "reason": "called off"}, headers=HTMX)
    bike, wheel = Supply.objects.filter(kind="production").order_by("pk")
    assertContains(shown, f"Cancel {bike.label}")
    assertContains(shown, f"Cancel {wheel.label}")

    answer = {"version": row.version, "reason": "called off", "seen": seen_in(shown), "save_change": "1"}
    planner_client.post(url, answer, headers=HTMX)

    assert set(Supply.objects.filter(kind="production").values_list("status", flat=True)) == {"cancelled"}


def queries_of_a_preview(client, planner, components):
    part = MadePartFactory(lot_sizing="LR")
    below = [MadePartFactory(lot_sizing="LR") for _ in range(components)]
    for made in below:
        bom_of(made, (PartFactory(), 1))
    bom_of(part, *((made, 1) for made in below))
    row = row_with(10, part=part, by=planner)
    operations.create_production_orders(rows=[row], by=planner)
    row = again(row)
    with CaptureQueriesContext(connection) as statements:
        client.post(edit(row), typed(row, quantity="15"), headers=HTMX)
    return len(statements)


def test_preview_query_count_does_not_grow_with_the_tree(planner_client, planner):
    queries_of_a_preview(planner_client, planner, 1)  # what is read once and kept

    counts = {queries_of_a_preview(planner_client, planner, components) for components in (1, 3)}

    assert len(counts) == 1


def test_preview_says_which_order_would_have_to_start_in_the_past(planner_client, row):
    response = planner_client.post(edit(row), typed(row, delivery_date="2026-03-03"), headers=HTMX)

    made = Supply.objects.get(part__number="BIKE")
    assertContains(response, f"{made} starts late: it takes 2 work days and is to be ready on 2026-03-03.")


def replacing(client, row, **words):
    """What find and replace in the row's order would do with these words, and what its page posts to save it."""
    address = reverse("sales:find_replace", args=[row.order_id])
    shown = client.post(address, words, headers=HTMX)
    form, stamp = shown.context["form"], shown.context["stamp"]
    return address, words | {"save": "1", "shown": stamp, "operation_key": str(form.key), "rows": [row.pk]}


@pytest.mark.parametrize(
    ("words", "after"),
    [
        ({"field": "quantity", "find": "10", "put": "15"}, {"BIKE": 15, "WHEEL": 30}),
        ({"field": "delivery_date", "find": "2026-03-20", "put": "2026-04-20"}, {"BIKE": 10, "WHEEL": 20}),
    ],
    ids=["quantities", "dates"],
)
def test_find_and_replace_shows_the_linked_orders_before_it_saves(planner_client, row, words, after):
    address, sent = replacing(planner_client, row, **words)
    bike = Supply.objects.filter(part__number="BIKE")
    before = bike.get().due_date

    shown = planner_client.post(address, sent, headers=HTMX)
    assert shown.headers["HX-Retarget"] == "#dialog-body"
    assert (quantities(), bike.get().due_date) == ({"BIKE": 10, "WHEEL": 20}, before)
    planner_client.post(address, sent | {"seen": seen_in(shown), "save_change": "1"}, headers=HTMX)

    assert quantities() == after
    assert (bike.get().due_date == before) == (words["field"] == "quantity")
    assert str(getattr(again(row), words["field"])).startswith(words["put"])


def test_find_and_replace_keeps_all_ticked_rows_through_the_preview(planner_client, planner, row):
    other = operations.add_row(
        order=row.order, part=PartFactory(), quantity=Decimal(1), delivery_date=row.delivery_date, by=planner
    )
    words = {"field": "delivery_date", "find": "2026-03-20", "put": "2026-04-20"}
    address, sent = replacing(planner_client, row, **words)

    shown = planner_client.post(address, sent | {"rows": [row.pk, other.pk]})

    for pk in (row.pk, other.pk):
        assertContains(shown, f'<input type="hidden" name="rows" value="{pk}">', html=True)


def test_find_and_replace_leaves_the_orders_of_a_row_alone_that_refuses(planner_client, planner, row):
    operations.give_serials(row=row, first="A-001", quantity=10, by=planner)
    address, sent = replacing(planner_client, row, field="quantity", find="10", put="15")

    planner_client.post(address, sent, headers=HTMX)

    assert (quantities(), again(row).quantity) == ({"BIKE": 10, "WHEEL": 20}, 10)


def test_find_and_replace_of_words_asks_nothing(planner_client, row):
    address, sent = replacing(planner_client, row, field="name", find=row.name, put="Racer")

    planner_client.post(address, sent)

    assert again(row).name == "Racer"
