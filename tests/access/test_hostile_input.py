"""Hostile input into every field of every form of the demo company: a sentence at its place, never a 500."""

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import resolve, reverse

from erp.register.models import User
from tests.access.hostile import posts, values_for
from tests.access.matrix import MATRIX
from tests.access.test_matrix import LETTERS, client_of
from tests.access.world import arguments

# Answers of a form that says no, of one that took the value for what it is, and of a page that is not there.
ANSWERED = {200, 302, 400, 403, 404, 409, 422}
UNTOUCHED = {"csrfmiddlewaretoken", "operation_key"}
PAGES = sorted(name for name, (get, _post) in MATRIX.items() if get not in {"-", "*"})


def someone_with(cell):
    """A client of the first role that may open the page; planners before others, since they may do most."""
    return client_of(LETTERS[min(cell, key="PSBWFAV".index)])


@pytest.mark.parametrize("name", PAGES)
def test_no_value_in_any_field_breaks_a_page(name, company):
    client = someone_with(MATRIX[name][0])
    page = reverse(name, kwargs=arguments(name))
    found = client.get(page)

    answers = {
        (url, field, words): answer_of(client, url, fields | {field: value})
        for url, fields, kinds in (posts(found.content.decode(), page) if is_a_page(found) else [])
        for field in untried(url, fields)
        for words, value in values_for(kinds[field]).items()
    }

    assert {key: status for key, status in answers.items() if status not in ANSWERED} == {}


def is_a_page(found):
    """Not a refusal, and not a printed paper: that one has no forms."""
    return found.status_code == 200 and found["Content-Type"].startswith("text/html")


TRIED = set()


def untried(url, fields):
    """The fields of a form that no page before had: the header's forms are on every page, a grid's on every row."""
    where = resolve(url.split("?")[0]).view_name
    new = {field for field in fields if (where, field) not in TRIED} - UNTOUCHED
    TRIED.update((where, field) for field in new)
    return sorted(new) if where != "logout" else []


def answer_of(client, url, fields):
    """The status of one post whose effects are taken back; a check at the settle counts as part of it."""
    data = {name: value for name, value in fields.items() if value is not None}
    with transaction.atomic():
        status = client.post(url, data).status_code
        connection.check_constraints()
        transaction.set_rollback(True)
    return status


@pytest.mark.parametrize("name", sorted(name for name, (_get, post) in MATRIX.items() if post not in {"-", "*"}))
def test_a_post_without_its_token_is_refused(name, company):
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.get(username="planner"), backend="django.contrib.auth.backends.ModelBackend")

    assert client.post(reverse(name, kwargs=arguments(name))).status_code == 403


@pytest.mark.parametrize("name", sorted(name for name in MATRIX if MATRIX[name][0] not in {"-", "*"}))
def test_an_object_that_is_not_there_is_not_found(name, company):
    kwargs = {key: 999_999_999 if isinstance(value, int) else value for key, value in arguments(name).items()}
    if not any(isinstance(value, int) for value in kwargs.values()):
        return
    client = someone_with(MATRIX[name][0])

    assert client.get(reverse(name, kwargs=kwargs)).status_code == 404
