"""A balance has no more pieces with a number than it has pieces (linkage/sql/piece_guard.sql)."""

from pathlib import Path

from django.db import migrations

GUARD = Path(__file__).resolve().parent.parent / "sql" / "piece_guard.sql"

REMOVE = """
drop function linkage_guard_pieces_put, linkage_guard_pieces_counted, linkage_guard_pieces_stay cascade;
drop table linkage_guard_shelf;
drop function linkage_guard_pieces;
"""


class Migration(migrations.Migration):
    dependencies = [("linkage", "0008_pieces_lie_where_they_came")]

    operations = [migrations.RunSQL(GUARD.read_text(), REMOVE)]
