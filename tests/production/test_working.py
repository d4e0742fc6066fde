"""Reports on single operations, scrap and what it takes from whom."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from erp.exceptions import Refused
from linkage.drift import findings
from linkage.models import Demand, OrderLink, StockMovement, Supply, Tombstone
from linkage.operations import disconnect, link
from linkage.queries.timeline import timeline
from production import operations
from production.models import Loss, Operation, ProductionOrder, Report
from production.timeline import histories
from purchasing.models import PurchaseOrderRow
from purchasing.operations import receive, reverse_receipt, send
from tests.factories import UserFactory
from tests.linkage.factories import TODAY, stock
from tests.production.factories import WorkCentreFactory, routing_of
from tests.production.making import bought, made, order_of, promise, released, report, row_of
from tests.production.test_routings import painting
from tests.races import run_before_commit

pytestmark = pytest.mark.django_db


def wrong():
    """What does not add up; the sales rows of these tests have no owner."""
    return [str(found) for found in findings() if "(sales)" not in str(found)]


def page(name, *args):
    return reverse(f"production:{name}", args=args)


def line_with(*steps, quantity=10, on_hand=100, **facts):
    """The line of a released order with a routing: a work centre, or what is given."""
    part = made("BIKE", (bought("WHEEL"), 2), **facts)
    routing_of(part, *(steps or [(WorkCentreFactory(hourly_rate=60), 10, 2), (WorkCentreFactory(), 0, 5)]))
    return released(part, quantity, on_hand=on_hand)


def steps_of(line):
    return list(Operation.objects.filter(line=line).select_related("line__order__document").order_by("position"))


def tell(step, good, by, **facts):
    facts = {name: Decimal(value) if name in {"scrapped", "minutes"} else value for name, value in facts.items()}
    return operations.report_operation(step=step, quantity=Decimal(good), by=by, effective_on=TODAY, **facts)


def state(line):
    """(order status, finished, still to come, wheels used)"""
    supply = Supply.objects.get(pk=line.supply_id)
    used = Demand.objects.get(for_supply=supply, kind="component").done
    return ProductionOrder.objects.get(pk=line.order_id).status, supply.done, supply.open, used


def test_start_operation_starts_the_order(planner):
    line = line_with()
    step = steps_of(line)[0]

    operations.start_operation(step=step, by=planner)

    assert state(line) == ("started", 0, 10, 0)
    assert Operation.objects.get(pk=step.pk).started_at is not None
    with pytest.raises(Refused, match="M-1001/1/op10 has begun already"):
        operations.start_operation(step=step, by=planner)


def test_undo_start_takes_the_start_of_operations_back(planner):
    line = line_with()
    operations.start_operation(step=steps_of(line)[0], by=planner)

    operations.undo_start(order=line.order, by=planner)

    assert state(line)[0] == "released"
    assert not Operation.objects.filter(started_at__isnull=False).exists()


def test_report_operation_tells_how_far_it_is_and_moves_no_goods(planner):
    line = line_with()

    tell(steps_of(line)[0], 6, planner, minutes="24.5")

    assert state(line) == ("started", 0, 10, 0)
    assert list(Report.objects.values_list("operation__position", "quantity", "minutes")) == [(10, 6, Decimal("24.5"))]


def test_report_operation_of_scrap_uses_components_and_cuts_the_latest_need_first(planner):
    line = line_with()
    early, late = promise(line, 5, planner, need_date="2026-03-10"), promise(line, 5, planner, need_date="2026-03-20")

    tell(steps_of(line)[0], 7, planner, scrapped=3, reason="Cracked")

    assert state(line) == ("started", 0, 7, 6)
    assert [Demand.objects.get(pk=row.pk).uncovered for row in (early, late)] == [0, 3]
    assert list(Loss.objects.values_list("demand", "quantity")) == [(late.pk, 3)]
    assert wrong() == []


def test_report_operation_can_finish_the_line_along(planner):
    line = line_with()

    tell(steps_of(line)[1], 10, planner, minutes=50, finish_line=True)

    assert state(line) == ("finished", 10, 0, 20)
    assert list(Report.objects.order_by("pk").values_list("operation__position", "quantity")) == [(20, 10), (None, 10)]


def test_report_operation_may_have_more_within_the_tolerance(planner):
    line = line_with(over_production_tolerance=20)

    tell(steps_of(line)[0], 12, planner)

    with pytest.raises(Refused, match="Only 0 of M-1001/1/op10 is left to report; 1 was reported"):
        tell(steps_of(line)[0], 1, planner)


def test_report_operation_counts_what_was_lost_before_and_after_it(planner):
    line = line_with()
    first, second = steps_of(line)
    tell(first, 8, planner, scrapped=2, reason="Cracked")
    tell(second, 5, planner, scrapped=1, reason="Bent")

    with pytest.raises(Refused, match="Only 0 of M-1001/1/op10 is left"):
        tell(first, 1, planner)
    with pytest.raises(Refused, match="Only 2 of M-1001/1/op20 is left to report; 3 was"):
        tell(second, 3, planner)


@pytest.mark.parametrize(
    ("good", "facts", "sentence"),
    [
        (0, {}, "Enter a quantity, scrap or minutes above 0"),
        (-1, {"minutes": 1}, "above 0"),
        (1, {"scrapped": 1}, "Say why it was scrapped"),
        ("0.5", {}, "too many decimals"),
        (0, {"scrapped": 11, "reason": "x"}, "Only 10 of M-1001/1 is to come"),
        (11, {}, "Only 10 of M-1001/1/op10 is left to report; 11 was reported"),
    ],
)
def test_report_operation_refuses(planner, good, facts, sentence):
    line = line_with()

    with pytest.raises(Refused, match=sentence):
        tell(steps_of(line)[0], good, planner, **facts)

    assert state(line) == ("released", 0, 10, 0)


def test_report_operation_refuses_an_order_on_hold_and_one_that_is_finished(planner):
    line = line_with()
    step = steps_of(line)[0]
    operations.hold(order=line.order, reason="No jig", by=planner)
    with pytest.raises(Refused, match="is on hold: No jig"):
        tell(step, 1, planner)
    operations.unhold(order=line.order, by=planner)
    report(line, 10, planner)

    with pytest.raises(Refused, match="is finished"):
        tell(step, 1, planner)


def test_a_subcontracted_operation_is_reported_by_its_receipt_only(planner, buyer):
    line = line_with((painting(),))
    [step] = steps_of(line)
    with pytest.raises(Refused, match="is done outside: receiving PAINTING reports it"):
        tell(step, 1, planner)
    with pytest.raises(Refused, match=r"Only 0 of M-1001/1 is back from Step 1 \(M-1001/1/op10\): receive it first"):
        report(line, 4, planner)
    receive_outside(line, 6, planner, buyer)

    report(line, 4, planner)

    with pytest.raises(Refused, match="Only 2 of M-1001/1 is back"):
        report(line, 3, planner)


def test_receiving_a_subcontracted_operation_starts_the_order_and_taking_it_back_ends_that(planner, buyer):
    line = line_with((painting(),))
    [movement] = receive_outside(line, 6, planner, buyer)
    after_receipt = state(line)[0], Supply.objects.get(pk=line.supply_id).status
    row = PurchaseOrderRow.objects.get(supply=movement.supply)

    reverse_receipt(row=row, movement=movement, by=buyer, effective_on=TODAY)

    assert after_receipt == ("started", "started")
    assert (state(line)[0], Supply.objects.get(pk=line.supply_id).status) == ("released", "firm")
    told = [change for entry in timeline(histories(line.order)) for change in entry.changes]
    assert ("Order: status Released → Started" in told, "Order: status Started → Released" in told) == (True, True)


def test_a_planned_order_that_a_subcontractor_worked_on_is_started(planner, buyer):
    part = made("BIKE", (bought("WHEEL"), 2))
    routing_of(part, (painting(),))
    line = order_of(part, 10, by=planner).lines.select_related("order__document", "supply").get()

    receive_outside(line, 6, planner, buyer)

    assert state(line)[0] == "started"


def test_taking_a_service_back_leaves_an_order_started_that_something_else_is_reported_on(planner, buyer):
    line = line_with((painting(),), (WorkCentreFactory(), 0, 5))
    [movement] = receive_outside(line, 6, planner, buyer)
    operations.start_operation(step=steps_of(line)[1], by=planner)
    row = PurchaseOrderRow.objects.get(supply=movement.supply)

    reverse_receipt(row=row, movement=movement, by=buyer, effective_on=TODAY)

    assert state(line)[0] == "started"


def test_a_receipt_for_one_order_leaves_the_start_of_another_that_its_purchase_row_serves(planner, buyer):
    line = line_with((painting(),))
    row = sent_outside(line, planner, buyer)
    served = row.supply.links.get()
    disconnect(link=served, quantity=Decimal(5), by=planner)
    other = order_of(line.supply.part, 5, warehouse=line.supply.warehouse, by=planner)
    wanted = Demand.objects.get(kind="subcontract", document=other.document)
    second = link(demand=wanted, supply=row.supply, quantity=Decimal(5), by=planner, accept_warnings=True)
    operations.start(order=line.order, by=planner)

    receive(row=row, quantity=Decimal(2), shares={second.pk: Decimal(2)}, by=buyer, effective_on=TODAY)
    after_receipt = state(line)[0]
    reverse_receipt(row=row, movement=StockMovement.objects.get(link=second), by=buyer, effective_on=TODAY)

    assert (after_receipt, state(line)[0]) == ("started", "started")
    assert ProductionOrder.objects.get(pk=other.pk).status == "released"


def sent_outside(line, planner, buyer):
    """The purchase row of a line's subcontracted operation, at the supplier."""
    [demand] = Demand.objects.filter(kind="subcontract", for_supply=line.supply)
    wanted = {demand.pk: demand.uncovered}
    operations.create_purchase_orders(order=line.order, quantities=wanted, by=planner, business_date=TODAY)
    row = PurchaseOrderRow.objects.for_list().get(supply__part__number="PAINTING")
    send(order=row.order, by=buyer)
    return PurchaseOrderRow.objects.for_list().get(pk=row.pk)


