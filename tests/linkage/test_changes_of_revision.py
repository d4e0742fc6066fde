"""Another revision of a sales row is offered to the order made for it; a person takes it over, BOM and all, or not."""

import re
from decimal import Decimal

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from erp.exceptions import Refused
from linkage import drift
from linkage.changes import Decisions
from linkage.changes.decisions import LookAgain
from linkage.changes.report import report_of
from linkage.models import Demand, OrderLink, Status, Supply, UndecidedChange
from linkage.operations.deciding import decide
from linkage.preview import preview
from production import operations as production
from production.models import ProductionOrder, ProductionOrderLine
from purchasing import operations as purchasing
from sales import operations
from tests.factories import MadePartFactory, PartFactory, PartRevisionFactory
from tests.linkage.factories import stock
from tests.production.factories import bom_of, routing_of
from tests.purchasing.factories import SupplierTermFactory
from tests.sales.factories import again, order_with, row_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def parts():
    """A bike that revision A makes of wheels and steel, revision B of steel, a made frame and a bought bell."""
    steel, bell = PartFactory(number="STEEL"), PartFactory(number="BELL", lot_sizing="LR")
    wheel, frame = (MadePartFactory(number=number, lot_sizing="LR", lead_time=2) for number in ("WHEEL", "FRAME"))
    bom_of(wheel, (steel, 4))
    bom_of(frame, (steel, 1))
    bike = MadePartFactory(number="BIKE", lot_sizing="LR", lead_time=2)
    for code, rows in (("A", [(wheel, 2), (steel, 1)]), ("B", [(steel, 3), (frame, 1), (bell, 1)])):
        bom_of(bike, *rows, revision=PartRevisionFactory(part=bike, code=code))
    bike.active_revision = bike.revisions.get(code="A")
    bike.save()
    return {part.number: part for part in (bike, wheel, frame, steel, bell)}


@pytest.fixture
def row(planner, parts):
    row = row_with(10, part=parts["BIKE"], by=planner)
    operations.create_production_orders(rows=[row], by=planner)
    return again(row)


def line_of(number):
    lines = ProductionOrderLine.objects.select_related("order", "bom__revision", "supply__revision")
    return lines.get(supply__part__number=number)


def supply_of(number):
    return Supply.objects.get(kind="production", part__number=number)


def taken(number="BIKE", **more):
    return {f"revision-{supply_of(number).pk}": "follow"} | more


def revision(row, code="B"):
    return row.part.revisions.get(code=code)


def change(row, by, answers=None, code="B", **facts):
    decisions = Decisions(answers, **facts)
    operations.change_row(row=row, revision=revision(row, code), decisions=decisions, by=by)
    return decisions.plan


def needs(number="BIKE"):
    """{component part: quantity} of what an order needs now."""
    found = Demand.objects.filter(for_supply=supply_of(number)).exclude(status=Status.CANCELLED)
    return {demand.part.number: int(demand.quantity) for demand in found.select_related("part")}


def asked(plan):
    return {q.key: ([o.label for o in q.options], q.preselected, q.answer) for q in plan.questions}


def revisions(row):
    line = line_of("BIKE")
    return again(row).revision.code, line.supply.revision.code, line.bom.revision.code


def test_revision_is_asked_for_and_nothing_is_preselected(planner, row):
    with pytest.raises(LookAgain, match=f"Choose what happens to {supply_of('BIKE')}"):
        change(row, planner)

    assert revisions(row) == ("A", "A", "A")


def test_revision_is_taken_over_with_its_bom(planner, row):
    plan = change(row, planner, taken())

    bike, wheel = supply_of("BIKE"), supply_of("WHEEL")
    assert asked(plan) == {
        f"revision-{bike.pk}": (
            ["Take it over: revision A → B", "Leave revision A as it is"],
            None,
            "follow",
        ),
        f"added-{bike.pk}": (["Take what is free in time, make the rest", "Leave it short"], "supply", "supply"),
        f"less-{wheel.pk}": (["Cancel " + str(wheel), "Leave 20 free"], "reduce", "reduce"),
    }
    assert revisions(row) == ("B", "B", "B")
    assert needs() == {"STEEL": 30, "FRAME": 10, "BELL": 10}
    assert list(drift.findings()) == []


