"""Every setting is read by the product, and told in the manual's page of settings."""

from pathlib import Path

import pytest
from django.conf import settings

from erp.register.settings_registry import REGISTRY

ROOT = Path(settings.BASE_DIR)
APPS = ("erp", "linkage", "purchasing", "production", "sales")
PAGE = (ROOT / "docs" / "manual" / "settings-and-roles.md").read_text()
CODE = "\n".join(
    file.read_text()
    for app in APPS
    for file in (ROOT / app).rglob("*.py")
    if file.name != "settings_registry.py" and "migrations" not in file.parts
)


@pytest.mark.parametrize("name", REGISTRY)
def test_setting_is_read(name):
    assert f'"{name}"' in CODE


@pytest.mark.parametrize("label", [definition.label for definition in REGISTRY.values()])
def test_setting_stands_in_the_manual(label):
    assert label in PAGE
