"""What the image starts: the sentences of prepare and the calendar of the night."""

import errno
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import psycopg
import pytest
from django.db import OperationalError, connection

from erp import entry

STOCKHOLM = ZoneInfo("Europe/Stockholm")


@pytest.mark.parametrize(("number", "said"), [(150_018, "15"), (90_624, "9")])
def test_prepare_refuses_an_old_server(number, said):
    with pytest.raises(entry.Stop) as stop:
        entry.check_server_version(number)

    assert str(stop.value) == f"PostgreSQL {said} is too old: Pegboard needs PostgreSQL 16 or later."


def test_prepare_accepts_the_oldest_server():
    assert entry.check_server_version(160_000) is None


@pytest.mark.django_db
def test_prepare_refuses_a_database_from_before_the_migrations_began_anew():
    with connection.cursor() as cursor:
        cursor.execute("""
            update django_migrations set name = '0004_active_revision_of_the_part'
            where app = 'register' and name = '0002_active_revision_of_the_part'
        """)

    with pytest.raises(entry.Stop) as stop:
        entry.check_history()

    assert str(stop.value) == (
        "This database was made by a version from before the first release. Begin again: ./dev down, delete "
        "var/postgres, ./dev up. With DATABASE_URL: use an empty database."
    )


@pytest.mark.django_db
def test_prepare_tells_nobody_to_delete_the_database_of_a_later_version():
    with connection.cursor() as cursor:
        cursor.execute("insert into django_migrations (app, name, applied) values ('sales', '9999_later', now())")

    assert entry.check_history() is None


def test_collect_static_works_only_when_a_file_changed(settings, tmp_path):
    source, built = tmp_path / "source", tmp_path / "built"
    source.mkdir()
    (source / "one.css").write_text("a {}")
    settings.STATICFILES_DIRS, settings.STATIC_ROOT = [source], built
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}
    }

    entry.collect_static()
    (built / "one.css").unlink()
    entry.collect_static()
    second = (built / "one.css").exists()
    (source / "one.css").write_text("a { color: red }")
    entry.collect_static()

    assert (second, (built / "one.css").read_text()) == (False, "a { color: red }")


def full_database():
    error = OperationalError("could not extend file")
    error.__cause__ = psycopg.errors.DiskFull("could not extend file")
    return error


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(OSError(errno.ENOSPC, "No space left on device"), id="ours"),
        pytest.param(full_database(), id="the database's"),
    ],
)
def test_explain_a_full_disk(error):
    assert entry.explain(error) == "The disk is full: make room and start again; nothing is half-written."


def test_explain_an_unreachable_database_in_one_line():
    error = OperationalError("connection failed:\n\tIs the server running?")

    assert entry.explain(error) == "The database cannot be reached: connection failed: Is the server running?"


def test_explain_leaves_our_own_mistakes_alone():
    assert entry.explain(KeyError("part")) is None


@pytest.mark.parametrize(
    ("now", "night"),
    [
        pytest.param(datetime(2026, 3, 1, 1, 59, tzinfo=STOCKHOLM), date(2026, 3, 1), id="still to come"),
        pytest.param(datetime(2026, 3, 1, 2, 0, tzinfo=STOCKHOLM), date(2026, 3, 2), id="just missed"),
        pytest.param(datetime(2028, 2, 29, 23, 0, tzinfo=STOCKHOLM), date(2028, 3, 1), id="leap day"),
    ],
)
def test_first_night_is_the_next_time_the_clock_shows_it(now, night):
    assert entry.first_night(now, time(2, 0)) == night
