"""``manage.py check --database default``: is the guard that linkage/sql describes really there and switched on?

Imported by ``linkage.apps``, which is how Django's checks are registered without code in ``ready()``.
"""

import re
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.checks import Error, Tags, Warning, register
from django.db import connections
from django.db.migrations.loader import MigrationLoader

SQL = Path(__file__).resolve().parent / "sql"
GUARD = "".join((SQL / name).read_text() for name in ("guard.sql", "company_guard.sql", "piece_guard.sql"))
FUNCTION = re.compile(r"create function (\w+)\(.*?\$\$(.*?)\$\$", re.DOTALL)
TRIGGER = re.compile(r"create (?:constraint )?trigger (\w+)\s.*? on (\w+)", re.DOTALL)
KEY = re.compile(r"add constraint (\w+) foreign key")
GUARDED = ("Supply", "Demand", "OrderLink", "StockMovement")


@register(Tags.database)
def check_guard(*, databases=None, **options):
    """Errors for what is missing or changed; silent until the migrations have run."""
    if "default" not in (databases or ()):
        return []
    connection = connections["default"]
    if _not_migrated(connection):
        return []
    with connection.cursor() as cursor:
        return [
            *_functions(cursor),
            *_triggers(cursor),
            *_constraints(cursor),
            *_session(cursor, connection),
            *_role(cursor),
        ]


def _not_migrated(connection):
    """``migrate`` itself asks for these checks, before it has brought the guard up to date."""
    loader = MigrationLoader(connection)
    return any(key[0] == "linkage" and key not in loader.applied_migrations for key in loader.disk_migrations)


def _functions(cursor):
    cursor.execute("select proname, prosrc from pg_proc where proname ^@ 'linkage_guard_'")
    there = dict(cursor.fetchall())
    for name, source in FUNCTION.findall(GUARD):
        if there.get(name) != source:
            state = "is not the one of guard.sql" if name in there else "is missing"
            yield Error(f"The guard function {name} {state}.", hint="Run manage.py migrate.", id="linkage.E001")


def _triggers(cursor):
    cursor.execute("select tgname, tgrelid::regclass::text, tgenabled from pg_trigger where not tgisinternal")
    there = {(name, table): enabled for name, table, enabled in cursor.fetchall()}
    for name, table in TRIGGER.findall(_without_bodies()):
        enabled = there.get((name, table))
        if enabled not in {"O", "A"}:
            state = "is missing" if enabled is None else "is switched off"
            yield Error(f"The guard trigger {name} on {table} {state}.", id="linkage.E002")


def _without_bodies():
    """The guard without comments and function bodies, where the word trigger means one."""
    return re.sub(r"\$\$.*?\$\$|--[^\n]*", "", GUARD, flags=re.DOTALL)


def _constraints(cursor):
    cursor.execute(
        "select conname from pg_constraint where convalidated union "
        "select c.relname from pg_index i join pg_class c on c.oid = i.indexrelid where i.indisunique and i.indisvalid"
    )
    there = {name for (name,) in cursor.fetchall()}
    wanted = [constraint.name for model in GUARDED for constraint in apps.get_model("linkage", model)._meta.constraints]
    for name in [*wanted, *KEY.findall(GUARD)]:
        if name not in there:
            yield Error(f"The constraint {name} of the ledger is missing.", id="linkage.E003")


def _session(cursor, connection):
    cursor.execute(
        "select coalesce(current_setting('guard.truncate', true), ''), current_setting('transaction_isolation')"
    )
    truncate, isolation = cursor.fetchone()
    if truncate and not connection.settings_dict["NAME"].startswith("test_"):
        yield Error(
            "guard.truncate is set: anybody could empty the ledger. Only test databases set it.", id="linkage.E004"
        )
    if isolation != "read committed":
        yield Error(f"Transactions are {isolation}; the guard's locks are made for read committed.", id="linkage.E005")


def _role(cursor):
    """Commands that change the schema run as the owner on purpose (settings.AS_OWNER)."""
    if settings.AS_OWNER:
        return
    cursor.execute("select pg_has_role(relowner, 'usage') from pg_class where oid = 'linkage_orderlink'::regclass")
    if cursor.fetchone()[0]:
        yield Warning(
            "The app connects as a role that owns the tables, so it could switch the guard off.",
            hint="Set DATABASE_OWNER_URL to the owner and DATABASE_URL to a role that owns nothing (grant_app_role).",
            id="linkage.W001",
        )