def receive_outside(line, quantity, planner, buyer):
    row = sent_outside(line, planner, buyer)
    receive(row=row, quantity=Decimal(quantity), by=buyer, effective_on=TODAY)
    return StockMovement.objects.filter(supply=row.supply)


def test_hold_operation_keeps_reports_off_it_until_the_hold_ends(planner):
    line = line_with()
    first, second = steps_of(line)
    operations.hold_operation(step=second, reason=" Spindle broken ", by=planner)

    tell(first, 4, planner)
    for refused in (
        lambda: tell(second, 1, planner),
        lambda: operations.start_operation(step=second, by=planner),
    ):
        with pytest.raises(Refused, match=r"^M-1001/1/op20 is on hold: Spindle broken$"):
            refused()
    operations.unhold_operation(step=second, by=planner)
    tell(second, 1, planner)

    told = [change for entry in timeline(histories(line.order)) for change in entry.changes]
    assert "Operation 20 Step 2: hold reason none → Spindle broken" in told
    assert "Operation 20 Step 2: hold reason Spindle broken → none" in told


def test_finish_takes_no_more_than_went_through_an_operation_on_hold(planner):
    line = line_with()
    step = steps_of(line)[1]
    tell(step, 4, planner)
    operations.hold_operation(step=step, reason="Spindle broken", by=planner)

    report(line, 3, planner)

    with pytest.raises(Refused) as refusal:
        report(line, 2, planner)
    assert str(refusal.value) == (
        "Only 1 of M-1001/1 is through M-1001/1/op20, which is on hold: Spindle broken. End the hold first."
    )


