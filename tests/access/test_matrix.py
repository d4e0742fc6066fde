"""Every URL, every method, every role: what the committed table says is what the pages do.

A URL without a line in the table fails, so no page can be forgotten; a line without a URL fails too.
"""

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.urls.exceptions import NoReverseMatch

from erp.demo.logins import LOGINS
from erp.register.models import User
from tests.access.matrix import MATRIX
from tests.access.world import arguments

LETTERS = {"S": "seller", "P": "planner", "B": "buyer", "F": "foreman", "W": "warehouse", "V": "viewer", "A": "admin"}
REFUSED = {403}
ANSWERED = {200, 204, 302, 400, 404, 409, 422}


def url_names(resolver=None, namespace=""):
    """The names of all URLs but those of the admin, which Django's own permissions guard."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}"
        elif pattern.namespace != "admin":
            yield from url_names(pattern, f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace)


NAMES = sorted(set(url_names()))


def test_every_url_has_its_line_and_every_line_its_url():
    assert sorted(MATRIX) == NAMES


def ask(client, method, url):
    """One request whose effects are taken back; returns the response."""
    with transaction.atomic():
        response = getattr(client, method.lower())(url)
        transaction.set_rollback(True)
    return response


def client_of(username):
    client = Client(raise_request_exception=True)
    if username:
        client.force_login(User.objects.get(username=username), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture(scope="module")
def cookies(company):
    """{role: what its browser holds after logging in}; logging out is taken back like all that a request does."""
    return {letter: client_of(username).cookies for letter, username in LETTERS.items()}


@pytest.fixture
def clients(cookies):
    """A client per role, made anew for each URL: one of the URLs logs out."""
    return {letter: client_with(held) for letter, held in cookies.items()} | {"": client_of(None)}


def client_with(cookies):
    client = Client()
    client.cookies.load({name: cookie.value for name, cookie in cookies.items()})
    return client


@pytest.mark.parametrize("name", NAMES)
def test_url_answers_each_role_as_the_table_says(name, clients, company):
    url = reverse(name, kwargs=arguments(name))
    expected = dict(zip(("GET", "POST"), MATRIX[name], strict=True))

    answers = {
        (method, letter): outcome(ask(client, method, url)) for method in expected for letter, client in clients.items()
    }

    wanted = {(method, letter): allowed(cell, letter) for method, cell in expected.items() for letter in clients}
    assert answers == wanted


def allowed(cell, letter):
    if cell == "-":
        return "no such method"
    if cell == "*":
        return "answered"
    if not letter:
        return "login"
    return "answered" if letter in cell else "refused"


def outcome(response):
    if response.status_code == 405:
        return "no such method"
    if response.status_code == 302 and response["Location"].startswith(reverse("login") + "?"):
        return "login"
    if response.status_code in REFUSED:
        return "refused"
    assert response.status_code in ANSWERED, response.status_code
    return "answered"


def test_every_demo_login_is_a_role_of_the_table():
    assert set(LOGINS) == set(LETTERS.values())


def test_a_deactivated_user_loses_access_at_the_next_request(company):
    client = client_of("planner")
    before = client.get(reverse("home")).status_code

    with transaction.atomic():
        User.objects.filter(username="planner").update(is_active=False)
        after = client.get(reverse("home"))
        transaction.set_rollback(True)

    assert (before, after.status_code, after["Location"]) == (200, 302, "/login/?next=/")


def test_a_demoted_user_loses_the_right_at_the_next_request(company):
    client = client_of("admin")
    before = client.get(reverse("register:setting_list")).status_code

    with transaction.atomic():
        User.objects.get(username="admin").groups.clear()
        after = client.get(reverse("register:setting_list")).status_code
        transaction.set_rollback(True)

    assert (before, after) == (200, 403)


def test_names_that_need_no_object_reverse_without_one():
    for name in NAMES:
        try:
            reverse(name)
        except NoReverseMatch:
            assert arguments(name), name
