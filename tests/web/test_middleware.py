"""When things go wrong: the right code, a calm sentence, no detail."""

import pytest
from django.test import Client

from tests.factories import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.web.samples")]
HTMX = {"HX-Request": "true"}


def test_locked_row_is_a_refusal(viewer_client):
    response = viewer_client.post("/sample/database/lock/", headers=HTMX)

    assert response.status_code == 409
    assert "Somebody else is working on this right now." in response.content.decode()


@pytest.mark.parametrize(
    ("path", "sentence"),
    [("/sample/database/slow/", "This took too long"), ("/sample/pool/", "The database does not answer")],
)
def test_outage_asks_to_try_again(viewer_client, path, sentence):
    response = viewer_client.get(path)

    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert sentence in response.content.decode()
    assert "secret detail" not in response.content.decode()


@pytest.mark.parametrize(("path", "status"), [("/sample/broken/", 500), ("/nowhere/", 404)])
def test_error_page_tells_no_detail(viewer_client, path, status):
    viewer_client.raise_request_exception = False

    response = viewer_client.get(path)

    assert response.status_code == status
    assert "secret detail" not in response.content.decode()
    assert "default-src 'self'" in response["Content-Security-Policy"]


def test_deactivated_user_is_out_at_the_next_request(viewer, viewer_client):
    assert viewer_client.get("/keys/").status_code == 200
    viewer.is_active = False
    viewer.save(update_fields=["is_active"])

    assert viewer_client.get("/keys/").url == "/login/?next=/keys/"


def test_logout_is_a_post_and_ends_the_session(viewer_client):
    assert viewer_client.get("/logout/").status_code == 405

    assert viewer_client.post("/logout/").url == "/login/"
    assert viewer_client.get("/keys/").status_code == 302


def test_form_without_a_token_is_refused_and_with_the_header_taken():
    client = Client(enforce_csrf_checks=True)
    client.force_login(UserFactory(), backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/keys/").content.decode()
    token = page.split('"X-CSRFToken": "')[1].split('"')[0]

    refused = client.post("/theme/", {"theme": "dark"})
    taken = client.post("/theme/", {"theme": "dark"}, headers=HTMX | {"X-CSRFToken": token})

    assert (refused.status_code, taken.status_code) == (403, 302)
    assert "This page is too old" in refused.content.decode()


def test_too_many_attempts_lock_the_login(settings):
    settings.AXES_ENABLED = True
    client = Client()

    answers = [client.post("/login/", {"username": "nobody", "password": "wrong"}) for _ in range(6)]

    assert answers[-1].status_code == 429
    assert "too many attempts" in answers[-1].content.decode()


@pytest.mark.parametrize("method", ["trace", "put", "delete", "patch"])
def test_other_methods_are_not_allowed(viewer_client, method):
    assert getattr(viewer_client, method)("/keys/").status_code == 405


def test_refused_page_leads_back_to_what_was_typed(viewer_client):
    html = viewer_client.post("/sample/refuse/", headers={"referer": "http://testserver/x/?a=1&b=2"}).content.decode()

    assert '<a class="btn btn-primary" href="http://testserver/x/?a=1&amp;b=2" data-go-back>' in html


def test_undo_is_offered_with_the_message(viewer_client):
    response = viewer_client.post("/sample/promise/", {"quantity": "4"}, follow=True)

    html = response.content.decode()
    assert "Promised." in html
    assert '<form method="post" action="/sample/undo/">' in html


def test_form_errors_answer_422(viewer_client):
    response = viewer_client.post("/sample/promise/", {"quantity": "1e400"})

    assert response.status_code == 422
    assert "Enter a quantity such as 12 or 12.5" in response.content.decode()
