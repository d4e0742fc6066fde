"""What is picked of a demand lies on the shelf for it (sales/sql/pick_guard.sql)."""

from pathlib import Path

from django.db import migrations

GUARD = Path(__file__).resolve().parent.parent / "sql" / "pick_guard.sql"

REMOVE = """
drop function sales_pick_guard_picked cascade;
drop function sales_pick_guard_check;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("sales", "0010_pick_lists_delivery_notes_and_papers"),
        ("linkage", "0008_only_indexes_that_are_read"),
    ]

    operations = [migrations.RunSQL(GUARD.read_text(), REMOVE)]
