"""Revision and priority are undecided apart. Until now only a priority was offered, under the name of both."""

from django.db import migrations

APART = "update linkage_undecidedchange set change = 'priority' where change = 'revision or priority'"
TOGETHER = "update linkage_undecidedchange set change = 'revision or priority' where change = 'priority'"


class Migration(migrations.Migration):
    dependencies = [("linkage", "0006_row_of_a_swap_proposal")]

    operations = [migrations.RunSQL(APART, TOGETHER)]
