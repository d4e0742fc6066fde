"""Saved views of the register of pieces say by its state which are shown; *On the shelf: yes* was a box of its own."""

from django.db import migrations

STATES = """
update register_savedview set query = regexp_replace(query, '(^|&)here=true(&|$)', '\\1state=in_stock\\2')
where page = '/sales/serial-numbers/';
update register_savedview set query = regexp_replace(query, '(^|&)delivered=true(&|$)', '\\1state=delivered\\2')
where page = '/sales/serial-numbers/' and query !~ '(^|&)state=';
"""


class Migration(migrations.Migration):
    dependencies = [("sales", "0023_row_checks_look_up_less"), ("register", "0002_active_revision_of_the_part")]

    operations = [migrations.RunSQL(STATES, migrations.RunSQL.noop)]