def test_hold_operation_refuses_what_makes_no_sense(planner):
    line = line_with((painting(),), (WorkCentreFactory(), 0, 5))
    outside, inside = steps_of(line)
    with pytest.raises(Refused, match="is done outside"):
        operations.hold_operation(step=outside, reason="Late", by=planner)
    with pytest.raises(Refused, match="Say why the operation is on hold"):
        operations.hold_operation(step=inside, reason="  ", by=planner)
    with pytest.raises(Refused, match="M-1001/1/op20 is not on hold"):
        operations.unhold_operation(step=inside, by=planner)
    operations.cancel(order=line.order, by=planner)
    with pytest.raises(Refused, match="M-1001/1 is cancelled"):
        operations.hold_operation(step=inside, reason="Late", by=planner)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_hold_operation_waits_for_a_report_and_the_next_report_is_refused():
    by = UserFactory()
    line = line_with()
    step = steps_of(line)[0]

    waited, outcome = run_before_commit(
        lambda: operations.hold_operation(step=step, reason="Spindle broken", by=by),
        lambda: tell(step, 3, by),
    )

    assert (waited, str(outcome)) == (True, "M-1001/1/op10 is on hold: Spindle broken")


def scrap_of(line, quantity, by):
    return tell(steps_of(line)[0], 0, by, scrapped=quantity, reason="Cracked")


