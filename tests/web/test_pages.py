"""The shell of every page: login, messages, errors, headers."""

import pytest
from django.test import Client
from django.urls import resolve
from pytest_django.asserts import assertContains, assertNotContains

from erp.exceptions import Refused
from erp.web.refusing import form_again
from tests.factories import PartFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.web.samples")]
HTMX = {"HX-Request": "true"}
POLICY = {
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "form-action 'self'",
}


@pytest.fixture
def client():
    client = Client()
    client.force_login(UserFactory(), backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_login_page_shows_its_form():
    response = Client().get("/login/")

    assert response.status_code == 200
    assert 'name="password"' in response.content.decode()


def test_login_lands_on_the_home_page():
    user = UserFactory()
    user.set_password("a long passphrase")
    user.save(update_fields=["password"])

    response = Client().post("/login/", {"username": user.username, "password": "a long passphrase"})

    assert (response.status_code, response.url) == (302, "/")


@pytest.mark.parametrize(
    "path", ["/login/", "/search/?q=zzz", "/keys/", "/sample/parts/", "/sample/promise/", "/nowhere/"]
)
def test_page_forbids_inline_code_and_storing(client, path):
    response = Client().get(path) if path == "/login/" else client.get(path)

    assert {part.strip() for part in response["Content-Security-Policy"].split(";")} >= POLICY
    assert response["Cache-Control"] in {"no-store, private", "max-age=0, no-cache, no-store, must-revalidate, private"}
    assert "style=" not in response.content.decode()


def test_refusal_is_a_page_without_htmx(client):
    response = client.post("/sample/refuse/")

    assert response.status_code == 409
    assert "Only 5 of &lt;P-1&gt; is open." in response.content.decode()


def test_refused_form_keeps_what_was_typed(client):
    response = client.post("/sample/promise/", {"quantity": "8", "note": "A long note", "firm": "on", "version": "3"})

    page = response.content.decode()
    assert (response.status_code, page.count("Only 5 of &lt;P-1&gt; is open.")) == (409, 1)
    assert ('value="A long note"' in page, 'value="8"' in page) == (True, True)


def test_refusal_of_a_view_that_cannot_draw_its_form_is_a_page(client):
    response = client.post("/sample/refuse-without-a-page/", {"quantity": "8"})

    page = response.content.decode()
    assert (response.status_code, page.count("Only 5 of &lt;P-1&gt; is open."), "Not possible" in page) == (
        409,
        1,
        True,
    )


def test_second_look_at_a_refused_form_writes_nothing(client):
    part = PartFactory(name="Frame")

    response = client.post("/sample/write-at-second-look/")

    part.refresh_from_db()
    assert (response.status_code, part.name) == (409, "Frame")


def test_form_that_waited_for_a_lock_is_not_looked_at_again(client):
    response = client.post("/sample/write-at-second-look/", {"lock": "1"})

    assertContains(response, "Somebody else is working on this right now.", status_code=409)
    assertNotContains(response, "Looked at twice.", status_code=409)


def test_refused_page_of_the_admin_is_not_looked_at_again(rf, admin_user):
    request = rf.post("/admin/")
    request.resolver_match, request.user = resolve("/admin/"), admin_user
    request._dont_enforce_csrf_checks = True

    assert form_again(request, Refused("Only 5 of <P-1> is open.")) is None


def test_refusal_goes_into_the_messages_for_htmx(client):
    response = client.post("/sample/refuse/", headers=HTMX)

    assert (response.status_code, response["HX-Retarget"]) == (409, "#messages")
    assert response.content.decode().count("Only 5 of") == 1


def test_stale_form_shows_both_values(client):
    response = client.post("/sample/stale/")

    assert "<td>4</td><td>7</td>" in response.content.decode()


def test_fragment_brings_its_message_along(client):
    response = client.get("/sample/fragment/", headers=HTMX)

    assert response.content.decode().count("Saved.") == 1
    assert 'hx-swap-oob="true"' in response.content.decode()


def test_anonymous_htmx_request_sends_the_whole_window_to_the_login():
    response = Client().get(
        "/sample/parts/", headers=HTMX | {"HX-Current-URL": "http://testserver/sample/parts/?page=2"}
    )

    assert response["HX-Redirect"] == "/login/?next=/sample/parts/%3Fpage%3D2"


@pytest.mark.parametrize("path", ["/search/?q=a%00b", "/search/?a%00=b", "/sample/parts/?name=%00", "/x%00y/"])
def test_nul_character_is_answered_with_a_sentence(client, path):
    response = client.get(path)

    assert response.status_code == 400
    assert "cannot be stored" in response.content.decode()


def test_nul_character_in_a_form_is_answered_with_a_sentence(client):
    assert client.post("/sample/promise/", {"note": "a\x00b"}).status_code == 400
