"""Rows of a sales order: add, insert, change, delete."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from erp.exceptions import Refused, Stale
from linkage.models import Demand, OrderLink, Status
from linkage.operations import disconnect, link
from linkage.queries.timeline import timeline
from sales import operations
from sales.models import SalesOrderRow, SalesOrderRowEvent
from sales.statuses import CONFIRMED, DELIVERED, PARTLY, QUOTE, RowStatus
from sales.timeline import histories
from tests.factories import PartFactory, PartRevisionFactory, UnitConversionFactory, WarehouseFactory
from tests.linkage.factories import SupplyFactory, stock
from tests.sales.factories import DELIVERY, again, order_with, positions, row_with

pytestmark = pytest.mark.django_db


def linked(row, quantity, *, by, due=None, kind="claimed"):
    supply = SupplyFactory(part=row.part, warehouse=row.warehouse, due_date=due or date(2026, 3, 18))
    demand = Demand.objects.get(pk=row.demand_id)
    return link(demand=demand, supply=supply, quantity=Decimal(quantity), kind=kind, accept_warnings=True, by=by)


def open_of(*links):
    return [OrderLink.objects.get(pk=link.pk).open for link in links]


def test_add_row_at_the_end_takes_the_next_ten(seller):
    order = order_with(1, 1, by=seller)

    row = operations.add_row(order=order, part=PartFactory(), quantity=Decimal(3), by=seller)

    assert (row.position, row.demand.position, row.demand.quantity) == (30, 30, Decimal(3))


def test_add_row_takes_the_active_revision_of_the_part(seller):
    part = PartFactory()
    PartRevisionFactory(part=part, code="A")
    part.active_revision = PartRevisionFactory(part=part, code="B")
    part.save()

    row = operations.add_row(order=order_with(1, by=seller), part=part, quantity=Decimal(3), by=seller)

    assert (row.revision.code, row.demand.revision.code) == ("B", "B")


def test_add_row_before_another_takes_the_middle_and_leaves_the_rest(seller):
    order = order_with(1, 1, by=seller)
    second = order.rows.get(position=20)

    row = operations.add_row(order=order, before=second, part=PartFactory(), quantity=Decimal(3), by=seller)

    assert (row.position, positions(order)) == (15, [10, 15, 20])


def test_add_row_without_a_free_number_renumbers_rows_and_demands(seller):
    order = order_with(1, 2, by=seller)
    SalesOrderRow.objects.filter(order=order, position=20).update(position=11)

    operations.add_row(
        order=order, before=order.rows.get(position=11), part=PartFactory(), quantity=Decimal(3), by=seller
    )

    rows = order.rows.order_by("position").values_list("position", "demand__position", "quantity")
    assert list(rows) == [(10, 10, Decimal(1)), (20, 20, Decimal(3)), (30, 30, Decimal(2))]


def test_add_row_on_a_quote_renumbers(seller):
    order = order_with(1, 2, status=QUOTE, by=seller)

    operations.add_row(
        order=order, before=order.rows.get(position=20), part=PartFactory(), quantity=Decimal(3), by=seller
    )

    assert list(order.rows.order_by("position").values_list("position", "quantity")) == [
        (10, Decimal(1)),
        (20, Decimal(3)),
        (30, Decimal(2)),
    ]


def test_add_row_renumbering_takes_the_same_number_of_statements(seller):
    def statements(count):
        order = order_with(*[1] * count, status=QUOTE, by=seller)
        with CaptureQueriesContext(connection) as captured:
            first = order.rows.order_by("position").first()
            operations.add_row(order=order, before=first, part=PartFactory(), quantity=Decimal(1), by=seller)
        return len(captured)

    assert statements(2) == statements(12)


def test_rows_numbered_anew_are_no_history_and_go_by_their_new_numbers(seller):
    order = order_with(1, 2, status=QUOTE, by=seller)
    _first, second = order.rows.order_by("position")
    before = SalesOrderRowEvent.objects.count()

    operations.add_row(order=order, before=second, part=PartFactory(), quantity=Decimal(3), by=seller)
    operations.change_row(row=again(second), quantity=Decimal(5), by=seller)

    told = SalesOrderRowEvent.objects.order_by("pgh_id")[before:].values_list("pgh_label", "position")
    assert list(told) == [("insert", 20), ("update", 30)]
    latest = timeline(histories(order, costs=False)).entries[0]
    assert [str(change) for change in latest.changes] == ["Row 30: quantity 2 → 5"]


@pytest.mark.parametrize("count", [1, 3])
def test_rows_of_a_list_come_with_their_order_and_all_that_their_demands_say(seller, count, django_assert_num_queries):
    order = order_with(*[1] * count, by=seller)

    with django_assert_num_queries(2):
        rows = list(SalesOrderRow.objects.for_list().filter(order=order).in_order())
        told = [(str(row), str(row.demand), str(row.demand.part.unit), str(row.demand.warehouse)) for row in rows]

    assert told == [
        (f"{order}/{place}", f"{order}/{place}", str(row.part.unit), str(row.warehouse))
        for place, row in zip(positions(order), rows, strict=True)
    ]
    assert len({id(row.order) for row in rows}) == 1


def test_add_row_later_keeps_its_own_order_date(seller):
    with time_machine.travel("2026-03-02"):
        order = order_with(1, by=seller)
    with time_machine.travel("2026-03-09"):
        row = operations.add_row(order=order, part=PartFactory(), quantity=Decimal(1), by=seller)

    assert [row.demand.ordered_on, order.rows.get(position=10).demand.ordered_on] == [date(2026, 3, 9), None]


def test_add_row_to_a_delivered_order_makes_it_partly_delivered(warehouse_keeper, seller):
    row = row_with(2, by=seller)
    stock(row.part, row.warehouse, 2)
    operations.deliver(row=row, quantity=Decimal(2), by=warehouse_keeper)
    row.order.refresh_from_db()
    before = row.order.status

    operations.add_row(order=row.order, part=PartFactory(), quantity=Decimal(1), by=seller)

    row.order.refresh_from_db()
    assert (before, row.order.status) == (DELIVERED, PARTLY)


def test_add_row_refuses_a_row_of_another_order(seller):
    order, other = order_with(1, by=seller), row_with(1, by=seller)

    with pytest.raises(Refused, match="is not a row of this order"):
        operations.add_row(order=order, before=other, part=PartFactory(), quantity=Decimal(1), by=seller)


def test_change_row_quantity_up_leaves_links_and_uncovers_the_difference(planner):
    row = row_with(10, by=planner)
    made = linked(row, 10, by=planner)

    row = operations.change_row(row=row, quantity=Decimal(14), by=planner)

    assert (open_of(made), row.demand.uncovered) == ([Decimal(10)], Decimal(4))


def test_change_row_quantity_down_cuts_claimed_before_bound_and_late_before_early(planner):
    row = row_with(10, by=planner)
    bound = linked(row, 4, kind="bound", by=planner)
    early = linked(row, 3, due=date(2026, 3, 10), by=planner)
    late = linked(row, 3, due=date(2026, 3, 17), by=planner)

    operations.change_row(row=row, quantity=Decimal(5), by=planner)

    assert open_of(bound, early, late) == [Decimal(4), Decimal(1), Decimal(0)]


def test_change_row_below_delivered_is_refused(seller, warehouse_keeper):
    row = row_with(10, by=seller)
    stock(row.part, row.warehouse, 6)
    operations.deliver(row=row, quantity=Decimal(6), by=warehouse_keeper)

    with pytest.raises(Refused, match=r"6 pcs of S-1001/10 are delivered; the quantity cannot be less than that\."):
        operations.change_row(row=row, quantity=Decimal(5), by=seller)


def test_change_row_refuses_a_stale_form_and_shows_both_values(seller):
    row = row_with(10, by=seller)
    operations.change_row(row=row, version=row.version, quantity=Decimal(12), by=seller)

    with pytest.raises(Stale) as stale:
        operations.change_row(row=row, version=row.version, quantity=Decimal(11), by=seller)

    assert stale.value.theirs == {"Quantity": ("12", "11")}


def test_change_row_into_another_unit_converts_quantity_and_price(seller):
    part = PartFactory()
    box = UnitConversionFactory(part=part).unit
    row = row_with(24, part=part, by=seller, row={"unit_price": Decimal(5)})

    row = operations.change_row(row=row, unit=box, recalculate=True, by=seller)

    assert (row.quantity, row.unit, row.unit_price, row.demand.quantity) == (2, box, 60, 24)


def test_change_row_into_another_unit_without_recalculating_changes_the_need(seller):
    part = PartFactory()
    box = UnitConversionFactory(part=part).unit
    row = row_with(24, part=part, by=seller)

    row = operations.change_row(row=row, unit=box, by=seller)

    assert (row.quantity, row.demand.quantity) == (24, 288)


def test_change_row_date_moves_the_need(seller):
    row = row_with(10, by=seller)

    row = operations.change_row(row=row, delivery_date=date(2026, 4, 1), by=seller)

    assert (row.demand.need_date, row.desired_date, row.initial_date) == (date(2026, 4, 1),) * 3


def test_change_row_date_after_confirming_leaves_desired_and_initial(seller):
    row = row_with(10, status=CONFIRMED, by=seller, row={"desired_date": DELIVERY})

    row = operations.change_row(row=row, delivery_date=date(2026, 4, 1), by=seller)

    assert (row.demand.need_date, row.desired_date, row.initial_date) == (date(2026, 4, 1), DELIVERY, DELIVERY)


def test_change_row_without_a_date_keeps_its_links(planner):
    row = row_with(10, by=planner)
    made = linked(row, 4, by=planner)

    row = operations.change_row(row=row, delivery_date=None, by=planner)

    assert (row.demand.need_date, open_of(made)) == (None, [Decimal(4)])


def test_change_row_to_forecast_is_refused_while_linked(planner):
    row = row_with(10, by=planner)
    made = linked(row, 4, by=planner)

    with pytest.raises(Refused) as refusal:
        operations.change_row(row=row, row_status=RowStatus.FORECAST, by=planner)

    assert str(refusal.value) == (
        f"S-1001/10 is linked to 4 pcs from {made.supply}; disconnect it before it becomes a forecast."
    )


def test_change_row_to_forecast_and_back_changes_the_demand(seller):
    row = row_with(10, by=seller)

    forecast = operations.change_row(row=row, row_status=RowStatus.FORECAST, by=seller).demand
    fixed = operations.change_row(row=again(row), row_status=RowStatus.FIXED, by=seller).demand

    assert [(forecast.kind, forecast.firm), (fixed.kind, fixed.firm)] == [("forecast", False), ("sales", True)]


def test_change_row_warehouse_moves_the_demand(seller):
    row = row_with(10, by=seller)
    other = WarehouseFactory(company=row.warehouse.company)

    row = operations.change_row(row=row, warehouse=other, by=seller)

    assert row.demand.warehouse == other


def test_change_row_warehouse_is_refused_while_linked_to_stock(planner):
    row = row_with(10, by=planner)
    shelf = stock(row.part, row.warehouse, 10)
    link(demand=row.demand, supply=shelf, quantity=Decimal(4), by=planner)

    with pytest.raises(Refused, match="S-1001/10 is linked to 4 pcs from stock"):
        operations.change_row(row=row, warehouse=WarehouseFactory(company=row.warehouse.company), by=planner)


def test_change_row_refuses_a_finished_row(seller, warehouse_keeper):
    row = row_with(2, by=seller)
    stock(row.part, row.warehouse, 2)
    row = operations.deliver(row=row, quantity=Decimal(2), by=warehouse_keeper)

    with pytest.raises(Refused, match="S-1001/10 is finished and cannot be changed"):
        operations.change_row(row=row, name="Other", by=seller)


def test_delete_row_of_a_quote_renumbers(seller):
    order = order_with(1, 2, 3, status=QUOTE, by=seller)

    operations.delete_row(row=order.rows.get(position=10), by=seller)

    assert list(order.rows.order_by("position").values_list("position", "quantity")) == [(10, 2), (20, 3)]


def test_delete_row_takes_its_demand_along(seller):
    row = row_with(10, by=seller)

    operations.delete_row(row=row, by=seller)

    assert (SalesOrderRow.objects.count(), Demand.objects.count()) == (0, 0)


def test_delete_row_refuses_while_linked_and_says_what_to_do(planner):
    row = row_with(10, by=planner)
    made = linked(row, 4, by=planner)

    with pytest.raises(Refused) as refusal:
        operations.delete_row(row=row, by=planner)

    assert str(refusal.value) == (
        f"S-1001/10 is linked: 4 pcs from {made.supply}. Disconnect or hand over each of them first."
    )


def test_delete_row_that_was_linked_stays_as_cancelled(planner):
    row = row_with(10, by=planner)
    disconnect(link=linked(row, 4, by=planner), by=planner)

    kept = operations.delete_row(row=row, by=planner)

    assert (kept, again(row).is_cancelled, again(row).demand.status) == (row, True, Status.CANCELLED)


def test_delete_row_twice_is_gone(seller):
    row = row_with(10, by=seller)
    operations.delete_row(row=row, by=seller)

    with pytest.raises(Refused, match="no longer exists"):
        operations.delete_row(row=row, by=seller)
