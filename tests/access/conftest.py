import pytest
from django.core.management import call_command
from django.db import transaction


@pytest.fixture(scope="module")
def company(django_db_setup, django_db_blocker):
    """The demo company, loaded once for all tests of a module and taken back after the last."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_demo", verbosity=0)
        yield
        transaction.set_rollback(True)
