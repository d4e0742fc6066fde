"""Variant codes choose BOM rows and operations; an order is made as the variant of the row it is for."""

from decimal import Decimal

import pytest
from django.urls import reverse

from linkage.changes import Decisions
from linkage.changes.decisions import LookAgain
from linkage.changes.report import report_of
from linkage.changes.tree import Revision
from linkage.models import Demand, Status, Supply
from linkage.preview import preview
from production import operations as production
from production.explosion import codes_of, fits
from production.models import BomRow, Operation, RoutingOperation
from sales import operations
from sales.operations import NewRow
from tests.factories import MadePartFactory, PartFactory, ServicePartFactory
from tests.production.factories import WorkCentreFactory, bom_of, routing_of
from tests.sales.factories import again, order_with, row_with
from tests.sales.kits import below, kit_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def bike():
    """A bike of steel, with a red or a blue frame, and mudguards on both of these; painted red in its own operation."""
    steel, red, blue, guard = (PartFactory(number=number) for number in ("STEEL", "RED-FR", "BLUE-FR", "GUARD"))
    bike = MadePartFactory(number="BIKE", lot_sizing="LR", lead_time=2)
    limited = [(red, 1, {"variants": "RED"}), (blue, 1, {"variants": "BLUE"}), (guard, 2, {"variants": "RED, BLUE"})]
    bom_of(bike, (steel, 3), *limited)
    routing_of(bike, (WorkCentreFactory(), 1, 1), (ServicePartFactory(number="PAINTING"),))
    RoutingOperation.objects.filter(position=20).update(variants="RED")
    return bike


def made(planner, bike, variant):
    row = row_with(10, part=bike, by=planner, row={"variant": variant})
    operations.create_production_orders(rows=[row], by=planner)
    return again(row)


def supply():
    return Supply.objects.get(kind="production")


def needs():
    found = Demand.objects.filter(for_supply=supply()).exclude(status=Status.CANCELLED).order_by("pk")
    return {demand.part.number: int(demand.quantity) for demand in found.select_related("part")}


@pytest.mark.parametrize(
    ("variants", "variant", "is_in"),
    [("", "", True), ("", "RED", True), ("RED", "", False), ("RED, BLUE", "blue", True), ("RED", "BLUE", False)],
)
def test_what_names_no_variant_belongs_to_all(variants, variant, is_in):
    assert fits(variants, variant) == is_in


def test_codes_are_written_in_capitals_once_each():
    assert codes_of(" red,Blue ,, RED") == ["RED", "BLUE"]


@pytest.mark.parametrize(
    ("variant", "components"),
    [
        ("RED", {"STEEL": 30, "RED-FR": 10, "GUARD": 20, "PAINTING": 10}),
        ("BLUE", {"STEEL": 30, "BLUE-FR": 10, "GUARD": 20}),
        ("", {"STEEL": 30}),
    ],
)
def test_order_is_made_as_the_variant_of_its_row(planner, bike, variant, components):
    made(planner, bike, variant)

    assert (supply().variant, needs()) == (variant, components)
    assert Operation.objects.count() == (2 if variant == "RED" else 1)


def test_orders_of_two_variants_are_not_combined(planner, bike):
    order = order_with(by=planner)
    rows = [
        operations.add_row(
            order=order,
            part=bike,
            quantity=Decimal(1),
            variant=variant,
            delivery_date=order.document.ordered_on,
            by=planner,
        )
        for variant in ("RED", "BLUE", "RED")
    ]

    operations.create_production_orders(rows=rows, combine=True, by=planner)

    assert sorted(Supply.objects.filter(kind="production").values_list("variant", "quantity")) == [
        ("BLUE", 1),
        ("RED", 2),
    ]


def test_another_variant_is_offered_to_the_order_and_taken_over_with_its_rows(planner, bike):
    row = made(planner, bike, "RED")
    with pytest.raises(LookAgain, match=f"Choose what happens to {supply()}"):
        operations.change_row(row=row, variant="BLUE", decisions=Decisions(), by=planner)

    decisions = Decisions({f"revision-{supply().pk}": "follow"})
    operations.change_row(row=row, variant="BLUE", decisions=decisions, by=planner)

    question = next(question for question in decisions.plan.questions if question.key.startswith("revision-"))
    assert [option.label for option in question.options] == [
        "Take it over: variant RED → BLUE",
        "Leave variant RED as it is",
    ]
    assert (again(row).demand.variant, supply().variant) == ("BLUE", "BLUE")
    assert needs() == {"STEEL": 30, "BLUE-FR": 10, "GUARD": 20}


