"""Search, lookups, keys, preferences and health."""

import pytest
from django.test import Client
from django_htmx.middleware import HtmxDetails

from erp.web.answers import go
from tests.factories import PartFactory

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.web.samples")]
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _registered(settings):
    settings.SEARCH_PROVIDERS = ["tests.web.samples.find_parts"]
    settings.LOOKUPS = {"parts": "tests.web.samples.lookup_parts"}


def test_search_jumps_to_an_exact_number(viewer_client):
    part = PartFactory(number="BRG-1")
    PartFactory(number="BRG-10")

    response = viewer_client.get("/search/?q=brg-1")

    assert (response.status_code, response.url) == (302, f"/parts/{part.pk}/")


def test_search_lists_what_begins_alike_and_pages(viewer_client):
    PartFactory(number="HOME-2", name="<b>x</b>")

    html = viewer_client.get("/search/?q=home").content.decode()

    assert "HOME-2 &lt;b&gt;x&lt;/b&gt;" in html
    assert '<a href="/">Home</a> <span class="kind">page</span>' in html


@pytest.mark.parametrize("query", ["", "   ", "%", "' or 1=1 --", "9" * 5000, "\uff11", "\ud7ff"])
def test_search_takes_anything(viewer_client, query):
    assert viewer_client.get("/search/", {"q": query}).status_code == 200


def test_search_answers_htmx_with_the_hits_alone(viewer_client):
    PartFactory(number="BRG-1")

    html = viewer_client.get("/search/?q=BRG-1", headers=HTMX).content.decode()

    assert html.lstrip().startswith('<section id="hits"')


def test_lookup_answers_choices(viewer_client):
    PartFactory(number="BRG-1", name="Bearing")

    response = viewer_client.get("/lookup/parts/?q=brg")

    assert response.json() == {"results": [{"value": "BRG-1", "label": "BRG-1 Bearing"}]}


def test_lookup_of_nothing_known_is_not_found(viewer_client):
    assert viewer_client.get("/lookup/passwords/?q=a").status_code == 404


@pytest.mark.parametrize("path", ["/search/?q=a", "/lookup/parts/?q=a", "/keys/"])
def test_page_is_for_users_only(path):
    response = Client().get(path)

    assert response.status_code == 302
    assert response.url.startswith("/login/?next=")


def test_keys_page_needs_no_javascript(viewer_client):
    assert "<kbd>F2</kbd>" in viewer_client.get("/keys/").content.decode()


def test_theme_is_kept_in_a_cookie(viewer_client):
    response = viewer_client.post("/theme/", {"theme": "dark", "next": "/keys/"})

    assert (response.url, response.cookies["theme"].value) == ("/keys/", "dark")
    assert 'data-bs-theme="dark"' in viewer_client.get("/keys/").content.decode()


@pytest.mark.parametrize("theme", ["", "pink", '"><script>'])
def test_theme_takes_no_other_word(viewer_client, theme):
    viewer_client.post("/theme/", {"theme": theme})
    viewer_client.cookies["theme"] = theme

    assert 'data-theme="auto"' in viewer_client.get("/keys/").content.decode()


@pytest.mark.parametrize(
    "target", ["//evil.example", "https:evil.example", "/\\evil.example", "https://evil.example/", "\t//evil.example"]
)
def test_preference_never_leads_elsewhere(viewer_client, target):
    assert viewer_client.post("/theme/", {"theme": "dark", "next": target}).url == "/"


def test_language_goes_with_the_user(viewer, viewer_client):
    viewer_client.post("/language/", {"language": "de", "next": "/keys/"})
    viewer.refresh_from_db()

    viewer_client.cookies.pop("django_language")

    assert viewer.language == "de"
    assert '<html lang="de"' in viewer_client.get("/keys/").content.decode()


@pytest.mark.parametrize("language", ["", "xx", "../../etc", "fr"])
def test_language_takes_only_what_is_offered(viewer, viewer_client, language):
    viewer_client.post("/language/", {"language": language})
    viewer.refresh_from_db()

    assert viewer.language == ""


def test_preferences_change_by_post_only(viewer_client):
    assert [viewer_client.get(path).status_code for path in ("/theme/", "/language/")] == [405, 405]


def test_health_answers_without_a_login():
    response = Client().get("/healthz")

    assert (response.status_code, response.content) == (200, b"ok")


def test_menu_shows_the_administration_to_staff_only(viewer_client, admin_client):
    assert "/admin/" not in viewer_client.get("/keys/").content.decode()
    assert "/admin/" in admin_client.get("/keys/").content.decode()


def htmx_request(rf, current):
    request = rf.post("/rows/7/", headers={"HX-Request": "true", "HX-Current-URL": current})
    request.htmx = HtmxDetails(request)
    return request


@pytest.mark.parametrize(
    ("current", "header"),
    [
        ("http://testserver/orders/3/", "HX-Refresh"),
        ("http://testserver/orders/3/#row-7", "HX-Refresh"),
        ("http://testserver/orders/4/", "HX-Redirect"),
        ("", "HX-Redirect"),
    ],
)
def test_go_shows_the_page_anew_where_only_the_place_on_it_differs(rf, current, header):
    answer = go(htmx_request(rf, current), "/orders/3/#row-7")

    assert header in answer.headers
