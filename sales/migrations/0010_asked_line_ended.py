"""A line that a later file of the customer changed or called off is ended; what is asked for since is another line."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sales", "0009_elsewhere")]

    operations = [
        migrations.AddField(
            model_name="askedline",
            name="ended",
            field=models.CharField(
                blank=True, choices=[("changed", "Changed"), ("cancelled", "Cancelled")], default="", max_length=10
            ),
        ),
    ]
