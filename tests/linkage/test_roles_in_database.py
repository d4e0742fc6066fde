"""What the app's own database role can do, and with what it cannot get round the guard."""

import os
from datetime import date
from decimal import Decimal

import psycopg
import pytest
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.db import connection
from psycopg.errors import InsufficientPrivilege

from erp.settings import database
from linkage import operations
from linkage.models import StockMovement, Supply
from tests.factories import UserFactory
from tests.linkage.factories import LinkFactory, demand_for, stock
from tests.linkage.guarding import drift, run

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
APP = database(os.environ["DATABASE_URL"])


@pytest.fixture
def as_app():
    """Grant, then let Django connect as the app until the test is over."""
    call_command("grant_app_role", role=APP["USER"], verbosity=0)
    owner = {name: connection.settings_dict[name] for name in ("USER", "PASSWORD")}

    def become(role):
        connection.close()
        connection.settings_dict.update({name: role[name] for name in owner})

    yield lambda: become(APP)
    become(owner)


@pytest.fixture
def app_session(as_app):
    """A bare session of the app's role on the test database."""
    facts = {"user": APP["USER"], "password": APP["PASSWORD"], "host": APP["HOST"], "port": APP["PORT"]}
    with psycopg.connect(dbname=connection.settings_dict["NAME"], autocommit=True, **facts) as session:
        yield session


@pytest.mark.parametrize(
    "statement",
    [
        "delete from linkage_orderlink",
        "truncate linkage_orderlink cascade",
        "update linkage_stockmovement set quantity = 1",
        "delete from linkage_stockmovement",
        "truncate linkage_supply cascade",
        "select * from linkage_guard_delta",
        "insert into linkage_guard_delta (kind, ref, allocated) values ('s', 1, -5)",
        "insert into linkage_guard_token default values",
        "update linkage_orderlinkevent set quantity = 1",
        "delete from linkage_orderlinkevent",
        "update django_migrations set name = name",
        "alter table linkage_orderlink disable trigger guard_inserted",
        "alter table linkage_supply drop constraint supply_allocated_within",
        "drop trigger guard_settle on linkage_guard_token",
        "create or replace function linkage_guard_batch() returns bigint language sql as 'select 1::bigint'",
        "set session_replication_role = replica",
        "create table public.mine (id int)",
    ],
)
def test_app_role_cannot_get_round_the_guard(app_session, statement):
    with pytest.raises(InsufficientPrivilege):
        app_session.execute(statement)


def test_app_role_cannot_forge_the_sums(app_session):
    link = LinkFactory(quantity=4)

    app_session.execute("update linkage_supply set allocated = 0, done = 7")

    assert Supply.objects.values_list("allocated", "done").get(pk=link.supply_id) == (4, 0)


def test_app_role_can_run_the_operations(as_app):
    by = UserFactory()
    link = LinkFactory(quantity=4, created_by=by)
    taker = demand_for(link.supply)
    facts = {"by": by, "effective_on": date(2026, 3, 10)}
    as_app()

    movements = operations.receive(supply=link.supply, quantity=Decimal(6), **facts)
    operations.hand_over(link=link, demand=taker, quantity=Decimal(1), by=by)
    operations.issue(demand=link.demand, quantity=Decimal(3), **facts)
    stock(link.part, link.warehouse, 5, by=by)
    operations.disconnect(link=taker.links.get(), by=by)

    assert run("select current_user") == [(APP["USER"],)]
    assert (len(movements), StockMovement.objects.count(), drift()) == (2, 4, [])
    assert link.events.count() > 1


def test_app_role_passes_the_checks_of_the_guard(as_app, settings):
    settings.AS_OWNER = False
    as_app()

    call_command("check_ledger")

    assert [found for found in run_checks(databases=["default"]) if found.id.startswith("linkage.")] == []


def test_grant_app_role_takes_back_what_was_given_by_hand(app_session):
    run(f"grant delete on linkage_orderlink to {APP['USER']}")

    for _ in range(2):
        call_command("grant_app_role", role=APP["USER"], verbosity=0)

    with pytest.raises(InsufficientPrivilege):
        app_session.execute("delete from linkage_orderlink")


def test_grant_app_role_keeps_bulk_updates_linear(as_app):
    settings = run("select distinct proconfig from pg_proc where proname ^@ 'pgtrigger_update_update'")

    assert settings == [(["enable_nestloop=off"],)]


def test_grant_app_role_names_a_role_that_is_not_there():
    with pytest.raises(CommandError, match="no database role nobody_here"):
        call_command("grant_app_role", role="nobody_here")


def test_grant_app_role_leaves_the_owner_alone(capsys):
    call_command("grant_app_role", role=connection.settings_dict["USER"])

    assert capsys.readouterr().out.endswith("owns the tables: there is nothing to grant.\n")
