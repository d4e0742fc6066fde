"""The private PostgreSQL: starts from nothing, is found again, and stops without losing anything."""

import os
import warnings

import psycopg
import pytest

from erp import embedded


@pytest.fixture
def folder(tmp_path):
    """A data folder for a server of the test's own, stopped at its end."""
    yield tmp_path / "var" / "postgres"
    embedded.stop(tmp_path / "var" / "postgres")


def connect(host, user):
    return psycopg.connect(host=host, user=user, dbname=embedded.DATABASE, autocommit=True)


def test_embedded_server_keeps_its_data_over_a_restart_and_gives_the_app_no_tables(folder):
    host = embedded.start(folder)
    with connect(host, embedded.OWNER) as owner:
        owner.execute("create table kept (number int)")
        owner.execute("insert into kept values (1)")

    assert embedded.running(folder) == host
    with connect(host, embedded.APP) as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute("delete from kept")

    embedded.stop(folder)

    assert embedded.running(folder) is None
    with connect(embedded.start(folder), embedded.OWNER) as owner:
        assert owner.execute("select number from kept").fetchall() == [(1,)]
        assert owner.execute("show fsync").fetchone() == ("on",)


def test_running_is_none_where_nothing_was_started(tmp_path):
    assert embedded.running(tmp_path) is None


@pytest.mark.parametrize(
    "left_over",
    [
        pytest.param("", id="empty"),
        pytest.param("1\n", id="half-written"),
        pytest.param("1\n/data\n1700000000\n5432\n/nowhere\n\n  1  2\nready   \n", id="of a server that crashed"),
        pytest.param("1\n/data\n1700000000\n5432\n/nowhere\n\n  1  2\nstarting\n", id="of a server that starts"),
    ],
)
def test_running_does_not_believe_a_file_left_over(tmp_path, left_over):
    (tmp_path / embedded.READY).touch()
    (tmp_path / "postmaster.pid").write_text(left_over)

    assert embedded.running(tmp_path) is None


def test_stop_does_nothing_where_nothing_runs(tmp_path):
    assert embedded.stop(tmp_path) is None


def test_start_of_the_package_warns_of_nothing_and_leaves_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_RUNTIME_DIR", "not/there")

    with warnings.catch_warnings(), embedded._environment(XDG_RUNTIME_DIR=str(tmp_path)):
        warnings.simplefilter("error")
        inside = os.environ["XDG_RUNTIME_DIR"]

    assert (inside, os.environ["XDG_RUNTIME_DIR"]) == (str(tmp_path), "not/there")


def test_start_waits_for_a_server_that_is_stopping(tmp_path, monkeypatch):
    left = tmp_path / "postmaster.pid"
    left.write_text(f"{os.getpid()}\n/data\n1700000000\n5432\n/nowhere\n\n  1  2\nstopping\n")
    waited = []

    def stopped(seconds):
        waited.append(seconds)
        left.unlink()

    monkeypatch.setattr(embedded.time, "sleep", stopped)
    embedded._let_it_stop(tmp_path)

    assert waited == [0.02]
