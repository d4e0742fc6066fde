"""The lock of the BOM graph. Positions are locked in ``linkage.locks``, as everywhere."""

from django.db import connection


def lock_bom_graph():
    """Wait for everybody else who changes what is made of what; held until the transaction ends.

    The triggers of ``production/sql/bom_guard.sql`` take it too, so that what Python checked still holds at the write.
    """
    with connection.cursor() as cursor:
        cursor.execute("select production_bom_lock()")
