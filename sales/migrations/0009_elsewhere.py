"""What another company of ours makes of a row, as the ledger asks for it (sales/sql/elsewhere.sql)."""

from pathlib import Path

from django.db import migrations

VIEW = Path(__file__).resolve().parent.parent / "sql" / "elsewhere.sql"

EMPTY = """
create or replace view linkage_elsewhere as
  select null::bigint demand_id, null::bigint there_id, null::numeric quantity, null::numeric to_come where false;
"""


class Migration(migrations.Migration):
    dependencies = [("sales", "0008_texts_of_invoice_lines"), ("linkage", "0005_elsewhere")]

    operations = [migrations.RunSQL(VIEW.read_text(), EMPTY)]