def test_components_that_vanish_give_their_orders_back(planner, row):
    change(row, planner, taken() | {f"less-{supply_of('WHEEL').pk}": "leave"})

    wheel = supply_of("WHEEL")
    assert (wheel.status, int(wheel.free), wheel.orphaned_at is not None) == (Status.PLANNED, 20, True)
    assert not OrderLink.objects.open().filter(supply=wheel).exists()


def test_components_that_are_new_take_what_is_free_and_the_rest_is_made(planner, row, parts):
    stock(parts["FRAME"], row.warehouse, 4)
    stock(parts["BELL"], row.warehouse, 3)

    change(row, planner, taken())

    links = OrderLink.objects.open().filter(demand__for_supply=supply_of("BIKE")).select_related("supply__part")
    promised = {(link.supply.part.number, link.supply.kind, link.kind): int(link.quantity) for link in links}
    assert promised == {
        ("FRAME", "stock", "claimed"): 4,
        ("FRAME", "production", "bound"): 6,
        ("BELL", "stock", "claimed"): 3,
    }
    assert Demand.objects.get(part__number="BELL").uncovered == 7
    assert needs("FRAME") == {"STEEL": 6}


def test_two_orders_of_a_row_take_the_revision_over_together(planner, row, parts):
    stock(parts["FRAME"], row.warehouse, 7)
    half = [production.NewPart(quantity=Decimal(6)), production.NewPart(quantity=Decimal(4))]
    production.split_order(line=line_of("BIKE"), parts=half, reason="capacity", by=planner)
    orders = Supply.objects.filter(part=parts["BIKE"]).order_by("pk")

    change(row, planner, {f"revision-{order.pk}": "follow" for order in orders})

    links = OrderLink.objects.open().filter(demand__part=parts["FRAME"]).order_by("pk")
    assert [(link.supply.kind, int(link.quantity)) for link in links] == [
        ("stock", 6),
        ("stock", 1),
        ("production", 3),
    ]
    assert list(drift.findings()) == []


def test_components_that_are_new_are_left_short(planner, row):
    change(row, planner, taken() | {f"added-{supply_of('BIKE').pk}": "leave"})

    assert Demand.objects.get(part__number="FRAME").uncovered == 10
    assert not Supply.objects.filter(part__number="FRAME").exists()


def test_revision_and_quantity_change_together(planner, row):
    answers = taken() | {f"more-{row.demand_id}": f"widen:{supply_of('BIKE').pk}"}
    decisions = Decisions(answers)
    operations.change_row(row=row, quantity=Decimal(12), revision=revision(row), decisions=decisions, by=planner)

    assert needs() == {"STEEL": 36, "FRAME": 12, "BELL": 12}
    assert int(supply_of("FRAME").quantity) == 12


def test_revision_left_as_it_is_leaves_a_link_whose_ends_differ(planner, row):
    trial = Decisions({f"revision-{supply_of('BIKE').pk}": "leave"}, trial=True)
    facts = {"row": row, "revision": revision(row), "by": planner}
    shown = preview(operations.change_row, decisions=trial, **facts)

    change(row, planner, trial.answers)

    assert report_of(trial.plan, shown, by=planner).warnings == [
        f"{supply_of('BIKE')} is revision A; {row} asks for B."
    ]
    assert revisions(row) == ("B", "A", "A")
    assert needs() == {"WHEEL": 20, "STEEL": 10}


