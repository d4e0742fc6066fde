"""check --database default: every part of the guard that is missing, changed or switched off is an error."""

import pytest
from django.core.checks import run_checks
from django.db import connection

from tests.linkage.guarding import run

pytestmark = pytest.mark.django_db
SETTLE = "linkage_guard_settle"


def messages():
    return [(found.id, found.msg) for found in run_checks(databases=["default"]) if found.id.startswith("linkage.")]


def test_check_is_silent_when_the_guard_is_whole():
    assert messages() == []


def test_check_without_a_database_asks_none(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert [found for found in run_checks() if found.id.startswith("linkage.")] == []


@pytest.mark.parametrize(
    ("harm", "found"),
    [
        (
            "drop function linkage_guard_batch cascade",
            [("linkage.E001", "The guard function linkage_guard_batch is missing.")],
        ),
        (
            f"create or replace function {SETTLE}() returns trigger language plpgsql as 'begin return null; end'",
            [("linkage.E001", f"The guard function {SETTLE} is not the one of guard.sql.")],
        ),
        (
            "drop trigger guard_inserted on linkage_orderlink",
            [("linkage.E002", "The guard trigger guard_inserted on linkage_orderlink is missing.")],
        ),
        (
            "alter table linkage_supply disable trigger guard_keep_derived",
            [("linkage.E002", "The guard trigger guard_keep_derived on linkage_supply is switched off.")],
        ),
        (
            "alter table linkage_supply drop constraint supply_allocated_within",
            [("linkage.E003", "The constraint supply_allocated_within of the ledger is missing.")],
        ),
        (
            "drop index link_pair_open_once",
            [("linkage.E003", "The constraint link_pair_open_once of the ledger is missing.")],
        ),
        (
            "alter table linkage_orderlink drop constraint link_stock_fits",
            [("linkage.E003", "The constraint link_stock_fits of the ledger is missing.")],
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_check_names_what_was_taken_from_the_guard(harm, found):
    run(harm)

    assert messages() == found


def test_check_refuses_a_database_that_may_be_truncated(monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "NAME", "pegboard")

    assert [number for number, _ in messages()] == ["linkage.E004"]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_check_refuses_another_isolation_level():
    run("set default_transaction_isolation = 'repeatable read'")

    found = messages()
    run("reset default_transaction_isolation")

    assert found == [
        ("linkage.E005", "Transactions are repeatable read; the guard's locks are made for read committed.")
    ]


def test_check_warns_when_the_app_owns_the_tables(settings):
    settings.AS_OWNER = False

    assert [number for number, _ in messages()] == ["linkage.W001"]


def test_check_waits_for_the_migrations():
    run("delete from django_migrations where app = 'linkage' and name = '0002_guard'")
    run("drop trigger guard_inserted on linkage_orderlink")

    assert messages() == []
