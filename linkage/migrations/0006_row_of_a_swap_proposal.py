import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('linkage', '0005_forget_swap_proposals'),
    ]

    operations = [
        migrations.AddField(
            model_name='swapproposal',
            name='row',
            field=models.ForeignKey(default=None, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='linkage.demand'),
            preserve_default=False,
        ),
    ]
