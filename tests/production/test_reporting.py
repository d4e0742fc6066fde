"""Finishing a line: made, scrapped, components used; and taking it back."""

import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from erp.exceptions import Refused
from erp.register.models import Setting
from linkage.models import Demand, StockMovement, Supply
from linkage.operations import balance_of, disconnect, issue, link
from linkage.queries.timeline import timeline
from production import operations
from production.models import ProductionOrder
from production.timeline import histories
from tests.factories import UserFactory, WarehouseFactory
from tests.linkage.factories import TODAY, stock
from tests.production.making import bought, made, open_links, order_of, promise, released, report
from tests.races import run_before_commit

pytestmark = pytest.mark.django_db


def on_hand(part, line):
    return Supply.objects.get(kind="stock", part=part, warehouse=line.supply.warehouse).quantity


def state(line):
    """(order status, made, scrapped, still to come)"""
    supply = Supply.objects.get(pk=line.supply_id)
    line.refresh_from_db()
    return ProductionOrder.objects.get(pk=line.order_id).status, supply.done, line.scrapped, supply.open


def test_finish_puts_the_part_on_stock_and_takes_the_components(planner):
    rm = bought("RM")
    line = released(made("BIKE", (rm, 2)), 5, on_hand=30)

    report(line, 5, planner)

    assert state(line) == ("finished", 5, 0, 0)
    assert (on_hand(line.supply.part, line), on_hand(rm, line)) == (5, 20)
    assert set(Demand.objects.filter(part=rm).values_list("status", "done")) == {("closed", 10)}


def test_finish_before_completion_leaves_stock_alone(planner):
    rm = bought("RM")

    line = released(made("BIKE", (rm, 2)), 5, on_hand=30)

    assert on_hand(rm, line) == 30
    assert not StockMovement.objects.filter(supply=line.supply).exists()


def test_finish_in_parts_takes_components_in_proportion(planner):
    rm = bought("RM")
    line = released(made("BIKE", (rm, 1, {"fixed_quantity": 3, "scrap": "0.5"})), 5, on_hand=30)

    report(line, 2, planner)
    first = (state(line), on_hand(rm, line))
    report(line, 3, planner)

    assert first == (("started", 2, 0, 3), 23)
    assert (state(line), on_hand(rm, line)) == (("finished", 5, 0, 0), 17)


def test_finish_gives_the_goods_to_the_links(planner):
    line = released(made("BIKE", (bought("RM"), 1)), 10, on_hand=10)
    row = promise(line, 6, planner)

    report(line, 10, planner)

    assert open_links(demand=row) == [(6, 6, "claimed")]
    assert balance_of(line.supply.part, line.supply.warehouse).free == 4


def test_finish_takes_own_goods_first_then_free_stock(planner):
    frame = made("FRAME", (bought("TUBE"), 1))
    bike = made("BIKE", (frame, 1))
    warehouse = WarehouseFactory()
    stock(frame, warehouse, 4)
    line = released(bike, 10, warehouse=warehouse, by=planner)
    stock(frame, warehouse, 9)

    report(line, 10, planner)

    assert state(line)[0] == "finished"
    assert on_hand(frame, line) == 3
    below = Supply.objects.get(kind="production", part=frame)
    assert (below.free, below.orphaned_at is not None) == (6, True)


def test_finish_refuses_short_stock_and_names_what_is_missing(planner):
    line = released(made("BIKE", (bought("A"), 2), (bought("B"), 1)), 5, on_hand=4)

    with pytest.raises(Refused) as refused:
        report(line, 5, planner)

    assert str(refused.value) == (
        f"Not enough on hand for {line}: missing 6 of A (10 needed, 4 there); 1 of B (5 needed, 4 there). "
        "Report fewer, or free some first."
    )
    assert state(line) == ("released", 0, 0, 5)


def test_finish_never_takes_what_is_reserved_for_others(planner):
    rm = bought("RM")
    first = released(made("A", (rm, 1)), 5, on_hand=5)
    second = released(made("B", (rm, 1)), 5, warehouse=first.supply.warehouse)
    demand = first.components.get().demand
    stock_link(demand, planner)

    with pytest.raises(Refused, match="missing 5 of RM"):
        report(second, 5, planner)


