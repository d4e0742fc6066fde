"""Merging production orders: sums, links, components, dates, timelines, and what is refused by name."""

from datetime import date
from decimal import Decimal

import pytest

from erp.exceptions import Refused
from linkage.models import Demand, OrderLink, Provenance, Supply, Tombstone
from linkage.operations import add_provenance, disconnect, link
from linkage.preview import preview
from linkage.queries.timeline import timeline
from production import operations
from production.models import Component, Operation, ProductionOrder
from production.timeline import histories
from tests.factories import PartnerFactory, ServicePartFactory, WarehouseFactory
from tests.linkage.factories import TODAY, SupplyFactory, stock
from tests.production.factories import WorkCentreFactory, bom_of, routing_of
from tests.production.making import bought, made, order_of, promise, report
from tests.production.test_splitting import drift, held, line_of, needs, split, suggested_order

pytestmark = pytest.mark.django_db
EARLY, LATE = date(2026, 3, 16), date(2026, 3, 27)


def bike(*rows, **facts):
    return made("BIKE", *(rows or ((bought("WHEEL"), 2),)), **facts)


def orders_of(part, *quantities, by, **facts):
    warehouse = facts.pop("warehouse", None) or WarehouseFactory()
    return [order_of(part, quantity, warehouse=warehouse, by=by, **facts) for quantity in quantities]


def merge(*orders, by, **facts):
    return operations.merge_orders(orders=list(orders), by=by, **facts)


def test_merge_orders_sums_quantity_and_components_into_the_first(planner):
    first, second, third = orders_of(bike(), 5, 3, 2, by=planner)

    kept = merge(third, first, second, by=planner)

    assert kept == first
    assert (line_of(kept).supply.quantity, needs(kept)) == (10, {"WHEEL": (20, 0)})
    assert set(ProductionOrder.objects.values_list("pk", "status")) == {
        (first.pk, "planned"),
        (second.pk, "cancelled"),
        (third.pk, "cancelled"),
    }
    gone = Supply.objects.filter(document__in=[second.document, third.document])
    assert set(gone.values_list("quantity", "cancelled", "status")) == {(3, 3, "cancelled"), (2, 2, "cancelled")}
    assert drift() == []


def test_merge_orders_refuses_while_an_operation_is_on_hold(planner):
    part = bike()
    routing_of(part, (WorkCentreFactory(), 0, 5))
    first, second = orders_of(part, 5, 3, by=planner)
    step = Operation.objects.select_related("line__order__document").get(line__order=second)
    operations.hold_operation(step=step, reason="Spindle broken", by=planner)

    with pytest.raises(Refused, match=f"^{step} is on hold: Spindle broken$"):
        merge(first, second, by=planner)

    operations.unhold_operation(step=step, by=planner)
    assert merge(first, second, by=planner) == first


def test_merge_orders_carries_links_and_provenance(planner):
    first, second = orders_of(bike(), 5, 5, by=planner)
    rows = [promise(line_of(order), 4, planner) for order in (first, second)]
    add_provenance([(line_of(second).supply, rows[1], Decimal(4))])
    OrderLink.objects.filter(demand=rows[1]).update(kind="bound", contract=True)

    kept = merge(first, second, by=planner)

    links = OrderLink.objects.order_by("pk").values_list("supply__document", "demand", "open", "kind", "contract")
    assert list(links) == [
        (kept.document_id, rows[0].pk, 4, "claimed", False),
        (kept.document_id, rows[1].pk, 4, "bound", True),
    ]
    made_for = Provenance.objects.values_list("supply__document", "demand", "quantity")
    assert list(made_for) == [(kept.document_id, rows[1].pk, 4)]
    assert drift() == []


def test_merge_orders_widens_the_link_of_a_row_that_two_orders_serve(planner):
    order = order_of(bike(), 10, by=planner)
    row = promise(line_of(order), 8, planner)
    add_provenance([(line_of(order).supply, row, Decimal(8))])
    first, second = split(order, 4, 6, by=planner)

    kept = merge(first, second, by=planner)

    assert held(kept) == [(row.pk, 8)]
    ended = OrderLink.objects.get(supply__document=second.document)
    assert (ended.quantity, ended.released, ended.open, ended.reason) == (4, 4, 0, f"merged into {kept}")
    assert list(Provenance.objects.values_list("supply__document", "quantity")) == [(kept.document_id, 8)]
    assert drift() == []


