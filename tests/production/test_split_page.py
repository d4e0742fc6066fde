"""The page that splits a production order: the ways, the preview, the grid, and what is wrong."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from linkage.models import OrderLink, Supply
from production.models import ProductionOrder
from tests.factories import WarehouseFactory
from tests.production.making import bought, made, order_of, promise, released, report

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def planned(planner, quantity=10, *, promised=8):
    """(the line of a planned order, the link that it is promised with)"""
    order = order_of(made("BIKE", (bought("WHEEL"), 2)), quantity, by=planner)
    line = order.lines.select_related("order", "supply").get()
    promise(line, promised, planner, need_date=date(2026, 4, 1))
    return line, OrderLink.objects.get()


def url(line):
    return reverse("production:split", args=[line.pk])


def data(line, **changes):
    facts = {"quantity-0": "4", "quantity-1": "6", "version": line.order.version, "why": "capacity"}
    return {name: value for name, value in (facts | changes).items() if value is not None}


def test_split_page_shows_parts_links_and_components_before_the_save(planner_client, planner):
    line, link = planned(planner)

    page = planner_client.get(url(line))

    assertContains(page, f"Split {line}: 10")
    assertContains(page, 'name="quantity-1" value="5"')
    assertContains(page, f'name="move-{link.pk}-1" value="3"')
    assertContains(page, f"{line.order}-1")
    assertContains(page, "<td>WHEEL</td>", html=True)
    assert ProductionOrder.objects.count() == 1


@pytest.mark.parametrize(
    ("query", "quantities"),
    [
        ("?ways=equal&count=3", ["3", "3", "4"]),
        ("?ways=equal&count=2&off=4", ["6", "2", "2"]),
        ("?ways=equal&count=1&off=4", ["6", "4"]),
        ("?ways=size&size=4", ["4", "4", "2"]),
        ("?ways=size&size=4&count=1", ["4", "6"]),
        ("?ways=list&list=1+2", ["7", "1", "2"]),
        ("?ways=list&list=4%3B+6", ["4", "6"]),
    ],
)
def test_split_page_fills_in_parts(planner_client, planner, query, quantities):
    line, _link = planned(planner)

    page = planner_client.get(url(line) + query)

    for place, quantity in enumerate(quantities):
        assertContains(page, f'name="quantity-{place}" value="{quantity}"')
        assertContains(page, f"{line.order}-{place}" if place else f"{line.order}")


def test_split_page_fills_in_what_is_left_of_a_started_order(planner_client, planner):
    line = released(made("BIKE", (bought("WHEEL"), 2)), 10, on_hand=30, by=planner)
    report(line, 4, planner)

    page = planner_client.get(url(line) + "?ways=equal&count=3")

    for place, quantity in enumerate(["6", "2", "2"]):
        assertContains(page, f'name="quantity-{place}" value="{quantity}"')
    assertContains(page, "4.00 made and 0.00 scrapped are in the first part.")


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("?ways=equal&count=11", "10 pcs cannot be divided into 11 parts."),
        ("?ways=equal&count=2&off=10", "Only 10 pcs can be divided; 10 cannot be taken off, something must stay."),
        ("?ways=size&size=20", "Split into at least 2 parts."),
        ("?ways=list&list=9+9", "The parts add up to 18 pcs; only 10 can be divided."),
        ("?ways=list&list=4+x", "Enter the parts with spaces between them, such as 4 3.5 2."),
        ("?ways=size&size=NaN", "Enter a quantity such as 12 or 12.5; at most six decimals."),
        ("?ways=x", "Select a valid choice. x is not one of the available choices."),
        ("?ways=equal&count=999", "Ensure this value is less than or equal to 50."),
    ],
)
def test_split_page_says_what_cannot_be_cut(planner_client, planner, query, sentence):
    line, _link = planned(planner)

    page = planner_client.get(url(line) + query)

    assertContains(page, sentence)
    assertNotContains(page, "split-picture")


def test_split_page_says_why_an_order_cannot_be_split(planner_client, planner):
    line = released(made("BIKE", (bought("WHEEL"), 2)), 10, on_hand=30, by=planner)
    report(line, 10, planner)

    assertContains(planner_client.get(url(line)), f"{line.order} is finished and cannot be split.")


def test_split_preview_follows_what_was_typed_and_keeps_it(planner_client, planner):
    line, link = planned(planner)
    typed = data(line, by_hand="yes", preview="1", text="two lines", **{f"move-{link.pk}-1": "5"})

    plain = planner_client.post(url(line), typed)
    fragment = planner_client.post(url(line), typed, headers=HTMX)

    for answer in (plain, fragment):
        assertContains(answer, f'name="move-{link.pk}-1" value="5"')
        assertContains(answer, 'value="two lines"')
        assertContains(answer, f"<td>{line.order}-1</td>", html=True)
    assertNotContains(fragment, "<html")
    assert ProductionOrder.objects.count() == 1


def test_split_preview_says_what_the_operation_would_refuse(planner_client, planner):
    line, link = planned(planner)

    answer = planner_client.post(url(line), data(line, by_hand="yes", preview="1", **{f"move-{link.pk}-1": "7"}))

    assertContains(answer, "Part 2 takes 6; more than that is linked to it.")
    assertContains(answer, 'value="7"')


def test_split_saves_what_the_preview_showed(planner_client, planner):
    line, _link = planned(planner)
    planner_client.post(url(line), data(line, preview="1"))

    answer = planner_client.post(url(line), data(line, **{"finish-1": "2026-03-31"}), follow=True)

    assertContains(answer, f"{line} is split: {line.order}, {line.order}-1.")
    parts = Supply.objects.filter(kind="production").order_by("pk").values_list("quantity", "due_date", "allocated")
    assert list(parts) == [(4, line.supply.due_date, 4), (6, date(2026, 3, 31), 4)]
    assertContains(answer, f"Capacity: 10 pcs of {line.order} split into")


def test_split_by_hand_moves_the_links_of_the_table(planner_client, planner):
    line, link = planned(planner, promised=5)

    planner_client.post(url(line), data(line, by_hand="yes", **{f"move-{link.pk}-1": "2"}))

    assert list(OrderLink.objects.order_by("pk").values_list("open", flat=True)) == [3, 2]


def test_split_posted_twice_is_one_split(planner_client, planner):
    line, link = planned(planner, promised=5)
    moved = {"by_hand": "yes", f"move-{link.pk}-1": "5"}
    once = data(line, operation_key="7b1d3a3e-0000-4000-8000-000000000001", **moved)

    first, second = (planner_client.post(url(line), once) for _ in range(2))

    assert (first.status_code, second.status_code, ProductionOrder.objects.count()) == (302, 302, 2)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"quantity-1": "5"}, "The 2 parts add up to 9; there are 10 to divide."),
        ({"quantity-0": "10", "quantity-1": ""}, "Enter at least 2 parts; together they are 10."),
        ({"quantity-0": "NaN"}, "Enter a quantity such as 12 or 12.5"),
        ({"start-1": "soon"}, "Enter a date such as 2026-03-31."),
        ({"why": "other"}, "Say why the order is split."),
        ({"why": None}, "This field is required."),
        ({"version": "x"}, "Reload the page and send this form again."),
    ],
)
def test_split_says_what_is_wrong_at_its_place(planner_client, planner, changes, sentence):
    line, _link = planned(planner)

    answer = planner_client.post(url(line), data(line, **changes))

    assertContains(answer, sentence, status_code=422)
    assert ProductionOrder.objects.count() == 1


def test_split_refuses_a_stale_form(planner_client, planner):
    line, _link = planned(planner)
    planner_client.post(url(line), data(line))

    answer = planner_client.post(url(line), data(line, **{"quantity-0": "2", "quantity-1": "2"}))
    stale = planner_client.post(url(line), data(line, **{"quantity-0": "2", "quantity-1": "2"}) | {"version": 1})

    assert (answer.status_code, stale.status_code) == (409, 409)


def test_order_page_offers_the_split_as_long_as_there_is_something_to_split(planner_client, viewer_client, planner):
    line = released(made("BIKE", (bought("WHEEL"), 2)), 10, on_hand=30, by=planner)
    page = reverse("production:order", args=[line.order_id])

    assertContains(planner_client.get(page), url(line))
    assertNotContains(viewer_client.get(page), url(line))
    report(line, 10, planner)
    assertNotContains(planner_client.get(page), url(line))


def queries_of_a_split(client, planner, count):
    parts = [(bought(f"X{count}{place}"), 2) for place in range(count)]
    line = order_of(made(f"BIKE{count}", *parts), 30, by=planner).lines.select_related("order", "supply").get()
    for _ in range(count):
        promise(line, Decimal(2), planner)
    with CaptureQueriesContext(connection) as queries:
        client.get(url(line) + f"?ways=equal&count={count + 1}")
    return len(queries)


def test_split_page_query_count_does_not_grow(planner_client, planner):
    planner_client.get(reverse("production:order_list"))  # what is read once per process

    assert queries_of_a_split(planner_client, planner, 3) == queries_of_a_split(planner_client, planner, 1)


def test_split_page_takes_a_site_for_each_part_but_the_first(planner_client, planner):
    line, _link = planned(planner)
    there = WarehouseFactory(code="TURKU", company=line.order.site.company)

    asked = planner_client.get(url(line))
    shown = planner_client.post(url(line), data(line, **{"site-1": there.pk, "preview": "1"}), headers=HTMX)
    planner_client.post(url(line), data(line, **{"site-1": there.pk}))

    form = asked.context["form"]
    assert [len(form.fields[f"site-{place}"].choices) for place in (0, 1)] == [1, 2]
    assertContains(shown, "<td>TURKU</td>", html=True)
    assert list(ProductionOrder.objects.order_by("pk").values_list("site", flat=True)) == [line.order.site_id, there.pk]


@pytest.mark.parametrize("typed", ["x", "0", "99999999999999999999"])
def test_split_page_says_when_there_is_no_such_site(planner_client, planner, typed):
    line, _link = planned(planner)

    response = planner_client.post(url(line), data(line, **{"site-1": typed}))

    assertContains(response, "errorlist", status_code=422)
