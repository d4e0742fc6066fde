"""What left another company is under way until its arrival is reported (sales/sql/elsewhere_arrived.sql)."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("sales", "0016_piece_guard")]

    operations = [
        migrations.RunSQL((SQL / "elsewhere_arrived.sql").read_text(), (SQL / "elsewhere_by_part.sql").read_text()),
    ]
