"""The dialog that disconnects: destinations, what each would do, who may choose which."""

import pytest
import time_machine
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from linkage.models import Hold, OrderLink
from tests.factories import PartnerFactory
from tests.linkage.factories import TODAY, LinkFactory, demand_for
from tests.linkage.test_views_links import HOSTILE, HTMX
from tests.purchasing.factories import purchase_row

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(TODAY, tick=False):
        yield


def url(link):
    return reverse("linkage:disconnect", args=[link.pk])


def bought_link(quantity=6, **facts):
    """A link on a purchase row of a draft, with the room of the whole row."""
    supply = purchase_row(quantity=10).supply
    return LinkFactory(supply=supply, demand=demand_for(supply, **facts), quantity=quantity)


def test_dialog_offers_the_most_late_demand_first(planner_client):
    link = bought_link(need_date="2026-04-01")
    later = demand_for(link.supply, need_date="2026-03-25", quantity=3)
    late = demand_for(link.supply, need_date="2026-03-05", quantity=4)

    response = planner_client.get(url(link), headers=HTMX)

    offered = [taker.demand.pk for taker in response.context["form"].takers]
    assert offered == [late.pk, later.pk]
    assertContains(response, f"{late}: 4 uncovered, needed 2026-03-05: 4 short → late by 9 work days")


def test_dialog_says_what_would_happen_and_does_not_do_it(buyer_client):
    link = bought_link()
    typed = {"quantity": "4", "goes": "reduce", "preview": "1"}

    response = buyer_client.post(url(link), typed, headers=HTMX)

    assert (str(link.supply), "quantity", "10", "6") in response.context["effects"].lines
    assert OrderLink.objects.get(pk=link.pk).open == 6


def test_dialog_says_beforehand_what_would_be_refused(planner_client):
    link = bought_link()
    small = demand_for(link.supply, quantity=2)

    response = planner_client.post(url(link), {"quantity": "4", "goes": "taker", "give_to": small.pk, "preview": "1"})

    assertContains(response, f"It would be refused. Only 2 of {small} is uncovered; 4 was asked for.")


@pytest.mark.parametrize(("role", "offered"), [("buyer", True), ("planner", False), ("seller", False)])
def test_reducing_a_purchase_is_offered_to_buyers(request, role, offered):
    client, link = request.getfixturevalue(f"{role}_client"), bought_link()

    asked = client.get(url(link))
    posted = client.post(url(link), {"quantity": "6", "goes": "reduce"})

    assert ("reduce" not in asked.context["form"].why_not, posted.status_code) == (offered, 302 if offered else 422)


def test_dialog_keeps_the_goods_for_the_customer_of_the_demand(seller_client):
    link = bought_link()
    customer = PartnerFactory()
    typed = {"quantity": "6", "goes": "hold", "partner": customer.number, "until": "2199-01-01"}

    seller_client.post(url(link), typed)

    assert (Hold.objects.get().partner, OrderLink.objects.open().get().demand.kind) == (customer, "hold")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"goes": "hold", "until": "2199-01-01"}, "Choose one or type its number."),
        ({"goes": "hold", "partner": "?", "until": "2026-02-30"}, "Enter a date such as 2026-03-31."),
        ({"goes": "taker"}, "This field is required."),
        ({"goes": "nowhere"}, "Select a valid choice."),
    ],
)
def test_dialog_says_what_is_missing(planner_client, typed, sentence):
    link = bought_link()
    demand_for(link.supply)

    assertContains(planner_client.post(url(link), {"quantity": "6"} | typed), sentence, status_code=422)


@pytest.mark.parametrize("typed", HOSTILE)
def test_dialog_shows_no_effects_of_a_quantity_that_is_none(planner_client, typed):
    response = planner_client.post(url(bought_link()), {"quantity": typed, "preview": "1"})

    assertContains(response, "correct what is marked first", status_code=422)


def test_fields_of_other_destinations_do_not_matter(planner_client):
    link = bought_link()

    planner_client.post(url(link), {"quantity": "6", "goes": "free", "until": "x", "give_to": "y"})

    assert not OrderLink.objects.open().exists()


def test_dialog_without_another_demand_does_not_offer_it(planner_client):
    response = planner_client.get(url(bought_link()))

    assertContains(response, "No other demand of the part here is uncovered.")
    assertNotContains(response, 'name="give_to"')


def test_disconnect_reloads_a_page_that_does_not_listen(planner_client):
    link = bought_link()
    asked_from = {"HX-Current-URL": f"http://testserver{reverse('sales:order_list')}"}

    response = planner_client.post(url(link), {"quantity": "6"}, headers=HTMX | asked_from)

    assert response["HX-Refresh"] == "true"


@pytest.mark.parametrize("row_count", [1, 3])
def test_dialog_asks_the_database_equally_often(planner_client, django_assert_num_queries, row_count):
    link = bought_link()
    for _ in range(row_count):
        demand_for(link.supply, quantity=1)
    planner_client.get(url(link))

    with django_assert_num_queries(47):
        planner_client.get(url(link))
