from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("staging", "0001_staged_imports")]

    operations = [
        migrations.AddField(
            model_name="stagedproblem", name="is_change", field=models.BooleanField(default=False)
        ),
    ]
