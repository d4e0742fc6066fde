"""No part contains itself (production/sql/bom_guard.sql), and every part knows its low-level code."""

from pathlib import Path

from django.db import migrations

GUARD = Path(__file__).resolve().parent.parent / "sql" / "bom_guard.sql"

REMOVE = """
drop function production_bom_rows_changed, production_bom_changed cascade;
drop function production_bom_push, production_bom_refuse, production_bom_lock;
"""


class Migration(migrations.Migration):
    dependencies = [("production", "0001_boms_and_orders")]

    operations = [migrations.RunSQL(GUARD.read_text(), REMOVE)]
