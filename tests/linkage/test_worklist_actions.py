"""From the worklists to the bench and to the suggestions, with the ticked demands."""

from datetime import date

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from tests.access.hostile import VALUES
from tests.factories import PartFactory, WarehouseFactory
from tests.linkage.factories import DemandFactory, SupplyFactory

pytestmark = pytest.mark.django_db
BENCH, SUGGEST = (reverse(f"linkage:{name}") for name in ("bench_ticked", "suggest_ticked"))


@pytest.fixture
def demands():
    """Two of one part in one warehouse, and one of another part there."""
    warehouse, part = WarehouseFactory(code="TKU"), PartFactory(number="WHEEL")
    alike = DemandFactory.create_batch(2, part=part, warehouse=warehouse, need_date=date(2030, 3, 20))
    return [*alike, DemandFactory(warehouse=warehouse)]


def rows(*demands):
    return {"rows": [demand.pk for demand in demands]}


@pytest.mark.parametrize("page", ["linkage:short_list", "linkage:late_list"])
def test_worklists_lead_to_bench_and_suggestions_who_may_link(buyer_client, viewer_client, demands, page):
    answer = buyer_client.get(reverse(page))

    assertContains(answer, f'formaction="{BENCH}"')
    assertContains(answer, f'formaction="{SUGGEST}"')
    assertNotContains(viewer_client.get(reverse(page)), "formaction")


def test_bench_opens_with_the_ticked_demands_chosen_and_their_part(planner_client, demands):
    answer = planner_client.post(BENCH, rows(*demands[:2]), follow=True)

    assert answer.redirect_chain == [
        (f"{reverse('linkage:bench')}?part=WHEEL&warehouse=TKU&d={demands[0].pk}&d={demands[1].pk}", 302)
    ]
    assert answer.context["chosen_demands"] == {demands[0].pk, demands[1].pk}
    assert [demand.pk for demand in answer.context["demands"]] == [demands[0].pk, demands[1].pk]


def test_bench_of_different_parts_is_not_narrowed_to_one(planner_client, demands):
    answer = planner_client.post(BENCH, rows(demands[0], demands[2]), follow=True)

    assert answer.request["QUERY_STRING"] == f"warehouse=TKU&d={demands[0].pk}&d={demands[2].pk}"


def test_suggestions_are_for_the_ticked_demands_alone(planner_client, demands):
    first, second, _other = demands
    supply = SupplyFactory(part=first.part, warehouse=first.warehouse, quantity=30, due_date=date(2030, 3, 18))

    answer = planner_client.post(SUGGEST, rows(second), follow=True)

    assert [(row.demand, row.supply) for row, _chosen in answer.context["rows"]] == [(second, supply)]
    assertContains(answer, "1 chosen demand")
    assertContains(answer, f'<input type="hidden" name="d" value="{second.pk}">')


def test_suggestions_for_chosen_demands_are_accepted_and_the_page_stays(planner_client, demands):
    SupplyFactory(part=demands[0].part, warehouse=demands[0].warehouse, quantity=30, due_date=date(2030, 3, 18))
    page = f"{reverse('linkage:suggestion_list')}?d={demands[0].pk}"
    [(row, _chosen)] = planner_client.get(page).context["rows"]

    answer = planner_client.post(page, {"only": row.pair})

    demands[0].refresh_from_db()
    assert (answer.url, demands[0].uncovered) == (page, 0)


@pytest.mark.parametrize("url", [BENCH, SUGGEST])
def test_nothing_ticked_is_refused_whatever_was_sent(planner_client, url):
    answers = {planner_client.post(url, {"rows": value}).status_code for value in VALUES.values()}

    assert answers <= {400, 409}
    assertContains(planner_client.post(url), "Tick at least one demand.", status_code=409)


@pytest.mark.parametrize("value", ["x", "-1", "9" * 30, "999999999"])
def test_suggestions_take_nonsense_in_their_address(planner_client, value):
    assert planner_client.get(reverse("linkage:suggestion_list"), {"d": value}).status_code == 200
