"""A part of a delivered quantity comes back: sums, links, movements, notes, picks, pieces and invoices stay right."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from erp.exceptions import Refused
from erp.register.operations import change_setting
from linkage.models import OrderLink, StockMovement
from linkage.operations import link
from sales import operations
from sales.models import DeliveryRow, InvoiceBasis, InvoiceLine, Role
from sales.operations import Delivered, Picked
from sales.papers import note_paper
from sales.statuses import DELIVERED, PARTLY
from tests.factories import PartFactory, UnitConversionFactory, UnitFactory, UserFactory
from tests.linkage.factories import stock
from tests.races import run_before_commit
from tests.sales.factories import again, row_with
from tests.sales.test_leaving import deliver, left, shelf, shelved, traced_row
from tests.sales.test_packing import row as packed_row  # noqa: F401 - a fixture
from tests.sales.test_packing import shipped
from tests.sales.test_vat import full, vat_group

pytestmark = pytest.mark.django_db


def back(row, quantity, by, **facts):
    delivered = DeliveryRow.objects.standing().filter(row=row).latest("pk")
    return operations.reverse_delivery(delivered=delivered, quantity=Decimal(quantity), by=by, **facts)


def noted(row):
    """[(quantity, base quantity, whether it was taken back, its movements)] of the row on notes."""
    return [
        (one.quantity, one.base_quantity, one.is_reversed, [m.movement.quantity for m in one.movements.order_by("pk")])
        for one in DeliveryRow.objects.filter(row=row).order_by("pk")
    ]


def on_hand(row):
    return stock(row.part, row.warehouse, 0).quantity


def test_a_part_comes_back_and_the_rest_stays_on_the_note(seller, warehouse_keeper):
    row = row_with(10, by=seller)
    stock(row.part, row.warehouse, 10)
    deliver(row, 10, warehouse_keeper)

    row = back(row, 3, warehouse_keeper, reason="Scratched")

    assert (row.delivered, row.demand.open, row.is_closed, row.order.status) == (7, 3, False, PARTLY)
    assert noted(row) == [(10, 10, True, [10]), (7, 7, False, [7])]
    assert (on_hand(row), DeliveryRow.objects.first().reason) == (3, "Scratched")


def test_what_is_left_comes_back_later_and_can_leave_again(seller, warehouse_keeper):
    row = row_with(10, by=seller)
    stock(row.part, row.warehouse, 10)
    deliver(row, 10, warehouse_keeper)
    back(row, 3, warehouse_keeper)

    row = back(row, 7, warehouse_keeper)
    back_again = (row.delivered, on_hand(row))
    row = deliver(row, 10, warehouse_keeper)

    assert (back_again, row.delivered, row.order.status) == ((0, 10), 10, DELIVERED)


def test_the_goods_return_to_the_link_that_they_left_last(planner, warehouse_keeper):
    row = row_with(10, by=planner)
    balance = stock(row.part, row.warehouse, 10)
    own = link(demand=row.demand, supply=balance, quantity=Decimal(6), by=planner, accept_warnings=True)
    deliver(row, 10, warehouse_keeper)  # 6 by the link, 4 of free stock

    back(row, 5, warehouse_keeper)

    own = OrderLink.objects.get(pk=own.pk)
    assert (own.issued, own.on_shelf) == (5, 1)
    assert noted(again(row))[-1] == (5, 5, False, [5])
    assert sum(StockMovement.objects.filter(demand=row.demand_id).values_list("quantity", flat=True)) == 5


def test_a_part_in_the_rows_own_unit(seller, warehouse_keeper):
    part, box = PartFactory(), UnitFactory(code="box")
    UnitConversionFactory(part=part, unit=box, base=part.unit, numerator=12, denominator=1)
    row = row_with(4, part=part, row={"unit": box}, by=seller)
    stock(part, row.warehouse, 48)
    deliver(row, 4, warehouse_keeper)

    row = back(row, 1, warehouse_keeper)

    assert (row.delivered, noted(row)[-1][:2]) == (36, (3, 36))


@pytest.mark.parametrize("quantity", ["0", "-1", "11", "0.5"])
def test_no_more_than_left_no_less_than_something_and_no_broken_piece(seller, warehouse_keeper, quantity):
    row = row_with(10, by=seller)
    stock(row.part, row.warehouse, 10)
    deliver(row, 10, warehouse_keeper)

    with pytest.raises(Refused):
        back(row, quantity, warehouse_keeper)

    assert (again(row).delivered, len(noted(row))) == (10, 1)


def test_what_is_reversed_stands_no_more(seller, warehouse_keeper):
    row = row_with(10, by=seller)
    stock(row.part, row.warehouse, 10)
    deliver(row, 10, warehouse_keeper)
    before = DeliveryRow.objects.get(row=row)
    back(row, 3, warehouse_keeper)

    said = f"of {row} that left with {before.note} are already taken back; 7 still stand on the note"
    with pytest.raises(Refused, match=rf"3 {row.unit} of the 10 {row.unit} {said}"):
        operations.reverse_delivery(delivered=before, quantity=Decimal(3), by=warehouse_keeper)
    with pytest.raises(IntegrityError, match="delivery_row_once"), transaction.atomic():
        DeliveryRow.objects.create(note=before.note, row=row)


def test_twice_partly_back_says_what_came_back_of_all_and_what_stands(seller, warehouse_keeper):
    row = row_with(10, by=seller)
    stock(row.part, row.warehouse, 10)
    deliver(row, 10, warehouse_keeper)
    back(row, 3, warehouse_keeper)
    seen = DeliveryRow.objects.standing().get(row=row)
    back(row, 2, warehouse_keeper)

    with pytest.raises(Refused, match=rf"5 {row.unit} of the 10 .* already taken back; 5 still stand on the note\."):
        operations.reverse_delivery(delivered=seen, quantity=Decimal(3), by=warehouse_keeper)
    back(row, 5, warehouse_keeper)
    with pytest.raises(Refused, match=r"is already taken back\."):
        operations.reverse_delivery(delivered=seen, quantity=Decimal(3), by=warehouse_keeper)


def test_picks_and_paper_follow(seller, warehouse_keeper):
    row = row_with(10, by=seller)
    stock(row.part, row.warehouse, 10)
    [pick_list] = operations.create_pick_lists(lines=[Picked(row=row, quantity=Decimal(10))], by=warehouse_keeper)
    lines = [Delivered(row=again(row), quantity=Decimal(10), pick_row=pick_list.rows.get())]
    [note] = operations.deliver_rows(lines=lines, pick_list=pick_list, by=warehouse_keeper)

    back(row, 4, warehouse_keeper)

    pick = pick_list.rows.get()
    assert (pick.delivered, pick.released, pick.open) == (6, 4, 0)
    [printed] = note_paper(note)["data"]
    assert printed["quantity"] == "6"


def test_packaging_stays_with_what_stays_and_comes_back_whole(packed_row, warehouse_keeper):  # noqa: F811
    shipped(packed_row, 10, by=warehouse_keeper)
    box = DeliveryRow.objects.get(row__role=Role.PACKAGING)

    back(packed_row, 2, warehouse_keeper)
    box.refresh_from_db()
    packs = (box.is_reversed, box.packs.quantity)
    with pytest.raises(Refused, match="comes back whole"):
        operations.reverse_delivery(delivered=box, quantity=Decimal(1), by=warehouse_keeper)
    back_all = DeliveryRow.objects.standing().get(row=packed_row)
    operations.reverse_delivery(delivered=back_all, by=warehouse_keeper)

    box.refresh_from_db()
    assert (packs, box.is_reversed) == ((False, 8), True)


def test_what_was_exported_is_credited_and_the_rest_exported_anew(seller, warehouse_keeper, admin_user):
    row = row_with(10, by=seller)
    stock(row.part, row.warehouse, 10)
    deliver(row, 10, warehouse_keeper)
    company = row.order.document.company
    operations.export_invoice_basis(company=company, by=admin_user)

    back(row, 3, warehouse_keeper)
    operations.export_invoice_basis(company=company, by=admin_user)

    lines = InvoiceLine.objects.order_by("pk").values_list("quantity", "is_credit")
    assert list(lines) == [(10, False), (-10, True), (7, False)]


def sold_and_exported(seller, keeper, admin):
    """10 for 10 each with 25 % VAT, delivered and exported; then the row costs 12 less 50 %, without VAT."""
    vat_group(full("25"))
    row = row_with(10, row={"unit_price": Decimal(10)}, by=seller)
    stock(row.part, row.warehouse, 10)
    deliver(row, 10, keeper)
    export(row, admin)
    type(row).objects.filter(pk=row.pk).update(unit_price=12, discount=50, vat_code=None)
    return again(row)


def export(row, by):
    return operations.export_invoice_basis(company=row.order.document.company, by=by)


def billed(basis):
    """[(quantity, price, discount, amount, VAT %)] of a basis."""
    lines = basis.lines.order_by("pk")
    return list(lines.values_list("quantity", "unit_price", "discount", "amount", "vat_percent"))


def test_what_stays_is_billed_at_the_price_that_it_was_billed_at(seller, warehouse_keeper, admin_user):
    row = sold_and_exported(seller, warehouse_keeper, admin_user)

    back(row, 3, warehouse_keeper)
    first = billed(export(row, admin_user))
    back(row, 1, warehouse_keeper)
    back(row, 1, warehouse_keeper)
    second = billed(export(row, admin_user))

    assert first == [(-10, 10, 0, -100, 25), (7, 10, 0, 70, 25)]
    assert second == [(-7, 10, 0, -70, 25), (5, 10, 0, 50, 25)]


def test_what_leaves_again_is_billed_at_the_price_of_now(seller, warehouse_keeper, admin_user):
    row = sold_and_exported(seller, warehouse_keeper, admin_user)
    row = back(row, 3, warehouse_keeper)

    deliver(row, 3, warehouse_keeper)

    assert billed(export(row, admin_user)) == [(-10, 10, 0, -100, 25), (7, 10, 0, 70, 25), (3, 12, 50, 18, 0)]


def test_what_stays_of_a_billed_delivery_is_billed_although_its_row_is_in_a_plan(seller, warehouse_keeper, admin_user):
    row = row_with(12, row={"unit_price": Decimal(10)}, by=seller)
    stock(row.part, row.warehouse, 12)
    deliver(row, 10, warehouse_keeper)
    export(row, admin_user)
    row = operations.change_row(row=again(row), in_invoicing_plan=True, by=seller)
    change_setting(name="invoicing_plans", value=True, by=admin_user)

    back(row, 4, warehouse_keeper)
    first = billed(export(row, admin_user))
    back(row, 1, warehouse_keeper)
    deliver(row, 2, warehouse_keeper)

    assert first == [(-10, 10, 0, -100, 0), (6, 10, 0, 60, 0)]
    assert billed(export(row, admin_user)) == [(-6, 10, 0, -60, 0), (5, 10, 0, 50, 0)]


def test_what_stays_of_a_delivery_that_was_not_billed_costs_what_the_row_does(seller, warehouse_keeper, admin_user):
    row = sold_and_exported(seller, warehouse_keeper, admin_user)
    operations.withdraw_invoice_basis(basis=InvoiceBasis.objects.get(), by=admin_user)
    back(row, 3, warehouse_keeper)

    assert billed(export(row, admin_user)) == [(7, 12, 50, 42, 0)]


def test_named_pieces_come_back_and_the_last_ones_otherwise(warehouse_keeper):
    row = traced_row()
    shelved(row, "A-1..A-5")
    deliver(row, 4, warehouse_keeper, "A-1..A-4")

    back(row, 2, warehouse_keeper, serials="A-1, A-3")
    named = (left(row), shelf(row))
    back(row, 1, warehouse_keeper)

    assert named == ("A-2, A-4", "A-1, A-3, A-5")
    assert (left(row), shelf(row)) == ("A-2", "A-1, A-3..A-5")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("A-5", "A-5 did not leave with D-1001 on "),
        ("A-1..A-2", "2 serial numbers for 1 "),
        ("A-1, A-1", "named twice"),
    ],
)
def test_pieces_that_did_not_leave_do_not_come_back(warehouse_keeper, text, sentence):
    row = traced_row()
    shelved(row, "A-1..A-5")
    deliver(row, 2, warehouse_keeper, "A-1..A-2")

    with pytest.raises(Refused, match=sentence):
        back(row, 1, warehouse_keeper, serials=text)

    assert left(row) == "A-1..A-2"


def test_page_takes_a_part_back_and_says_what_is_wrong(seller, warehouse_client, warehouse_keeper):
    row = row_with(10, by=seller)
    stock(row.part, row.warehouse, 10)
    deliver(row, 10, warehouse_keeper)
    url = reverse("sales:delivery_reverse", args=[DeliveryRow.objects.get().pk])

    offered = warehouse_client.get(url)
    wrong = warehouse_client.post(url, {"quantity": "11", "reason": ""})
    broken = warehouse_client.post(url, {"quantity": "0.5", "reason": ""})
    warehouse_client.post(url, {"quantity": "4", "reason": "Scratched"})
    note = warehouse_client.get(reverse("sales:delivery_note", args=[DeliveryRow.objects.first().note_id]))

    assertContains(offered, 'value="10"')
    assertContains(wrong, "11 cannot be taken back.", status_code=422)
    assert broken.status_code == 422
    assert again(row).delivered == 6
    assertContains(note, "taken back: Scratched")
    assertContains(note, "Take back", count=1)
    assertNotContains(note, url)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_people_cannot_take_the_same_goods_back():
    row, by = row_with(10), UserFactory()
    stock(row.part, row.warehouse, 10)
    deliver(row, 10, by)
    delivered = DeliveryRow.objects.get()

    had_to_wait, outcome = run_before_commit(
        lambda: operations.reverse_delivery(delivered=delivered, quantity=Decimal(6), by=by),
        lambda: operations.reverse_delivery(delivered=delivered, quantity=Decimal(6), by=by),
    )

    assert had_to_wait
    assert "are already taken back; 4 still stand on the note." in str(outcome)
    assert again(row).delivered == 4


def boxed_row(by, keeper):
    """4 boxes of 12, delivered, and their conversion."""
    part, box = PartFactory(), UnitFactory(code="box")
    conversion = UnitConversionFactory(part=part, unit=box, base=part.unit, numerator=12, denominator=1)
    row = row_with(4, part=part, row={"unit": box}, by=by)
    stock(part, row.warehouse, 48)
    deliver(row, 4, keeper)
    return row, conversion


def test_a_part_comes_back_as_it_was_converted_when_it_left(seller, warehouse_keeper):
    row, conversion = boxed_row(seller, warehouse_keeper)
    type(conversion).objects.filter(pk=conversion.pk).update(numerator=60)

    row = back(row, 1, warehouse_keeper)

    assert (row.delivered, noted(row)[-1][:2], on_hand(row)) == (36, (3, 36), 12)


def test_a_part_that_is_no_whole_piece_does_not_come_back(seller, warehouse_keeper):
    row, _conversion = boxed_row(seller, warehouse_keeper)

    with pytest.raises(
        Refused, match=r"0.3 box of .* is 3.6 of the 48 pcs that left with D-1001, but pcs allows whole"
    ):
        back(row, "0.3", warehouse_keeper)

    assert again(row).delivered == 48
