"""What arrives, to whom it goes, and taking it back."""

from datetime import date
from decimal import Decimal

import pytest

from erp.exceptions import Refused
from linkage.models import StockMovement
from linkage.operations import issue, link
from linkage.operations.stock import balance_of
from linkage.refusals import NotEnough
from purchasing import operations
from tests.factories import ServicePartFactory, UnitConversionFactory
from tests.linkage.factories import TODAY, DemandFactory, MadeSupplyFactory, component_of
from tests.purchasing.factories import SupplierTermFactory, again, bought, demand_of, purchase_order, purchase_row

pytestmark = pytest.mark.django_db


def linked(row, demand, quantity, by, **options):
    return link(demand=demand, supply=row.supply, quantity=Decimal(quantity), by=by, accept_warnings=True, **options)


def receive(row, quantity, by, **options):
    return operations.receive(row=row, quantity=Decimal(quantity), by=by, effective_on=TODAY, **options)


def shelf(promise):
    promise.refresh_from_db()
    return promise.on_shelf


def balance(row):
    held = balance_of(row.supply.part, row.supply.warehouse)
    return held.quantity, held.free


def test_receive_part_of_a_row_is_free_stock_without_links(warehouse_keeper):
    row = purchase_row(sent=True)

    row = receive(row, 40, warehouse_keeper, reference="DN-1")

    assert (row.order.status, row.supply.status, row.supply.done) == ("partly_received", "started", 40)
    assert balance(row) == (40, 40)
    assert StockMovement.objects.values_list("quantity", "reference").get() == (40, "DN-1")


def test_receive_all_of_a_row_closes_it(warehouse_keeper):
    row = purchase_row(sent=True)

    row = receive(row, 100, warehouse_keeper)

    assert (row.order.status, row.supply.status) == ("received", "closed")


def test_receive_one_of_two_rows_leaves_the_other_as_it_is(warehouse_keeper):
    first = purchase_row(sent=True)
    second = purchase_row(order=first.order, warehouse=first.supply.warehouse)

    receive(first, 100, warehouse_keeper)

    assert (again(second).order.status, again(second).supply.status) == ("partly_received", "firm")


def test_receive_gives_bound_links_first_then_claimed_by_need_date(buyer, warehouse_keeper):
    row = purchase_row(sent=True)
    late = linked(row, demand_of(row, quantity=30, need_date=date(2026, 5, 1)), 30, buyer)
    early = linked(row, demand_of(row, quantity=30, need_date=date(2026, 4, 1)), 30, buyer)
    bound = linked(row, demand_of(row, quantity=30, need_date=date(2026, 6, 1)), 30, buyer, kind="bound")

    row = receive(row, 50, warehouse_keeper)

    assert (shelf(bound), shelf(early), shelf(late)) == (30, 20, 0)
    assert balance(row) == (50, 0)


def test_receive_as_the_receiver_says(buyer, warehouse_keeper):
    row = purchase_row(sent=True)
    early = linked(row, demand_of(row, quantity=30, need_date=date(2026, 4, 1)), 30, buyer)
    late = linked(row, demand_of(row, quantity=30, need_date=date(2026, 5, 1)), 30, buyer)

    row = receive(row, 30, warehouse_keeper, shares={late.pk: Decimal(25)})

    assert (shelf(early), shelf(late), balance(row)) == (0, 25, (30, 5))


def test_receive_counts_in_the_unit_of_the_row(warehouse_keeper):
    box = UnitConversionFactory(numerator=12).unit
    row = purchase_row(quantity=5, unit=box, sent=True)

    row = receive(row, 2, warehouse_keeper)

    assert (row.supply.done, row.supply.quantity) == (24, 60)


def test_receive_more_than_ordered_within_the_tolerance(warehouse_keeper):
    row = _row_with_terms(over_tolerance=10)

    row = receive(row, 110, warehouse_keeper)

    assert (row.order.status, row.supply.done, balance(row)) == ("received", 110, (110, 110))


def _row_with_terms(**terms):
    order = purchase_order()
    term = SupplierTermFactory(supplier=order.supplier, **terms)
    return purchase_row(order=order, part=term.part, sent=True)


def test_receive_beyond_the_tolerance_is_refused(warehouse_keeper):
    row = _row_with_terms(over_tolerance=10)

    with pytest.raises(Refused) as refusal:
        receive(row, 111, warehouse_keeper)

    assert str(refusal.value) == (
        "11 pcs more than ordered on P-1001/10; 10 % are allowed. A buyer can approve it with a reason."
    )


def test_receive_beyond_the_tolerance_with_the_buyers_approval(buyer):
    row = _row_with_terms(over_tolerance=10)

    row = receive(row, 111, buyer, approve_over=True, reason="Cheaper than sending back")

    assert (row.supply.done, row.supply.over_tolerance, balance(row)) == (111, 11, (111, 111))


@pytest.mark.parametrize(
    ("who", "reason", "sentence"),
    [
        ("warehouse_keeper", "fits", r"Only a buyer can approve 1 pcs more than ordered on P-1001/10\."),
        ("buyer", "", r"Give the reason for taking in more than was ordered\."),
    ],
)
def test_receive_beyond_the_tolerance_needs_a_buyer_and_a_reason(request, who, reason, sentence):
    row = purchase_row(sent=True)

    with pytest.raises(Refused, match=sentence):
        receive(row, 101, request.getfixturevalue(who), approve_over=True, reason=reason)


