from django.db import migrations


class Migration(migrations.Migration):
    """A part's active revision is one of its own: a key over two columns, which Django cannot declare."""

    dependencies = [("register", "0001_register")]

    operations = [
        migrations.RunSQL(
            """
            alter table register_part add constraint part_active_revision_is_its_own
                foreign key (active_revision_id, id) references register_partrevision (id, part_id)
                deferrable initially deferred
            """,
            "alter table register_part drop constraint part_active_revision_is_its_own",
        )
    ]
