from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('purchasing', '0001_purchase_orders'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='overreceipt',
            name='over_receipt_decided_whole',
        ),
        migrations.AlterField(
            model_name='overreceipt',
            name='status',
            field=models.CharField(choices=[('waiting', 'Waiting for a buyer'), ('approved', 'Approved'), ('declined', 'Declined'), ('withdrawn', 'Withdrawn')], default='waiting', max_length=10),
        ),
        migrations.AlterField(
            model_name='overreceiptevent',
            name='status',
            field=models.CharField(choices=[('waiting', 'Waiting for a buyer'), ('approved', 'Approved'), ('declined', 'Declined'), ('withdrawn', 'Withdrawn')], default='waiting', max_length=10),
        ),
        migrations.AddConstraint(
            model_name='overreceipt',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('status', 'waiting')), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('status__in', ['approved', 'withdrawn'])), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('status', 'declined'), models.Q(('verdict', ''), _negated=True)), _connector='OR'), name='over_receipt_decided_whole'),
        ),
    ]