def test_variant_that_the_order_leaves_is_taken_over_later(planner, bike):
    row = made(planner, bike, "RED")
    leave = Decisions({f"revision-{supply().pk}": "leave"})
    operations.change_row(row=row, variant="BLUE", decisions=leave, by=planner)
    assert (again(row).demand.variant, supply().variant) == ("BLUE", "RED")

    production.take_revision(line=supply().production_line, by=planner)

    assert (supply().variant, needs()) == ("BLUE", {"STEEL": 30, "BLUE-FR": 10, "GUARD": 20})


@pytest.mark.parametrize("code", ["RE,D", 'RE"D', "RE\\D", "{RED}", "NULL"])
def test_variant_may_hold_any_sign(planner, bike, code):
    row = made(planner, bike, "RED")

    take = Decisions({f"revision-{supply().pk}": "follow"})
    operations.change_row(row=row, variant=code, decisions=take, by=planner)

    assert supply().variant == code


def test_variant_that_is_taken_away_takes_its_rows_away(planner, bike):
    row = made(planner, bike, "RED")

    take = Decisions({f"revision-{supply().pk}": "follow"})
    operations.change_row(row=row, variant="", decisions=take, by=planner)

    assert (supply().variant, needs()) == ("", {"STEEL": 30})


def test_re_explosion_keeps_the_variant(planner, bike):
    made(planner, bike, "BLUE")
    BomRow.objects.filter(component__number="GUARD").update(quantity_per=3)

    production.re_explode(line=supply().production_line, by=planner)

    assert needs() == {"STEEL": 30, "BLUE-FR": 10, "GUARD": 30}


def test_variant_chooses_the_parts_of_a_fictitious_part(seller):
    red, blue = PartFactory(number="RED-LID"), PartFactory(number="BLUE-LID")
    inner = kit_of((red, 1, {"variants": "RED"}), (blue, 1, {"variants": "BLUE"}), number="SET")
    kit = kit_of((inner, 2), number="KIT")
    new = NewRow(part=kit, quantity=Decimal(1), variant="blue")

    order = operations.create_order(
        customer=order_with(by=seller).customer, warehouse=order_with(by=seller).warehouse, rows=[new], by=seller
    )

    assert below(order.rows.main().get()) == [("BLUE-LID", 2, "SET")]


def test_variants_of_a_bom_row_are_typed_on_its_page(planner_client, bike):
    row = BomRow.objects.get(component__number="RED-FR")
    data = {"component": "RED-FR", "quantity_per": "1", "variants": "red , green", "version": row.bom.version}

    planner_client.post(reverse("production:edit_row", args=[row.pk]), data)

    assert BomRow.objects.get(pk=row.pk).variants == "RED, GREEN"


def test_variants_of_an_operation_are_typed_on_its_page(planner_client, bike):
    step = RoutingOperation.objects.get(position=10)
    data = {"position": "10", "name": "Weld", "work_centre": step.work_centre.code, "variants": "blue"}

    planner_client.post(reverse("production:edit_operation", args=[step.pk]), data | {"version": step.routing.version})

    assert RoutingOperation.objects.get(pk=step.pk).variants == "BLUE"


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (Revision(1, "A", "RED"), Revision(1, "A", "BLUE"), "variant RED BLUE"),
        (Revision(1, "A", "RED"), Revision(2, "B", "RED"), "revision A B"),
        (Revision(), Revision(2, "B"), "revision none B"),
        (Revision(1, "A", "RED"), Revision(2, "B"), "revision and variant A RED B"),
    ],
)
def test_change_is_called_by_what_differs(before, after, words):
    assert " ".join(map(str, before.changed_to(after))) == words


def test_preview_calls_a_variant_that_an_order_does_not_take_over_a_variant(planner, bike):
    row = made(planner, bike, "RED")
    trial = Decisions({f"revision-{supply().pk}": "leave"}, trial=True)

    shown = preview(operations.change_row, row=row, variant="BLUE", decisions=trial, by=planner)

    assert f"{supply()} is variant RED; {row} asks for BLUE." in report_of(trial.plan, shown, by=planner).warnings
