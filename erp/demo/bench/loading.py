"""Filling the benchmarks' database by COPY, through the guard and the history like everything else."""

from dataclasses import dataclass
from datetime import date

from django.db import connection
from psycopg import sql

from erp.register.models import Company, LotSizing, Part, PartType, Unit, User, Warehouse, WorkCalendar

TODAY = date(2026, 3, 2)
SEED = 20260302


@dataclass(frozen=True)
class World:
    """What every order of the benchmarks refers to."""

    company: Company
    warehouse: Warehouse
    unit: Unit
    user: User


def world():
    calendar, _ = WorkCalendar.objects.get_or_create(name="Bench")
    company, _ = Company.objects.get_or_create(code="BENCH", defaults={"name": "Bench", "calendar": calendar})
    warehouse, _ = Warehouse.objects.get_or_create(code="BENCH", defaults={"name": "Bench", "company": company})
    unit, _ = Unit.objects.get_or_create(code="bench", defaults={"name": "Pieces"})
    user, _ = User.objects.get_or_create(username="bench", defaults={"is_active": False})
    return World(company, warehouse, unit, user)


def copy_in(model, rows, **constants):
    """COPY rows, one dictionary of columns each, and return their ids.

    Columns that no row and no constant names get the model's default; the ids are taken from the sequence first, so
    that whatever refers to the rows can be written before they are read.
    """
    rows = list(rows)
    ids = reserve(model, len(rows))
    if not rows:
        return ids
    given = list(rows[0])
    rest = {column: value for column, value in _defaults(model).items() if column not in given}
    rest |= constants
    copy_rows(
        model._meta.db_table,
        ["id", *given, *rest],
        ((pk, *row.values(), *rest.values()) for pk, row in zip(ids, rows, strict=True)),
    )
    return ids


def _defaults(model):
    plain = (field for field in model._meta.concrete_fields if not field.primary_key and not field.generated)
    return {field.column: field.get_default() for field in plain if not field.has_db_default()}


def reserve(model, count):
    """So many ids of a table's sequence, in a row."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_get_serial_sequence(%s, 'id')", [model._meta.db_table])
        sequence = cursor.fetchone()[0]
        cursor.execute("select nextval(%s)", [sequence])
        first = cursor.fetchone()[0]
        cursor.execute("select setval(%s, %s)", [sequence, first + max(count, 1) - 1])
    return range(first, first + count)


def copy_rows(table, columns, rows):
    """COPY tuples into a table, ``name`` or ``schema.name``."""
    statement = sql.SQL("copy {} ({}) from stdin").format(
        sql.Identifier(*table.split(".")), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def fetch(statement, parameters=()):
    """All rows at once. (PostgreSQL's binary format was measured too: psycopg reads numerics faster as text.)"""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall()


def execute(statement, parameters=None):
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def analyze(*models):
    """What autovacuum would have done by the morning."""
    for model in models:
        execute(f"analyze {model._meta.db_table}")


def parts(world, count, *, prefix, made=False):
    """So many parts; made ones are order-oriented, bought ones stock-driven."""
    kind, lot_sizing = (
        (PartType.MANUFACTURED, LotSizing.LINKED) if made else (PartType.PURCHASED, LotSizing.LOT_FOR_LOT)
    )
    first = reserve(Part, 1)[0]
    rows = ({"number": f"{prefix}-{first}-{number}", "name": f"Part {number}"} for number in range(count))
    return copy_in(Part, rows, part_type=kind, lot_sizing=lot_sizing, unit_id=world.unit.pk)
