"""What the ticks of a long order mean: the rows of a page, or all of the order; and disconnecting all of them."""

import re

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from linkage.models import OrderLink
from purchasing.models import PurchaseOrderRow
from sales import pages
from sales.grids import without_order
from tests.factories import PartFactory
from tests.linkage.factories import LinkFactory, stock
from tests.sales.factories import order_with
from tests.sales.test_linked import bought_part, made_part

pytestmark = pytest.mark.django_db


@pytest.fixture
def linked(planner):
    """An order of three rows that are linked to stock."""
    part = PartFactory()
    order = order_with(1, 2, 3, part=part, by=planner)
    supply = stock(part, order.rows.first().warehouse, 6)
    for row in order.rows.for_list().order_by("position"):
        LinkFactory(demand=row.demand, supply=supply, quantity=row.demand.quantity)
    return order


def url(order, **asked):
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    return f"{reverse('sales:disconnect_all', args=[order.pk])}?{query}"


def stamp_of(page):
    return re.search(r'name="shown" value="(\w+)"', page.content.decode())[1]


def open_links():
    return OrderLink.objects.open().count()


def test_several_ticked_rows_ask_once_for_all_of_them(planner_client, linked):
    rows = list(linked.rows.order_by("position")[:2])
    answer = planner_client.post(
        reverse("sales:disconnect_ticked", args=[linked.pk]), {"rows": [row.pk for row in rows]}
    )

    assertRedirects(answer, f"{reverse('sales:disconnect_all', args=[linked.pk])}?rows={rows[0].pk}&rows={rows[1].pk}")
    assertContains(planner_client.get(answer.url), "Disconnect 2 links of")


def test_box_of_the_whole_order_asks_for_all_its_links(planner_client, linked):
    answer = planner_client.post(
        reverse("sales:disconnect_ticked", args=[linked.pk]), {"whole": "all", "rows": [linked.rows.first().pk]}
    )

    assertContains(planner_client.get(answer.url), "Disconnect 3 links of")


def test_disconnect_all_ends_the_links_as_they_were_shown(planner_client, linked):
    page = planner_client.get(url(linked))
    typed = {"goes": "free", "shown": stamp_of(page), "whole": "all", "reason": "moved"}

    answer = planner_client.post(url(linked), typed, follow=True)

    assert open_links() == 0
    assertContains(answer, "3 links are disconnected.")
    assertContains(answer, "/links/undo-together/")


def test_disconnect_all_shows_again_what_was_changed_meanwhile(planner_client, linked):
    page = planner_client.get(url(linked))
    OrderLink.objects.filter(demand__sales_row=linked.rows.first()).update(released=1, received=0)

    answer = planner_client.post(url(linked), {"goes": "free", "shown": stamp_of(page), "whole": "all"})

    assertContains(answer, "The links were changed after this was shown.", status_code=409)
    assert open_links() == 2


def test_disconnect_all_for_a_customer_needs_the_day(planner_client, linked):
    page = planner_client.get(url(linked))

    answer = planner_client.post(url(linked), {"goes": "hold", "shown": stamp_of(page), "partner": "", "until": ""})

    assertContains(answer, "Enter a date.", status_code=422)
    assert open_links() == 3


def test_disconnect_all_shows_what_another_destination_would_do(planner_client, linked):
    answer = planner_client.post(url(linked), {"goes": "taker", "preview": "1", "whole": "all"})

    assertContains(answer, "What happens")
    assert open_links() == 3


def test_many_links_are_only_freed_at_once(planner_client, linked, monkeypatch):
    monkeypatch.setattr("linkage.parting_forms.MOST_EACH", 2)
    page = planner_client.get(url(linked))

    answer = planner_client.post(url(linked), {"goes": "taker", "shown": stamp_of(page), "whole": "all"})

    assertContains(answer, "3 links are more than 2: leave their supply free, or tick fewer rows.", status_code=422)


def test_disconnect_all_says_when_nothing_is_linked(planner, planner_client):
    answer = planner_client.get(url(order_with(1, by=planner)))

    assertContains(answer, "Nothing of these rows is linked.", status_code=409)


def test_seller_disconnects_the_rows_of_an_order_too(seller_client, linked):
    page = seller_client.get(url(linked))

    seller_client.post(url(linked), {"goes": "free", "shown": stamp_of(page), "whole": "all"})

    assert open_links() == 0


def test_whole_order_is_offered_where_it_has_more_rows_than_a_page(planner, planner_client, monkeypatch):
    order = order_with(1, 2, 3, by=planner)
    page = reverse("sales:order", args=[order.pk])
    assertNotContains(planner_client.get(page), "data-whole")

    monkeypatch.setattr(pages, "ROWS_A_PAGE", 2)

    assertContains(planner_client.get(page), "all 3 rows of the order")


def test_whole_order_is_bought_with_one_press(planner, planner_client, monkeypatch):
    monkeypatch.setattr(pages, "ROWS_A_PAGE", 1)
    order = order_with(1, 2, part=bought_part(), by=planner)

    planner_client.post(reverse("sales:buy_orders", args=[order.pk]), {"whole": "all"})

    assert sorted(int(quantity) for quantity in PurchaseOrderRow.objects.values_list("quantity", flat=True)) == [1, 2]
    assert without_order(order, is_made=False) == []


def test_whole_order_is_made_with_one_press(planner, planner_client, monkeypatch):
    monkeypatch.setattr(pages, "ROWS_A_PAGE", 1)
    order = order_with(1, 2, part=made_part(), by=planner)

    answer = planner_client.post(reverse("sales:make_ticked", args=[order.pk]), {"whole": "all"}, follow=True)

    assertContains(answer, "2 production orders are made.")
    assert without_order(order, is_made=True) == []


def test_whole_order_says_when_no_row_waits_for_an_order(planner, planner_client):
    order = order_with(1, by=planner)

    answer = planner_client.post(reverse("sales:buy_orders", args=[order.pk]), {"whole": "all"})

    assertContains(answer, f"No bought row of {order} waits for an order.", status_code=409)


def test_split_asks_for_one_row_and_not_for_the_whole_order(planner, planner_client):
    order = order_with(1, 2, by=planner)

    answer = planner_client.post(reverse("sales:split_ticked", args=[order.pk]), {"whole": "all"})

    assertContains(answer, "Tick one row; this is done row by row.", status_code=409)
