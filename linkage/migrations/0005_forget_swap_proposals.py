"""Proposals were measured by single links; the next night, or Look again, finds them by rows. Nothing to put back."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('linkage', '0004_undecided_changes'),
    ]

    operations = [
        migrations.RunSQL("delete from linkage_swapproposal", migrations.RunSQL.noop),
    ]
