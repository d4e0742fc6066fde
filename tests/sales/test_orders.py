"""Sales orders as a whole: create, change, register, confirm, cancel, close, copy."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.db.models.expressions import RawSQL
from django.test.utils import CaptureQueriesContext

from erp.exceptions import Refused, Stale
from linkage.models import Demand, Status
from linkage.operations import link
from sales import operations
from sales.models import SalesOrder, SalesOrderRow
from sales.statuses import (
    CANCELLED,
    CLOSED,
    CONFIRMED,
    DELIVERED,
    PARTLY,
    QUOTE,
    REGISTERED,
    TRANSITIONS,
    OrderStatus,
    RowStatus,
)
from tests.factories import (
    CompanyFactory,
    PartFactory,
    PartnerFactory,
    SupplierFactory,
    UnitConversionFactory,
    WarehouseFactory,
)
from tests.linkage.factories import SupplyFactory as OrderSupplyFactory
from tests.sales.factories import DELIVERY, order_with, positions, row_with

pytestmark = pytest.mark.django_db


def test_create_order_numbers_order_and_rows_and_makes_demands(seller):
    part = PartFactory(name="Frame")

    order = order_with(10, 4, part=part, by=seller)

    assert (str(order), order.status, positions(order)) == ("S-1001", REGISTERED, [10, 20])
    demands = Demand.objects.order_by("position")
    assert list(demands.values_list("position", "part", "quantity", "need_date", "kind", "firm", "status")) == [
        (10, part.pk, Decimal(10), DELIVERY, "sales", True, Status.FIRM),
        (20, part.pk, Decimal(4), DELIVERY, "sales", True, Status.FIRM),
    ]


def test_create_order_as_a_quote_makes_no_demands(seller):
    order = order_with(10, status=QUOTE, by=seller)

    assert (order.rows.get().demand, Demand.objects.count()) == (None, 0)


def test_create_order_of_a_forecast_row_makes_a_forecast_demand(seller):
    order_with(10, by=seller, row={"row_status": RowStatus.FORECAST})

    assert list(Demand.objects.values_list("kind", "firm")) == [("forecast", False)]


@pytest.mark.parametrize("row_status", [RowStatus.MANUFACTURED, RowStatus.BUY_MATERIAL])
def test_create_order_of_a_row_that_may_not_be_delivered_yet_is_not_firm(seller, row_status):
    order_with(10, by=seller, row={"row_status": row_status})

    assert list(Demand.objects.values_list("kind", "firm")) == [("sales", False)]


def test_create_order_of_a_part_without_stock_makes_no_demand(seller):
    order_with(1, part=PartFactory(is_stock_updated=False), by=seller)

    assert Demand.objects.count() == 0


def test_create_order_counts_the_demand_in_the_base_unit(seller):
    part = PartFactory()
    box = UnitConversionFactory(part=part, for_sales=True).unit

    order = order_with("1.5", part=part, by=seller)

    assert list(order.rows.values_list("quantity", "unit", "demand__quantity")) == [
        (Decimal("1.5"), box.pk, Decimal(18))
    ]


def test_create_order_takes_the_warehouse_of_the_part(seller):
    warehouse = WarehouseFactory()

    order = order_with(
        1,
        part=PartFactory(default_warehouse=warehouse),
        warehouse=WarehouseFactory(company=warehouse.company),
        by=seller,
    )

    assert order.rows.get().warehouse == warehouse


def test_create_order_refuses_a_supplier(seller):
    with pytest.raises(Refused, match="is not a customer"):
        order_with(1, customer=SupplierFactory(), by=seller)


def test_create_order_refuses_a_number_twice(seller):
    warehouse = WarehouseFactory()
    order_with(1, number="A-1", warehouse=warehouse, by=seller)

    with pytest.raises(Refused, match="This number is already used"), transaction.atomic():
        order_with(1, number="A-1", warehouse=warehouse, by=seller)


def test_create_order_refuses_a_quantity_that_the_unit_cannot_hold(seller):
    with pytest.raises(Refused, match=r"but pcs allows whole numbers only"):
        order_with("1.5", by=seller)

    assert SalesOrder.objects.count() == 0


def test_create_orders_takes_the_same_number_of_statements_for_one_and_ten(seller):
    part, warehouse, customer = PartFactory(), WarehouseFactory(), PartnerFactory()

    def statements(count):
        rows = (operations.NewRow(part=part, quantity=Decimal(2)),)
        new = operations.NewOrder(
            customer=customer, warehouse=warehouse, ordered_on=date(2026, 3, 2), status=CONFIRMED, rows=rows
        )
        with CaptureQueriesContext(connection) as captured:
            operations.create_orders(orders=[new] * count, by=seller)
        return len(captured)

    assert statements(1) == statements(10)
    assert SalesOrderRow.objects.filter(order__status=CONFIRMED, demand__quantity=2).count() == 11


def test_change_order_changes_the_priority_of_its_demands(seller):
    order = order_with(10, by=seller)

    operations.change_order(order=order, priority=1, version=order.version, by=seller)

    assert list(Demand.objects.values_list("priority", flat=True)) == [1]


def test_change_order_refuses_a_warehouse_of_another_company(seller):
    order = order_with(10, by=seller)
    far = WarehouseFactory(code="FAR", company=CompanyFactory(code="FAR"))

    with pytest.raises(Refused, match=f"FAR is a warehouse of .*, and {order} is of "):
        operations.change_order(order=order, warehouse=far, by=seller)


def test_change_order_refuses_a_stale_form(seller):
    order = order_with(10, by=seller)
    operations.change_order(order=order, note="Call first", version=0, by=seller)

    with pytest.raises(Stale) as stale:
        operations.change_order(order=order, note="Do not call", version=0, by=seller)

    assert stale.value.theirs == {"Note": ("Call first", "Do not call")}


def test_change_order_refuses_a_cancelled_order(seller):
    order = operations.cancel_order(order=order_with(10, by=seller), by=seller)

    with pytest.raises(Refused, match="S-1001 is cancelled and cannot be changed"):
        operations.change_order(order=order, note="x", by=seller)


def test_register_order_makes_the_demands(seller):
    order = order_with(10, status=QUOTE, by=seller)

    order = operations.register_order(order=order, by=seller)

    assert (order.status, order.rows.get().demand.quantity) == (REGISTERED, Decimal(10))


def test_register_order_twice_is_refused(seller):
    order = order_with(10, by=seller)

    with pytest.raises(Refused, match="S-1001 is registered; it cannot become registered"):
        operations.register_order(order=order, by=seller)


def test_confirm_order_refuses_different_dates_without_partial_delivery(seller):
    order = order_with(10, by=seller, partial_delivery_allowed=False)
    operations.add_row(order=order, part=PartFactory(), quantity=Decimal(1), delivery_date=DELIVERY, by=seller)
    order.rows.filter(position=20).update(delivery_date=date(2026, 4, 1))

    with pytest.raises(Refused, match="all rows of S-1001 need the same delivery date as the first: change 20"):
        operations.confirm_order(order=order, by=seller)


def test_cancel_order_refuses_while_it_is_linked_and_names_the_links(planner):
    row = row_with(10, by=planner)
    supply = OrderSupplyFactory(part=row.part, warehouse=row.warehouse)
    link(demand=row.demand, supply=supply, quantity=Decimal(4), accept_warnings=True, by=planner)

    with pytest.raises(Refused) as refusal:
        operations.cancel_order(order=row.order, by=planner)

    assert str(refusal.value) == (
        f"S-1001 is linked: 4 pcs from {supply}. Disconnect them, or cancel and leave them free."
    )


def test_cancel_order_with_release_leaves_the_supply_free(planner):
    row = row_with(10, by=planner)
    supply = OrderSupplyFactory(part=row.part, warehouse=row.warehouse)
    link(demand=row.demand, supply=supply, quantity=Decimal(4), accept_warnings=True, by=planner)

    operations.cancel_order(order=row.order, release=True, by=planner)

    supply.refresh_from_db()
    row.demand.refresh_from_db()
    assert (supply.free, row.demand.status, row.demand.uncovered) == (Decimal(10), Status.CANCELLED, Decimal(0))


def linked_order(*quantities, by):
    """An order whose rows are all linked, each to a supply of its own."""
    order = order_with(*quantities, by=by)
    for row in order.rows.for_list().order_by("position"):
        supply = OrderSupplyFactory(part=row.part, warehouse=row.warehouse)
        link(demand=row.demand, supply=supply, quantity=row.quantity, accept_warnings=True, by=by)
    return order


def statements_of(work):
    with CaptureQueriesContext(connection) as asked:
        work()
    return len(asked)


def test_cancel_order_takes_as_many_statements_for_one_row_as_for_five(planner):
    one, five = linked_order(10, by=planner), linked_order(1, 2, 3, 4, 5, by=planner)

    counts = [
        statements_of(lambda order=order: operations.cancel_order(order=order, release=True, by=planner))
        for order in (one, five)
    ]

    assert counts[0] == counts[1]
    ended = Demand.objects.filter(sales_row__order=five).order_by("position")
    assert list(ended.values_list("status", "cancelled", "allocated")) == [
        (Status.CANCELLED, Decimal(quantity), Decimal(0)) for quantity in (1, 2, 3, 4, 5)
    ]


def test_cancel_order_names_ten_links_and_counts_the_others(planner):
    order = linked_order(*[1] * 12, by=planner)

    with pytest.raises(Refused, match=r"(1 pcs from [^,]+, ){10}2 more\. Disconnect them"):
        operations.cancel_order(order=order, by=planner)


def test_priority_of_an_order_takes_as_many_statements_for_one_row_as_for_five(planner):
    one, five = linked_order(10, by=planner), linked_order(1, 2, 3, 4, 5, by=planner)

    counts = [
        statements_of(lambda order=order: operations.change_order(order=order, priority=2, by=planner))
        for order in (one, five)
    ]

    assert counts[0] == counts[1]
    assert set(Demand.objects.filter(sales_row__order=five).values_list("priority", flat=True)) == {2}


def test_close_order_refuses_what_is_not_delivered(seller):
    with pytest.raises(Refused, match="Only a delivered order is closed; S-1001 is registered"):
        operations.close_order(order=order_with(10, by=seller), by=seller)


def test_copy_order_is_a_quote_with_the_same_rows(seller):
    order = order_with(10, by=seller, goods_label="Hall 3")

    copy = operations.copy_order(order=order, by=seller)

    assert (copy.status, copy.goods_label, str(copy)) == (QUOTE, "Hall 3", "S-1002")
    assert list(copy.rows.values_list("quantity", "delivery_date")) == [(Decimal(10), None)]


@pytest.mark.parametrize("status", [PARTLY, DELIVERED])
@pytest.mark.parametrize("step", [operations.register_order, operations.confirm_order])
def test_no_person_takes_a_delivered_order_back(seller, step, status):
    order = order_with(1, by=seller, status=status)

    with pytest.raises(Refused, match=f"is {status}; it cannot become"):
        step(order=order, by=seller)


@pytest.mark.parametrize("before", OrderStatus)
def test_status_follows_the_table_in_the_database_too(seller, before):
    order = order_with(1, by=seller, status=before)

    for after in OrderStatus:
        allowed = after == before or after in TRANSITIONS[before]
        try:
            with transaction.atomic():
                SalesOrder.objects.filter(pk=order.pk).update(status=after)
                raise Taken
        except Taken:
            assert allowed, after
        except ProgrammingError:
            assert not allowed, after


class Taken(Exception):
    """Rolls the savepoint back."""


@pytest.mark.parametrize(
    ("facts", "constraint"),
    [
        ({"quantity": 0}, "sales_row_quantity_sane"),
        ({"quantity": RawSQL("'NaN'::numeric", [])}, "sales_row_quantity_sane"),
        ({"row_type": 2}, "sales_row_is_of_its_type"),
        ({"row_status": "maybe"}, "sales_row_status_known"),
        ({"unit_price": RawSQL("'NaN'::numeric", [])}, "sales_row_price_sane"),
        ({"discount": 101}, "sales_row_discount_sane"),
        ({"discount": -1000}, "sales_row_discount_sane"),
        ({"setup_price": -1}, "sales_row_prices_sane"),
        ({"standard_price": -1}, "sales_row_prices_sane"),
        ({"position": 0}, "sales_row_position_positive"),
    ],
)
def test_row_constraints_hold_in_the_database(seller, facts, constraint):
    row = row_with(by=seller)

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        SalesOrderRow.objects.filter(pk=row.pk).update(**facts)


def test_statuses_are_all_in_the_tables():
    assert set(TRANSITIONS) == set(OrderStatus)
    assert TRANSITIONS[CLOSED] == TRANSITIONS[CANCELLED] == ()
    assert {PARTLY, DELIVERED} <= set(TRANSITIONS[CONFIRMED])
