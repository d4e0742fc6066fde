"""What every test may ask for."""

import pytest
from django.db import connection

from erp.memory import collect_rarely
from tests.fixtures import *  # noqa: F403
from tests.flushing import flush_quickly

# What takes long begins, so that both workers end together.
LONG = ("tests/journeys/", "tests/access/", "tests/interplay/", "tests/demo/")

# Rows of tests are rolled back or flushed, so whatever autovacuum learns of a table ("one row, one page") is wrong a
# moment later and makes the planner loop over tables as over single rows; what it has not learned it estimates well.
NO_AUTOVACUUM = """
    DO $$ DECLARE found regclass; BEGIN
        FOR found IN SELECT oid FROM pg_class
            WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace AND reloptions IS NULL LOOP
            EXECUTE format('ALTER TABLE %s SET (autovacuum_enabled = false)', found);
        END LOOP;
    END $$
"""


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The test database, without autovacuum, flushed in milliseconds."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(NO_AUTOVACUUM)
        flush_quickly()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))


def pytest_collection_finish():
    collect_rarely()
