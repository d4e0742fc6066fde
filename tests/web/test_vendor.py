"""What is vendored is what was vendored: sums, licences, and nothing else in the folder."""

import hashlib
import tomllib
from pathlib import Path

import pytest
from django.conf import settings

VENDOR = settings.BASE_DIR / "static" / "vendor"
PACKAGES = tomllib.loads((VENDOR / "VENDOR.toml").read_text())


@pytest.mark.parametrize("name", PACKAGES)
def test_vendored_files_have_their_sums_and_a_licence(name):
    folder = settings.BASE_DIR / PACKAGES[name]["folder"]

    sums = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}

    assert sums == PACKAGES[name]["sha256"]
    assert "LICENSE" in sums


def test_vendored_files_name_no_source_maps():
    files = [path for path in VENDOR.rglob("*") if path.suffix in {".js", ".css"}]

    assert [path.name for path in files if "sourceMappingURL" in path.read_text()] == []


def test_every_icon_that_is_used_is_in_the_sprite():
    sprite = (VENDOR / "bootstrap-icons" / "1.13.2" / "sprite.svg").read_text()
    templates = [path.read_text() for path in Path(settings.BASE_DIR / "templates").rglob("*.html")]

    used = {part.split('"')[1] for text in templates for part in text.split("{% icon ")[1:] if part.startswith('"')}

    assert {name for name in used if f'id="{name}"' not in sprite} == set()
