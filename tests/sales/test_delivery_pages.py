"""The pages of delivery planning, pick lists and delivery notes."""

import re
from decimal import Decimal
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from erp.register.models import UnitConversion
from erp.register.units import plain
from sales import operations
from sales.models import DeliveryNote, PickList, RowType, SalesOrderRow
from sales.operations import Picked
from sales.pick_papers import pick_paper
from sales.statuses import DELIVERED
from tests.factories import PartFactory, UnitFactory
from tests.linkage.factories import stock
from tests.sales.factories import DELIVERY, again, order_with, row_with

pytestmark = pytest.mark.django_db


def url(name, *args):
    return reverse(f"sales:{name}", args=args)


def picked(row, quantity, *, by):
    [made] = operations.create_pick_lists(lines=[Picked(row=row, quantity=Decimal(quantity))], by=by)
    return made


def test_planning_offers_what_can_leave_and_makes_the_list(warehouse_client: Client, seller):
    row = row_with(10, by=seller)
    stock(row.part, row.warehouse, 6)

    page = warehouse_client.get(url("planning"), {"until": "2026-12-31"})
    answer = warehouse_client.post(url("planning") + "?until=2026-12-31", {f"quantity_{row.pk}": "6", "note": "Gate 4"})

    made = PickList.objects.get()
    assert page.context["form"].lines[0].offered == 6
    assertRedirects(answer, url("pick_list", made.pk))
    assert (made.note, str(made.until), made.rows.get().quantity) == ("Gate 4", "2026-12-31", 6)


def test_planning_leaves_out_what_is_due_later_and_keeps_what_was_typed(warehouse_client, seller):
    soon, later = row_with(10, by=seller), row_with(10, by=seller, row={"delivery_date": None})
    stock(soon.part, soon.warehouse, 6)

    answer = warehouse_client.post(url("planning") + "?until=2026-12-31", {f"quantity_{soon.pk}": "six"})

    assertContains(answer, 'value="six"', status_code=422)
    assertNotContains(answer, f'id="line-{later.pk}"', status_code=422)
    assert not PickList.objects.exists()


def test_planning_asks_for_a_quantity(warehouse_client, seller):
    row_with(10, by=seller)

    answer = warehouse_client.post(url("planning"), {})

    assertContains(answer, "Enter the quantity of at least one row.", status_code=422)


def test_planning_offers_an_order_without_partial_delivery_whole_or_not(warehouse_client, seller):
    order = order_with(3, 4, by=seller, partial_delivery_allowed=False)
    stock(order.rows.first().part, order.warehouse, 6)

    page = warehouse_client.get(url("planning"), {"order": str(order)})

    assert [line.offered for line in page.context["form"].lines] == [0, 0]
    assertContains(page, "No partial delivery: S-1001/20 lacks 1.")


@pytest.mark.parametrize("row_count", [1, 3])
def test_planning_query_count_does_not_grow(warehouse_client, seller, django_assert_max_num_queries, row_count):
    for _ in range(row_count):
        row = row_with(10, part=PartFactory(), by=seller)
        stock(row.part, row.warehouse, 6)

    with django_assert_max_num_queries(16):
        warehouse_client.get(url("planning"), {"until": "2026-12-31"})


def test_pick_list_is_reported_in_parts(warehouse_client, seller, warehouse_keeper):
    row = row_with(10, by=seller)
    stock(row.part, row.warehouse, 10)
    made = picked(row, 6, by=warehouse_keeper)
    posted = {f"quantity_{row.pk}": "4", "effective_on": "2026-03-02", "reference": "Truck 7"}

    answer = warehouse_client.post(url("pick_list_deliver", made.pk), posted, follow=True)

    note = DeliveryNote.objects.get()
    assertContains(answer, f"Delivered: {note}.")
    assert (again(row).delivered, made.rows.get().open, note.reference, note.pick_list) == (4, 2, "Truck 7", made)


def test_pick_list_with_a_bad_quantity_keeps_what_was_typed(warehouse_client, seller, warehouse_keeper):
    row = row_with(10, by=seller)
    stock(row.part, row.warehouse, 10)
    made = picked(row, 6, by=warehouse_keeper)

    answer = warehouse_client.post(url("pick_list_deliver", made.pk), {f"quantity_{row.pk}": "x", "reference": "T 7"})

    assertContains(answer, 'value="T 7"', status_code=422)


