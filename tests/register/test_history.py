"""Every change of a tracked row is an event, whichever way it was written."""

import pytest
from django.db import ProgrammingError, connection, transaction

from erp.register.history import recording
from erp.register.models import Part, PartEvent, User
from tests.factories import PartFactory, UnitFactory, UserFactory

pytestmark = pytest.mark.django_db


def history_of(part):
    return list(PartEvent.objects.filter(pgh_obj=part.pk).values_list("pgh_label", "name"))


def test_history_of_save_and_delete_has_an_event_each():
    part = PartFactory(name="Frame")

    part.name = "Fork"
    part.save(update_fields=["name"])
    Part.objects.filter(pk=part.pk).delete()

    assert history_of(part) == [("insert", "Frame"), ("update", "Fork"), ("delete", "Fork")]


def test_history_of_bulk_writes_has_an_event_per_row():
    unit = UnitFactory()

    first, second = Part.objects.bulk_create(PartFactory.build_batch(2, name="Frame", unit=unit))
    Part.objects.filter(pk__in=[first.pk, second.pk]).update(name="Fork")
    Part.objects.bulk_update([Part(pk=second.pk, name="Bell")], ["name"])

    assert history_of(first) == [("insert", "Frame"), ("update", "Fork")]
    assert history_of(second) == [("insert", "Frame"), ("update", "Fork"), ("update", "Bell")]


def test_history_of_raw_sql_has_an_event():
    part = PartFactory(name="Frame")

    with connection.cursor() as cursor:
        cursor.execute("update register_part set name = 'Fork' where id = %s", [part.pk])

    assert history_of(part) == [("insert", "Frame"), ("update", "Fork")]


def test_history_of_an_update_that_changes_nothing_is_empty():
    part = PartFactory(name="Frame")

    part.save()

    assert history_of(part) == [("insert", "Frame")]


def test_history_of_excluded_columns_has_no_event():
    user = UserFactory()

    User.objects.filter(pk=user.pk).update(password="x")

    assert list(user.events.values_list("pgh_label", flat=True)) == ["insert"]


def test_recording_names_user_operation_and_reason():
    user = UserFactory()

    with recording(by=user, operation="rename", reason="New drawing"):
        part = PartFactory()

    assert part.events.get().pgh_context.metadata == {"user": user.pk, "operation": "rename", "reason": "New drawing"}


def test_events_are_never_changed():
    part = PartFactory()

    with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
        PartEvent.objects.filter(pgh_obj=part.pk).update(name="forged")
    with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
        PartEvent.objects.filter(pgh_obj=part.pk).delete()

    assert part.events.count() == 1


def test_event_tables_have_big_ids_and_one_index_beside_the_key():
    with connection.cursor() as cursor:
        cursor.execute("select indexdef from pg_indexes where tablename = 'register_partevent'")
        indexes = {row[0].split(" USING ")[1] for row in cursor.fetchall()}

    assert indexes == {"btree (pgh_id)", "btree (pgh_obj_id)"}
    assert PartEvent._meta.pk.db_type(connection) == "bigint"
