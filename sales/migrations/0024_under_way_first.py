"""What left another company stays under way where own stock covers a part (sales/sql/elsewhere_under_way_first.sql)."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("sales", "0023_row_checks_look_up_less")]

    operations = [
        migrations.RunSQL(
            (SQL / "elsewhere_under_way_first.sql").read_text(), (SQL / "elsewhere_arrived.sql").read_text()
        ),
    ]
