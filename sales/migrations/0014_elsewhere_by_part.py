"""Of a fictitious part another company makes only the parts that it has below its row (sales/sql/elsewhere_by_part.sql)."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("sales", "0013_prints_and_withdrawn_bases")]

    operations = [
        migrations.RunSQL((SQL / "elsewhere_by_part.sql").read_text(), (SQL / "elsewhere.sql").read_text()),
    ]