def test_preview_of_a_revision_shows_every_order_and_component(planner, row):
    trial = Decisions(taken(), trial=True)
    shown = preview(operations.change_row, row=row, revision=revision(row), decisions=trial, by=planner)

    report = report_of(trial.plan, shown, by=planner)

    assert [(line.level, line.part, line.revision, line.is_cancelled, line.is_new) for line in report.lines] == [
        (1, "BIKE", ("A", "B"), False, False),
        (2, "WHEEL", ("", ""), True, False),
        (2, "FRAME", ("", ""), False, True),
    ]
    assert {(need.part, need.quantity, need.uncovered) for need in report.lines[0].components} == {
        ("WHEEL", (20, 0), 0),
        ("STEEL", (10, 30), 30),
        ("FRAME", (None, 10), 0),
        ("BELL", (None, 10), 10),
    }
    assert revisions(row) == ("A", "A", "A")
    plan = change(row, planner, taken(), seen=trial.plan.fingerprint)
    assert plan.fingerprint == trial.plan.fingerprint


def test_preview_of_a_revision_shows_how_deep_the_new_orders_are(planner, row, parts):
    tube = MadePartFactory(number="TUBE", lot_sizing="LR", lead_time=1)
    bom_of(tube, (parts["STEEL"], 1))
    production.add_row(bom=parts["FRAME"].boms.get(), component=tube, quantity_per=Decimal(1), by=planner)
    trial = Decisions(taken(), trial=True)
    shown = preview(operations.change_row, row=row, revision=revision(row), decisions=trial, by=planner)

    new = [(line.level, line.part) for line in report_of(trial.plan, shown, by=planner).lines if line.is_new]

    assert new == [(2, "FRAME"), (3, "TUBE")]


def test_a_bom_that_changed_since_the_preview_is_shown_again(planner, row, parts):
    trial = Decisions(taken(), trial=True)
    preview(operations.change_row, row=row, revision=revision(row), decisions=trial, by=planner)
    production.add_row(
        bom=parts["BIKE"].boms.get(revision__code="B"), component=PartFactory(number="LAMP"), quantity_per=1, by=planner
    )

    with pytest.raises(LookAgain, match="Look at it and save again"):
        change(row, planner, taken(), seen=trial.plan.fingerprint)


def test_revision_without_a_bom_is_not_taken_over(planner, row):
    PartRevisionFactory(part=row.part, code="C")

    plan = change(row, planner, taken(), code="C", trial=True)

    [question] = plan.questions
    assert question.why == "BIKE has no active BOM for revision C."
    assert [option.value for option in question.options] == ["leave"]
    assert revisions(row) == ("C", "A", "A")


def test_revision_without_a_bom_of_its_own_is_made_by_the_one_for_all(planner, row, parts):
    PartRevisionFactory(part=row.part, code="C")
    bom_of(parts["BIKE"], (parts["STEEL"], 5))

    change(row, planner, taken(), code="C")

    line = line_of("BIKE")
    assert (line.supply.revision.code, line.bom.revision, needs()) == ("C", None, {"STEEL": 50})


@pytest.mark.parametrize(
    ("step", "options"),
    [
        pytest.param("release", ["follow", "leave"], id="released asks"),
        pytest.param("start", ["leave"], id="started refuses"),
    ],
)
def test_status_of_the_order_decides(planner, row, step, options):
    order = production.release(order=line_of("BIKE").order, by=planner)
    if step == "start":
        production.start(order=order, by=planner)

    plan = change(row, planner, {f"revision-{supply_of('BIKE').pk}": "leave"})

    assert [[option.value for option in question.options] for question in plan.questions] == [options]


def test_released_order_below_is_asked_about(planner, row):
    production.release(order=line_of("WHEEL").order, by=planner)

    with pytest.raises(LookAgain, match=f"Choose what happens to {supply_of('WHEEL')}"):
        change(row, planner, taken())

    assert revisions(row) == ("A", "A", "A")


def test_revision_of_a_row_that_shares_its_order_is_refused(planner, parts):
    order = order_with(10, 5, part=parts["BIKE"], by=planner)
    [one, two] = order.rows.order_by("position")
    operations.create_production_orders(rows=[one, two], combine=True, by=planner)
    shared = str(supply_of("BIKE"))

    for decisions in (None, Decisions(taken())):
        with pytest.raises(Refused, match=f"{shared} is made for {one} and for {two}, which share its revision"):
            operations.change_row(row=again(one), revision=revision(one), decisions=decisions, by=planner)

    assert again(one).revision.code == "A"