def test_merge_orders_undoes_a_split(planner):
    part = bike((bought("WHEEL"), 2), (bought("PAINT"), Decimal("0.5"), {"fixed_quantity": 2}))
    order = order_of(part, 11, by=planner, finish_date=LATE)
    promise(line_of(order), 8, planner)
    before = needs(order), held(order), line_of(order).supply.due_date

    kept = merge(*split(order, 4, 4, 3, finish=[LATE, LATE, LATE], by=planner), by=planner)

    assert (needs(kept), held(kept), line_of(kept).supply.due_date) == before
    assert Component.objects.get(line__order=kept, demand__part__number="PAINT").fixed_quantity == 2


def test_merge_orders_takes_the_earliest_dates(planner):
    part, warehouse = bike(lead_time=3), WarehouseFactory()
    late = order_of(part, 5, warehouse=warehouse, by=planner, finish_date=LATE)
    early = order_of(part, 5, warehouse=warehouse, by=planner, finish_date=EARLY)

    line = line_of(merge(late, early, by=planner))

    assert (line.start_date, line.supply.due_date) == (line_of(early).start_date, EARLY)
    assert Demand.objects.get(for_supply=line.supply).need_date == date(2026, 3, 11)
    assert drift() == []


def test_merge_orders_carries_component_links_shelf_and_all(planner):
    first, second = orders_of(bike(), 5, 5, by=planner)
    ours, theirs = (Demand.objects.get(document=order.document) for order in (first, second))
    shelf = stock(ours.part, ours.warehouse, 8)
    coming = SupplyFactory(part=ours.part, warehouse=ours.warehouse)
    for demand, supply, quantity in ((ours, shelf, 3), (theirs, shelf, 4), (theirs, coming, 6)):
        link(demand=demand, supply=supply, quantity=Decimal(quantity), accept_warnings=True, by=planner)

    kept = merge(first, second, by=planner)

    links = OrderLink.objects.open().order_by("pk").values_list("supply", "demand", "on_shelf", "to_come")
    assert list(links) == [(shelf.pk, ours.pk, 7, 0), (coming.pk, ours.pk, 0, 6)]
    assert needs(kept) == {"WHEEL": (20, 13)}
    assert drift() == []


def test_merge_orders_takes_over_components_that_the_first_has_not(planner):
    first, second = orders_of(bike(), 5, 5, by=planner)
    operations.add_component(line=line_of(second), part=bought("BELL"), quantity_per=Decimal(1), by=planner)

    kept = merge(first, second, by=planner)

    assert needs(kept) == {"WHEEL": (20, 0), "BELL": (5, 0)}
    bell = Component.objects.get(line__order=kept, demand__part__number="BELL")
    assert (bell.position, bell.quantity_per, bell.demand.position) == (20, 1, 20)
    assert drift() == []


def test_merge_orders_keeps_removed_components_out(planner):
    first, second = orders_of(bike((bought("WHEEL"), 2), (bought("BELL"), 1)), 5, 5, by=planner)
    for order in (first, second):
        bell = Component.objects.get(line__order=order, demand__part__number="BELL")
        operations.remove_component(component=bell, by=planner)

    kept = merge(first, second, by=planner)

    open_needs = Demand.objects.open().filter(document=kept.document).values_list("part__number", "quantity")
    assert list(open_needs) == [("WHEEL", 20)]


def test_merge_orders_sums_the_subcontracted_operation_and_sets_up_once(planner):
    part = bike()
    routing_of(part, (WorkCentreFactory(), 10, 2), (ServicePartFactory(number="PAINTING"),))
    first, second = orders_of(part, 5, 3, by=planner)

    kept = merge(first, second, by=planner)

    painting = Demand.objects.open().get(part__number="PAINTING")
    assert (painting.document, painting.quantity) == (kept.document, 8)
    steps = Operation.objects.filter(line__order=kept).order_by("position")
    assert list(steps.values_list("name", "setup_minutes")) == [("Step 1", 10), ("Step 2", 0)]
    assert drift() == []


def test_merge_orders_keeps_of_the_header_what_all_agree_on(planner):
    customer, part, warehouse = PartnerFactory(), bike(), WarehouseFactory()
    first = order_of(part, 5, warehouse=warehouse, by=planner, customer=customer, project="P1", goods_label="A")
    second = order_of(part, 5, warehouse=warehouse, by=planner, customer=customer, project="P2", goods_label="A")

    kept = merge(first, second, by=planner)

    assert (kept.customer, kept.project, kept.goods_label) == (customer, "", "A")


def test_merge_orders_tells_the_timelines_of_all(planner):
    first, second = orders_of(bike(), 5, 3, by=planner)

    merge(first, second, reason="one batch", by=planner)

    told = f"{second} (3) merged into {first} (5): one batch"
    entries = [timeline(histories(order)).entries[0] for order in (first, second)]
    assert [(entry.what, entry.reason) for entry in entries] == [("Merge orders", told)] * 2
    assert "Line 1: quantity 5 → 8" in entries[0].changes
    assert "Order: status Planned → Cancelled" in entries[1].changes