@pytest.mark.parametrize("row_count", [1, 3])
def test_pick_list_query_count_does_not_grow(
    warehouse_client, seller, warehouse_keeper, django_assert_max_num_queries, row_count
):
    order = order_with(*[2] * row_count, by=seller)
    stock(order.rows.first().part, order.warehouse, 10)
    lines = [Picked(row=row, quantity=Decimal(1)) for row in order.rows.for_list()]
    [made] = operations.create_pick_lists(lines=lines, by=warehouse_keeper)

    with django_assert_max_num_queries(16):
        warehouse_client.get(url("pick_list", made.pk))


def test_pick_is_changed_and_the_list_cancelled(warehouse_client, seller, warehouse_keeper):
    row = row_with(10, by=seller)
    stock(row.part, row.warehouse, 10)
    made = picked(row, 6, by=warehouse_keeper)

    warehouse_client.post(url("pick_change", made.rows.get().pk), {"quantity": "5"})
    between = made.rows.get().open
    page = warehouse_client.post(url("pick_list_cancel", made.pk), {"reason": ""}, follow=True)

    assert between == 5
    assertContains(page, "Cancelled")


def test_order_is_delivered_row_by_row_at_once(warehouse_client, seller):
    order = order_with(3, 4, by=seller)
    first, second = order.rows.order_by("position")
    stock(first.part, first.warehouse, 7)
    posted = {f"quantity_{first.pk}": "3", f"quantity_{second.pk}": "2", "effective_on": "2026-03-02"}

    answer = warehouse_client.post(url("order_deliver", order.pk), posted | {f"final_{second.pk}": "on"})

    note = DeliveryNote.objects.get()
    assertRedirects(answer, url("delivery_note", note.pk))
    assert (again(first).delivered, again(second).delivered, again(second).is_closed) == (3, 2, True)
    assertContains(warehouse_client.get(url("delivery_note_list")), str(note))


def test_order_without_partial_delivery_leaves_with_its_credit(warehouse_client, seller):
    order = order_with(3, by=seller, partial_delivery_allowed=False)
    credit = {"row_type": RowType.ADDITIONAL, "name": "Old pallets", "quantity": Decimal(-2)}
    credit = operations.add_row(order=order, delivery_date=DELIVERY, **credit, by=seller)
    row = order.rows.get(position=10)
    stock(row.part, row.warehouse, 3)

    page = warehouse_client.get(url("order_deliver", order.pk))
    offered = {f"quantity_{line.pk}": plain(line.offered) for line in page.context["form"].lines}
    warehouse_client.post(url("order_deliver", order.pk), offered | {"effective_on": "2026-03-02"})

    assert offered == {f"quantity_{row.pk}": "3", f"quantity_{credit.pk}": "-2"}
    assert (again(row).order.status, again(credit).is_closed) == (DELIVERED, True)
    assert [line.row for line in warehouse_client.get(url("planning")).context["form"].lines] == []


@pytest.mark.parametrize("name", ["planning", "order_deliver"])
def test_a_quantity_of_a_row_that_is_gone_is_not_dropped(warehouse_client, seller, warehouse_keeper, name):
    order = order_with(3, 4, 5, by=seller)
    first, second, third = order.rows.for_list().order_by("position")
    stock(first.part, first.warehouse, 12)
    boxes = {f"quantity_{row.pk}": "3" for row in (first, third)} | {f"quantity_{second.pk}": "0"}
    for row, quantity in ((first, 3), (second, 4)):
        operations.deliver(row=row, quantity=Decimal(quantity), by=warehouse_keeper)
    where = url("planning") if name == "planning" else url(name, order.pk)

    answer = warehouse_client.post(where, boxes | {"effective_on": "2026-03-02"})

    assertContains(answer, "Rows that cannot be delivered here any more, 1: S-1001/10.", status_code=422)
    assert (DeliveryNote.objects.count(), PickList.objects.count()) == (2, 0)


def test_a_pick_list_that_is_done_says_what_it_could_not_deliver(warehouse_client, seller, warehouse_keeper):
    row = row_with(10, by=seller)
    stock(row.part, row.warehouse, 10)
    made = picked(row, 6, by=warehouse_keeper)
    operations.cancel_pick_list(pick_list=made, by=warehouse_keeper)

    answer = warehouse_client.post(url("pick_list_deliver", made.pk), {f"quantity_{row.pk}": "6"})

    assertContains(answer, "Rows that cannot be delivered here any more, 1: S-1001/10.", status_code=422)


def test_a_form_that_is_sent_twice_delivers_and_answers_once(warehouse_client, seller):
    row = row_with(10, by=seller)
    stock(row.part, row.warehouse, 20)
    key = {"operation_key": str(uuid4()), "effective_on": "2026-03-02"}
    warehouse_client.post(url("planning"), {f"quantity_{row.pk}": "10"} | key)
    twice = warehouse_client.post(url("planning"), {f"quantity_{row.pk}": "10"} | key)
    made = PickList.objects.get()
    other = {f"quantity_{row.pk}": "10", "effective_on": "2026-03-02", "operation_key": str(uuid4())}

    answers = [warehouse_client.post(url("pick_list_deliver", made.pk), other) for _ in range(2)]

    assertRedirects(twice, url("pick_list_list"))
    assert [answer.url for answer in answers] == [url("pick_list", made.pk)] * 2
    assert again(row).delivered == 10


