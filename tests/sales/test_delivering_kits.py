"""So many of a fictitious part are delivered: its parts leave in proportion, the last ones take what is left."""

from decimal import Decimal

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains

from erp.exceptions import Refused
from linkage import drift
from linkage.operations import disconnect
from linkage.operations import link as link_supply
from sales import operations
from sales.kits import left_of
from sales.models import Role, SalesOrderRow
from sales.operations.structures import kit_rows
from sales.statuses import DELIVERED, PARTLY, RowStatus
from tests.factories import PartFactory, PhantomPartFactory, ServicePartFactory, UnitConversionFactory, UnitFactory
from tests.linkage.factories import stock
from tests.races import run_before_commit
from tests.sales.factories import again, order_with
from tests.sales.kits import kit_of, part_below

pytestmark = pytest.mark.django_db


@pytest.fixture
def kit():
    """A box of 2 hammers and 3 screws."""
    return kit_of(*((PartFactory(number=number), count) for number, count in (("HAMMER", 2), ("SCREW", 3))))


@pytest.fixture
def row(seller, kit):
    """Ten of them, for 10 each; everything is on the shelf."""
    return stocked(order_with(10, part=kit, by=seller))


def stocked(order):
    main = order.rows.for_list().main().get()
    for part in kit_rows(main):
        if part.demand:
            stock(part.part, part.warehouse, 100)
    return main


def deliver(row, quantity, by, **facts):
    return operations.deliver(row=row, quantity=Decimal(quantity), by=by, **facts)


def done(row):
    """{part: delivered, in its base unit}"""
    return {part.part.number: part.delivered for part in kit_rows(row)}


def test_parts_leave_in_proportion_and_the_last_ones_close_the_row(warehouse_keeper, row):
    deliver(row, 4, warehouse_keeper)
    assert (done(row), left_of(row, kit_rows(row))) == ({"HAMMER": 8, "SCREW": 12}, 6)
    assert (again(row).is_closed, again(row).order.status) == (False, PARTLY)

    deliver(row, 6, warehouse_keeper)
    assert done(row) == {"HAMMER": 20, "SCREW": 30}
    assert (again(row).is_closed, again(row).order.status) == (True, DELIVERED)
    assert list(drift.findings()) == []


def test_delivery_is_one_note_of_the_parts(warehouse_keeper, row):
    deliver(row, 4, warehouse_keeper)

    note = row.order.delivery_notes.get()
    assert [(one.row.place, one.quantity) for one in note.rows.for_list().order_by("pk")] == [("10.1", 8), ("10.2", 12)]


def test_what_left_of_a_part_before_is_in_the_next_ones(warehouse_keeper, row):
    deliver(part_below(row, "HAMMER"), 6, warehouse_keeper)
    assert left_of(row, kit_rows(row)) == 10

    deliver(row, 4, warehouse_keeper)

    assert (done(row), left_of(row, kit_rows(row))) == ({"HAMMER": 8, "SCREW": 12}, 6)


def test_part_that_is_far_ahead_stays_and_the_others_catch_up(warehouse_keeper, row):
    deliver(part_below(row, "HAMMER"), 15, warehouse_keeper)

    deliver(row, 4, warehouse_keeper)

    assert done(row) == {"HAMMER": 15, "SCREW": 12}


def test_parts_are_rounded_up_and_the_last_ones_take_what_is_left(seller, warehouse_keeper):
    screw, wire = PartFactory(number="SCREW"), PartFactory(number="WIRE", unit=UnitFactory(code="m", decimals=1))
    parts = (operations.new_part(screw, Decimal(7)), operations.new_part(wire, Decimal("1.0")))
    kit = PhantomPartFactory(number="KIT")
    order = order_with(by=seller)
    operations.add_row(order=order, part=kit, quantity=Decimal(3), sub_rows=parts, by=seller)
    row = stocked(order)

    found = []
    for _each in range(3):
        deliver(row, 1, warehouse_keeper)
        found.append(done(row))

    assert found == [
        {"SCREW": 3, "WIRE": Decimal("0.4")},
        {"SCREW": 5, "WIRE": Decimal("0.7")},
        {"SCREW": 7, "WIRE": 1},
    ]


def test_parts_are_noted_in_their_own_unit(seller, warehouse_keeper):
    screw = PartFactory(number="SCREW")
    dozen = UnitFactory(code="doz", decimals=2)
    UnitConversionFactory(part=screw, unit=dozen, base=screw.unit, numerator=12)
    order = order_with(by=seller)
    parts = (operations.new_part(screw, Decimal(4), unit=dozen),)
    operations.add_row(order=order, part=PhantomPartFactory(), quantity=Decimal(4), sub_rows=parts, by=seller)
    row = stocked(order)

    deliver(row, 1, warehouse_keeper)

    assert done(row) == {"SCREW": 12}
    assert row.order.delivery_notes.get().rows.get().quantity == 1