def stock_link(demand, by):
    shelf = balance_of(demand.part, demand.warehouse)
    return link(demand=demand, supply=shelf, quantity=Decimal(5), by=by, accept_warnings=True)


def test_finish_scrap_cuts_the_latest_need_first(planner):
    line = released(made("BIKE", (bought("RM"), 1)), 10, on_hand=10)
    early, late = promise(line, 5, planner, need_date="2026-03-10"), promise(line, 5, planner, need_date="2026-03-20")

    report(line, 7, planner, scrapped=Decimal(3), reason="Cracked")

    assert state(line) == ("finished", 7, 3, 0)
    assert (open_links(demand=early), open_links(demand=late)) == ([(5, 5, "claimed")], [(5, 2, "claimed")])
    assert Demand.objects.get(pk=late.pk).uncovered == 3
    assert on_hand(bought_part("RM"), line) == 0


def bought_part(number):
    return Demand.objects.filter(part__number=number).first().part


def test_finish_more_than_ordered_within_the_tolerance(planner):
    rm = bought("RM")
    line = released(made("BIKE", (rm, 1), over_production_tolerance=20), 10, on_hand=30)

    report(line, 12, planner)

    assert state(line) == ("finished", 12, 0, 0)
    assert (on_hand(line.supply.part, line), on_hand(rm, line)) == (12, 18)


@pytest.mark.parametrize(
    ("quantity", "facts", "sentence"),
    [
        (11, {}, "Only 10 of .* is still to come"),
        (0, {}, "above 0"),
        (-1, {}, "above 0"),
        ("0.5", {}, "too many decimals"),
        (1, {"scrapped": Decimal(1)}, "Say why"),
        (0, {"scrapped": Decimal(11), "reason": "x"}, "Only 10 of .* is to come"),
    ],
)
def test_finish_refuses(planner, quantity, facts, sentence):
    line = released(made("BIKE", (bought("RM"), 1)), 10, on_hand=30)

    with pytest.raises(Refused, match=sentence):
        report(line, quantity, planner, **facts)

    assert state(line) == ("released", 0, 0, 10)


def test_finish_refuses_an_order_that_is_planned_or_on_hold(planner):
    part = made("BIKE", (bought("RM"), 1))
    line = order_of(part).lines.get()
    with pytest.raises(Refused, match="is planned: release it"):
        report(line, 1, planner)
    operations.release(order=line.order, by=planner)
    operations.hold(order=line.order, reason="No drawing", by=planner)

    with pytest.raises(Refused, match="is on hold: No drawing"):
        report(line, 1, planner)


def test_finish_of_a_finished_order_is_not_told_to_release_it(planner):
    line = released(made("BIKE", (bought("RM"), 1)), 10, on_hand=30)
    report(line, 10, planner)

    with pytest.raises(Refused, match="is finished: nothing more can be reported on it"):
        report(line, 1, planner)


def issued(line, quantity, by):
    """The movement of a component that was issued by hand."""
    facts = {"quantity": Decimal(quantity), "by": by, "effective_on": TODAY}
    component = operations.issue_component(component=line.components.get(), **facts)
    return StockMovement.objects.get(demand=component.demand, quantity=quantity)


def test_undo_issue_puts_the_component_back_on_its_shelf(planner):
    rm = bought("RM")
    line = released(made("BIKE", (rm, 1)), 10, on_hand=30)
    stock_link(line.components.get().demand, planner)

    operations.undo_issue(movement=issued(line, 4, planner), by=planner, effective_on=TODAY)
    operations.undo_start(order=line.order, by=planner)

    assert on_hand(rm, line) == 30
    assert Demand.objects.values_list("done", "allocated").get(part=rm) == (0, 5)
    assert state(line)[0] == "released"


def test_undo_issue_refuses_twice_a_report_and_a_finished_order(planner):
    line = released(made("BIKE", (bought("RM"), 1)), 10, on_hand=30)
    first, second = issued(line, 4, planner), issued(line, 2, planner)
    operations.undo_issue(movement=first, by=planner, effective_on=TODAY)
    report(line, 10, planner)

    for movement, sentence in [
        (second, "is finished: undo its last report first"),
        (StockMovement.objects.filter(kind="issue").exclude(reference="").get(), "undo the report"),
    ]:
        with pytest.raises(Refused, match=sentence):
            operations.undo_issue(movement=movement, by=planner, effective_on=TODAY)

    [last] = line.reports.all()
    operations.undo_report(report=last, by=planner, effective_on=TODAY)
    with pytest.raises(Refused, match="is already reversed"):
        operations.undo_issue(movement=first, by=planner, effective_on=TODAY)


