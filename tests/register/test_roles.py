"""Roles and rights: the table, as users meet it."""

import pytest
from django.contrib.auth.models import AnonymousUser, Group
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.http import HttpResponse

from erp.register import roles
from erp.register.access import require_role, requires
from erp.register.models import User
from tests.factories import UserFactory
from tests.fixtures import user_with

pytestmark = pytest.mark.django_db

TABLE = {
    "read": "seller planner buyer foreman warehouse viewer admin",
    "see costs": "seller planner buyer foreman warehouse admin",
    "sales.write": "seller planner",
    "link": "planner",
    "link.purchase": "planner buyer",
    "production.write": "planner",
    "production.report": "planner foreman",
    "purchase.write": "buyer",
    "purchase.contract link": "planner buyer",
    "stock.receive": "buyer warehouse",
    "import": "seller planner buyer warehouse",
    "stock.write": "warehouse",
    "calendar.write": "planner admin",
    "views.share": "planner admin",
    "settings.write": "admin",
    "register.write": "admin",
}


@pytest.mark.parametrize("role", roles.ROLES)
def test_may_follows_the_table(role):
    user = user_with(role)

    allowed = {right for right in roles.RIGHTS if roles.may(user, right)}

    assert allowed == {right for right, names in TABLE.items() if role in names.split()}
    assert allowed == {right for right in roles.RIGHTS if user.has_perm(right)}


def test_a_superuser_is_an_administrator_and_nothing_else():
    user = UserFactory(is_superuser=True)

    assert roles.roles_of(user) == {"admin"}
    assert not roles.may(user, "link")
    assert not user.has_perm("link")
    assert user.has_perm("register.change_part")


def test_a_deactivated_or_anonymous_user_has_no_role():
    assert roles.roles_of(user_with("planner", is_active=False)) == frozenset()
    assert roles.roles_of(AnonymousUser()) == frozenset()


def test_may_of_an_unknown_right_is_a_mistake_in_the_code():
    with pytest.raises(KeyError):
        roles.may(UserFactory(), "fly")


def test_roles_are_read_once_per_request_and_anew_in_the_next(django_assert_num_queries):
    user = user_with("planner")

    with django_assert_num_queries(1):
        assert all(roles.may(user, right) for right in ("read", "link", "sales.write"))
    user.groups.clear()

    assert not roles.may(User.objects.get(pk=user.pk), "link")


def test_ensure_roles_twice_makes_each_group_once():
    call_command("ensure_roles")
    call_command("ensure_roles")

    assert sorted(Group.objects.values_list("name", flat=True)) == sorted(roles.ROLES)


def test_ensure_roles_lets_administrators_keep_the_register_but_not_its_history(admin_user):
    codes = {"register.change_part", "register.add_unit", "register.view_partevent"}

    assert all(admin_user.has_perm(code) for code in codes)
    assert not admin_user.has_perm("register.change_partevent")
    assert not admin_user.has_perm("pghistory.delete_context")


@pytest.mark.parametrize("decorator", [requires("link"), require_role("planner")], ids=["right", "role"])
def test_access_is_for_the_role_only(rf, decorator, planner, seller):
    view = decorator(lambda request: HttpResponse("ok"))
    request = rf.get("/x/")

    request.user = planner
    assert view(request).content == b"ok"
    request.user = seller
    with pytest.raises(PermissionDenied, match="needs the role planner"):
        view(request)
    request.user = AnonymousUser()
    assert view(request).url == "/login/?next=/x/"
