"""Saved views: a list's address under a name, private or shared, on every list page."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from erp.exceptions import Refused
from erp.register import operations
from erp.register.models import DefaultView, SavedView
from tests.factories import PartFactory

pytestmark = pytest.mark.django_db
PARTS = "/register/parts/"
VIEWS = "/register/views/"


def text_of(response):
    return response.content.decode()


def saved():
    return sorted(SavedView.objects.values_list("name", "query", "is_shared"))


def change(view):
    return reverse("register:view_change", args=[view.pk])


@pytest.fixture
def view(planner):
    return operations.save_view(page=PARTS, name="Saddles", query="q=saddle&sort=-number", by=planner)


def test_save_view_from_the_list_as_it_is_shown(planner_client):
    page = planner_client.get(PARTS, {"q": "saddle", "sort": "-number", "page": "3"})
    manage = page.context["views"].manage_url

    form = planner_client.get(manage)
    response = planner_client.post(VIEWS, form.context["form"].initial | {"name": "Saddles"}, follow=True)

    assert saved() == [("Saddles", "q=saddle&sort=-number", False)]
    assert response.request["QUERY_STRING"] == f"q=saddle&sort=-number&view={SavedView.objects.get().pk}"
    assert "Saddles is saved." in text_of(response)


def test_save_view_again_saves_over_the_same_name(planner, view):
    operations.save_view(page=PARTS, name="Saddles", query="q=seat", by=planner)

    assert saved() == [("Saddles", "q=seat", False)]


def test_a_list_offers_ones_own_views_and_the_shared_ones(viewer_client, planner_client, viewer, view, planner):
    shared = operations.save_view(page=PARTS, name="Bells", query="q=bell", by=planner, is_shared=True)
    operations.save_view(page=PARTS, name="Mine", query="", by=viewer)
    operations.save_view(page="/register/partners/", name="Elsewhere", query="", by=viewer)

    menu = viewer_client.get(PARTS, {"q": "bell"}).context["views"]

    assert ([each.name for each in menu.mine], [each.name for each in menu.shared]) == (["Mine"], ["Bells"])
    assert menu.current == "Bells"
    assert menu.shared[0].url == f"{PARTS}?q=bell&view={shared.pk}"
    assert [each.name for each in planner_client.get(PARTS).context["views"].mine] == ["Bells", "Saddles"]


def test_a_view_shows_its_rows(planner_client, view):
    PartFactory(name="Saddle")
    PartFactory(name="Bell")

    [offered] = planner_client.get(PARTS).context["views"].mine
    rows = planner_client.get(offered.url).context["table"].rows

    assert [row.record.name for row in rows] == ["Saddle"]


def test_a_list_opens_with_the_default_view_and_still_shows_all_rows_when_asked(planner_client, viewer_client, view):
    planner_client.post(change(view), {"do": "default"})

    opened, all_rows, filtered = (planner_client.get(PARTS + query) for query in ("", "?view=", "?q=x"))

    assert (opened.status_code, opened.url) == (302, f"{PARTS}?q=saddle&sort=-number&view={view.pk}")
    assert (all_rows.status_code, filtered.status_code, viewer_client.get(PARTS).status_code) == (200, 200, 200)
    planner_client.post(change(view), {"do": "no-default"})
    assert planner_client.get(PARTS).status_code == 200


def test_a_default_view_without_a_query_does_not_send_around_for_ever(planner_client, planner):
    everything = operations.save_view(page=PARTS, name="All", query="", by=planner)
    operations.set_default_view(page=PARTS, view=everything, by=planner)

    assert planner_client.get(PARTS, follow=True).redirect_chain == [(f"{PARTS}?view={everything.pk}", 302)]


def test_rename_share_and_delete(planner_client, view):
    planner_client.post(change(view), {"do": "rename", "name": "Seats"})
    planner_client.post(change(view), {"do": "share"})
    assert saved() == [("Seats", "q=saddle&sort=-number", True)]

    planner_client.post(change(view), {"do": "unshare"})
    assert saved() == [("Seats", "q=saddle&sort=-number", False)]

    planner_client.post(change(view), {"do": "default"})
    planner_client.post(change(view), {"do": "delete"})
    assert (saved(), DefaultView.objects.count()) == ([], 0)


def test_a_view_that_is_not_shared_any_longer_is_nobody_elses_default(planner, viewer, view):
    operations.change_view(view=view, is_shared=True, by=planner)
    operations.set_default_view(page=PARTS, view=view, by=planner)
    operations.set_default_view(page=PARTS, view=view, by=viewer)

    operations.change_view(view=view, is_shared=False, by=planner)

    assert [default.user for default in DefaultView.objects.all()] == [planner]


def test_rename_refuses_a_name_that_is_taken(planner, view):
    operations.save_view(page=PARTS, name="Bells", query="", by=planner)

    with pytest.raises(Refused, match="You have a view Bells of this list already"):
        operations.change_view(view=view, name="Bells", by=planner)


def test_only_planners_and_administrators_share(viewer_client, viewer):
    viewer_client.post(VIEWS, {"page": PARTS, "query": "", "name": "Mine", "is_shared": "on"})
    own = SavedView.objects.get()

    assert own.is_shared is False
    assert viewer_client.post(change(own), {"do": "share"}).status_code == 409
    with pytest.raises(Refused, match="Planners and administrators share views"):
        operations.save_view(page=PARTS, name="X", query="", is_shared=True, by=viewer)


@pytest.mark.parametrize("do", ["rename", "delete", "share", "unshare", "default"])
def test_a_private_view_is_its_owners_alone(admin_client, view, do):
    response = admin_client.post(change(view), {"do": do, "name": "Taken"})

    assert response.status_code == 409
    assert saved() == [("Saddles", "q=saddle&sort=-number", False)]
    assert "Saddles" not in text_of(admin_client.get(VIEWS, {"list": PARTS}))


def test_an_administrator_deletes_what_is_shared(admin_client, planner, view):
    operations.change_view(view=view, is_shared=True, by=planner)

    admin_client.post(change(view), {"do": "delete"})

    assert saved() == []


@pytest.mark.parametrize(
    "posted",
    [
        {"name": ""},
        {"name": "x" * 61},
        {"name": "a\x01b"},
        {"page": "https://elsewhere.example/"},
        {"page": "//elsewhere.example/"},
        {"page": "/nowhere/"},
        {"page": f"{PARTS}?x=1"},
        {"query": "x" * 4001},
    ],
)
def test_save_view_says_what_is_wrong(planner_client, posted):
    response = planner_client.post(VIEWS, {"page": PARTS, "query": "q=1", "name": "Mine"} | posted)

    assert response.status_code == 422
    assert "errorlist" in text_of(response)
    assert saved() == []


@pytest.mark.parametrize("name", ["", "x" * 61])
def test_rename_says_what_is_wrong(planner_client, view, name):
    response = planner_client.post(change(view), {"do": "rename", "name": name})

    assert response.status_code == 422
    assert "errorlist" in text_of(response)


def test_the_database_keeps_a_name_once(planner, view):
    with pytest.raises(IntegrityError), transaction.atomic():
        SavedView.objects.create(owner=planner, page=PARTS, name="Saddles")


def test_every_list_page_offers_its_views(planner_client):
    pages = ["/links/", "/demands/", "/supplies/", "/worklists/short/", "/stock/", "/sales/", "/production/orders/"]

    offered = {page: "Save or change views…" in text_of(planner_client.get(page)) for page in pages}

    assert offered == dict.fromkeys(pages, True)
