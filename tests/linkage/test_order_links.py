"""The list of order links: what it shows, filters and disconnects, and the counts that lead to it."""

import pytest
from django.urls import reverse
from django.utils import timezone

from linkage import operations
from linkage.models import OrderLink
from tests.factories import PartFactory, UnitFactory
from tests.linkage.factories import (
    DemandFactory,
    LinkFactory,
    MadeSupplyFactory,
    SupplyFactory,
    component_of,
    demand_for,
    stock,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_owners")]
LIST = "/links/"


def text_of(response):
    return response.content.decode()


def listed(client, **query):
    return {row.record for row in client.get(LIST, query).context["table"].rows}


@pytest.fixture
def links():
    """A purchase under contract for a component; a claimed one, too late; one from the shelf, fulfilled."""
    order = MadeSupplyFactory(document__number="M-1", position=1)
    component = component_of(order, position=30, part=PartFactory(number="RIM"), need_date="2198-03-20")
    bought = SupplyFactory(
        document__number="P-1", part=component.part, warehouse=order.warehouse, due_date="2198-03-18"
    )
    contract = LinkFactory(supply=bought, demand=component, kind="bound", contract=True, rule="backorder")
    late = LinkFactory(demand__need_date="2198-03-10", supply__due_date="2198-03-18", supply__document__number="P-2")
    shelf = stock(PartFactory(), order.warehouse, 5)
    done = operations.link(
        demand=demand_for(shelf), supply=shelf, quantity=shelf.free, by=late.created_by, accept_warnings=True
    )
    OrderLink.objects.filter(pk=done.pk).update(issued=5)
    return contract, late, done


def test_link_list_shows_both_ends_figures_and_slack(viewer_client, links):
    page = text_of(viewer_client.get(LIST, {"order": "P-1"}))

    cells = ["P-1/10", "M-1/1/30", "<td >M-1</td>", "1/30", "RIM", "Contract-linked", "Backorder rule", "to spare"]
    assert [cell for cell in cells if cell not in page] == []
    assert 'name="rows"' not in page


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ({}, [0, 1]),
        ({"state": "all"}, [0, 1, 2]),
        ({"state": "planned"}, [0, 1]),
        ({"state": "fulfilled"}, [2]),
        ({"state": "partly issued"}, []),
        ({"contract": "1"}, [0]),
        ({"contract": "0"}, [1]),
        ({"kind": "claimed"}, [1]),
        ({"late": "1"}, [1]),
        ({"late": "0"}, [0]),
        ({"rule": "backorder"}, [0]),
        ({"rule": "by hand"}, [1]),
        ({"needs": "component"}, [0]),
        ({"supplied": "stock", "state": "all"}, [2]),
        ({"order": "m-1"}, [0]),
        ({"part": "RIM"}, [0]),
        ({"needed_to": "2198-03-15"}, [1]),
        ({"gives": "x", "takes": ""}, [0, 1]),
    ],
)
def test_link_list_filters(viewer_client, links, query, wanted):
    assert listed(viewer_client, **query) == {links[number] for number in wanted}


@pytest.mark.parametrize("row_count", [1, 3])
def test_link_list_query_count_does_not_grow(planner_client, django_assert_num_queries, row_count):
    for _ in range(row_count):
        LinkFactory()

    # session, user, roles, saved views, total, count, rows, calendars of the slack (2)
    with django_assert_num_queries(9):
        planner_client.get(LIST)


def test_link_list_adds_up_quantities_of_one_unit_only(viewer_client):
    LinkFactory(quantity=4), LinkFactory(quantity=3)
    alike = viewer_client.get(LIST).context["table"].totals
    metres = PartFactory(unit=UnitFactory(code="m", decimals=3))
    LinkFactory(supply__part=metres, demand__part=metres, quantity=2)

    assert alike == {"quantity": 7, "received": 0, "open": 7}
    assert viewer_client.get(LIST).context["table"].totals == {}


def test_link_list_exports_what_it_shows(viewer_client, links):
    response = viewer_client.get(LIST, {"export": "csv", "order": "P-1"})

    header, row = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
    assert '"Purchase order"' in header
    assert '"P-1/10"' in row


def test_ticked_links_are_disconnected_together_and_undone_together(planner_client, links):
    contract, late, _done = links

    response = planner_client.post("/links/disconnect/", {"rows": [contract.pk, late.pk]}, follow=True)

    assert OrderLink.objects.open().count() == 0
    assert "2 links are disconnected." in text_of(response)
    [undo] = {part.split('"')[0] for part in text_of(response).split('action="')[1:] if "undo-together" in part}
    planner_client.post(undo)
    assert sorted(OrderLink.objects.open().values_list("supply", "open", "contract")) == sorted(
        [(contract.supply_id, 4, True), (late.supply_id, 4, False)]
    )


@pytest.mark.parametrize("rows", [[], ["x"], ["-1"], ["9" * 30], ["999999999"]])
def test_disconnect_ticked_refuses_when_nothing_is_ticked(planner_client, links, rows):
    response = planner_client.post("/links/disconnect/", {"rows": rows})

    assert response.status_code == 409
    assert "Tick at least one open link." in text_of(response)


def test_disconnect_ticked_is_all_or_nothing_for_a_buyer(buyer_client, links):
    made = LinkFactory(supply=MadeSupplyFactory())

    response = buyer_client.post("/links/disconnect/", {"rows": [links[1].pk, made.pk]})

    assert response.status_code == 403
    assert OrderLink.objects.open().count() == 3


@pytest.mark.parametrize(
    ("page", "query", "wanted"),
    [
        ("linkage:supply_list", {"orphan": "1"}, {"orphan"}),
        ("linkage:supply_list", {"has_free": "0"}, {"full"}),
        ("linkage:supply_list", {"linked_by": "contract"}, {"full"}),
        ("linkage:supply_list", {"linked_by": "claimed"}, {"late"}),
        ("linkage:supply_list", {"is_late": "1"}, {"late"}),
    ],
)
def test_supply_list_filters_by_its_links(viewer_client, page, query, wanted):
    supplies = {
        "orphan": SupplyFactory(orphaned_at=timezone.now()),
        "full": LinkFactory(
            quantity=10, contract=True, kind="bound", supply__due_date="2198-03-01", demand__need_date="2198-04-01"
        ).supply,
        "late": LinkFactory(supply__due_date="2198-03-18", demand__need_date="2198-03-10").supply,
    }

    found = {row.record for row in viewer_client.get(reverse(page), query).context["table"].rows}

    assert {name for name, supply in supplies.items() if supply in found} == wanted


@pytest.mark.parametrize(
    ("query", "wanted"),
    [({"is_late": "1"}, {"late"}), ({"linked_by": "bound"}, {"bound"}), ({"is_uncovered": "0"}, {"bound"})],
)
def test_demand_list_filters_by_its_links(viewer_client, query, wanted):
    demands = {
        "plain": DemandFactory(),
        "bound": LinkFactory(
            quantity=10, kind="bound", supply__due_date="2198-03-01", demand__need_date="2198-04-01"
        ).demand,
        "late": LinkFactory(supply__due_date="2198-03-18", demand__need_date="2198-03-10").demand,
    }

    found = {row.record for row in viewer_client.get("/demands/", query).context["table"].rows}

    assert {name for name, demand in demands.items() if demand in found} == wanted