def test_revision_of_another_part_is_refused(planner, row):
    with pytest.raises(Refused, match="X is no revision of BIKE"):
        operations.change_row(row=row, revision=PartRevisionFactory(code="X"), by=planner)


def test_revision_taken_away_asks_nothing(planner, row):
    decisions = Decisions()
    operations.change_row(row=row, revision=None, decisions=decisions, by=planner)

    assert (decisions.plan.questions, decisions.plan.asks) == ([], False)
    assert line_of("BIKE").supply.revision.code == "A"


def test_operations_follow_the_routing_of_the_revision(planner, parts):
    service = PartFactory(number="PAINT", part_type="service", lot_sizing="", is_stock_updated=False)
    routing_of(parts["BIKE"], (service,), revision=parts["BIKE"].revisions.get(code="B"))
    row = row_with(10, part=parts["BIKE"], by=planner)
    operations.create_production_orders(rows=[row], by=planner)

    change(again(row), planner, taken())
    assert needs() == {"STEEL": 30, "FRAME": 10, "BELL": 10, "PAINT": 10}

    change(again(row), planner, taken(), code="A")
    assert needs() == {"WHEEL": 20, "STEEL": 10}
    assert list(drift.findings()) == []


def test_purchase_row_takes_the_revision_over(planner, buyer):
    part = PartFactory(number="SEAT", lot_sizing="LR")
    SupplierTermFactory(part=part, unit=part.unit)
    for code in "AB":
        PartRevisionFactory(part=part, code=code)
    part.active_revision = part.revisions.get(code="A")
    part.save()
    row = row_with(10, part=part, by=planner)
    [purchase] = operations.create_purchase_orders(rows=[row], by=planner)
    purchasing.send(order=purchase.order, by=buyer)
    before = purchase.version

    change(again(row), planner, {f"revision-{purchase.supply_id}": "leave"})
    [undecided] = UndecidedChange.objects.waiting()
    decide(undecided=undecided, does=True, by=buyer)

    purchase.refresh_from_db()
    assert (purchase.supply.revision.code, purchase.version > before) == ("B", True)


def test_revision_by_a_seller_waits_for_who_may_change_the_order(seller, planner, planner_client, row):
    change(row, seller)
    [undecided] = UndecidedChange.objects.waiting()
    assert (undecided.change, undecided.supply.part.number) == ("revision", "BIKE")
    assert revisions(row) == ("B", "A", "A")
    assertContains(planner_client.get(reverse("linkage:undecided_list")), "revision of its row")

    decide(undecided=undecided, does=True, by=planner)

    assert revisions(row) == ("B", "B", "B")
    assert needs() == {"STEEL": 30, "FRAME": 10, "BELL": 10}
    assert not UndecidedChange.objects.waiting().exists()


def test_what_a_command_may_not_decide_waits_for_a_person(planner, row):
    change(row, planner, by_person=False)

    [undecided] = UndecidedChange.objects.waiting()
    assert (undecided.change, undecided.supply.part.number) == ("revision", "BIKE")
    assert revisions(row) == ("B", "A", "A")


def test_undecided_revision_is_refused_once_the_order_is_started(seller, planner, row):
    change(row, seller)
    order = ProductionOrder.objects.get(lines__supply=supply_of("BIKE"))
    production.start(order=production.release(order=order, by=planner), by=planner)

    with pytest.raises(Refused, match="is not changed any more"):
        decide(undecided=UndecidedChange.objects.get(), does=True, by=planner)


def test_undecided_revision_without_a_bom_says_why(seller, planner, row):
    PartRevisionFactory(part=row.part, code="C")
    change(row, seller, code="C")

    with pytest.raises(Refused, match="BIKE has no active BOM for revision C"):
        decide(undecided=UndecidedChange.objects.get(), does=True, by=planner)

    assert UndecidedChange.objects.waiting().count() == 1


