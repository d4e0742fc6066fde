from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("staging", "0002_problem_is_change")]

    operations = [
        migrations.AddField(
            model_name="stagedimport",
            name="questions",
            field=models.JSONField(default=list, help_text="What somebody may decide: Choices of the kind."),
        ),
        migrations.AddField(
            model_name="stagedimport",
            name="answers",
            field=models.JSONField(default=dict, help_text="What was chosen, by the key of the question."),
        ),
    ]