def test_pieces_leave_whole_where_a_part_stands_in_dozens(seller, warehouse_keeper):
    """A dozen in 5 boxes: the second takes 2 pieces, which are 0.166667 dozen."""
    screw, dozen = PartFactory(number="SCREW"), UnitFactory(code="dz", decimals=6)
    UnitConversionFactory(part=screw, unit=dozen, base=screw.unit, numerator=12)
    order = order_with(by=seller)
    parts = (operations.new_part(screw, Decimal(1), unit=dozen),)
    operations.add_row(order=order, part=PhantomPartFactory(), quantity=Decimal(5), sub_rows=parts, by=seller)
    row = stocked(order)

    found = []
    for _each in range(5):
        deliver(row, 1, warehouse_keeper)
        found.append(done(row)["SCREW"])

    assert found == [3, 5, 8, 10, 12]
    assert again(row).is_closed
    assert list(drift.findings()) == []


def test_what_is_not_kept_in_stock_goes_with_the_last_ones(seller, warehouse_keeper):
    kit = kit_of((PartFactory(number="HAMMER"), 2), (ServicePartFactory(number="FITTING"), 1))
    row = stocked(order_with(2, part=kit, by=seller))

    deliver(row, 1, warehouse_keeper)
    assert done(row) == {"HAMMER": 2, "FITTING": 0}
    deliver(row, 1, warehouse_keeper)

    assert (done(row), again(row).is_closed) == ({"HAMMER": 4, "FITTING": 2}, True)


def test_final_delivery_of_all_that_is_left_ends_all_parts(warehouse_keeper, row):
    deliver(row, 4, warehouse_keeper)
    deliver(part_below(row, "HAMMER"), 11, warehouse_keeper)

    deliver(row, 6, warehouse_keeper, final=True)

    assert (done(row), again(row).is_closed) == ({"HAMMER": 20, "SCREW": 30}, True)


def test_final_delivery_of_fewer_than_are_left_is_refused(warehouse_keeper, row):
    deliver(row, 2, warehouse_keeper)

    with pytest.raises(Refused, match=f"4 of 8 pcs cannot be the final delivery of {row}: change the quantity"):
        deliver(row, 4, warehouse_keeper, final=True)

    assert (done(row), again(row).is_closed) == ({"HAMMER": 4, "SCREW": 6}, False)


def test_what_is_not_kept_in_stock_may_be_all_that_is_left(seller, warehouse_keeper):
    kit = kit_of((PartFactory(number="HAMMER"), 2), (ServicePartFactory(number="FITTING"), 1))
    row = stocked(order_with(2, part=kit, by=seller))
    deliver(part_below(row, "HAMMER"), 4, warehouse_keeper)

    deliver(row, 2, warehouse_keeper)

    assert (done(row), again(row).is_closed) == ({"HAMMER": 4, "FITTING": 2}, True)


@pytest.mark.parametrize(
    ("quantity", "sentence"),
    [(11, "Only 10 pcs of S-1001/10 are left to deliver; 11 were asked for"), (0, "Enter a quantity above 0")],
)
def test_more_than_is_left_or_nothing_is_refused(warehouse_keeper, row, quantity, sentence):
    with pytest.raises(Refused, match=sentence):
        deliver(row, quantity, warehouse_keeper)


def test_delivered_row_and_one_whose_parts_are_all_cancelled_are_refused(seller, warehouse_keeper, kit, row):
    deliver(row, 10, warehouse_keeper)
    with pytest.raises(Refused, match="is finished and cannot be changed"):
        deliver(row, 1, warehouse_keeper)

    other = order_with(1, part=kit, by=seller).rows.for_list().main().get()
    for number in ("HAMMER", "SCREW"):
        part = part_below(other, number)
        shelf = stock(part.part, part.warehouse, 1)
        disconnect(link=link_supply(demand=part.demand, supply=shelf, quantity=Decimal(1), by=seller), by=seller)
        operations.delete_row(row=again(part), by=seller)
    with pytest.raises(Refused, match=f"No parts of {other} are left to deliver"):
        deliver(other, 1, warehouse_keeper)


def test_forecast_is_refused_for_its_part(seller, warehouse_keeper, row):
    operations.change_row(row=row, row_status=RowStatus.FORECAST, by=seller)

    with pytest.raises(Refused, match="is a forecast and cannot be delivered"):
        deliver(row, 1, warehouse_keeper)


def test_parts_and_their_row_are_not_delivered_at_once(warehouse_keeper, row):
    lines = [operations.Delivered(row=one, quantity=Decimal(1)) for one in (row, part_below(row, "HAMMER"))]

    with pytest.raises(Refused, match="A row is delivered once at a time"):
        operations.deliver_rows(lines=lines, by=warehouse_keeper)


def test_alloy_cost_goes_with_the_last_ones(seller, warehouse_keeper, kit):
    type(kit).objects.filter(pk=kit.pk).update(weight=1, alloy_price=3)
    row = stocked(order_with(10, part=type(kit).objects.get(pk=kit.pk), by=seller))
    operations.add_alloy_cost(row=row, by=seller)

    deliver(row, 4, warehouse_keeper)
    deliver(row, 6, warehouse_keeper)

    notes = [[one.row.role for one in note.rows.for_list().order_by("pk")] for note in row.order.delivery_notes.all()]
    assert sorted(notes, key=len) == [[Role.PART] * 2, [Role.PART, Role.PART, Role.ALLOY]]


