"""Confirmed, unconfirmed and overdue supply look different wherever a supply is shown; overdue is never safe."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from linkage.dates import business_date
from linkage.models import Supply
from linkage.operations import link
from linkage.queries.certainty import certainties
from purchasing import operations
from tests.linkage.factories import DemandFactory, MadeSupplyFactory
from tests.purchasing.factories import again, purchase_order, purchase_row

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows(buyer):
    """{word: a purchase row that it fits}"""
    today = business_date()
    made = {}
    for word, days in {"overdue": -3, "unconfirmed": 20, "confirmed": 20, "draft": 20}.items():
        order = purchase_order(by=buyer)
        made[word] = purchase_row(order=order, due_date=today + timedelta(days=days), by=buyer)
        if word != "draft":
            operations.send(order=order, by=buyer)
    operations.confirm(order=made["confirmed"].order, by=buyer)
    operations.confirm(order=made["overdue"].order, by=buyer)
    return {word: again(row) for word, row in made.items()}


def test_each_supply_has_its_word(rows):
    supplies = {word: row.supply for word, row in rows.items()}

    found = certainties([*supplies.values(), MadeSupplyFactory(due_date=business_date())])

    assert {word: found[supply.pk] for word, supply in supplies.items()} == {
        "overdue": "overdue",
        "unconfirmed": "unconfirmed",
        "confirmed": "confirmed",
        "draft": "",
    }


def test_certainty_is_asked_in_one_query(rows, django_assert_num_queries):
    supplies = list(Supply.objects.for_list())

    with django_assert_num_queries(1):
        certainties(supplies)


def pages(row):
    supply = row.supply
    return {
        "the supply": reverse("linkage:supply", args=[supply.pk]),
        "all supplies": f"{reverse('linkage:supply_list')}?part={supply.part.number}",
        "free supply": f"{reverse('linkage:free_list')}?part={supply.part.number}",
        "the bench": f"{reverse('linkage:bench')}?part={supply.part.number}",
        "the part": reverse("linkage:part", args=[supply.part_id]),
        "purchase rows": f"{reverse('purchasing:row_list')}?part={supply.part.number}",
        "the order": reverse("purchasing:order", args=[row.order_id]),
    }


@pytest.mark.parametrize(
    ("word", "shown", "not_shown"),
    [("overdue", "Overdue</span>", "Not confirmed</span>"), ("unconfirmed", "Not confirmed</span>", "Overdue</span>")],
)
def test_every_page_of_a_supply_says_how_sure_it_is(rows, buyer_client, word, shown, not_shown):
    for page in pages(rows[word]).values():
        response = buyer_client.get(page)
        assertContains(response, shown)
        assertNotContains(response, not_shown)


@pytest.mark.parametrize("word", ["confirmed", "draft"])
def test_what_is_sure_or_not_ordered_has_no_alarm(rows, buyer_client, word):
    for page in pages(rows[word]).values():
        response = buyer_client.get(page)
        assertNotContains(response, "Overdue</span>")
        assertNotContains(response, "Not confirmed</span>")


@pytest.mark.parametrize(("word", "words"), [("overdue", "overdue</span>"), ("unconfirmed", "not confirmed</span>")])
def test_chain_says_it_beside_the_date(rows, buyer, planner_client, word, words):
    supply = rows[word].supply
    demand = DemandFactory(part=supply.part, warehouse=supply.warehouse, quantity=5)
    link(demand=demand, supply=supply, quantity=Decimal(5), by=buyer, accept_warnings=True)

    assertContains(planner_client.get(reverse("linkage:chain_demand", args=[demand.pk])), words)
