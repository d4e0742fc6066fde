"""A piece that a sales row has leaves with a delivery only (sales/sql/piece_guard.sql)."""

from pathlib import Path

from django.db import migrations

GUARD = Path(__file__).resolve().parent.parent / "sql" / "piece_guard.sql"


class Migration(migrations.Migration):
    dependencies = [("sales", "0015_rest_of_a_delivery"), ("linkage", "0009_piece_guard")]

    operations = [migrations.RunSQL(GUARD.read_text(), "drop function sales_piece_guard cascade")]
