"""Raw statements, read as rows or named tuples."""

from collections import namedtuple

from django.db import connection


def rows(sql, parameters):
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def named_rows(name, sql, parameters):
    """The rows as named tuples, one field a column of the statement."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        kind = namedtuple(name, [column.name for column in cursor.description])
        return [kind._make(row) for row in cursor.fetchall()]
