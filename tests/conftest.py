"""What every test may ask for."""

import pytest
from django.db import connection

from tests.fixtures import *  # noqa: F403


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Let the test runner's flush through the guard, on this connection and all later ones of the test database."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        name = connection.ops.quote_name(connection.settings_dict["NAME"])
        cursor.execute(f"alter database {name} set guard.truncate = 'tests'")
        cursor.execute("set guard.truncate = 'tests'")
