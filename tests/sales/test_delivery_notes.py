"""Rows delivered together: the notes that are kept, what goes along, and what comes back."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.utils import timezone

from erp.exceptions import Refused
from linkage.models import OrderLink, StockMovement
from linkage.operations import link
from sales import operations
from sales.models import DeliveryNote, DeliveryRow, RowType
from sales.operations import Delivered, Picked
from sales.statuses import DELIVERED, PARTLY, REGISTERED, RowStatus
from tests.factories import PartFactory, PartRevisionFactory
from tests.linkage.factories import SupplyFactory, stock
from tests.sales.factories import DELIVERY, again, order_with

pytestmark = pytest.mark.django_db

FREIGHT = {"row_type": RowType.ADDITIONAL, "name": "Freight", "quantity": Decimal(1)}


def shipped(*rows, by, **facts):
    """Rows with their quantities, delivered in one operation."""
    lines = [Delivered(row=again(row), quantity=Decimal(quantity)) for row, quantity in rows]
    return operations.deliver_rows(lines=lines, by=by, **facts)


def noted(note):
    """What stands on a note: (position of the row, quantity)."""
    return [(str(row.row).partition("/")[2], row.quantity) for row in note.rows.order_by("pk")]


def test_deliver_rows_gives_each_order_a_note_of_its_own(seller, warehouse_keeper):
    part = PartFactory()
    first, second = order_with(3, 2, part=part, by=seller), order_with(5, part=part, by=seller)
    stock(part, first.warehouse, 5)
    stock(part, second.warehouse, 5)
    rows = [*first.rows.order_by("position"), second.rows.get()]

    notes = shipped(*zip(rows, [3, 2, 4], strict=True), by=warehouse_keeper, reference="Truck 7")

    facts = [(note.number, note.reference, str(note.order), noted(note)) for note in notes]
    assert facts[0] == ("D-1001", "Truck 7", "S-1001", [("10", 3), ("20", 2)])
    assert (facts[1][1:], noted(notes[1])) == (("Truck 7", str(second), [("10", 4)]), [("10", 4)])
    assert (again(rows[0]).order.status, again(rows[2]).order.status) == (DELIVERED, PARTLY)


def test_a_delivery_row_names_the_movements_and_links_that_it_used(planner, warehouse_keeper):
    [row] = order_with(10, by=planner).rows.for_list()
    balance = stock(row.part, row.warehouse, 10)
    own = link(demand=row.demand, supply=balance, quantity=Decimal(4), accept_warnings=True, by=planner)

    shipped((row, 6), by=warehouse_keeper)

    used = StockMovement.objects.filter(delivery__delivery_row__row=row).order_by("pk")
    assert list(used.values_list("quantity", "link", "reference")) == [(4, own.pk, "D-1001"), (2, None, "D-1001")]


def test_one_row_that_cannot_leave_keeps_all_of_them(seller, warehouse_keeper):
    order = order_with(3, 4, by=seller)
    first, second = order.rows.order_by("position")
    stock(first.part, first.warehouse, 5)

    with pytest.raises(Refused, match="Only 2 of"):
        shipped((first, 3), (second, 4), by=warehouse_keeper)

    assert (DeliveryNote.objects.count(), again(first).delivered, again(first).order.status) == (0, 0, REGISTERED)


def test_without_partial_delivery_every_open_row_leaves_at_once(seller, warehouse_keeper):
    order = order_with(3, 4, by=seller, partial_delivery_allowed=False)
    first, second = order.rows.order_by("position")
    stock(first.part, first.warehouse, 7)

    with pytest.raises(Refused, match=r"S-1001 may not be delivered in parts: S-1001/20 must leave with it\."):
        shipped((first, 3), by=warehouse_keeper)
    shipped((first, 3), (second, 4), by=warehouse_keeper)

    assert again(first).order.status == DELIVERED


def test_without_partial_delivery_a_forecast_does_not_have_to_leave(seller, warehouse_keeper):
    order = order_with(3, 4, by=seller, partial_delivery_allowed=False)
    first, second = order.rows.for_list().order_by("position")
    operations.change_row(row=second, row_status=RowStatus.FORECAST, by=seller)
    stock(first.part, first.warehouse, 3)

    shipped((first, 3), by=warehouse_keeper)

    assert again(first).is_closed


def test_without_partial_delivery_a_credit_leaves_after_its_pick_list(seller, warehouse_keeper):
    order = order_with(3, by=seller, partial_delivery_allowed=False)
    credit = operations.add_row(order=order, **FREIGHT | {"quantity": Decimal(-1)}, delivery_date=DELIVERY, by=seller)
    row = order.rows.for_list().get(position=10)
    stock(row.part, row.warehouse, 3)
    [made] = operations.create_pick_lists(lines=[Picked(row=row, quantity=Decimal(3))], by=warehouse_keeper)
    line = Delivered(row=again(row), quantity=Decimal(3), pick_row=made.rows.get())

    with pytest.raises(Refused, match="S-1001/20 must leave with it"):
        operations.deliver(row=again(row), quantity=Decimal(3), by=warehouse_keeper)
    operations.deliver_rows(lines=[line], pick_list=made, by=warehouse_keeper)
    shipped((again(credit), -1), by=warehouse_keeper)

    assert again(row).order.status == DELIVERED


def test_texts_go_along_below_their_row_each_time_and_by_themselves_once(seller, warehouse_keeper):
    """S4-068 and S4-069."""
    order = order_with(4, by=seller)
    row = order.rows.for_list().get()
    operations.add_sub_row(row=row, row_type=RowType.TEXT, text="Fragile", by=seller)
    operations.add_row(order=order, row_type=RowType.TEXT, text="Thank you", by=seller)
    stock(row.part, row.warehouse, 4)

    [first] = shipped((row, 1), by=warehouse_keeper)
    [second] = shipped((row, 1), by=warehouse_keeper)

    assert (noted(first), noted(second)) == ([("10", 1), ("10.1", 0), ("20", 0)], [("10", 1), ("10.1", 0)])


def test_texts_are_told_again_when_all_of_their_note_came_back(seller, warehouse_keeper):
    order = order_with(4, by=seller)
    row = order.rows.for_list().get()
    operations.add_row(order=order, row_type=RowType.TEXT, text="Thank you", by=seller)
    stock(row.part, row.warehouse, 4)
    [first] = shipped((row, 1), by=warehouse_keeper)

    operations.reverse_delivery(delivered=first.rows.get(row=row), reason="Wrong pallet", by=warehouse_keeper)
    [second] = shipped((row, 1), by=warehouse_keeper)

    assert noted(second) == [("10", 1), ("20", 0)]
    assert list(first.rows.values_list("reason", flat=True)) == ["Wrong pallet", "Wrong pallet"]


def test_reverse_delivery_puts_the_goods_where_and_for_whom_they_were(planner, warehouse_keeper):
    [row] = order_with(10, by=planner).rows.for_list()
    balance = stock(row.part, row.warehouse, 10)
    own = link(demand=row.demand, supply=balance, quantity=Decimal(4), accept_warnings=True, by=planner)
    [note] = shipped((row, 6), by=warehouse_keeper)

    operations.reverse_delivery(delivered=note.rows.get(), by=warehouse_keeper)

    balance.refresh_from_db()
    kept = OrderLink.objects.get(pk=own.pk)
    assert (kept.on_shelf, balance.quantity, balance.free, again(row).delivered) == (4, 10, 6, 0)


def test_reverse_delivery_of_what_is_invoiced_is_refused_by_operation_and_database(seller, warehouse_keeper):
    [row] = order_with(2, by=seller).rows.for_list()
    stock(row.part, row.warehouse, 2)
    [note] = shipped((row, 2), by=warehouse_keeper)
    note.rows.update(invoiced_at=timezone.now())

    with pytest.raises(Refused, match="S-1001/10 of D-1001 is invoiced since"):
        operations.reverse_delivery(delivered=note.rows.get(), by=warehouse_keeper)
    with pytest.raises(IntegrityError, match="delivery_row_invoiced_stands"), transaction.atomic():
        note.rows.update(reversed_at=timezone.now())


def test_reverse_delivery_twice_is_refused(seller, warehouse_keeper):
    [row] = order_with(2, by=seller).rows.for_list()
    stock(row.part, row.warehouse, 2)
    [note] = shipped((row, 2), by=warehouse_keeper)
    operations.reverse_delivery(delivered=note.rows.get(), by=warehouse_keeper)

    with pytest.raises(Refused, match=r"S-1001/10 of D-1001 is already taken back\."):
        operations.reverse_delivery(delivered=note.rows.get(), by=warehouse_keeper)


def test_a_row_on_a_note_stays_called_off_when_all_of_it_came_back(seller, warehouse_keeper):
    order = order_with(1, by=seller)
    freight = operations.add_row(order=order, **FREIGHT, by=seller)
    [note] = shipped((freight, 1), by=warehouse_keeper)
    operations.reverse_delivery(delivered=note.rows.get(), by=warehouse_keeper)

    kept = operations.delete_row(row=again(freight), by=seller)

    assert (kept.is_cancelled, kept.delivered) == (True, 0)


def test_a_delivery_note_stays_as_it_was_written(seller, warehouse_keeper):
    [row] = order_with(2, by=seller).rows.for_list()
    stock(row.part, row.warehouse, 2)
    [note] = shipped((row, 2), by=warehouse_keeper)

    with pytest.raises(ProgrammingError, match="Cannot update rows"), transaction.atomic():
        note.rows.update(quantity=1)


def test_final_delivery_releases_what_is_to_come(planner, warehouse_keeper):
    [row] = order_with(10, by=planner).rows.for_list()
    stock(row.part, row.warehouse, 6)
    supply = SupplyFactory(part=row.part, warehouse=row.warehouse)
    own = link(demand=row.demand, supply=supply, quantity=Decimal(4), accept_warnings=True, by=planner)

    operations.deliver_rows(lines=[Delivered(row=row, quantity=Decimal(6), final=True)], by=warehouse_keeper)

    assert (OrderLink.objects.get(pk=own.pk).open, DeliveryRow.objects.get().final) == (0, True)


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (lambda row: [], "Choose at least one row to deliver."),
        (lambda row: [Delivered(row=row, quantity=Decimal(1))] * 2, "A row is delivered once at a time."),
    ],
)
def test_deliver_rows_refuses(seller, warehouse_keeper, lines, sentence):
    [row] = order_with(2, by=seller).rows.for_list()

    with pytest.raises(Refused) as refusal:
        operations.deliver_rows(lines=lines(row), by=warehouse_keeper)

    assert str(refusal.value) == sentence


def test_rows_of_notes_come_with_their_revisions(seller, warehouse_keeper, django_assert_num_queries):
    part = PartFactory()
    part.active_revision = PartRevisionFactory(part=part, code="B")
    part.save()
    row = order_with(1, part=part, by=seller).rows.get()
    stock(part, row.warehouse, 1)
    shipped((row, 1), by=warehouse_keeper)

    with django_assert_num_queries(4):  # they, their rows, the orders of both
        codes = [one.row.revision.code for one in DeliveryRow.objects.for_list()]

    assert codes == ["B"]
