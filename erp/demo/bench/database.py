"""A database of the benchmarks' own, made for the run and dropped after it. No other database is ever touched."""

from contextlib import contextmanager

import psycopg
from django.core.management import CommandError, call_command
from django.db import connection
from psycopg import sql

from erp.register.history import keep_bulk_updates_linear

NAME, MIGRATED = "pegboard_bench", "pegboard_bench_migrated"
MARK = "Made by manage.py bench; it may be dropped."


@contextmanager
def own_database():
    """Migrate a database on the server we are configured for, and give the function that starts afresh with it.

    Each workload calls it once: what one leaves behind would slow the next one down.
    """
    configured = connection.settings_dict["NAME"]
    try:
        _work_on(MIGRATED, configured=configured)
        call_command("migrate", verbosity=0, interactive=False)
        keep_bulk_updates_linear()  # as grant_app_role does where people work
        yield lambda: _work_on(NAME, configured=configured, template=MIGRATED)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = configured
        with _server(configured) as server:
            for name in (NAME, MIGRATED):
                _drop(server, name)


def _work_on(name, *, configured, template="template1"):
    connection.close()
    with _server(configured) as server:
        _drop(server, name)
        known = {"name": sql.Identifier(name), "template": sql.Identifier(template), "mark": MARK}
        server.execute(sql.SQL("create database {name} template {template}").format(**known))
        server.execute(sql.SQL("comment on database {name} is {mark}").format(**known))
    connection.settings_dict["NAME"] = name


@contextmanager
def _server(database):
    """A connection outside any transaction: databases are made and dropped there only."""
    parameters = connection.get_connection_params() | {"dbname": database}
    known = {key: value for key, value in parameters.items() if key in {"dbname", "user", "password", "host", "port"}}
    with psycopg.connect(**known, autocommit=True) as server:
        yield server


def _drop(server, name):
    """Only what an earlier run left: a database of that name which somebody else made is refused."""
    found = server.execute(
        "select shobj_description(oid, 'pg_database') from pg_database where datname = %s", [name]
    ).fetchone()
    if found is None:
        return
    if found[0] != MARK:
        raise CommandError(f"The database {name} was not made by the benchmarks, so it is left alone. Rename it.")
    server.execute(sql.SQL("drop database {}").format(sql.Identifier(name)))


def refuse_orders():
    """The benchmarks write tens of thousands of orders: never into a database that has some."""
    with connection.cursor() as cursor:
        cursor.execute("select exists (select from linkage_document)")
        if cursor.fetchone()[0]:
            raise CommandError("This database has orders; the benchmarks run on an empty one only.")
