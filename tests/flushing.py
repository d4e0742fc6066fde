"""Empties the database after a test with real transactions.

Django's flush truncates all 200 tables, which makes a thousand files anew, and then writes the permissions of all
models again. To delete the few rows that the test left needs nothing of that, but it must not wake the triggers, so the
private PostgreSQL of the tests lets its owner turn them off until it starts again (``erp.embedded``): when one test run
ends another may be at work. Any other server is asked for nothing and flushed as Django does.
"""

import contextlib

import psycopg
from django.conf import settings
from django.db import connection
from django.test import TransactionTestCase

from erp import embedded

SWITCH = "session_replication_role"
ROOM = 20_000_000  # bytes of deleted rows, until the tables are truncated after all
DELETE = f"""
    DO $$ DECLARE found regclass; BEGIN
        PERFORM set_config('{SWITCH}', 'replica', true);
        FOR found IN SELECT oid FROM pg_class
            WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace AND pg_relation_size(oid) > 0
            AND relname NOT IN ('django_migrations', 'django_content_type', 'auth_permission') LOOP
            EXECUTE format('DELETE FROM %s', found);
        END LOOP;
    END $$
"""
SIZE = """
    SELECT sum(pg_relation_size(oid)) FROM pg_class
    WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace
"""


def flush_quickly():
    """From now on, if the tests run on the private server."""
    if embedded.running(settings.BASE_DIR / "var" / "postgres") != connection.settings_dict["HOST"]:
        return
    with contextlib.suppress(psycopg.Error):  # another worker does the same at this moment
        _allow()
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_parameter_privilege(%s, 'SET')", [SWITCH])
        [allowed] = cursor.fetchone()
    if allowed:
        TransactionTestCase._fixture_teardown = _teardown


def flushes_quickly():
    return TransactionTestCase._fixture_teardown is _teardown


def _allow():
    """As the superuser of the private server, whom only its socket lets in."""
    server = connection.settings_dict
    with psycopg.connect(host=server["HOST"], port=server["PORT"], user="postgres", dbname="postgres") as superuser:
        superuser.execute(f"GRANT SET ON PARAMETER {SWITCH} TO {server['USER']}")


_flush = TransactionTestCase._fixture_teardown
_whole = []


def whole_flushes():
    """How often Django flushed everything: since then content types and permissions have other ids."""
    return len(_whole)


def _teardown(test):
    with connection.cursor() as cursor:
        cursor.execute(SIZE)
        [size] = cursor.fetchone()
        if size < ROOM:
            cursor.execute(DELETE)
    if size >= ROOM:
        _whole.append(size)
        _flush(test)
