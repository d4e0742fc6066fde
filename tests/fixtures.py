"""One user per role, and a logged-in client for each."""

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from erp.register import roles
from tests.factories import UserFactory


def user_with(*names, **facts):
    """A user with the roles, and no other."""
    user = UserFactory(**facts)
    user.groups.set([Group.objects.get_or_create(name=name)[0] for name in names])
    return user


def client_of(user):
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def seller(db):
    return user_with(roles.SELLER)


@pytest.fixture
def planner(db):
    return user_with(roles.PLANNER)


@pytest.fixture
def buyer(db):
    return user_with(roles.BUYER)


@pytest.fixture
def foreman(db):
    return user_with(roles.FOREMAN)


@pytest.fixture
def warehouse_keeper(db):
    return user_with(roles.WAREHOUSE)


@pytest.fixture
def viewer(db):
    return user_with(roles.VIEWER)


@pytest.fixture
def admin_user(db):
    """An administrator who may open the admin; not a superuser."""
    roles.ensure_roles()
    return user_with(roles.ADMIN, is_staff=True)


@pytest.fixture
def seller_client(seller):
    return client_of(seller)


@pytest.fixture
def planner_client(planner):
    return client_of(planner)


@pytest.fixture
def buyer_client(buyer):
    return client_of(buyer)


@pytest.fixture
def foreman_client(foreman):
    return client_of(foreman)


@pytest.fixture
def warehouse_client(warehouse_keeper):
    return client_of(warehouse_keeper)


@pytest.fixture
def viewer_client(viewer):
    return client_of(viewer)


@pytest.fixture
def admin_client(admin_user):
    return client_of(admin_user)


@pytest.fixture
def user_without_role_client(db):
    """Somebody who may log in and nothing else."""
    return client_of(UserFactory())