def test_receive_final_within_the_under_tolerance_is_received(warehouse_keeper):
    row = _row_with_terms(under_tolerance=5)

    row = receive(row, 95, warehouse_keeper, final=True)

    assert (row.order.status, row.supply.status, row.short_closed) == ("received", "closed", False)


def test_receive_final_below_the_under_tolerance_is_a_short_close(warehouse_keeper):
    row = _row_with_terms(under_tolerance=5)

    row = receive(row, 94, warehouse_keeper, final=True, reason="That was all")

    assert (row.order.status, row.short_closed, row.short_closed_reason) == ("closed", True, "That was all")


def test_receive_for_a_service_goes_straight_to_the_demand(buyer, warehouse_keeper):
    demand = bought(component_of(MadeSupplyFactory(), part=ServicePartFactory(), quantity=3))
    [row] = operations.create_orders_for(demands=[demand], by=buyer, business_date=TODAY)
    operations.send(order=row.order, by=buyer)

    receive(row, 3, warehouse_keeper)

    demand.refresh_from_db()
    assert (demand.done, again(row).order.status) == (3, "received")


def test_receive_on_a_draft_is_refused(warehouse_keeper):
    row = purchase_row()

    with pytest.raises(Refused, match=r"P-1001 is draft; send it before goods are received\."):
        receive(row, 1, warehouse_keeper)


@pytest.mark.parametrize("quantity", ["0", "-1"])
def test_receive_of_nothing_is_refused(warehouse_keeper, quantity):
    row = purchase_row(sent=True)

    with pytest.raises(Refused, match=r"Enter a quantity above 0\."):
        receive(row, quantity, warehouse_keeper)


def test_receive_shares_beyond_what_arrives_are_refused(buyer, warehouse_keeper):
    row = purchase_row(sent=True)
    promise = linked(row, demand_of(row, quantity=30), 30, buyer)

    with pytest.raises(Refused, match=r"The shares add up to 20; 10 arrived\."):
        receive(row, 10, warehouse_keeper, shares={promise.pk: Decimal(20)})


def test_receive_twice_with_one_key_has_one_effect(warehouse_keeper):
    row = purchase_row(sent=True)
    key = "11111111-1111-4111-8111-111111111111"

    receive(row, 40, warehouse_keeper, key=key)
    receive(row, 40, warehouse_keeper, key=key)

    assert again(row).supply.done == 40


def test_reverse_receipt_opens_the_row_again(warehouse_keeper):
    row = purchase_row(sent=True)
    receive(row, 100, warehouse_keeper)

    row = operations.reverse_receipt(
        row=row, movement=StockMovement.objects.get(), by=warehouse_keeper, effective_on=TODAY
    )

    assert (row.order.status, row.supply.status, row.supply.done) == ("sent", "firm", 0)
    assert balance(row) == (0, 0)


def test_reverse_receipt_of_a_confirmed_order_keeps_it_confirmed(buyer):
    row = purchase_row(sent=True)
    operations.confirm(order=row.order, by=buyer)
    receive(row, 40, buyer)

    row = operations.reverse_receipt(row=row, movement=StockMovement.objects.get(), by=buyer, effective_on=TODAY)

    assert row.order.status == "confirmed"


def test_reverse_receipt_gives_the_link_its_goods_to_come_again(buyer):
    row = purchase_row(sent=True)
    promise = linked(row, demand_of(row, quantity=30), 30, buyer)
    receive(row, 30, buyer)

    operations.reverse_receipt(row=row, movement=StockMovement.objects.get(), by=buyer, effective_on=TODAY)

    promise.refresh_from_db()
    assert (promise.on_shelf, promise.to_come) == (0, 30)


def test_reverse_receipt_of_used_goods_is_refused(buyer):
    row = purchase_row(sent=True)
    demand = demand_of(row, quantity=30)
    linked(row, demand, 30, buyer)
    receive(row, 30, buyer)
    issue(demand=demand, quantity=Decimal(30), by=buyer, effective_on=TODAY)

    with pytest.raises(Refused, match=r"30 pcs of .* cannot be taken back: nothing is there\. The rest: 30 issued to "):
        operations.reverse_receipt(
            row=row, movement=StockMovement.objects.get(supply=row.supply), by=buyer, effective_on=TODAY
        )


def test_reverse_receipt_of_another_row_is_refused(buyer):
    row, other = purchase_row(sent=True), purchase_row(sent=True)
    receive(other, 30, buyer)

    with pytest.raises(Refused, match=rf"is not a receipt of {row}\."):
        operations.reverse_receipt(row=row, movement=StockMovement.objects.get(), by=buyer, effective_on=TODAY)


def test_received_goods_are_promised_to_their_demand(buyer, warehouse_keeper):
    row = purchase_row(quantity=10, sent=True)
    linked(row, demand_of(row, quantity=10), 10, buyer)
    receive(row, 10, warehouse_keeper)
    other = DemandFactory(part=row.supply.part, warehouse=row.supply.warehouse, quantity=1)

    with pytest.raises(NotEnough):
        link(
            demand=other, supply=balance_of(row.supply.part, row.supply.warehouse), quantity=Decimal(1), by=buyer,
            accept_warnings=True,
        )  # fmt: skip
