"""History of rows: who changed what, when and by which operation.

Database triggers write one event per changed row, whatever changed it: an
operation, ``bulk_create``, ``update()``, raw SQL. Events are append-only and
indexed by the row they tell of, by nothing else.
"""

import pghistory
import pgtrigger
from django.db import connection, models


def tracked(*, exclude=(), quiet=()):
    """Class decorator: keep every insert, update and delete of the model's rows as events (``row.events``).

    ``exclude`` names columns that are in no event: derived and generated ones, passwords. A change of ``quiet``
    columns alone makes none: numbers that ten thousand rows get anew because one was inserted. Each model gets its own
    tracker instances; a shared one would keep the first model's columns.
    """
    return pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(condition=pgtrigger.AnyChange(exclude=quiet)) if quiet else pghistory.UpdateEvent(),
        pghistory.DeleteEvent(),
        exclude=list(exclude) or None,
        obj_field=pghistory.ObjForeignKey(related_name="events", related_query_name="event", db_index=True),
        context_field=pghistory.ContextForeignKey(db_index=False),
        append_only=True,
        attrs={"pgh_id": models.BigAutoField(primary_key=True)},
        meta={"ordering": ["pgh_id"]},
        level=pgtrigger.Statement,
    )


def recording(*, by, operation, reason="", command=""):
    """Context manager: the events written inside name the user, the operation, the command and the reason."""
    facts = {"user": by.pk if by else None, "operation": operation, "reason": reason, "command": command}
    return pghistory.context(**{key: value for key, value in facts.items() if value})


def because(reason):
    """Say more of why, once the operation knows it: the reason of all events that it writes from here on."""
    pghistory.context(reason=reason)


def install_triggers(app_config, schema_editor):
    """Create the triggers of an app's models, as a step of the migration that creates their tables.

    An operation for each trigger would build the models of the migrations anew each time: half a minute for a database.
    """
    for model in app_config.get_models():
        for trigger in getattr(model._meta, "triggers", []):
            schema_editor.execute(trigger.install_sql, params=None)


def keep_bulk_updates_linear():
    """Let the history's update triggers join old and new rows by hash, whatever the session did before.

    Their statement has no parameters, so a session plans it once: planned for one row as a nested loop it compares
    10,000 changed rows with 10,000 (20 seconds). Run by the owner after each migrate; a replaced function forgets it.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select oid::regprocedure::text from pg_proc where proname ^@ 'pgtrigger_update_update' "
            "and pronamespace = current_schema()::regnamespace"
        )
        for (function,) in cursor.fetchall():
            cursor.execute(f"alter function {function} set enable_nestloop = off")
