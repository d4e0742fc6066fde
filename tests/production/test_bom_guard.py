"""The database refuses a part that contains itself, whoever writes it, also when two sessions close a circle."""

import threading
from itertools import pairwise

import pytest
from django.db import IntegrityError, connection, transaction

from production.models import Bom, BomRow, PartLevel
from tests.factories import MadePartFactory
from tests.production.factories import BomFactory, BomRowFactory

pytestmark = pytest.mark.django_db


def chain(count):
    """Parts S-0, S-1, ... each made of the next; returns their BOMs."""
    boms = [BomFactory(part=MadePartFactory(number=f"S-{n}")) for n in range(count)]
    rows = [BomRow(bom=above, position=10, component=below.part, quantity_per=1) for above, below in pairwise(boms)]
    BomRow.objects.bulk_create(rows)
    return boms


def refusal(write):
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        write()
    diagnostics = caught.value.__cause__.diag
    return diagnostics.constraint_name, diagnostics.message_primary


def levels():
    return dict(PartLevel.objects.values_list("part__number", "low_level_code"))


def test_guard_keeps_levels_below_every_parent():
    top, _middle, bottom = chain(3)

    BomRowFactory(bom=top, component=bottom.part)

    assert levels() == {"S-1": 1, "S-2": 2}


def test_guard_pushes_a_whole_branch_down():
    top, branch = chain(2)[0], BomFactory(part=MadePartFactory(number="X"))
    BomRowFactory(bom=branch, component=top.part)

    assert levels() == {"S-0": 1, "S-1": 2}


def test_guard_refuses_a_part_in_itself():
    bom = BomFactory(part=MadePartFactory(number="P9"))

    said = refusal(lambda: BomRowFactory(bom=bom, component=bom.part))

    assert said == ("bom_circle", "A part cannot contain itself: P9 → P9")


def test_guard_refuses_a_circle_through_a_phantom_with_its_path():
    parts = chain(3)

    said = refusal(lambda: BomRowFactory(bom=parts[2], component=parts[0].part))

    assert said == ("bom_circle", "A part cannot contain itself: S-0 → S-1 → S-2 → S-0")
    assert levels() == {"S-1": 1, "S-2": 2}


@pytest.mark.parametrize(
    "write",
    [
        pytest.param(lambda bom, part: BomRow.objects.filter(bom=bom).update(component=part), id="update"),
        pytest.param(
            lambda bom, part: BomRow.objects.bulk_create(
                [BomRow(bom=bom, position=20, component=part, quantity_per=1)]
            ),
            id="bulk_create",
        ),
        pytest.param(
            lambda bom, part: connection.cursor().execute(
                "update production_bomrow set component_id = %s where bom_id = %s", [part.pk, bom.pk]
            ),
            id="raw SQL",
        ),
    ],
)
def test_guard_refuses_a_circle_by_any_path(write):
    top, middle, _bottom = chain(3)

    constraint, _message = refusal(lambda: write(middle, top.part))

    assert constraint == "bom_circle"


def test_guard_refuses_a_circle_closed_by_another_part_of_the_bom():
    _top, middle, bottom = chain(3)
    bottom.delete()

    constraint, _message = refusal(lambda: Bom.objects.filter(pk=middle.pk).update(part=bottom.part))

    assert constraint == "bom_circle"


def test_guard_refuses_a_circle_closed_by_activating_a_bom():
    top, middle = chain(2)
    sleeping = Bom.objects.create(part=middle.part, is_active=False)
    middle.delete()
    BomRowFactory(bom=sleeping, component=top.part)

    constraint, _message = refusal(lambda: Bom.objects.filter(pk=sleeping.pk).update(is_active=True))

    assert constraint == "bom_circle"


def test_guard_ignores_row_dates():
    top, middle = chain(2)

    constraint, _message = refusal(
        lambda: BomRowFactory(bom=middle, component=top.part, valid_from="2030-01-01", valid_to="2030-12-31")
    )

    assert constraint == "bom_circle"


