"""Pages of one demand and one supply, and the dialogs that link, change, disconnect, hand over and undo."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains

from linkage.models import OrderLink, Provenance, Supply, Tombstone
from linkage.operations import hold
from tests.factories import PartnerFactory
from tests.fixtures import client_of
from tests.linkage.factories import DemandFactory, DocumentFactory, LinkFactory, SupplyFactory, demand_for, stock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_owners")]
HTMX = {"HX-Request": "true"}
HOSTILE = ["", "0", "-1", "-0", "NaN", "1e400", "\uff14", "1,2,3", "4.0000001", "x" * 10_000]


def text_of(response):
    return response.content.decode()


def open_links():
    return sorted(OrderLink.objects.open().values_list("supply__kind", "demand_id", "open", "kind"))


def undo_url(response):
    return [message.extra_tags.split()[1] for message in response.wsgi_request._messages][-1]


@pytest.mark.parametrize("row_count", [1, 3])
@pytest.mark.parametrize(("page", "queries"), [("demand", 16), ("supply", 13)])
def test_position_query_count_does_not_grow(viewer_client, django_assert_num_queries, page, queries, row_count):
    position = DemandFactory(quantity=20) if page == "demand" else SupplyFactory(quantity=20)
    for _ in range(row_count):
        if page == "demand":
            LinkFactory(demand=position, supply=SupplyFactory(part=position.part, warehouse=position.warehouse))
        else:
            LinkFactory(supply=position, demand=demand_for(position))

    with django_assert_num_queries(queries):
        response = viewer_client.get(reverse(f"linkage:{page}", args=[position.pk]))

    assert response.context["open_links"] == row_count


def test_demand_shows_its_links_and_what_happened(planner_client, planner):
    link = LinkFactory(created_by=planner)
    planner_client.post(reverse("linkage:disconnect", args=[link.pk]), {"quantity": "1", "reason": "wrong part"})

    page = text_of(planner_client.get(reverse("linkage:demand", args=[link.demand_id])))

    assert str(link.supply) in page
    assert "wrong part" in page
    assert "released 0 → 1" in page
    assert str(planner) in page


def test_position_is_the_section_alone_for_htmx_and_equals_the_reload(planner_client):
    demand = LinkFactory().demand
    url = reverse("linkage:demand", args=[demand.pk])

    fragment, page = planner_client.get(url, headers=HTMX), planner_client.get(url)

    assert text_of(fragment).lstrip().startswith('<section id="position"')
    assert _without_keys(text_of(fragment)) in _without_keys(text_of(page))


def _without_keys(html):
    """Whole lines, without the ones that hold a fresh token or key."""
    return "\n".join(line.strip() for line in html.splitlines() if "csrf" not in line.lower() and line.strip())


def test_link_new_offers_free_supplies_with_what_fits(planner_client):
    supply = SupplyFactory(quantity=4)
    demand = demand_for(supply, quantity=6)
    stock(supply.part, supply.warehouse, 9)
    SupplyFactory()  # of another part

    response = planner_client.get(reverse("linkage:link_new", args=[demand.pk]), headers=HTMX)

    offered = [(choice.supply.kind, choice.fits) for choice, _form in response.context["rows"]]
    assert offered == [("stock", 6), ("purchase", 4)]


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_link_create_promises_the_quantity(planner_client, headers):
    supply = SupplyFactory()
    demand = demand_for(supply)
    url = reverse("linkage:link_create", args=[demand.pk, supply.pk])

    response = planner_client.post(url, {"quantity": "4", "side": "demand"}, headers=headers)

    assert open_links() == [("purchase", demand.pk, 4, "claimed")]
    if headers:
        assert {"links-changed", "close-dialog"} <= set(_events(response))
    else:
        assert (response.status_code, response.url) == (302, reverse("linkage:demand", args=[demand.pk]))


def _events(response):
    return response["HX-Trigger-After-Settle"].replace('"', " ").split()


@pytest.mark.parametrize("typed", HOSTILE)
@pytest.mark.parametrize("side", ["demand", "supply"])
def test_link_create_says_what_is_wrong_with_a_quantity(planner_client, typed, side):
    supply = SupplyFactory()
    demand = demand_for(supply)
    url = reverse("linkage:link_create", args=[demand.pk, supply.pk])

    response = planner_client.post(url, {"quantity": typed, "side": side}, headers=HTMX)

    assert response.status_code == 422
    assert "errorlist" in text_of(response)
    assert open_links() == []


def test_link_create_refuses_too_much_beside_the_field(planner_client):
    supply = SupplyFactory(quantity=10)
    demand = demand_for(supply, quantity=6)
    url = reverse("linkage:link_create", args=[demand.pk, supply.pk])

    response = planner_client.post(url, {"quantity": "7"}, headers=HTMX)

    assert response.status_code == 422
    assert f"Only 6 of {demand} is uncovered; 7 was asked for." in text_of(response)


def test_link_create_of_another_part_keeps_the_pair_in_sight(planner_client):
    supply, demand = SupplyFactory(), DemandFactory()

    response = planner_client.post(reverse("linkage:link_create", args=[demand.pk, supply.pk]), {"quantity": "1"})

    assert response.status_code == 422
    assert f"{demand} needs {demand.part}" in text_of(response)


def test_link_create_warns_once_and_keeps_the_reason(planner_client):
    supply = SupplyFactory(due_date="2026-03-25")
    demand = demand_for(supply, need_date="2026-03-20")
    url = reverse("linkage:link_create", args=[demand.pk, supply.pk])

    warned = planner_client.post(url, {"quantity": "4"}, headers=HTMX)
    accepted = planner_client.post(url, {"quantity": "4", "accept_warnings": "on", "reason": "customer agreed"})

    assert warned.status_code == 422
    assert "later than" in text_of(warned)
    assert 'name="accept_warnings"' in text_of(warned)
    assert accepted.status_code == 302
    assert list(OrderLink.objects.values_list("open", "reason")) == [(4, "customer agreed")]


def test_link_create_sent_twice_has_one_effect(planner_client):
    supply = SupplyFactory()
    demand = demand_for(supply)
    posted = {"quantity": "4", "operation_key": "7f3f0e5a-52a5-4a19-8b0b-0a8c0c4b9f11"}

    for _ in range(2):
        planner_client.post(reverse("linkage:link_create", args=[demand.pk, supply.pk]), posted)

    assert open_links() == [("purchase", demand.pk, 4, "claimed")]


def sent_twice(client, url, **posted):
    key = {"operation_key": "7f3f0e5a-52a5-4a19-8b0b-0a8c0c4b9f11"}
    return [client.post(url, posted | key).status_code for _ in range(2)]


def test_link_of_all_that_is_free_sent_twice_answers_the_same(planner_client):
    supply = SupplyFactory(quantity=4)
    demand = demand_for(supply, quantity=4)

    answers = sent_twice(planner_client, reverse("linkage:link_create", args=[demand.pk, supply.pk]), quantity="4")

    assert answers == [302, 302]
    assert open_links() == [("purchase", demand.pk, 4, "claimed")]


def test_disconnect_sent_twice_answers_the_same(planner_client):
    link = LinkFactory(quantity=4)

    assert sent_twice(planner_client, reverse("linkage:disconnect", args=[link.pk]), quantity="4") == [302, 302]
    assert open_links() == []


def test_hand_over_sent_twice_answers_the_same(planner_client):
    link = LinkFactory(quantity=4)
    other = demand_for(link.supply, quantity=4)

    answers = sent_twice(planner_client, reverse("linkage:hand_over_to", args=[link.pk, other.pk]), quantity="4")

    assert answers == [302, 302]
    assert open_links() == [("purchase", other.pk, 4, "claimed")]


@pytest.mark.parametrize(("typed", "left"), [("6", 6), ("2", 2)])
def test_link_change_sets_the_open_quantity(planner_client, typed, left):
    link = LinkFactory(quantity=4)

    planner_client.post(reverse("linkage:link_change", args=[link.pk]), {"quantity": typed})

    assert open_links() == [("purchase", link.demand_id, left, "claimed")]


@pytest.mark.parametrize("page", ["link_change", "tracking_edit"])
def test_link_change_to_more_asks_about_warnings_first(planner_client, page):
    supply = SupplyFactory(quantity=10, due_date="2026-04-01")
    link = LinkFactory(supply=supply, quantity=4, demand=demand_for(supply))
    url = reverse(f"linkage:{page}", args=[link.pk])
    assert "Link more anyway" not in text_of(planner_client.get(url, headers=HTMX))

    asked = planner_client.post(url, {"quantity": "9"}, headers=HTMX)

    assertContains(asked, "is due 2026-04-01, later than", status_code=422)
    assertContains(asked, "Link more anyway", status_code=422)
    assert open_links() == [("purchase", link.demand_id, 4, "claimed")]
    planner_client.post(url, {"quantity": "9", "accept_warnings": "on"}, headers=HTMX)
    assert open_links() == [("purchase", link.demand_id, 9, "claimed")]


@pytest.mark.parametrize("page", ["link_change", "disconnect"])
@pytest.mark.parametrize("typed", [*HOSTILE, "11"])
def test_link_dialogs_say_what_is_wrong_with_a_quantity(planner_client, page, typed):
    link = LinkFactory(quantity=4)

    response = planner_client.post(reverse(f"linkage:{page}", args=[link.pk]), {"quantity": typed}, headers=HTMX)

    assert response.status_code == 422
    assert open_links() == [("purchase", link.demand_id, 4, "claimed")]


@pytest.mark.parametrize(("typed", "left"), [("4", []), ("1.0", [3])])
def test_disconnect_asks_once_and_frees_the_quantity(planner_client, typed, left):
    link = LinkFactory(quantity=4)
    url = reverse("linkage:disconnect", args=[link.pk])

    asked = planner_client.get(url, headers=HTMX)
    planner_client.post(url, {"quantity": typed, "reason": "not needed"}, headers=HTMX)

    assert 'value="4"' in text_of(asked)
    assert [row[2] for row in open_links()] == left
    assert Tombstone.objects.count() == 1


def test_undo_of_a_disconnect_links_again_as_it_was(planner_client):
    link = LinkFactory(quantity=4, kind="bound", contract=True)
    ended = planner_client.post(reverse("linkage:disconnect", args=[link.pk]), {"quantity": "4"})

    undone = planner_client.post(undo_url(ended))
    again = planner_client.post(undo_url(ended))

    assert list(OrderLink.objects.open().values_list("open", "kind", "contract")) == [(4, "bound", True)]
    assert (undone.status_code, again.status_code, Tombstone.objects.count()) == (302, 409, 0)


def test_undo_of_a_disconnect_puts_goods_back_from_the_shelf(planner_client):
    shelf = stock(SupplyFactory().part, SupplyFactory().warehouse, 0)
    shelf = stock(shelf.part, shelf.warehouse, 6)
    link = LinkFactory(supply=shelf, stock=shelf, quantity=Decimal(4), received=Decimal(4))
    ended = planner_client.post(reverse("linkage:disconnect", args=[link.pk]), {"quantity": "3"})

    planner_client.post(undo_url(ended))

    assert open_links() == [("stock", link.demand_id, 4, "claimed")]


def test_undo_is_refused_when_the_goods_are_gone(planner_client):
    link = LinkFactory(quantity=4, supply__quantity=4)
    ended = planner_client.post(reverse("linkage:disconnect", args=[link.pk]), {"quantity": "4"})
    other = demand_for(link.supply)
    planner_client.post(reverse("linkage:link_create", args=[other.pk, link.supply_id]), {"quantity": "3"})

    response = planner_client.post(undo_url(ended))

    assert response.status_code == 409
    assert "Only 1 of" in text_of(response)


def test_undo_of_a_link_disconnects_it(planner_client):
    supply = SupplyFactory()
    demand = demand_for(supply)
    made = planner_client.post(reverse("linkage:link_create", args=[demand.pk, supply.pk]), {"quantity": "4"})

    planner_client.post(undo_url(made))

    assert open_links() == []


def test_undo_of_a_hand_over_hands_back(planner_client):
    link = LinkFactory(quantity=4)
    taker = demand_for(link.supply)
    url = reverse("linkage:hand_over_to", args=[link.pk, taker.pk])
    handed = planner_client.post(url, {"quantity": "4"})

    planner_client.post(undo_url(handed))

    assert open_links() == [("purchase", link.demand_id, 4, "claimed")]


def test_undo_is_for_who_did_it_and_for_planners(planner_client, seller_client, buyer_client):
    link = LinkFactory(quantity=4)
    by_seller = seller_client.post(reverse("linkage:disconnect", args=[link.pk]), {"quantity": "1"})

    refused = buyer_client.post(undo_url(by_seller))
    undone = seller_client.post(undo_url(by_seller))

    assert (by_seller.status_code, refused.status_code, undone.status_code) == (302, 409, 302)
    assert open_links() == [("purchase", link.demand_id, 4, "claimed")]


def test_hand_over_ranks_the_demands_by_need(planner_client):
    link = LinkFactory(quantity=4)
    late = demand_for(link.supply, need_date="2026-03-25")
    early = demand_for(link.supply, need_date="2026-03-05", quantity=3)

    response = planner_client.get(reverse("linkage:hand_over", args=[link.pk]), headers=HTMX)

    ranked = [(choice.demand.pk, form["quantity"].value()) for choice, form in response.context["rows"]]
    assert ranked[0] == (early.pk, "3")
    assert late.pk in dict(ranked)
    assert link.demand_id not in {choice.demand.pk for choice, _form in response.context["rows"][:2]}


def test_hand_over_says_how_late_both_are_now_and_then(planner_client):
    with time_machine.travel("2026-03-02", tick=False):
        link = LinkFactory(quantity=4, demand__need_date="2026-03-13")
        taker = demand_for(link.supply, need_date="2026-03-17", quantity=4)

        page = text_of(planner_client.get(reverse("linkage:hand_over", args=[link.pk])))

    assert f"{link.demand} is late by 3 work days now." in page
    assert "4 short → late by 1 work day" in page
    assert str(taker) in page


def test_hand_over_of_held_goods_offers_rows_of_the_customer_first(planner_client, planner):
    supply = SupplyFactory()
    urgent = demand_for(supply, need_date="2026-03-05")
    customer = PartnerFactory()
    own = demand_for(
        supply, need_date="2026-04-05", document=DocumentFactory(partner=customer, company=supply.warehouse.company)
    )
    hold(supply=supply, quantity=Decimal(4), partner=customer, until=date(2199, 1, 1), by=planner)

    response = planner_client.get(reverse("linkage:hand_over", args=[OrderLink.objects.get().pk]))

    assert [choice.demand for choice, _form in response.context["rows"]] == [own, urgent]


@pytest.mark.parametrize("typed", [*HOSTILE, "5"])
def test_hand_over_says_what_is_wrong_with_a_quantity(planner_client, typed):
    link = LinkFactory(quantity=4)
    taker = demand_for(link.supply)
    url = reverse("linkage:hand_over_to", args=[link.pk, taker.pk])

    response = planner_client.post(url, {"quantity": typed, "accept_warnings": "on"}, headers=HTMX)

    assert response.status_code == 422
    assert open_links() == [("purchase", link.demand_id, 4, "claimed")]


def test_keep_as_stock_takes_an_orphan_off_the_worklist(planner_client):
    supply = SupplyFactory(orphaned_at=timezone.now())
    Provenance.objects.create(supply=supply, demand=demand_for(supply), quantity=5)
    url = reverse("linkage:keep_as_stock", args=[supply.pk])

    kept, again = planner_client.post(url), planner_client.post(url, headers=HTMX)

    assert (kept.status_code, again.status_code, Supply.objects.orphans().count()) == (302, 409, 0)


@pytest.mark.parametrize(
    ("page", "kind", "allowed"),
    [
        ("link_change", "purchase", {"planner", "buyer"}),
        ("link_change", "production", {"planner"}),
        ("hand_over", "purchase", {"planner", "buyer"}),
        ("hand_over", "production", {"planner"}),
        ("disconnect", "purchase", {"planner", "buyer", "seller"}),
        ("disconnect", "production", {"planner", "seller"}),
    ],
)
def test_link_dialogs_open_for_those_who_may(request, page, kind, allowed):
    link = LinkFactory(supply__kind=kind)
    roles = ("seller", "planner", "buyer", "foreman", "viewer")

    answers = {
        role: request.getfixturevalue(f"{role}_client").get(reverse(f"linkage:{page}", args=[link.pk])).status_code
        for role in roles
    }

    assert answers == {role: 200 if role in allowed else 403 for role in roles}


def test_buyer_is_offered_purchases_only(buyer_client):
    supply = SupplyFactory(kind="production")
    demand = demand_for(supply)

    response = buyer_client.get(reverse("linkage:link_new", args=[demand.pk]))
    posted = buyer_client.post(reverse("linkage:link_create", args=[demand.pk, supply.pk]), {"quantity": "1"})

    assert (response.context["rows"], posted.status_code) == ([], 403)


@pytest.mark.parametrize("page", ["demand", "supply", "link_new", "link_change", "disconnect", "hand_over", "undo"])
def test_pages_of_nothing_are_not_found(planner_client, page):
    url = reverse(f"linkage:{page}", args=[10**9])
    answer = planner_client.post(url) if page == "undo" else planner_client.get(url)

    assert answer.status_code == 404


def test_link_forms_need_the_csrf_token(planner):
    link = LinkFactory()
    client = Client(enforce_csrf_checks=True)
    client.cookies = client_of(planner).cookies

    assert client.post(reverse("linkage:disconnect", args=[link.pk]), {"quantity": "1"}).status_code == 403
