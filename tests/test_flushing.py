"""The quick flush: for the private server alone."""

from django.test import TransactionTestCase

from erp import embedded
from tests import flushing


def test_a_server_that_is_not_the_private_one_is_asked_for_nothing_and_flushed_as_django_does(monkeypatch):
    asked = []
    monkeypatch.setattr(embedded, "running", lambda folder: None)
    monkeypatch.setattr(flushing.psycopg, "connect", lambda **facts: asked.append(facts))
    monkeypatch.setattr(TransactionTestCase, "_fixture_teardown", flushing._flush)

    flushing.flush_quickly()

    assert (asked, TransactionTestCase._fixture_teardown) == ([], flushing._flush)
