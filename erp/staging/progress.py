"""How far a load is, seen from other connections.

A load is one transaction, so nothing that it writes is seen before its end. What PostgreSQL shows of its session is:
the session's name. It costs one small statement, needs no table, and is gone when the session is.
"""

import re

from django.db import connection

SHOWN = re.compile(r"pegboard (\w+) (\d+)/(\d+)")


def tell(what, done, total):
    """Say how far the load is; for every hundredth line, not for every line."""
    with connection.cursor() as cursor:
        cursor.execute("select set_config('application_name', %s, false)", [f"pegboard {what} {done}/{total}"])


def forget():
    with connection.cursor() as cursor:
        cursor.execute("reset application_name")


def told(name):
    """(what, done, total) of a session by its name; None if it tells nothing."""
    found = SHOWN.fullmatch(name or "")
    return (found[1], int(found[2]), int(found[3])) if found else None
