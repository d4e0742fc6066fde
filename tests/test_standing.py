"""What tests with real transactions begin with: kept until it no longer fits the database."""

import pytest
from django.db import OperationalError

from tests import flushing, standing

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(monkeypatch):
    """What the database was told, with nothing of it done."""
    told = []
    monkeypatch.setattr(standing, "_kept", {})
    monkeypatch.setattr(standing, "flushes_quickly", lambda: True)
    monkeypatch.setattr(standing, "_run", told.append)
    return told


def test_company_is_made_anew_once_django_flushed_everything(asked, monkeypatch):
    monkeypatch.setattr(flushing, "ROOM", 0)
    monkeypatch.setattr(flushing, "_flush", lambda test: None)
    made = iter(["first", "second"])

    def make():
        return next(made)

    before = [standing.standing(make) for _ in range(2)]
    flushing._teardown(None)

    assert (before, standing.standing(make)) == (["first", "first"], "second")
    assert asked == [standing.KEEP, standing.PUT_BACK, standing.KEEP]


def test_company_that_could_not_be_kept_is_made_anew(asked, monkeypatch):
    keep = standing._run

    def fails(statement):
        raise OperationalError

    monkeypatch.setattr(standing, "_run", fails)
    with pytest.raises(OperationalError):
        standing.standing(dict)
    monkeypatch.setattr(standing, "_run", keep)
    standing.standing(dict)

    assert asked == [standing.KEEP]