def test_guard_refuses_more_than_fifty_levels():
    boms = chain(51)

    constraint, message = refusal(lambda: BomRowFactory(bom=boms[50], component=MadePartFactory(number="TOO-DEEP")))

    assert constraint == "bom_depth"
    assert message.startswith("A structure has at most 50 levels: S-0 → S-1 → ")
    assert message.endswith("→ S-50 → TOO-DEEP")


def test_guard_counts_again_when_levels_were_left_too_high():
    boms = chain(51)
    BomRow.objects.filter(bom=boms[0]).delete()

    BomRowFactory(bom=boms[50], component=MadePartFactory(number="DEEP"))

    assert levels()["DEEP"] == 50


def test_guard_finds_a_circle_below_a_deep_structure_that_was_taken_apart():
    boms = chain(51)
    BomRow.objects.filter(bom=boms[0]).delete()

    constraint, message = refusal(lambda: BomRowFactory(bom=boms[50], component=boms[49].part))

    assert (constraint, message) == ("bom_circle", "A part cannot contain itself: S-49 → S-50 → S-49")


@pytest.mark.parametrize(
    ("facts", "constraint"),
    [
        ({"quantity_per": 0}, "bom_row_quantity_positive"),
        ({"fixed_quantity": -1}, "bom_row_fixed_sane"),
        ({"scrap": 1}, "bom_row_scrap_below_one"),
        ({"scrap": "-0.1"}, "bom_row_scrap_below_one"),
        ({"valid_from": "2026-02-01", "valid_to": "2026-01-31"}, "bom_row_validity_in_order"),
    ],
)
def test_bom_row_is_refused_by_the_database(facts, constraint):
    bom = BomFactory()

    assert refusal(lambda: BomRowFactory(bom=bom, **facts))[0] == constraint


def test_bom_row_without_a_number_for_quantity_is_refused_by_the_database():
    row = BomRowFactory()

    with connection.cursor() as cursor:
        write = cursor.execute
        said = refusal(lambda: write("update production_bomrow set quantity_per = 'NaN' where id = %s", [row.pk]))

    assert said[0] == "bom_row_quantity_positive"


def test_bom_row_position_is_refused_twice():
    row = BomRowFactory()

    def write():
        BomRowFactory(bom=row.bom, position=row.position)
        connection.check_constraints()

    assert refusal(write)[0] == "bom_row_position_once"


def test_bom_is_refused_a_second_active_one():
    bom = BomFactory()

    assert refusal(lambda: BomFactory(part=bom.part))[0] == "bom_one_active_per_revision"


def test_bom_version_grows_with_each_change_by_people():
    bom = BomFactory()

    Bom.objects.filter(pk=bom.pk).update(is_active=False)

    assert Bom.objects.get(pk=bom.pk).version == 2


def close_together():
    """Two sessions write A in B and B in A: the first has not committed when the second begins. What each came to."""
    one, other = BomFactory(), BomFactory()
    first_wrote, outcome = threading.Event(), []

    def second():
        first_wrote.wait(5)
        try:
            with transaction.atomic():
                BomRowFactory(bom=other, component=one.part)
            outcome.append("written")
        except IntegrityError as error:
            outcome.append(error.__cause__.diag.constraint_name)
        finally:
            connection.close()

    thread = threading.Thread(target=second)
    thread.start()
    with transaction.atomic():
        BomRowFactory(bom=one, component=other.part)
        first_wrote.set()
        thread.join(0.7)
        waited = thread.is_alive()
    thread.join(5)
    return waited, outcome


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_sessions_cannot_close_a_circle_together():
    assert close_together() == (True, ["bom_circle"])
    assert BomRow.objects.count() == 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_sessions_would_close_a_circle_without_the_guard():
    with connection.cursor() as cursor:
        cursor.execute("alter table production_bomrow disable trigger bom_guard_inserted")

    try:
        assert close_together() == (False, ["written"])
        assert BomRow.objects.count() == 2
    finally:
        with connection.cursor() as cursor:
            cursor.execute("alter table production_bomrow enable trigger bom_guard_inserted")
