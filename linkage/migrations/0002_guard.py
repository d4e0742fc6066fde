"""The database guard (linkage/sql/guard.sql): sums of promises and stock, kept and checked by PostgreSQL."""

from pathlib import Path

from django.db import migrations

GUARD = Path(__file__).resolve().parent.parent / "sql" / "guard.sql"

REMOVE = """
drop view linkage_guard_drift;
alter table linkage_orderlink drop constraint link_supply_fits, drop constraint link_demand_fits, drop constraint link_stock_fits;
drop function linkage_guard_link_inserted, linkage_guard_link_updated, linkage_guard_moved, linkage_guard_settle,
  linkage_guard_keep_derived, linkage_guard_refuse cascade;
drop table linkage_guard_delta, linkage_guard_token;
drop function linkage_guard_batch;
"""


class Migration(migrations.Migration):
    dependencies = [("linkage", "0001_ledger")]

    operations = [migrations.RunSQL(GUARD.read_text(), REMOVE)]
