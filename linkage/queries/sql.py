"""Raw statements, read as rows or named tuples; and what Django's own need when there are many ids."""

from collections import namedtuple
from functools import lru_cache

from django.db import connection
from django.db.models.expressions import RawSQL


def array(values):
    """Thousands of numbers, dates, booleans or texts as one parameter; of a list the driver looks at each."""
    return "{" + ",".join("null" if value is None else _element(value) for value in values) + "}"


def _element(value):
    if not isinstance(value, str):
        return str(value)
    quoted = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}"'


def among(ids):
    """``filter(pk__in=among(ids))``: one parameter, where a list would be as many as it has ids."""
    return RawSQL("select unnest(%s::bigint[])", [array(ids)])


def rows(sql, parameters):
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


@lru_cache(maxsize=64)
def row_type(name, columns):
    """The named tuple of these columns; making one takes longer than many a statement."""
    return namedtuple(name, columns)


def named_rows(name, sql, parameters):
    """The rows as named tuples, one field a column of the statement."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        kind = row_type(name, tuple(column.name for column in cursor.description))
        return [kind._make(row) for row in cursor.fetchall()]


def rows_with_columns(sql, parameters):
    """(names of the columns, rows as plain tuples): for who makes something else of thousands of rows."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return tuple(column.name for column in cursor.description), cursor.fetchall()