def test_revision_that_is_taken_over_already_is_refused(planner, row):
    with pytest.raises(Refused, match="is of the revision that its rows ask for"):
        production.take_revision(line=line_of("BIKE"), by=planner)


def test_order_page_takes_over_what_was_left_before(planner_client, planner, row):
    order_page = reverse("production:order", args=[line_of("BIKE").order_id])
    url = reverse("production:take_revision", args=[line_of("BIKE").pk])
    assertNotContains(planner_client.get(order_page), url)
    change(row, planner, {f"revision-{supply_of('BIKE').pk}": "leave"})
    assertContains(planner_client.get(order_page), url)

    shown = planner_client.post(url)
    assertContains(shown, "no longer needed")
    saved = planner_client.post(
        url, {f"choice-revision-{supply_of('BIKE').pk}": "follow", "seen": _seen(shown), "save_change": "1"}
    )

    assertRedirects(saved, order_page)
    assert revisions(row) == ("B", "B", "B")


def test_order_page_refuses_to_take_over_what_changed_since_it_was_shown(planner_client, planner, row):
    change(row, planner, {f"revision-{supply_of('BIKE').pk}": "leave"})
    line = line_of("BIKE")
    shown = {"version": line.order.version}
    production.hold(order=line.order, reason="Drawing", by=planner)
    production.unhold(order=line.order, by=planner)

    answer = planner_client.post(reverse("production:take_revision", args=[line.pk]), shown)

    assert answer.status_code == 409
    assertContains(answer, "was changed meanwhile", status_code=409)


def test_order_page_says_which_new_component_gets_no_order(planner_client, planner, row, parts):
    change(row, planner, {f"revision-{supply_of('BIKE').pk}": "leave"})
    parts["FRAME"].order_maximum = Decimal("0.005")
    parts["FRAME"].save()

    shown = planner_client.post(reverse("production:take_revision", args=[line_of("BIKE").pk]))

    assertContains(shown, "FRAME: the maximum order quantity would divide this into more than 1000 orders.")


def test_order_page_takes_over_with_a_key_that_is_none(planner_client, planner, row):
    change(row, planner, {f"revision-{supply_of('BIKE').pk}": "leave"})

    shown = planner_client.post(reverse("production:take_revision", args=[line_of("BIKE").pk]), {"operation_key": "x"})

    saves = {f"choice-revision-{supply_of('BIKE').pk}": "follow", "seen": _seen(shown), "save_change": "1"}
    saved = planner_client.post(
        reverse("production:take_revision", args=[line_of("BIKE").pk]), saves | {"operation_key": "x"}
    )
    assert saved.status_code == 302


def test_row_page_shows_the_question_before_it_saves(planner_client, row):
    url = reverse("sales:row", args=[row.pk])
    typed = {"revision": revision(row).pk, "version": row.version}

    shown = planner_client.post(url, typed)
    assertContains(shown, "Take it over: revision A → B")
    assert revisions(row) == ("A", "A", "A")

    key = f"choice-revision-{supply_of('BIKE').pk}"
    looked = planner_client.post(url, typed | {key: "follow", "seen": _seen(shown), "look_again": "1"})
    assertContains(looked, "no longer needed")
    saved = planner_client.post(url, typed | {key: "follow", "seen": _seen(looked), "save_change": "1"})

    assertRedirects(saved, url)
    assert revisions(row) == ("B", "B", "B")


def test_grid_shows_a_revision_that_is_not_the_active_one(planner_client, planner, row):
    url = reverse("sales:order", args=[row.order_id])
    tooltip = "Not the active revision of the part, which is A"
    assertNotContains(planner_client.get(url), tooltip)

    change(row, planner, {f"revision-{supply_of('BIKE').pk}": "leave"})

    assertContains(planner_client.get(url), tooltip)


def _seen(response):
    return re.search(r'name="seen" value="(\w+)"', response.content.decode())[1]