def test_merge_orders_keeps_a_disconnected_pair_apart(planner):
    first, second = orders_of(bike(), 5, 5, by=planner)
    row = promise(line_of(second), 4, planner)
    disconnect(link=OrderLink.objects.get(), by=planner)

    kept = merge(first, second, by=planner)

    assert set(Tombstone.objects.values_list("supply__document", "demand")) == {
        (kept.document_id, row.pk),
        (second.document_id, row.pk),
    }
    assert list(Supply.objects.exclude(orphaned_at=None)) == []


def test_merge_orders_works_for_released_orders(planner):
    orders = orders_of(bike(), 5, 5, by=planner)
    for order in orders:
        operations.release(order=order, by=planner)

    kept = merge(*orders, by=planner)
    stock(Demand.objects.filter(document=kept.document).get().part, kept.site, 20)
    report(line_of(kept), 10, planner)

    assert ProductionOrder.objects.get(pk=kept.pk).status == "finished"


def test_merge_orders_in_preview_is_what_is_saved(planner):
    orders = orders_of(bike(), 5, 5, by=planner)
    promise(line_of(orders[1]), 4, planner)

    seen = preview(operations.merge_orders, orders=orders, by=planner)
    assert set(ProductionOrder.objects.values_list("status", flat=True)) == {"planned"}
    merge(*orders, by=planner)

    for change in seen.of("supply"):
        row = Supply.objects.get(pk=change.pk)
        assert {name: getattr(row, name) for name in change.after} == change.after


def _another_warehouse(planner, first):
    return order_of(line_of(first).bom.part, 5, by=planner)


def _another_part(planner, first):
    return order_of(made("CART", (bought("AXLE"), 1)), 5, warehouse=first.site, by=planner)


def _another_bom(planner, first):
    part = line_of(first).supply.part
    old = line_of(first).bom
    operations.set_active(bom=old, is_active=False, by=planner)
    new = bom_of(part, (bought("TYRE"), 2))
    return operations.create_order(bom=new, quantity=Decimal(5), warehouse=first.site, by=planner, business_date=TODAY)


def _released(planner, first):
    order = order_of(line_of(first).bom.part, 5, warehouse=first.site, by=planner)
    return operations.release(order=order, by=planner)


def _started(planner, first):
    return operations.start(order=_released(planner, first), by=planner)


def _held(planner, first):
    order = order_of(line_of(first).bom.part, 5, warehouse=first.site, by=planner)
    return operations.hold(order=order, reason="no steel", by=planner)


def _cancelled(planner, first):
    order = order_of(line_of(first).bom.part, 5, warehouse=first.site, by=planner)
    return operations.cancel(order=order, by=planner)


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        (_another_part, "{second} makes CART, {first} BIKE."),
        (_another_warehouse, "{second} goes to {second.site}, {first} {first.site}. {second} is made in {second.site}"),
        (_another_bom, "{second} is made from BOM BIKE (no. "),
        (_released, "{second} is released, {first} planned."),
        (_started, "{second} is started and cannot be merged."),
        (_held, "{second} is on hold: no steel"),
        (_cancelled, "{second} is cancelled and cannot be merged."),
    ],
)
def test_merge_orders_refuses_what_differs_and_says_in_what(planner, other, sentence):
    first = order_of(bike(), 5, by=planner)
    second = other(planner, first)

    with pytest.raises(Refused) as refusal:
        merge(first, second, by=planner)

    assert str(refusal.value).startswith(sentence.format(first=first, second=second))
    assert line_of(first).supply.quantity == 5


def test_merge_orders_refuses_what_is_only_suggested(planner):
    order = suggested_order(planner)
    planned = ProductionOrder.objects.exclude(pk=order.pk).get()

    with pytest.raises(Refused, match=f"{order} is suggested and cannot be merged"):
        merge(planned, order, by=planner)


def test_merge_orders_refuses_an_order_with_two_lines(planner):
    first, second = orders_of(bike(), 5, 5, by=planner)
    line_of(second).order.lines.update(order=first, position=2)

    with pytest.raises(Refused, match=f"{first} has 2 lines; only orders with one line are merged"):
        merge(first, second, by=planner)


def test_merge_orders_wants_two_different_orders(planner):
    order = order_of(bike(), 5, by=planner)

    with pytest.raises(Refused, match="Choose at least 2 orders to merge, and at most 50"):
        merge(order, order, by=planner)
