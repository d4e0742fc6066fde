"""Upkeep of BOMs: rows, the circle with its path, two people at once."""

from datetime import date
from decimal import Decimal

import pytest

from erp.exceptions import Gone, Refused, Stale
from production import operations
from production.explosion import Circle
from production.models import Bom
from production.queries.boms import where_used
from tests.factories import MadePartFactory, PartFactory, PartRevisionFactory, PhantomPartFactory, UserFactory
from tests.production.factories import BomFactory, BomRowFactory, bom_of
from tests.races import run_before_commit

pytestmark = pytest.mark.django_db


def rows(bom):
    return list(bom.rows.order_by("position").values_list("position", "component__number", "quantity_per", "scrap"))


def test_create_bom_opens_an_empty_one(planner):
    part = MadePartFactory()

    bom = operations.create_bom(part=part, by=planner)

    assert (bom.part, bom.revision, bom.is_active, rows(bom)) == (part, None, True, [])


@pytest.mark.parametrize("factory", [PartFactory])
def test_create_bom_refuses_a_bought_part(planner, factory):
    with pytest.raises(Refused, match="is purchased: only what is made has a BOM"):
        operations.create_bom(part=factory(), by=planner)


def test_create_bom_refuses_a_second_and_a_foreign_revision(planner):
    bom = BomFactory()

    with pytest.raises(Refused, match="has an active BOM already"):
        operations.create_bom(part=bom.part, by=planner)
    with pytest.raises(Refused, match="is no revision of"):
        operations.create_bom(part=bom.part, revision=PartRevisionFactory(), by=planner)


def test_add_row_comes_after_the_last(planner):
    bom = bom_of(MadePartFactory(), (PartFactory(number="A"), 1))

    operations.add_row(
        bom=bom, component=PartFactory(number="B"), quantity_per=Decimal(2), scrap=Decimal("0.05"), by=planner
    )

    assert rows(bom) == [(10, "A", 1, 0), (20, "B", 2, Decimal("0.05"))]


def test_add_row_refuses_a_circle_with_its_path(planner):
    sa, fg = MadePartFactory(number="SA-2"), MadePartFactory(number="FG-1")
    bom_of(fg, (sa, 1))

    with pytest.raises(Circle, match=r"^A part cannot contain itself: SA-2 → FG-1 → SA-2\.$"):
        operations.add_row(bom=BomFactory(part=sa), component=fg, quantity_per=Decimal(1), by=planner)


def test_add_row_refuses_a_circle_through_a_phantom(planner):
    p9, p10 = MadePartFactory(number="P9"), PhantomPartFactory(number="P10")
    bom_of(p9, (p10, 1))

    with pytest.raises(Circle, match="P10 → P9 → P10"):
        operations.add_row(bom=BomFactory(part=p10), component=p9, quantity_per=Decimal(1), by=planner)


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"quantity_per": Decimal(0)}, "Enter a quantity above 0"),
        ({"fixed_quantity": Decimal(-1)}, "at least 0"),
        ({"fixed_quantity": Decimal("0.5")}, "too many decimals"),
        ({"scrap": Decimal(1)}, "below 100 %"),
        ({"valid_from": date(2026, 2, 1), "valid_to": date(2026, 1, 1)}, "last day lies before"),
    ],
)
def test_add_row_refuses_figures_that_make_no_sense(planner, facts, sentence):
    bom = BomFactory()

    with pytest.raises(Refused, match=sentence):
        operations.add_row(bom=bom, component=PartFactory(), by=planner, **({"quantity_per": Decimal(1)} | facts))

    assert rows(bom) == []


def test_change_row_changes_what_is_given(planner):
    row = BomRowFactory(component=PartFactory(number="A"))

    operations.change_row(row=row, quantity_per=Decimal("2.5"), by=planner)

    assert rows(row.bom) == [(10, "A", Decimal("2.5"), 0)]


def test_change_row_refuses_a_form_opened_before_another_change(planner):
    row = BomRowFactory()
    operations.change_row(row=row, quantity_per=Decimal(2), by=planner, version=1)

    with pytest.raises(Stale, match="was changed meanwhile"):
        operations.change_row(row=row, quantity_per=Decimal(3), by=planner, version=1)

    assert Bom.objects.get(pk=row.bom_id).version == 2


def test_remove_row_removes_it_once(planner):
    row = BomRowFactory()

    operations.remove_row(row=row, by=planner)

    assert rows(row.bom) == []
    with pytest.raises(Gone):
        operations.remove_row(row=row, by=planner)


def test_set_active_switches_off_and_on(planner):
    bom = BomFactory()

    off = operations.set_active(bom=bom, is_active=False, by=planner).is_active
    on = operations.set_active(bom=bom, is_active=True, by=planner).is_active

    assert (off, on) == (False, True)


def test_set_active_refuses_a_second_active_bom_and_a_circle(planner):
    sleeping = BomFactory(is_active=False)
    other = BomFactory(part=sleeping.part)
    with pytest.raises(Refused, match="has another active BOM"):
        operations.set_active(bom=sleeping, is_active=True, by=planner)
    other.delete()
    BomRowFactory(bom=sleeping, component=BomRowFactory(component=sleeping.part).bom.part)

    with pytest.raises(Circle):
        operations.set_active(bom=sleeping, is_active=True, by=planner)


def test_where_used_names_what_the_part_goes_into():
    part = PartFactory()
    first = BomRowFactory(component=part, bom__part__number="A")
    BomRowFactory(component=part, bom__part__number="B", bom__is_active=False)
    later = BomRowFactory(component=part, bom__part__number="C", valid_from=date(2027, 1, 1))

    assert list(where_used(part)) == [first, later]
    assert list(where_used(part, on=date(2026, 1, 1))) == [first]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_planners_cannot_close_a_circle_together():
    one, other, by = BomFactory(), BomFactory(), UserFactory()

    had_to_wait, outcome = run_before_commit(
        lambda: operations.add_row(bom=one, component=other.part, quantity_per=Decimal(1), by=by),
        lambda: operations.add_row(bom=other, component=one.part, quantity_per=Decimal(1), by=by),
    )

    assert had_to_wait
    assert isinstance(outcome, Circle)
