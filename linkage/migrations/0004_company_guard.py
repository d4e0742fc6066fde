"""No position stands in a warehouse of another company (linkage/sql/company_guard.sql), so no link crosses companies."""

from pathlib import Path

from django.db import migrations

GUARD = Path(__file__).resolve().parent.parent / "sql" / "company_guard.sql"

REMOVE = """
drop function linkage_guard_companies cascade;
drop function linkage_guard_company_moved cascade;
drop function linkage_guard_company_stays cascade;
"""


class Migration(migrations.Migration):
    dependencies = [("linkage", "0003_find_served_demands")]

    operations = [migrations.RunSQL(GUARD.read_text(), REMOVE)]
