"""Another priority of a sales order is offered to the orders made for its rows; a person takes it over or not."""

import re

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertRedirects

from erp.exceptions import Refused
from linkage.changes import Decisions
from linkage.changes.decisions import LookAgain
from linkage.models import Demand, Supply, UndecidedChange
from linkage.operations.deciding import decide
from linkage.preview import preview
from production import operations as production
from production.models import ProductionOrder
from sales import operations
from tests.factories import MadePartFactory, PartFactory
from tests.production.factories import bom_of
from tests.sales.factories import row_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def row(planner):
    """Ten bikes and their wheels, all made for each other; the wheel of bought steel."""
    wheel = MadePartFactory(number="WHEEL", lot_sizing="LR", lead_time=2)
    bom_of(wheel, (PartFactory(number="STEEL"), 4))
    bike = MadePartFactory(number="BIKE", lot_sizing="LR", lead_time=2)
    bom_of(bike, (wheel, 2))
    row = row_with(10, part=bike, by=planner)
    operations.create_production_orders(rows=[row], by=planner)
    return row


def priorities():
    return dict(Demand.objects.order_by("pk").values_list("part__number", "priority"))


def key_of(number):
    return f"priority-{Supply.objects.get(kind='production', part__number=number).pk}"


def order_of(number):
    return ProductionOrder.objects.get(lines__supply__part__number=number)


def start_bike(by):
    production.start(order=production.release(order=order_of("BIKE"), by=by), by=by)


def change(row, by, answers=None, **facts):
    decisions = Decisions(answers, **facts)
    operations.change_order(order=row.order, priority=1, decisions=decisions, by=by)
    return decisions.plan


def asked(plan):
    return {q.key: ([o.label for o in q.options], q.preselected, q.answer) for q in plan.questions}


def test_priority_is_asked_for_and_nothing_is_preselected(planner, row):
    with pytest.raises(LookAgain, match=f"Choose what happens to {order_of('BIKE')}"):
        change(row, planner)

    assert priorities() == {"BIKE": 5, "WHEEL": 5, "STEEL": 5}


def test_priority_is_taken_over_down_the_bound_chain(planner, row):
    plan = change(row, planner, {key_of("BIKE"): "follow"})

    options = ["Take it over: priority 5 → 1", "Leave priority 5 as it is"]
    assert asked(plan) == {
        key_of("BIKE"): (options, None, "follow"),
        key_of("WHEEL"): (options, "follow", "follow"),
    }
    assert priorities() == {"BIKE": 1, "WHEEL": 1, "STEEL": 1}


def test_priority_is_left_as_it_is(planner, row):
    plan = change(row, planner, {key_of("BIKE"): "leave"})

    assert list(asked(plan)) == [key_of("BIKE")]
    assert priorities() == {"BIKE": 1, "WHEEL": 5, "STEEL": 5}


def test_priority_stops_where_an_order_below_leaves_it(planner, row):
    change(row, planner, {key_of("BIKE"): "follow", key_of("WHEEL"): "leave"})

    assert priorities() == {"BIKE": 1, "WHEEL": 1, "STEEL": 5}


def test_priority_is_not_offered_once_the_order_is_started(planner, row):
    start_bike(planner)

    plan = change(row, planner, {key_of("BIKE"): "follow"}, trial=True)

    assert asked(plan) == {key_of("BIKE"): (["Leave priority 5 as it is"], "leave", None)}
    assert priorities() == {"BIKE": 1, "WHEEL": 5, "STEEL": 5}


def test_priority_of_a_row_without_orders_asks_nothing(planner):
    row = row_with(10, part=PartFactory(number="BIKE"), by=planner)

    plan = change(row, planner)

    assert plan.questions == []
    assert priorities() == {"BIKE": 1}


def test_preview_of_a_priority_equals_its_save(planner, row):
    trial = Decisions({key_of("BIKE"): "follow"}, trial=True)
    preview(operations.change_order, order=row.order, priority=1, decisions=trial, by=planner)
    assert priorities() == {"BIKE": 5, "WHEEL": 5, "STEEL": 5}

    plan = change(row, planner, {key_of("BIKE"): "follow"}, seen=trial.plan.fingerprint)

    assert plan.fingerprint == trial.plan.fingerprint
    assert priorities() == {"BIKE": 1, "WHEEL": 1, "STEEL": 1}


def test_priority_saved_with_another_choice_than_seen_is_shown_again(planner, row):
    trial = Decisions({key_of("BIKE"): "leave"}, trial=True)
    preview(operations.change_order, order=row.order, priority=1, decisions=trial, by=planner)

    with pytest.raises(LookAgain, match="Look at it and save again"):
        change(row, planner, {key_of("BIKE"): "follow"}, seen=trial.plan.fingerprint)


def test_priority_by_a_seller_waits_for_who_may_change_the_order(seller, planner, row):
    change(row, seller)
    [undecided] = UndecidedChange.objects.waiting()
    assert (undecided.change, undecided.supply.part.number) == ("priority", "BIKE")
    assert priorities() == {"BIKE": 1, "WHEEL": 5, "STEEL": 5}

    decide(undecided=undecided, does=True, by=planner)

    assert priorities() == {"BIKE": 1, "WHEEL": 1, "STEEL": 1}
    assert not UndecidedChange.objects.waiting().exists()


def test_undecided_priority_is_listed_and_refused_once_the_order_is_started(seller, planner_client, planner, row):
    change(row, seller)
    [undecided] = UndecidedChange.objects.waiting()
    assertContains(planner_client.get(reverse("linkage:undecided_list")), "priority of its row")
    start_bike(planner)

    with pytest.raises(Refused, match="is not changed any more"):
        decide(undecided=undecided, does=True, by=planner)


def test_order_form_shows_the_question_before_it_saves(planner_client, row):
    url = reverse("sales:order_change", args=[row.order_id])
    typed = _typed(planner_client, url, row) | {"priority": "1"}

    shown = planner_client.post(url, typed)
    assertContains(shown, "Take it over: priority 5 → 1")
    assert priorities() == {"BIKE": 5, "WHEEL": 5, "STEEL": 5}

    answers = typed | {f"choice-{key_of('BIKE')}": "follow"}
    looked = planner_client.post(url, answers | {"seen": _seen(shown), "look_again": "1"})
    saved = planner_client.post(url, answers | {"seen": _seen(looked), "save_change": "1"})

    assertRedirects(saved, reverse("sales:order", args=[row.order_id]))
    assert priorities() == {"BIKE": 1, "WHEEL": 1, "STEEL": 1}


def test_order_form_that_changes_no_priority_shows_an_empty_preview(planner_client, row):
    url = reverse("sales:order_change", args=[row.order_id])
    typed = _typed(planner_client, url, row) | {"priority": "5", "seen": "x"}

    assertContains(planner_client.post(url, typed), "save_change")


def _typed(client, url, row):
    """The form of the header as it opens."""
    form = client.get(url).context["form"]
    typed = {name: form.get_initial_for_field(field, name) or "" for name, field in form.fields.items()}
    return typed | {"warehouse": row.warehouse.code, "version": row.order.version}


def _seen(response):
    return re.search(r'name="seen" value="(\w+)"', response.content.decode())[1]