def promised(line):
    links = OrderLink.objects.filter(supply=line.supply, open__gt=0).order_by("demand", "pk")
    return list(links.values_list("demand", "open", "kind", "contract"))


def test_undo_of_scrap_promises_again_what_it_took_with_kind_and_flag(planner):
    line = line_with()
    first, second = promise(line, 6, planner), promise(line, 4, planner)
    OrderLink.objects.filter(demand=second).update(kind="bound", contract=True)
    OrderLink.objects.filter(demand=first).update(kind="bound")
    before = promised(line)
    told = scrap_of(line, 7, planner)
    during = promised(line)

    undone = operations.undo_report(report=told, by=planner, effective_on=TODAY)

    assert (len(during), promised(line), undone.left_out) == (1, before, [])
    assert not Loss.objects.undecided().exists()
    assert wrong() == []


def test_undo_of_scrap_gives_back_what_the_demand_still_needs_and_says_why_not_more(planner):
    line = line_with()
    row = promise(line, 10, planner)
    told = scrap_of(line, 7, planner)
    other = stock(row.part, row.warehouse, 5)
    link(demand=row, supply=other, quantity=Decimal(5), by=planner, accept_warnings=True)

    undone = operations.undo_report(report=told, by=planner, effective_on=TODAY)

    assert promised(line) == [(row.pk, 5, "claimed", False)]
    assert undone.left_out == [f"5 are not promised to {row} again: it is covered otherwise or needs less now."]


def test_undo_of_scrap_that_cut_two_links_of_a_row_gives_back_no_more_than_it_needs(planner):
    line = line_with()
    row = row_of(line.supply.part, 6, warehouse=line.supply.warehouse)
    for kind, quantity in (("bound", 4), ("claimed", 2)):
        pair = {"demand": row, "supply": line.supply, "quantity": Decimal(quantity), "kind": kind}
        link(**pair, by=planner, accept_warnings=True)
    told = scrap_of(line, 8, planner)
    other = stock(row.part, row.warehouse, 3)
    link(demand=row, supply=other, quantity=Decimal(3), by=planner, accept_warnings=True)

    undone = operations.undo_report(report=told, by=planner, effective_on=TODAY)

    assert sum(each[1] for each in promised(line)) == 3
    assert undone.left_out == [
        f"{left} are not promised to {row} again: it is covered otherwise or needs less now." for left in (1, 2)
    ]
    assert wrong() == []


def test_undo_of_scrap_says_to_whom_the_order_is_promised_since(planner):
    line = line_with()
    row = promise(line, 10, planner)
    told = scrap_of(line, 7, planner)
    operations_of_links = OrderLink.objects.get(demand=row)
    disconnect(link=operations_of_links, by=planner)
    Tombstone.objects.all().delete()
    other = promise(line, 3, planner)

    undone = operations.undo_report(report=told, by=planner, effective_on=TODAY)

    assert promised(line) == [(row.pk, 7, "claimed", False), (other.pk, 3, "claimed", False)]
    assert undone.left_out == []


def test_undo_of_scrap_leaves_a_pair_that_somebody_disconnected_since(planner):
    line = line_with()
    row = promise(line, 10, planner)
    told = scrap_of(line, 7, planner)
    disconnect(link=OrderLink.objects.get(demand=row), by=planner)

    undone = operations.undo_report(report=told, by=planner, effective_on=TODAY)

    assert promised(line) == []
    assert undone.left_out == [f"7 are not promised to {row} again: somebody disconnected them since."]


