"""What is picked of a demand lies on the shelf for it (sales/sql/pick_guard.sql)."""

from pathlib import Path

from django.db import migrations

GUARD = Path(__file__).resolve().parent.parent / "sql" / "pick_guard.sql"

REMOVE = """
drop function sales_pick_guard_picked cascade;
drop function sales_pick_guard_check;
"""


class Migration(migrations.Migration):
    dependencies = [("sales", "0001_sales_orders"), ("linkage", "0002_guard")]

    operations = [migrations.RunSQL(GUARD.read_text(), REMOVE)]
