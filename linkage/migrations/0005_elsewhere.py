"""What another company of ours makes of a demand: an empty view, which the app that knows it fills (sales)."""

import django.db.models.deletion
from django.db import migrations, models

import erp.register.fields

VIEW = """
create view linkage_elsewhere as
  select null::bigint demand_id, null::bigint there_id, null::numeric quantity, null::numeric to_come where false;
"""


class Migration(migrations.Migration):
    dependencies = [("linkage", "0004_company_guard")]

    operations = [
        migrations.RunSQL(VIEW, "drop view linkage_elsewhere"),
        migrations.CreateModel(
            name="Elsewhere",
            fields=[
                (
                    "demand",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="elsewhere",
                        serialize=False,
                        to="linkage.demand",
                    ),
                ),
                ("quantity", erp.register.fields.QuantityField()),
                ("to_come", erp.register.fields.QuantityField()),
                (
                    "there",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", to="linkage.demand"
                    ),
                ),
            ],
            options={"db_table": "linkage_elsewhere", "managed": False},
        ),
    ]