def test_undo_of_scrap_in_the_browser_says_what_is_left_out(planner_client, planner):
    line = line_with()
    row = promise(line, 10, planner)
    told = scrap_of(line, 7, planner)
    link(demand=row, supply=stock(row.part, row.warehouse, 5), quantity=Decimal(5), by=planner, accept_warnings=True)

    page_after = planner_client.post(page("undo_report", told.pk), follow=True)

    assertContains(page_after, f"5 are not promised to {row} again")


def test_undo_report_of_an_operation_takes_scrap_back_and_the_loss_is_gone(planner):
    line = line_with()
    promise(line, 10, planner)
    told = tell(steps_of(line)[0], 7, planner, scrapped=3, reason="Cracked", minutes=30)

    operations.undo_report(report=told, by=planner, effective_on=TODAY)

    assert state(line) == ("released", 0, 10, 0)
    assert not Loss.objects.undecided().exists()
    assert Operation.objects.filter(started_at__isnull=False).count() == 0
    assert wrong() == []


def test_undo_report_without_goods_does_not_wait_for_later_ones(planner):
    line = line_with()
    told = tell(steps_of(line)[0], 7, planner)
    report(line, 2, planner)

    operations.undo_report(report=told, by=planner, effective_on=TODAY)

    assert state(line) == ("started", 2, 8, 4)


def test_undo_report_says_to_whom_the_goods_are_promised_until_they_are_disconnected(planner):
    line = line_with()
    row = promise(line, 10, planner)
    tell(steps_of(line)[1], 10, planner, finish_line=True)
    finished = Report.objects.get(operation=None)

    with pytest.raises(Refused, match=rf"Only 0 of what M-1001/1 made is free; the rest is promised to {row} \(10\)"):
        operations.undo_report(report=finished, by=planner, effective_on=TODAY)
    disconnect(link=OrderLink.objects.open().get(demand=row), by=planner)
    operations.undo_report(report=finished, by=planner, effective_on=TODAY)

    assert state(line) == ("started", 0, 10, 0)


def test_split_order_keeps_what_is_reported_on_an_operation(planner):
    line = line_with()
    tell(steps_of(line)[0], 6, planner)
    parts = [operations.NewPart(quantity=Decimal(5)), operations.NewPart(quantity=Decimal(5))]

    with pytest.raises(Refused, match="6 pcs of M-1001/1 are reported and stay with it"):
        operations.split_order(line=line, parts=parts, reason="capacity", by=planner)


def test_the_database_refuses_minutes_on_a_line_and_a_report_that_says_nothing(planner):
    line = line_with()
    facts = {"line": line, "effective_on": TODAY, "created_by": planner}

    with pytest.raises(IntegrityError, match="report_minutes_of_an_operation"), transaction.atomic():
        Report.objects.create(minutes=5, quantity=1, **facts)
    with pytest.raises(IntegrityError, match="report_says_something"), transaction.atomic():
        Report.objects.create(operation=steps_of(line)[0], **facts)


def test_see_loss_takes_it_off_the_worklist_once(planner):
    line = line_with()
    promise(line, 10, planner)
    tell(steps_of(line)[0], 7, planner, scrapped=3, reason="Cracked")
    loss = Loss.objects.get()

    operations.see_loss(loss=loss, by=planner)

    assert not Loss.objects.undecided().exists()
    with pytest.raises(Refused, match="seen already"):
        operations.see_loss(loss=loss, by=planner)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_reports_cannot_scrap_the_same_pieces():
    by = UserFactory()
    line = line_with()
    first, second = steps_of(line)

    had_to_wait, outcome = run_before_commit(
        lambda: tell(first, 0, by, scrapped=8, reason="Cracked"),
        lambda: tell(second, 0, by, scrapped=8, reason="Bent"),
    )

    assert had_to_wait
    assert isinstance(outcome, Refused)
    assert state(line) == ("started", 0, 2, 16)


