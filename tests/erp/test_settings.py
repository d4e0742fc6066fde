"""Settings: what production refuses, what it switches on, and how the database is reached."""

import json
import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from erp import settings

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "PRODUCTION": "1",
    "SECRET_KEY": "k" * 50,
    "ALLOWED_HOSTS": "pegboard.example, www.pegboard.example",
    "DATABASE_URL": "postgresql://app@db/pegboard",
    "DATABASE_ROLE": "",
}


def read(*names, **environment):
    """The settings as a fresh process sees them, or the last line of its refusal."""
    code = f"import json, erp.settings as s; print(json.dumps([getattr(s, name) for name in {names!r}], default=str))"
    finished = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if finished.returncode:
        return finished.stderr.strip().splitlines()[-1].partition(": ")[2]
    return json.loads(finished.stdout)


@pytest.mark.parametrize(
    ("missing", "sentence"),
    [
        ("SECRET_KEY", "Set SECRET_KEY to at least 50 random characters."),
        ("ALLOWED_HOSTS", "Set ALLOWED_HOSTS to the host names of this installation, with commas between."),
        ("DATABASE_URL", "Set DATABASE_URL to postgresql://user:password@host/database."),
    ],
)
def test_production_refuses_to_start_without(missing, sentence):
    assert read(**PRODUCTION | {missing: ""}) == sentence


def test_production_refuses_a_short_secret():
    assert read(**PRODUCTION | {"SECRET_KEY": "k" * 49}) == "Set SECRET_KEY to at least 50 random characters."


def test_production_is_never_in_debug_and_its_cookies_need_tls():
    names = ("DEBUG", "ALLOWED_HOSTS", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT")

    assert read(*names, **PRODUCTION, DEBUG="1") == [
        False,
        ["pegboard.example", "www.pegboard.example"],
        True,
        True,
        True,
    ]


def test_owner_role_connects_with_the_owners_url():
    urls = {
        "DATABASE_URL": "postgresql://app@db/pegboard",
        "DATABASE_OWNER_URL": "postgresql://owner@db/pegboard",
    }

    (as_app,) = read("DATABASES", **urls, DATABASE_ROLE="")
    (as_owner,) = read("DATABASES", **urls, DATABASE_ROLE="owner")

    assert (as_app["default"]["USER"], as_owner["default"]["USER"]) == ("app", "owner")


def test_only_the_web_server_gives_up_early_and_keeps_a_pool():
    (command,) = read("DATABASES", **PRODUCTION, WEB="0")
    (web,) = read("DATABASES", **PRODUCTION, WEB="1", WEB_THREADS="8")

    assert "-c lock_timeout=3s" in command["default"]["OPTIONS"]["options"]
    assert "statement_timeout" not in command["default"]["OPTIONS"]["options"]
    assert "-c statement_timeout=15s" in web["default"]["OPTIONS"]["options"]
    assert ("pool" in command["default"]["OPTIONS"], web["default"]["OPTIONS"]["pool"]["max_size"]) == (False, 10)


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        pytest.param(
            "postgresql://app:p%40ss%2Fw@db.example:5433/pegboard?sslmode=require",
            ("app", "p@ss/w", "db.example", 5433, "pegboard", {"connect_timeout": "5", "sslmode": "require"}),
            id="over the network",
        ),
        pytest.param(
            "postgresql://app@/pegboard?host=%2Fvar%2Frun",
            ("app", "", "/var/run", "", "pegboard", {"connect_timeout": "5"}),
            id="by a socket folder",
        ),
    ],
)
def test_database_reads_the_url(url, parts):
    found = settings.database(url)

    assert tuple(found[key] for key in ("USER", "PASSWORD", "HOST", "PORT", "NAME", "OPTIONS")) == parts


def test_database_refuses_another_product():
    with pytest.raises(ImproperlyConfigured) as refusal:
        settings.database("mysql://app@db/pegboard")

    assert str(refusal.value) == "The database URL must begin with postgresql://."


def test_connection_is_read_committed_whatever_the_database_says(db):
    name = connection.settings_dict["NAME"]
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None}, autocommit=True) as server:
        server.execute(f"alter database {name} set default_transaction_isolation = 'serializable'")
        try:
            fresh = connection.copy()
            with fresh.cursor() as cursor:
                cursor.execute("show transaction_isolation")
                level = cursor.fetchone()
            fresh.close()
        finally:
            server.execute(f"alter database {name} reset default_transaction_isolation")

    assert level == ("read committed",)
