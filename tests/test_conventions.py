"""What tools cannot check: the house rules of CONTRIBUTING.md."""

import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
APPS = ["erp", "linkage", "purchasing", "production", "sales"]
TEMPLATES = sorted(ROOT.glob("templates/**/*.html"))
FRAGMENTS = [path for path in TEMPLATES if path.name.startswith("_")]
CODE = sorted(path for app in APPS for path in (ROOT / app).rglob("*.py"))
RULES = [path for path in CODE if "migrations" not in path.parts]
FOUND_BY_DJANGO = {"400.html", "403.html", "403_csrf.html", "404.html", "500.html"}
INLINE = re.compile(
    r"\sstyle=|<style|<script(?![^>]*\ssrc=)|\son[a-z]+=|hx-on|javascript:|['\"]js:|\|safe\b", re.IGNORECASE
)


def named(path):
    return str(path.relative_to(ROOT))


def lines_with(pattern, paths):
    found = re.compile(pattern)
    return {
        f"{named(path)}:{number}"
        for path in paths
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if found.search(line)
    }


@pytest.mark.parametrize("path", FRAGMENTS, ids=named)
def test_fragment_names_its_context_and_is_short(path):
    lines = path.read_text().splitlines()

    assert re.fullmatch(r"\{# Context: .+ #\}", lines[0])
    assert len(lines) <= 80


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_template_has_no_inline_code(path):
    assert INLINE.findall(path.read_text()) == []


def test_every_template_is_used():
    names = {str(path.relative_to(ROOT / "templates")) for path in TEMPLATES}
    text = "\n".join(path.read_text() for path in [*CODE, *TEMPLATES])

    unused = {name for name in names if f'"{name}"' not in text and f"'{name}'" not in text}

    assert {name for name in unused if not name.startswith("admin/")} - FOUND_BY_DJANGO == set()


def test_no_migration_is_named_by_the_machine():
    assert [named(path) for path in CODE if "_auto_" in path.name] == []


def test_rows_are_locked_in_one_module():
    assert {place.split(":")[0] for place in lines_with(r"\.select_for_update\(", RULES)} <= {"linkage/locks.py"}


# A check reads one snapshot; grants change rights, not rows.
COMMANDS_THAT_CHANGE_NO_ROWS = {
    "linkage/management/commands/check_ledger.py",
    "linkage/management/commands/grant_app_role.py",
}


def test_transactions_are_opened_by_operations():
    places = {place.split(":")[0] for place in lines_with(r"transaction\.atomic|ATOMIC_REQUESTS", RULES)}

    elsewhere = {
        place
        for place in places
        if "operations" not in place
        and not place.startswith("erp/demo/")
        and place not in {"linkage/operation.py", "linkage/preview.py", *COMMANDS_THAT_CHANGE_NO_ROWS}
    }

    assert elsewhere == {"erp/web/refusing.py"}  # which takes back whatever the second look at a form wrote


def test_nobody_switches_the_guard_off():
    switches = r"pgtrigger\.ignore|SET\s+CONSTRAINTS|session_replication_role|DISABLE\s+TRIGGER"

    taken_back = lines_with(r"revoke set on parameter session_replication_role", RULES)
    assert lines_with(f"(?i){switches}", RULES) - taken_back == set()
    assert {place.split(":")[0] for place in taken_back} == {"erp/embedded.py"}


def test_spreadsheets_are_written_in_one_module():
    assert {place.split(":")[0] for place in lines_with(r"csv\.writer|import xlsxwriter", RULES)} <= {
        "erp/web/exports.py"
    }


def test_code_has_no_open_ends():
    assert lines_with(r"\b(TODO|FIXME|XXX)\b|\bprint\(", RULES) == set()
