"""What tests with real transactions begin with, made once by operations and put back for each further test.

To make a small company costs a third of a second, to put its rows back a tenth of that: they were checked when they
were made, so no trigger looks at them again. That needs the private server of the tests (``tests.flushing``); on any
other the company is made for each test. The rows are kept in a schema of their own, not in temporary tables: Django
ends the connection after each test with real transactions. One company at a time.
"""

import copy

from django.db import connection

from tests.flushing import SWITCH, flushes_quickly, whole_flushes

# The columns that are written; PostgreSQL computes the others.
COLUMNS = """
    (SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute
     WHERE attrelid = found AND attnum > 0 AND NOT attisdropped AND attgenerated = '')
"""
KEEP = """
    DO $$ DECLARE found regclass; is_used boolean; BEGIN
        DROP SCHEMA IF EXISTS standing CASCADE;
        CREATE SCHEMA standing;
        FOR found IN SELECT oid FROM pg_class
            WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace AND pg_relation_size(oid) > 0
            AND relname NOT IN ('django_migrations', 'django_content_type', 'auth_permission') LOOP
            EXECUTE format('SELECT EXISTS (SELECT FROM %s)', found) INTO is_used;
            IF is_used THEN
                EXECUTE format('CREATE UNLOGGED TABLE standing.%s AS TABLE %s', found, found);
            END IF;
        END LOOP;
    END $$
"""
PUT_BACK = f"""
    DO $$ DECLARE found regclass; kept regclass; columns text; BEGIN
        PERFORM set_config('{SWITCH}', 'replica', true);
        FOR kept, found IN SELECT oid, relname::regclass FROM pg_class
            WHERE relkind = 'r' AND relnamespace = 'standing'::regnamespace LOOP
            columns := {COLUMNS};
            EXECUTE format('INSERT INTO %s (%s) SELECT %s FROM %s', found, columns, columns, kept);
        END LOOP;
    END $$
"""
_kept = {}


def standing(make, *facts):
    """What ``make(*facts)`` answers, with its rows in the database."""
    if not flushes_quickly():
        return make(*facts)
    what = (make, facts, whole_flushes())
    if _kept.get("what") == what:
        _run(PUT_BACK)
    else:
        made = make(*facts)
        _kept.clear()
        _run(KEEP)
        _kept.update(made=made, what=what)
    return copy.deepcopy(_kept["made"])


def _run(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)
