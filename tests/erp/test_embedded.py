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


def given(folder, host):
    """What the server does not wait for, and whether the owner may turn off triggers."""
    lines = (folder / "postgresql.auto.conf").read_text().splitlines()
    with connect(host, embedded.OWNER) as owner:
        asked = owner.execute("select has_parameter_privilege('session_replication_role', 'SET')")
        [may_turn_off] = asked.fetchone()
    return sorted(line.split(" = ")[0] for line in lines if line.endswith("'off'")), may_turn_off


def test_embedded_server_keeps_its_data_over_a_restart_and_gives_the_app_no_tables(folder, monkeypatch):
    monkeypatch.delenv("CI", raising=False)
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


def test_start_takes_back_what_the_server_was_given_for_a_test_run(folder, monkeypatch):
    """The folder of a test run keeps real data safely, and its owner cannot turn off triggers any more."""
    monkeypatch.setenv("CI", "true")
    host = embedded.start(folder)
    with connect(host, "postgres") as superuser:
        superuser.execute(f"grant set on parameter session_replication_role to {embedded.OWNER}")
    during = given(folder, host)
    embedded.stop(folder)
    monkeypatch.delenv("CI")

    after = given(folder, embedded.start(folder))

    assert (during, after) == ((["fsync", "full_page_writes", "synchronous_commit"], True), ([], False))


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
