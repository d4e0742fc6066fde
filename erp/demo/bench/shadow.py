"""Copies of tables with their columns, indexes, checks and keys, but without triggers: where the limit writes.

What they lack is the guard and the history, so product / limit is the price of these two and of our own code.
"""

from django.db import connection

from erp.demo.bench.loading import execute

SCHEMA = "bench_limit"
KEYS = """
select c.conrelid::regclass::text, c.conname, c.confrelid::regclass::text, pg_get_constraintdef(c.oid)
from pg_constraint c where c.contype = 'f' and c.conrelid = any(%s::regclass[]) order by 1, 2
"""


def make(tables):
    """Empty copies of the tables; a key between two of them points at the copy."""
    execute(f"drop schema if exists {SCHEMA} cascade")
    execute(f"create schema {SCHEMA}")
    for table in tables:
        execute(f"create table {copy_of(table)} (like {table} including all)")
    with connection.cursor() as cursor:
        cursor.execute(KEYS, [list(tables)])
        for table, name, target, definition in cursor.fetchall():
            points_at = copy_of(target) if target in tables else target
            key = definition.replace(f"REFERENCES {target}(", f"REFERENCES {points_at}(")
            cursor.execute(f"alter table {copy_of(table)} add constraint {name} {key}")


def copy_of(table):
    return f"{SCHEMA}.{table}"


def columns_of(table):
    """The columns that a COPY may write: all but the generated ones."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select attname from pg_attribute where attrelid = %s::regclass and attnum > 0 and not attisdropped"
            " and attgenerated = '' order by attnum",
            [table],
        )
        return [name for (name,) in cursor.fetchall()]


def checksum(table, columns, *, above=0):
    """(rows, sum of their hashes) of the rows with a higher id."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"select count(*), coalesce(sum(hashtextextended(row({', '.join(columns)})::text, 0)), 0)"
            f" from {table} where id > %s",
            [above],
        )
        return cursor.fetchone()