def test_alloy_cost_gets_a_note_of_its_own_where_the_last_part_is_cancelled(seller, warehouse_keeper, kit):
    type(kit).objects.filter(pk=kit.pk).update(weight=1, alloy_price=3)
    row = stocked(order_with(10, part=type(kit).objects.get(pk=kit.pk), by=seller))
    operations.add_alloy_cost(row=row, by=seller)
    deliver(part_below(row, "HAMMER"), 20, warehouse_keeper)

    operations.delete_row(row=part_below(row, "SCREW"), by=seller)

    alloy = row.sub_rows.get(role=Role.ALLOY)
    last = row.order.delivery_notes.latest("pk")
    assert (again(row).is_closed, row.order.delivery_notes.count()) == (True, 2)
    assert [(one.row_id, one.quantity) for one in last.rows.all()] == [(alloy.pk, 10)]
    basis = operations.export_invoice_basis(company=row.order.document.company, by=seller)
    assert [line.amount for line in basis.lines.filter(row=alloy)] == [30]

    operations.reverse_delivery(delivered=part_below(row, "HAMMER").delivery_rows.get(), by=warehouse_keeper)
    assert (again(row).is_closed, again(alloy).is_closed) == (False, False)


def test_page_of_the_row_delivers_complete_ones(warehouse_client, row):
    address = reverse("sales:row_deliver", args=[row.pk])
    assertContains(warehouse_client.get(reverse("sales:row", args=[row.pk])), address)
    page = warehouse_client.get(address)
    assertContains(page, "So many complete ones")
    assert page.context["form"]["quantity"].value() == "10"

    page = warehouse_client.post(address, {"quantity": "4", "effective_on": "2026-03-02"})

    assert page.status_code == 302
    assert done(row) == {"HAMMER": 8, "SCREW": 12}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_who_deliver_the_last_ones_deliver_them_once(seller, warehouse_keeper, kit):
    row = stocked(order_with(10, part=kit, by=seller))

    had_to_wait, outcome = run_before_commit(
        lambda: deliver(row, 8, warehouse_keeper), lambda: deliver(row, 8, warehouse_keeper)
    )

    assert had_to_wait
    assert str(outcome).startswith(f"Only 2 pcs of {row} are left to deliver; 8 were asked for")
    assert done(SalesOrderRow.objects.for_list().get(pk=row.pk)) == {"HAMMER": 16, "SCREW": 24}


def test_parts_on_a_pick_list_are_not_delivered_beside_it(warehouse_keeper, row):
    picked = operations.Picked(row=part_below(row, "HAMMER"), quantity=Decimal(20))
    operations.create_pick_lists(lines=[picked], by=warehouse_keeper)

    with pytest.raises(Refused, match=rf"20 pcs of {row}\.1 are on a pick list: report that list"):
        deliver(row, 4, warehouse_keeper)

    assert done(row) == {"HAMMER": 0, "SCREW": 0}


def test_order_without_partial_delivery_leaves_with_all_of_its_fictitious_part(seller, warehouse_keeper, kit):
    row = stocked(order_with(10, part=kit, by=seller, partial_delivery_allowed=False))

    with pytest.raises(Refused, match="may not be delivered in parts"):
        deliver(row, 4, warehouse_keeper)
    deliver(row, 10, warehouse_keeper)

    assert again(row).order.status == DELIVERED


def test_complete_ones_are_taken_back_part_by_part(warehouse_keeper, row):
    deliver(row, 10, warehouse_keeper)

    operations.reverse_delivery(delivered=part_below(row, "SCREW").delivery_rows.get(), by=warehouse_keeper)

    assert (done(row), again(row).is_closed) == ({"HAMMER": 20, "SCREW": 0}, False)
    assert left_of(row, kit_rows(row)) == 10
    deliver(row, 10, warehouse_keeper)
    assert (done(row), again(row).is_closed) == ({"HAMMER": 20, "SCREW": 30}, True)


def test_complete_ones_count_from_what_the_row_is_now(seller, warehouse_keeper, row):
    deliver(row, 4, warehouse_keeper)
    operations.change_row(row=again(row), quantity=Decimal(6), scale=True, by=seller)

    assert left_of(again(row), kit_rows(row)) == 2
    deliver(again(row), 2, warehouse_keeper)

    assert (done(row), again(row).is_closed) == ({"HAMMER": 12, "SCREW": 18}, True)


def test_page_of_the_row_says_what_left_of_it(warehouse_client, warehouse_keeper, row):
    deliver(row, 4, warehouse_keeper)

    page = warehouse_client.get(reverse("sales:row", args=[row.pk]))

    assertContains(page, "4.00 pcs complete")
    assert [(one.row.place, one.quantity) for one in sorted(page.context["deliveries"], key=lambda one: one.pk)] == [
        ("10.1", 8),
        ("10.2", 12),
    ]