def test_an_order_that_is_reported_twice_is_delivered_once(warehouse_client, seller):
    row = row_with(10, by=seller)
    stock(row.part, row.warehouse, 20)
    posted = {f"quantity_{row.pk}": "10", "effective_on": "2026-03-02", "operation_key": str(uuid4())}

    warehouse_client.post(url("order_deliver", row.order_id), posted)
    answer = warehouse_client.post(url("order_deliver", row.order_id), posted, follow=True)

    assertContains(answer, "This form was posted before; nothing is posted a second time.")
    assert DeliveryNote.objects.count() == 1


def test_a_final_delivery_needs_its_quantity(warehouse_client, seller):
    order = order_with(3, 4, by=seller)
    first, second = order.rows.order_by("position")
    stock(first.part, first.warehouse, 7)
    posted = {f"quantity_{first.pk}": "3", f"final_{second.pk}": "on", "effective_on": "2026-03-02"}

    answer = warehouse_client.post(url("order_deliver", order.pk), posted)

    assertContains(answer, "Enter the quantity of the final delivery.", status_code=422)
    assert not DeliveryNote.objects.exists()


def test_a_viewer_reads_lists_and_notes_and_reports_nothing(viewer_client, seller, warehouse_keeper):
    row = row_with(10, by=seller)
    stock(row.part, row.warehouse, 10)
    made = picked(row, 6, by=warehouse_keeper)

    page = viewer_client.get(url("pick_list", made.pk))

    assertContains(page, "Still to deliver")
    assertNotContains(page, "Report the delivery")
    assertContains(viewer_client.get(url("pick_list_list")), "PL-1001")
    assertContains(viewer_client.get(url("row", row.pk)), "Under picking")


@pytest.mark.parametrize("name", ["pick_list", "pick_change", "pick_list_cancel", "delivery_note", "delivery_reverse"])
@pytest.mark.parametrize("pk", [999_999, 10**30])
def test_what_is_not_there_is_not_found(warehouse_client, name, pk):
    assert warehouse_client.get(url(name, pk)).status_code == 404


@pytest.mark.parametrize(("on_hand", "offered"), [(10, 0), (20, 1), (18, Decimal("1.5")), (24, 2)])
def test_what_is_offered_in_another_unit_can_be_delivered(warehouse_client, seller, on_hand, offered):
    part, box = PartFactory(), UnitFactory(code="box12")
    UnitConversion.objects.create(part=part, unit=box, base=part.unit, numerator=12)
    row = row_with(2, part=part, row={"unit": box}, by=seller)
    stock(part, row.warehouse, on_hand)

    page = warehouse_client.get(url("order_deliver", row.order_id))
    [line] = page.context["form"].lines
    posted = {f"quantity_{row.pk}": plain(line.offered), "effective_on": "2026-03-02"}
    warehouse_client.post(url("order_deliver", row.order_id), posted)

    assert (line.offered, again(row).delivered) == (offered, offered * 12)


def test_pick_list_says_in_base_units_what_its_unit_cannot(seller, warehouse_keeper):
    part, box = PartFactory(), UnitFactory(code="box12")
    UnitConversion.objects.create(part=part, unit=box, base=part.unit, numerator=12)
    row = row_with(24, part=part, by=seller)
    stock(part, row.warehouse, 10)
    made = picked(row, 10, by=warehouse_keeper)
    SalesOrderRow.objects.filter(pk=row.pk).update(unit=box, quantity=2)

    [line] = pick_paper(made, language="en")["rows"]

    assert line["quantity"] == "10 pcs"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("500", "Only 10 of S-1001/10 is open; 500 was asked for."), ("2.5", "2.5 pcs of .*allows whole numbers only")],
)
def test_deliver_page_says_at_the_row_what_is_too_much_of_it(warehouse_client, seller, typed, sentence):
    row = row_with(10, by=seller)
    stock(row.part, row.warehouse, 10)

    answer = warehouse_client.post(
        url("order_deliver", row.order_id), {f"quantity_{row.pk}": typed, "effective_on": "2026-03-02"}
    )

    assert answer.status_code == 422
    [said] = answer.context["form"].errors[f"quantity_{row.pk}"]
    assert re.search(sentence, said)
