"""The dialogs of a swap: what a link could be swapped with, the proof, and doing it."""

import pytest
import time_machine
from django.urls import reverse
from pytest_django.asserts import assertContains

from linkage.models import OrderLink
from tests.linkage.factories import TODAY, LinkFactory, demand_for, stock
from tests.linkage.test_swapping import pair
from tests.linkage.test_views_links import HOSTILE, HTMX, undo_url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_owners")]


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(TODAY, tick=False):
        yield


def url(link, other=None):
    return reverse("linkage:swap_with", args=[link.pk, other.pk]) if other else reverse("linkage:swap", args=[link.pk])


def test_swap_lists_the_links_of_other_demands_with_both_lateness(planner_client):
    late, early = pair()

    response = planner_client.get(url(late), headers=HTMX)

    assert [(row.link, row.helps) for row in response.context["partners"]] == [(early, True)]
    assertContains(response, "5 work days → <b>in time</b>")


def test_proof_is_shown_before_the_swap(planner_client):
    late, early = pair()

    response = planner_client.get(url(late, early))

    assertContains(response, "Helps, and no row becomes later")
    assert OrderLink.objects.open().count() == 2


def test_proof_follows_the_quantity_that_is_typed(planner_client):
    late, early = pair()

    response = planner_client.post(url(late, early), {"quantity": "1", "preview": "1"}, headers=HTMX)

    assertContains(response, "No row becomes less late, none later")  # three of the four are as late as before


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_swap_is_done_and_undone_from_the_toast(planner_client, headers):
    late, early = pair()

    answer = planner_client.post(url(late, early), {"quantity": "4"}, headers=headers)
    swapped = set(OrderLink.objects.open().values_list("supply", "demand"))
    planner_client.post(undo_url(answer))

    assert swapped == {(late.supply_id, early.demand_id), (early.supply_id, late.demand_id)}
    assert set(OrderLink.objects.open().values_list("supply", "demand")) == {
        (late.supply_id, late.demand_id),
        (early.supply_id, early.demand_id),
    }


@pytest.mark.parametrize("typed", [*HOSTILE, "5"])
def test_swap_says_what_is_wrong_with_a_quantity(planner_client, typed):
    late, early = pair()

    response = planner_client.post(url(late, early), {"quantity": typed})

    assert (response.status_code, "errorlist" in response.text) == (422, True)
    assert set(OrderLink.objects.open().values_list("pk", flat=True)) == {late.pk, early.pk}


def test_swap_that_the_rules_refuse_says_so_beforehand(planner_client):
    late, _early = pair()

    response = planner_client.get(url(late, LinkFactory()))

    assertContains(response, "It would be refused.")


def test_buyer_swaps_purchases_with_purchases_only(buyer_client):
    late, early = pair()
    shelf = stock(late.part, late.warehouse, 5)
    there = LinkFactory(supply=shelf, stock=shelf, received=4, quantity=4, demand=demand_for(shelf))

    listed = buyer_client.get(url(late)).context["partners"]
    answers = [buyer_client.get(url(late, other)).status_code for other in (early, there)]

    assert ([row.link for row in listed], answers) == ([early], [200, 403])


@pytest.mark.parametrize("row_count", [1, 3])
def test_swap_list_asks_the_database_equally_often(planner_client, django_assert_num_queries, row_count):
    late, _early = pair()
    for _ in range(row_count):
        LinkFactory(supply=late.supply, quantity=1, demand=demand_for(late.supply))

    with django_assert_num_queries(14):
        planner_client.get(url(late))