def test_issue_component_refuses_an_order_on_hold(planner):
    line = released(made("BIKE", (bought("RM"), 1)), 10, on_hand=30)
    operations.hold(order=line.order, reason="No drawing", by=planner)

    with pytest.raises(Refused, match="is on hold: No drawing"):
        operations.issue_component(component=line.components.get(), quantity=Decimal(1), by=planner, effective_on=TODAY)


def locked_after_the_first_call(queries):
    """Supplies that were locked later than the first call that locked any."""
    found = [
        set(re.findall(r"\d+", query["sql"].partition("any(")[2]))
        for query in queries
        if "linkage_supply " in query["sql"] and "for no key update" in query["sql"]
    ]
    return set().union(*found[1:]) - found[0]


def test_a_report_locks_all_its_shelves_at_once(planner):
    line = released(made("BIKE", (bought("A"), 1), (bought("B"), 2)), 5, on_hand=30)

    with CaptureQueriesContext(connection) as finishing:
        made_report = report(line, 5, planner)
    with CaptureQueriesContext(connection) as undoing:
        operations.undo_report(report=made_report, by=planner, effective_on=TODAY)

    assert locked_after_the_first_call(finishing) == set()
    assert locked_after_the_first_call(undoing) == set()


def test_finish_leaves_components_alone_where_their_issue_is_reported(planner):
    Setting.objects.create(name="component_issue", value="reported")
    rm = bought("RM")
    line = released(made("BIKE", (rm, 1)), 10, on_hand=10)

    operations.issue_component(component=line.components.get(), quantity=Decimal(4), by=planner, effective_on=TODAY)
    report(line, 10, planner)

    assert on_hand(rm, line) == 6
    assert Demand.objects.values_list("status", "done").get(part=rm) == ("closed", 4)


def test_undo_report_takes_everything_back(planner):
    rm = bought("RM")
    line = released(made("BIKE", (rm, 2)), 5, on_hand=30)
    made_report = report(line, 4, planner, scrapped=Decimal(1), reason="Cracked")

    operations.undo_report(report=made_report, by=planner, effective_on=TODAY)

    assert state(line) == ("released", 0, 0, 5)
    assert (on_hand(line.supply.part, line), on_hand(rm, line)) == (0, 30)
    assert Demand.objects.values_list("status", "done", "cancelled").get(part=rm) == ("firm", 0, 0)
    with pytest.raises(Refused, match="is undone already"):
        operations.undo_report(report=made_report, by=planner, effective_on=TODAY)


def test_undo_report_stands_on_the_timeline_with_its_minute(planner):
    line = released(made("BIKE", (bought("RM"), 1)), 5, on_hand=30)
    made_report = report(line, 5, planner)
    operations.undo_report(report=made_report, by=planner, effective_on=TODAY)
    made_report.refresh_from_db()

    changes = timeline(histories(line.order)).entries[0].changes

    assert f"Line 1: undone at none → {timezone.localtime(made_report.undone_at):%Y-%m-%d %H:%M}" in changes


def test_undo_report_gives_back_no_more_scrap_than_it_took(planner):
    line = released(made("BIKE", (bought("RM"), 1)), 10, on_hand=30)
    report(line, 0, planner, scrapped=Decimal(5), reason="Cracked")
    second = report(line, 4, planner, scrapped=Decimal(3), reason="Cracked")  # 1 was left to lose

    operations.undo_report(report=second, by=planner, effective_on=TODAY)

    assert state(line) == ("started", 0, 5, 5)


def test_undo_report_of_more_than_ordered_lowers_what_the_components_need(planner):
    rm = bought("RM")
    line = released(made("BIKE", (rm, 1), over_production_tolerance=20), 10, on_hand=30)
    made_report = report(line, 12, planner)

    operations.undo_report(report=made_report, by=planner, effective_on=TODAY)

    assert Demand.objects.values_list("quantity", "done", "cancelled").get(part=rm) == (10, 0, 0)


