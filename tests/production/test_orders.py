"""A production order from its making to its end."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import ProgrammingError, transaction

from erp.exceptions import Refused, Stale
from erp.register.models import Setting
from linkage.models import Demand, Status, Supply
from production import operations
from production.models import TRANSITIONS, OrderStatus, ProductionOrder
from purchasing.models import SupplierTerm
from tests.factories import (
    PartnerFactory,
    PhantomPartFactory,
    SupplierFactory,
    UnitFactory,
    UserFactory,
    WarehouseFactory,
)
from tests.linkage.factories import TODAY, stock
from tests.production.factories import bom_of
from tests.production.making import bought, made, open_links, order_of, promise, released, report
from tests.races import run_before_commit

pytestmark = pytest.mark.django_db


def statuses(order):
    """(order, its supplies, its components)"""
    order = ProductionOrder.objects.get(pk=order.pk)
    supplies = set(Supply.objects.filter(document=order.document).values_list("status", flat=True))
    return order.status, supplies, set(Demand.objects.filter(document=order.document).values_list("status", flat=True))


def test_create_order_has_a_line_and_components(planner):
    customer, warehouse = PartnerFactory(), WarehouseFactory()
    wheel = made("BIKE", (bought("WHEEL"), 2), lead_time=3)

    order = order_of(wheel, 5, warehouse=warehouse, by=planner, customer=customer, note="First", employee=planner)

    line = order.lines.get()
    assert (order.customer, order.note, order.employee, order.site) == (customer, "First", planner, warehouse)
    assert (line.supply.quantity, line.supply.free, line.supply.warehouse) == (5, 5, warehouse)
    assert (line.start_date, line.supply.due_date) == (TODAY, date(2026, 3, 5))
    component = line.components.get()
    assert (component.demand.quantity, component.demand.need_date, str(component.demand)) == (
        10,
        TODAY,
        f"{order}/1/10",
    )
    assert statuses(order) == ("planned", {"planned"}, {"planned"})


def test_create_orders_makes_one_for_each_bom(planner):
    parts = [made("A", (bought("X"), 1)), made("B", (bought("Y"), 2))]
    items = [(part.boms.get(), Decimal(quantity)) for part, quantity in zip(parts, (3, 4), strict=True)]

    orders = operations.create_orders(items=items, warehouse=WarehouseFactory(), by=planner, business_date=TODAY)

    assert [order.lines.get().supply.quantity for order in orders] == [3, 4]
    assert [order.document.number for order in orders] == ["M-1001", "M-1002"]


def test_create_order_makes_the_orders_below_and_takes_stock(planner):
    warehouse = WarehouseFactory()
    frame = made("FRAME", (bought("TUBE"), 1))
    stock(frame, warehouse, 3)

    order_of(made("BIKE", (frame, 1)), 10, warehouse=warehouse, by=planner)

    assert list(Supply.objects.filter(kind="production").order_by("pk").values_list("part__number", "quantity")) == [
        ("BIKE", 10),
        ("FRAME", 7),
    ]
    assert open_links() == [(3, 3, "claimed"), (7, 0, "bound")]


def test_create_order_takes_the_dates_it_is_given(planner):
    part = made("BIKE", (bought("X"), 1), lead_time=3)

    order = order_of(part, finish_date=date(2026, 3, 20), start_date=date(2026, 3, 10))

    line = order.lines.get()
    assert (line.start_date, line.supply.due_date) == (date(2026, 3, 10), date(2026, 3, 20))
    assert line.components.get().demand.need_date == date(2026, 3, 17)


@pytest.mark.parametrize(
    ("part_facts", "bom_facts", "order_facts", "sentence"),
    [
        ({}, {"is_active": False}, {}, "is not active"),
        ({"part_type": "fictitious"}, {}, {}, "is fictitious; no order is made"),
        ({}, {}, {"quantity": 0}, "enter a quantity above 0"),
        ({}, {}, {"quantity": "1.5"}, "too many decimals"),
        ({}, {}, {"start_date": date(2026, 3, 2), "finish_date": date(2026, 3, 1)}, "start date lies after"),
    ],
)
def test_create_order_refuses(part_facts, bom_facts, order_facts, sentence):
    part = made("BIKE", **part_facts)
    bom_of(part, (bought("X"), 1), **bom_facts)

    with pytest.raises(Refused, match=sentence):
        order_of(part, **order_facts)

    assert not ProductionOrder.objects.exists()


def test_create_orders_refuses_nothing(planner):
    with pytest.raises(Refused, match="Choose at least one BOM"):
        operations.create_orders(items=[], warehouse=WarehouseFactory(), by=planner, business_date=TODAY)


def test_release_start_and_take_back_move_the_positions_too(planner):
    order = order_of(made("BIKE", (bought("X"), 1)))

    operations.release(order=order, by=planner)
    as_released = statuses(order)
    operations.take_back(order=order, by=planner)
    as_planned = statuses(order)
    operations.release(order=order, by=planner)
    operations.start(order=order, by=planner)

    assert as_released == ("released", {"firm"}, {"firm"})
    assert as_planned == ("planned", {"planned"}, {"planned"})
    assert statuses(order) == ("started", {"started"}, {"started"})


def test_undo_start_makes_the_order_released_again(planner):
    line = released(made("BIKE", (bought("X"), 1)), on_hand=10)
    operations.start(order=line.order, by=planner)

    operations.undo_start(order=line.order, by=planner)

    assert statuses(line.order) == ("released", {"firm"}, {"firm"})
    with pytest.raises(Refused, match="is released, not started"):
        operations.undo_start(order=line.order, by=planner)


def test_undo_start_refuses_what_is_reported(planner):
    line = released(made("BIKE", (bought("X"), 1)), on_hand=10)
    operations.issue_component(component=line.components.get(), quantity=Decimal(1), by=planner, effective_on=TODAY)

    with pytest.raises(Refused, match="undo the report first"):
        operations.undo_start(order=line.order, by=planner)


@pytest.mark.parametrize("operation", ["start", "close", "take_back"])
def test_a_planned_order_refuses_what_its_status_does_not_allow(planner, operation):
    order = order_of(made("BIKE", (bought("X"), 1)))

    with pytest.raises(Refused, match="is planned and cannot become"):
        getattr(operations, operation)(order=order, by=planner)


@pytest.mark.parametrize(("status", "operation"), [("started", "release"), ("finished", "start")])
def test_a_reported_order_goes_back_by_undoing_the_report_only(planner, operation, status):
    order = order_of(made("BIKE", (bought("X"), 1)))
    for step in ("released", "started", "finished"):
        if order.status != status:
            ProductionOrder.objects.filter(pk=order.pk).update(status=step)
            order.refresh_from_db()

    with pytest.raises(Refused, match=f"is {status} and cannot become"):
        getattr(operations, operation)(order=order, by=planner)


def test_the_database_refuses_any_other_transition(planner):
    order = order_of(made("BIKE", (bought("X"), 1)))

    for status in OrderStatus:
        if status != order.status and (order.status, status) not in TRANSITIONS:
            with pytest.raises(ProgrammingError, match="Invalid transition"), transaction.atomic():
                ProductionOrder.objects.filter(pk=order.pk).update(status=status)


def test_every_status_has_a_common_one():
    assert {status.value: status.position_status for status in OrderStatus} == {
        "suggested": Status.SUGGESTED,
        "planned": Status.PLANNED,
        "released": Status.FIRM,
        "started": Status.STARTED,
        "finished": Status.CLOSED,
        "closed": Status.CLOSED,
        "cancelled": Status.CANCELLED,
    }


def test_hold_stops_the_order_until_it_is_taken_off(planner):
    order = order_of(made("BIKE", (bought("X"), 1)))

    held = operations.hold(order=order, reason="Drawing changes", by=planner)

    assert held.is_on_hold
    with pytest.raises(Refused, match="is on hold: Drawing changes"):
        operations.release(order=order, by=planner)
    assert not operations.unhold(order=order, by=planner).is_on_hold
    with pytest.raises(Refused, match="is not on hold"):
        operations.unhold(order=order, by=planner)


def test_hold_refuses_no_reason_and_an_order_that_is_over(planner):
    order = order_of(made("BIKE", (bought("X"), 1)))

    with pytest.raises(Refused, match="Say why"):
        operations.hold(order=order, reason=" ", by=planner)
    operations.cancel(order=order, by=planner)
    with pytest.raises(Refused, match="is cancelled"):
        operations.hold(order=order, reason="x", by=planner)


def test_change_header_grows_the_version_and_refuses_a_stale_form(planner):
    order = order_of(made("BIKE", (bought("X"), 1)))

    changed = operations.change_header(order=order, note="New", by=planner, version=1)

    assert (changed.note, changed.version) == ("New", 2)
    with pytest.raises(Stale):
        operations.change_header(order=order, note="Other", by=planner, version=1)


def test_cancel_ends_the_positions_and_leaves_orders_below_as_orphans(planner):
    frame = made("FRAME", (bought("TUBE"), 1))
    order = order_of(made("BIKE", (frame, 1)))

    operations.cancel(order=order, by=planner, reason="Not wanted")

    assert statuses(order) == ("cancelled", {"cancelled"}, {"cancelled"})
    below = Supply.objects.get(part=frame)
    assert (below.status, below.free) == ("planned", 10)
    assert below.orphaned_at is not None


def test_cancel_refuses_what_is_promised_and_says_to_whom(planner):
    line = released(made("BIKE", (bought("X"), 1)))
    row = promise(line, 4, planner)

    with pytest.raises(Refused, match=f"is promised to {row} \\(4\\)"):
        operations.cancel(order=line.order, by=planner)

    assert statuses(line.order) == ("released", {"firm"}, {"firm"})


def test_cancel_releases_links_where_the_setting_says_so(planner):
    Setting.objects.create(name="link_deletion_policy", value="auto-close")
    line = released(made("BIKE", (bought("X"), 1)))
    row = promise(line, 4, planner)

    operations.cancel(order=line.order, by=planner)

    row.refresh_from_db()
    assert (row.uncovered, open_links()) == (4, [])


def test_cancel_refuses_a_started_order(planner):
    line = released(made("BIKE", (bought("X"), 1)), on_hand=10)
    report(line, 1, planner)

    with pytest.raises(Refused, match="is started and cannot be cancelled"):
        operations.cancel(order=line.order, by=planner)


def test_change_line_rescales_the_components(planner):
    rows = (bought("A"), 2), (bought("B"), 1, {"fixed_quantity": 3})
    line = order_of(made("BIKE", *rows)).lines.get()

    operations.change_line(line=line, quantity=Decimal(4), by=planner)

    quantities = line.components.order_by("position").values_list("demand__quantity", flat=True)
    assert (Supply.objects.get(pk=line.supply_id).quantity, list(quantities)) == (4, [8, 7])


def test_change_line_moves_dates_and_need_dates(planner):
    line = order_of(made("BIKE", (bought("X"), 1), lead_time=2)).lines.get()

    operations.change_line(line=line, finish_date=date(2026, 3, 20), by=planner)

    line.refresh_from_db()
    assert (line.start_date, line.supply.due_date) == (date(2026, 3, 18), date(2026, 3, 20))
    assert line.components.get().demand.need_date == date(2026, 3, 18)


def test_change_line_cuts_links_of_components_that_need_less(planner):
    frame = made("FRAME", (bought("TUBE"), 1))
    line = order_of(made("BIKE", (frame, 1)), 10).lines.get()

    operations.change_line(line=line, quantity=Decimal(6), by=planner)

    assert Supply.objects.values_list("quantity", "free").get(part=frame) == (10, 4)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"quantity": Decimal(3)}, "4 of .* is promised; 3 is less"),
        ({"quantity": Decimal(0)}, "above 0"),
        ({"quantity": Decimal("4.5")}, "too many decimals"),
        ({"start_date": date(2026, 3, 9), "finish_date": date(2026, 3, 6)}, "start date lies after"),
    ],
)
def test_change_line_refuses(planner, changes, sentence):
    line = released(made("BIKE", (bought("X"), 1)))
    promise(line, 4, planner)

    with pytest.raises(Refused, match=sentence):
        operations.change_line(line=line, by=planner, **changes)


def test_change_line_refuses_a_form_opened_before_any_change_of_the_line(planner):
    line = order_of(made("BIKE", (bought("X"), 1))).lines.get()
    changes = [
        lambda: operations.change_line(line=line, quantity=Decimal(6), by=planner),
        lambda: operations.add_component(line=line, part=bought("BELL"), quantity_per=Decimal(1), by=planner),
        lambda: operations.remove_component(component=line.components.last(), by=planner),
        lambda: operations.re_explode(line=line, by=planner),
    ]

    for change in changes:
        opened = ProductionOrder.objects.get(pk=line.order_id).version
        change()
        with pytest.raises(Stale, match="was changed meanwhile"):
            operations.change_line(line=line, quantity=Decimal(5), version=opened, by=planner)


def test_change_line_of_a_bound_order_is_refused_but_not_its_date(planner):
    frame = made("FRAME", (bought("TUBE"), 1))
    order_of(made("BIKE", (frame, 1)))
    line = ProductionOrder.objects.get(lines__supply__part=frame).lines.get()

    with pytest.raises(Refused, match=r"is bound to .*: change the quantity there"):
        operations.change_line(line=line, quantity=Decimal(20), by=planner)
    operations.change_line(line=line, finish_date=date(2026, 3, 30), by=planner)

    assert Supply.objects.get(pk=line.supply_id).due_date == date(2026, 3, 30)


def test_change_line_of_a_started_order_is_refused(planner):
    line = released(made("BIKE", (bought("X"), 1)))
    operations.start(order=line.order, by=planner)

    with pytest.raises(Refused, match="is started and is not changed any more"):
        operations.change_line(line=line, quantity=Decimal(20), by=planner)


def test_add_component_by_hand_comes_last_and_scales(planner):
    line = order_of(made("BIKE", (bought("X"), 1))).lines.get()

    component = operations.add_component(
        line=line, part=bought("BELL"), quantity_per=Decimal(1), fixed_quantity=Decimal(2), by=planner
    )

    assert (component.position, component.demand.quantity, component.added_by_hand) == (20, 12, True)
    assert Demand.objects.get(pk=component.demand_id).need_date == TODAY


def test_add_component_refuses_what_the_part_goes_into(planner):
    frame = made("FRAME", (bought("TUBE"), 1))
    bike = made("BIKE", (frame, 1))
    line = order_of(frame).lines.get()

    with pytest.raises(Refused, match="FRAME → BIKE → FRAME"):
        operations.add_component(line=line, part=bike, quantity_per=Decimal(1), by=planner)


def test_add_component_refuses_a_circle_through_another_order(planner):
    left, right = made("LEFT", (bought("X"), 1)), made("RIGHT", (bought("Y"), 1))
    operations.add_component(line=order_of(left).lines.get(), part=right, quantity_per=Decimal(1), by=planner)

    with pytest.raises(Refused, match="RIGHT → LEFT → RIGHT"):
        operations.add_component(line=order_of(right).lines.get(), part=left, quantity_per=Decimal(1), by=planner)


@pytest.mark.parametrize("by_hand", [True, False])
def test_add_component_refuses_a_circle_below_what_was_added_by_hand(planner, by_hand):
    top, middle = made("TOP", (bought("X"), 1)), made("MIDDLE", (bought("Y"), 1))
    low = made("LOW", (bought("Z") if by_hand else top, 1))
    operations.add_component(line=order_of(middle).lines.get(), part=low, quantity_per=Decimal(1), by=planner)
    if by_hand:
        operations.add_component(line=order_of(low).lines.get(), part=top, quantity_per=Decimal(1), by=planner)

    with pytest.raises(Refused, match="TOP → MIDDLE → LOW → TOP"):
        operations.add_component(line=order_of(top).lines.get(), part=middle, quantity_per=Decimal(1), by=planner)


def test_a_component_taken_off_again_closes_no_circle(planner):
    left, right = made("LEFT", (bought("X"), 1)), made("RIGHT", (bought("Y"), 1))
    line = order_of(left).lines.get()
    added = operations.add_component(line=line, part=right, quantity_per=Decimal(1), by=planner)
    operations.remove_component(component=added, by=planner)

    operations.add_component(line=order_of(right).lines.get(), part=left, quantity_per=Decimal(1), by=planner)

    assert Demand.objects.filter(part=left).exists()


def test_add_component_refuses_no_quantity_and_phantoms(planner):
    line = order_of(made("BIKE", (bought("X"), 1))).lines.get()

    with pytest.raises(Refused, match="above 0"):
        operations.add_component(line=line, part=bought("BELL"), by=planner)
    with pytest.raises(Refused, match="is fictitious"):
        operations.add_component(line=line, part=PhantomPartFactory(), quantity_per=Decimal(1), by=planner)


def test_remove_component_cancels_its_demand(planner):
    component = order_of(made("BIKE", (bought("X"), 1))).lines.get().components.get()

    operations.remove_component(component=component, by=planner)

    assert Demand.objects.get(pk=component.demand_id).status == "cancelled"
    with pytest.raises(Refused, match="is removed already"):
        operations.remove_component(component=component, by=planner)


def test_re_explode_follows_the_bom_and_keeps_links_and_what_was_added(planner):
    frame, gone, new = made("FRAME", (bought("TUBE"), 1)), bought("GONE"), bought("NEW")
    bike = made("BIKE", (frame, 1), (gone, 1))
    line = order_of(bike).lines.get()
    operations.add_component(line=line, part=bought("BELL"), quantity_per=Decimal(1), by=planner)
    bom = bike.boms.get()
    bom.rows.filter(component=gone).delete()
    bom.rows.filter(component=frame).update(quantity_per=2)
    bom_row = bom.rows.create(position=30, component=new, quantity_per=3)

    operations.re_explode(line=line, by=planner)

    found = line.components.order_by("position").values_list(
        "position", "demand__part__number", "demand__quantity", "demand__status"
    )
    assert list(found) == [
        (10, "FRAME", 20, "planned"),
        (20, "GONE", 10, "cancelled"),
        (30, "BELL", 10, "planned"),
        (40, "NEW", 30, "planned"),
    ]
    assert line.components.get(position=40).bom_row == bom_row.pk
    assert open_links() == [(10, 0, "bound")]


def test_bom_edits_never_reach_an_order(planner):
    bike = made("BIKE", (bought("X"), 1))
    line = order_of(bike).lines.get()

    bike.boms.get().rows.update(quantity_per=9)
    bike.boms.get().rows.all().delete()

    assert line.components.get().demand.quantity == 10


def test_create_purchase_orders_buys_what_is_short_for_the_components_alone(planner):
    part = bought("RM")
    term = SupplierTerm.objects.create(part=part, supplier=SupplierFactory(), unit=UnitFactory(), price=1)
    order = order_of(made("BIKE", (part, 2)))
    stock(part, order.site, 5)

    [row] = operations.create_purchase_orders(order=order, by=planner, business_date=TODAY)

    assert (row.supply.quantity, row.order.document.partner) == (15, term.supplier)
    assert list(row.supply.links.values_list("quantity", "contract", "kind")) == [(15, True, "bound")]
    with pytest.raises(Refused, match=r"No bought component of .* is short"):
        operations.create_purchase_orders(order=order, by=planner, business_date=TODAY)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_planners_cancel_and_release_one_after_the_other():
    by, order = UserFactory(), order_of(made("BIKE", (bought("X"), 1)))

    had_to_wait, outcome = run_before_commit(
        lambda: operations.cancel(order=order, by=by), lambda: operations.release(order=order, by=by)
    )

    assert had_to_wait
    assert str(outcome) == f"{order} is cancelled and cannot become released."