def test_foreman_reports_an_operation_on_the_order_page(foreman_client):
    line = line_with()
    step = steps_of(line)[0]

    asked = foreman_client.get(page("report_operation", step.pk))
    values = {"quantity": "4", "minutes": "18", "effective_on": TODAY}
    answer = foreman_client.post(page("report_operation", step.pk), values)
    shown = foreman_client.get(page("order", line.order_id))

    assertContains(asked, "Report operation 10, Step 1, of M-1001/1")
    assertNotContains(asked, "finished goods")
    assertRedirects(answer, page("order", line.order_id))
    assertContains(shown, "18.00")
    assertContains(foreman_client.get(page("report_operation", steps_of(line)[1].pk)), "finished goods")


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"quantity": "1", "scrapped": "1"}, "reason", "Say why it was scrapped."),
        ({"quantity": ""}, "quantity", "Enter a quantity, scrap or minutes above 0."),
        ({"quantity": "NaN"}, "quantity", "Enter a quantity such as"),
    ],
)
def test_report_operation_form_says_what_is_wrong(foreman_client, values, field, sentence):
    step = steps_of(line_with())[0]

    response = foreman_client.post(page("report_operation", step.pk), values | {"effective_on": TODAY})

    assert (response.status_code, list(response.context["form"].errors)) == (422, [field])
    assertContains(response, sentence, status_code=422)


def test_foreman_holds_an_operation_and_ends_the_hold(foreman_client):
    line = line_with()
    step = steps_of(line)[0]

    foreman_client.post(page("hold_operation", step.pk), {"reason": "Spindle broken"})
    held = foreman_client.get(page("order", line.order_id))
    listed = [foreman_client.get(page("order_list"), {"on_hold": which}) for which in "10"]
    foreman_client.post(page("unhold_operation", step.pk))

    assertContains(held, "Operation on hold")
    assertContains(held, "Spindle broken")
    assertNotContains(held, page("report_operation", step.pk))
    assert [len(page.context["table"].rows) for page in listed] == [1, 0]
    assertContains(listed[0], "Operation on hold")
    assertContains(foreman_client.get(page("order", line.order_id)), page("report_operation", step.pk))


def test_order_list_filters_orders_on_hold(foreman_client, planner):
    line = line_with()
    operations.hold(order=line.order, reason="No jig", by=planner)

    listed = [foreman_client.get(page("order_list"), {"on_hold": which}) for which in "10"]

    assert [len(page.context["table"].rows) for page in listed] == [1, 0]


def test_hold_operation_asks_for_a_reason(foreman_client):
    step = steps_of(line_with())[0]

    response = foreman_client.post(page("hold_operation", step.pk), {"reason": ""})

    assertContains(response, "errorlist", status_code=422)


def test_start_operation_button(foreman_client):
    line = line_with()

    foreman_client.post(page("start_operation", steps_of(line)[0].pk))

    assertContains(foreman_client.get(page("order", line.order_id)), "Started")


def test_lost_by_scrap_stands_on_its_list_and_on_the_first_page(planner_client, planner, viewer_client):
    line = line_with()
    row = promise(line, 10, planner)
    tell(steps_of(line)[0], 7, planner, scrapped=3, reason="Cracked")

    listed = planner_client.get(page("loss_list"))
    home = planner_client.get("/")

    for text in (row.label, "Cracked", "3.00", "M-1001/1", "Seen"):
        assertContains(listed, text)
    assert ("Lost by scrap", "production:loss_list", "", 1, "bad") in home.context["counts"]
    assertNotContains(viewer_client.get(page("loss_list")), "Seen<")
    assertRedirects(planner_client.post(page("see_loss", Loss.objects.get().pk)), page("loss_list"))
    assertContains(planner_client.get(page("loss_list")), "Nobody waits for anything that was scrapped.")


def test_loss_list_query_count_does_not_grow(planner_client, planner):
    def lose(rows):
        line = line_with()
        for _row in range(rows):
            promise(line, 2, planner)
        tell(steps_of(line)[0], 0, planner, scrapped=10, reason="Fire")

    counts = []
    lose(1)
    for _time in range(2):
        planner_client.get(page("loss_list"))
        with CaptureQueriesContext(connection) as captured:
            planner_client.get(page("loss_list"))
        counts.append(len(captured))
        if len(counts) == 1:
            promise_more(planner)

    assert counts[0] == counts[1]


def promise_more(planner):
    part = made("TRIKE", (bought("SPOKE"), 1))
    routing_of(part, (WorkCentreFactory(),))
    line = released(part, 10, on_hand=100)
    for _row in range(3):
        promise(line, 2, planner)
    tell(steps_of(line)[0], 0, planner, scrapped=10, reason="Fire")
