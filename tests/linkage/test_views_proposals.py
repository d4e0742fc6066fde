"""The worklist of swaps that help somebody and harm nobody."""

import pytest
import time_machine
from django.urls import reverse
from pytest_django.asserts import assertContains

from linkage import operations
from linkage.models import OrderLink, SwapProposal
from linkage.queries.harmless import harmless_swaps
from tests.linkage.factories import TODAY
from tests.linkage.test_swapping import pair

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_owners")]
LIST = "linkage:swap_list"


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(TODAY, tick=False):
        yield


@pytest.fixture
def noted(planner):
    """A proposal with its two links."""
    late, early = pair()
    [proposal] = operations.note_swaps(swaps=harmless_swaps(), by=planner)
    return proposal, late, early


def test_list_shows_who_is_helped_by_how_much_and_who_waits(viewer_client, noted):
    _proposal, late, early = noted

    page = viewer_client.get(reverse(LIST))

    assertContains(page, "5 work days → <b>in time</b>")
    assertContains(page, str(late.demand))
    assertContains(page, str(early.supply))


def test_list_leaves_out_what_cannot_be_done_any_more(planner_client, planner, noted):
    operations.disconnect(link=noted[2], by=planner)

    assertContains(planner_client.get(reverse(LIST)), "No swap helps anybody")


def test_accept_does_the_ticked_swaps(planner_client, noted):
    proposal, late, early = noted

    page = planner_client.post(reverse("linkage:accept_swaps"), {"rows": [proposal.pk]}, follow=True)

    assertContains(page, "1 swap is done.")
    assert OrderLink.objects.open().get(demand=late.demand).supply == early.supply


@pytest.mark.parametrize("rows", [[], ["x"], ["999999999"], ["9" * 30], ["\uff11"]])
def test_accept_of_nothing_is_refused(planner_client, noted, rows):
    response = planner_client.post(reverse("linkage:accept_swaps"), {"rows": rows})

    assertContains(response, "Tick at least one swap.", status_code=409)


def test_accept_says_why_one_is_not_done(planner_client, planner, noted):
    other = pair()
    operations.note_swaps(swaps=harmless_swaps(), by=planner)
    operations.disconnect(link=other[0], by=planner)
    rows = list(SwapProposal.objects.values_list("pk", flat=True))

    page = planner_client.post(reverse("linkage:accept_swaps"), {"rows": rows}, follow=True)

    assertContains(page, "1 swap is done.")
    assertContains(page, "Not swapped. Nothing of")


def test_look_again_replaces_the_list(planner_client, noted):
    pair()

    page = planner_client.post(reverse("linkage:find_swaps"), follow=True)

    assertContains(page, "2 swaps are found.")
    assert SwapProposal.objects.count() == 2


@pytest.mark.parametrize("row_count", [1, 3])
def test_list_asks_the_database_equally_often(planner_client, planner, django_assert_max_num_queries, row_count):
    for _ in range(row_count):
        pair()
    operations.note_swaps(swaps=harmless_swaps(), by=planner)
    planner_client.get(reverse(LIST))

    with django_assert_max_num_queries(9):
        response = planner_client.get(reverse(LIST))

    assert len(response.context["table"].rows) == row_count


def test_home_counts_the_swaps(viewer_client, noted):
    assertContains(viewer_client.get(reverse("home")), "Swaps that help <b>1</b>")