def test_undo_report_leaves_an_order_started_that_has_components_issued(planner):
    line = released(made("BIKE", (bought("RM"), 1)), 10, on_hand=30)
    operations.issue_component(component=line.components.get(), quantity=Decimal(4), by=planner, effective_on=TODAY)
    made_report = report(line, 1, planner)

    operations.undo_report(report=made_report, by=planner, effective_on=TODAY)

    assert state(line) == ("started", 0, 0, 10)


def test_undo_report_of_the_last_of_two(planner):
    line = released(made("BIKE", (bought("RM"), 1)), 5, on_hand=30)
    first, second = report(line, 2, planner), report(line, 3, planner)

    with pytest.raises(Refused, match="Undo the later reports"):
        operations.undo_report(report=first, by=planner, effective_on=TODAY)
    operations.undo_report(report=second, by=planner, effective_on=TODAY)

    assert state(line) == ("started", 2, 0, 3)


def test_undo_report_needs_the_goods_free(planner):
    line = released(made("BIKE", (bought("RM"), 1)), 5, on_hand=30)
    row = promise(line, 5, planner)
    made_report = report(line, 5, planner)

    with pytest.raises(Refused, match=f"is promised to {row} \\(5\\): disconnect it first"):
        operations.undo_report(report=made_report, by=planner, effective_on=TODAY)
    disconnect(link=row.links.get(), by=planner)
    operations.undo_report(report=made_report, by=planner, effective_on=TODAY)

    assert state(line) == ("released", 0, 0, 5)


def test_undo_report_refuses_what_was_delivered(planner):
    line = released(made("BIKE", (bought("RM"), 1)), 5, on_hand=30)
    row = promise(line, 5, planner)
    made_report = report(line, 5, planner)
    issue(demand=row, quantity=Decimal(5), by=planner, effective_on=TODAY, kind="delivery")

    with pytest.raises(Refused, match="the rest has been used"):
        operations.undo_report(report=made_report, by=planner, effective_on=TODAY)


def test_undo_report_of_a_closed_order_is_refused(planner):
    line = released(made("BIKE", (bought("RM"), 1)), 5, on_hand=30)
    made_report = report(line, 5, planner)
    operations.close(order=line.order, by=planner)

    with pytest.raises(Refused, match="is closed"):
        operations.undo_report(report=made_report, by=planner, effective_on=TODAY)


def test_add_to_inventory_makes_without_an_order(planner):
    rm, warehouse = bought("RM"), WarehouseFactory()
    part = made("BIKE", (rm, 2))
    stock(rm, warehouse, 10)
    facts = {"bom": part.boms.get(), "warehouse": warehouse, "by": planner, "business_date": TODAY}

    operations.add_to_inventory(quantity=Decimal(4), **facts)
    made_stock = (balance_of(part, warehouse).quantity, balance_of(rm, warehouse).quantity)
    back = operations.add_to_inventory(quantity=Decimal(-3), **facts)

    assert made_stock == (4, 2)
    assert (balance_of(part, warehouse).quantity, balance_of(rm, warehouse).quantity) == (1, 8)
    assert {movement.effective_on for movement in back} == {TODAY}
    assert not ProductionOrder.objects.exists()


@pytest.mark.parametrize(
    ("quantity", "sentence"),
    [
        (6, r"missing 2 of RM \(12 needed, 10 free\)"),
        (-1, r"missing 1 of BIKE \(1 needed, 0 free\)"),
        (0, "other than 0"),
        ("0.5", "too many decimals"),
    ],
)
def test_add_to_inventory_refuses(planner, quantity, sentence):
    rm, warehouse = bought("RM"), WarehouseFactory()
    part = made("BIKE", (rm, 2))
    stock(rm, warehouse, 10)

    with pytest.raises(Refused, match=sentence):
        operations.add_to_inventory(
            bom=part.boms.get(), quantity=Decimal(quantity), warehouse=warehouse, by=planner, business_date=TODAY
        )

    assert balance_of(rm, warehouse).quantity == 10


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_reports_of_one_line_come_one_after_the_other():
    by = UserFactory()
    line = released(made("BIKE", (bought("RM"), 1)), 10, on_hand=30, by=by)

    had_to_wait, outcome = run_before_commit(lambda: report(line, 6, by), lambda: report(line, 6, by))

    assert had_to_wait
    assert isinstance(outcome, Refused)
    assert state(line) == ("started", 6, 0, 4)
