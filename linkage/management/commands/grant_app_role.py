"""Give the app's database role what it needs and nothing with which it could get round the guard."""

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from psycopg import sql

from erp.embedded import APP
from erp.register.history import keep_bulk_updates_linear

# After the general grant: what only the guard, the history's triggers or the owner may do.
REVOKES = {
    "linkage_orderlink": "delete, truncate",
    "linkage_stockmovement": "update, delete, truncate",
    "linkage_guard_delta": "all",
    "linkage_guard_token": "all",
    "linkage_guard_shelf": "all",
    "django_migrations": "insert, update, delete",
}


class Command(BaseCommand):
    help = "Grant the app's role its rights on all tables; run by the owner after each migrate, as often as you like."

    def add_arguments(self, parser):
        parser.add_argument("--role", default=APP, help=f"the role the app connects as (default {APP})")

    def handle(self, *args, role, **options):
        with transaction.atomic(), connection.cursor() as cursor:
            if _is_owner(cursor, role):
                return self._say(options, f"{role} owns the tables: there is nothing to grant.")
            _check(cursor, role)
            for statement in _statements(cursor):
                cursor.execute(sql.SQL(statement).format(role=sql.Identifier(role)))
            keep_bulk_updates_linear()
        return self._say(options, f"{role} has its rights.")

    def _say(self, options, sentence):
        if options["verbosity"] > 0:
            self.stdout.write(sentence)


def _is_owner(cursor, role):
    cursor.execute("select current_user = %s", [role])
    return cursor.fetchone()[0]


def _check(cursor, role):
    cursor.execute("select 1 from pg_roles where rolname = %s", [role])
    if not cursor.fetchone():
        raise CommandError(f"There is no database role {role}. Create it first: create role {role} login.")


def _statements(cursor):
    yield "grant usage on schema public to {role}"
    yield "revoke all on all tables in schema public from {role}"
    yield "grant select, insert, update, delete on all tables in schema public to {role}"
    yield "grant usage on all sequences in schema public to {role}"
    for table, rights in REVOKES.items():
        yield f"revoke {rights} on {table} from {{role}}"
    for table in _event_tables(cursor):
        yield f'revoke update, delete on "{table}" from {{role}}'


def _event_tables(cursor):
    """History tables: those with pghistory's own columns."""
    cursor.execute(
        "select table_name from information_schema.columns where table_schema = 'public' and column_name = 'pgh_obj_id'"
    )
    return [name for (name,) in cursor.fetchall()]
