"""Settings: typed, with defaults, changed by administrators only, with their whole history."""

from decimal import Decimal

import pytest

from erp.exceptions import Refused
from erp.register import operations, settings_registry
from erp.register.models import Setting, SettingEvent
from erp.register.settings_registry import REGISTRY, get, get_many

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("definition", REGISTRY.values(), ids=REGISTRY)
def test_every_setting_has_a_valid_default_and_words_for_it(definition):
    assert definition.default is None or definition.clean(definition.default) == definition.default
    assert definition.default is not None or definition.none
    assert definition.in_words(definition.default)
    assert definition.help.endswith(".")


def test_get_of_an_untouched_setting_is_its_default():
    assert get("backorder_linking") is False
    assert get("backorder_horizon") is None
    assert get("link_deletion_policy") == "prompt"


def test_get_many_is_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        values = get_many("component_issue", "m_order_number_from")

    assert values == {"component_issue": "completion", "m_order_number_from": "series"}


@pytest.mark.parametrize(
    ("name", "value", "stored"),
    [
        pytest.param("backorder_linking", "true", True, id="bool from a form"),
        pytest.param("backorder_linking", True, True, id="bool"),
        pytest.param("backorder_horizon", "20", 20, id="int"),
        pytest.param("backorder_horizon", "", None, id="int left empty"),
        pytest.param("surplus_warning_quantity", "12.5", Decimal("12.5"), id="decimal"),
        pytest.param("link_deletion_policy", "auto-close", "auto-close", id="choice"),
    ],
)
def test_change_setting_keeps_the_type(admin_user, name, value, stored):
    assert operations.change_setting(name=name, value=value, by=admin_user) == stored

    assert get(name) == stored


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("backorder_linking", "maybe"),
        ("backorder_linking", ""),
        ("backorder_horizon", "-1"),
        ("backorder_horizon", "1.5"),
        ("backorder_horizon", "1e9"),
        ("surplus_warning_quantity", "NaN"),
        ("surplus_warning_quantity", "1e400"),
        ("surplus_warning_value", "Infinity"),
        ("link_deletion_policy", "delete everything"),
        ("component_issue", "\x00"),
    ],
)
def test_change_setting_refuses_a_value_that_does_not_fit(admin_user, name, value):
    with pytest.raises(settings_registry.InvalidSetting, match=f"^{REGISTRY[name].label}: "):
        operations.change_setting(name=name, value=value, by=admin_user)

    assert not Setting.objects.exists()


def test_change_setting_refuses_everybody_but_the_role(planner):
    with pytest.raises(Refused, match=r"^Only the role admin may change Link backorders to purchase orders\.$"):
        operations.change_setting(name="backorder_linking", value=True, by=planner)

    assert get("backorder_linking") is False


def test_change_setting_refuses_an_unknown_name(admin_user):
    with pytest.raises(Refused, match=r"^There is no setting nonsense\.$"):
        operations.change_setting(name="nonsense", value=True, by=admin_user)


def test_change_setting_keeps_who_and_what(admin_user):
    operations.change_setting(name="backorder_horizon", value=5, by=admin_user)
    operations.change_setting(name="backorder_horizon", value=9, by=admin_user)

    events = SettingEvent.objects.filter(name="backorder_horizon").values_list("value", "pgh_context__metadata__user")
    assert list(events) == [(5, admin_user.pk), (9, admin_user.pk)]


def test_register_refuses_a_name_twice():
    with pytest.raises(ValueError, match="registered twice"):
        settings_registry.register(name="component_issue", label="Again", group="Stock", help="Again.")
