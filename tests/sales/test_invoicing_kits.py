"""Fictitious parts on invoice bases: delivered with their last part, at the cost of their parts, credited whole."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from erp.register import operations as register
from sales import operations
from sales.invoicing import waiting_kits
from sales.models import AccountType, DeliveryRow, InvoicePosting
from tests.factories import PartFactory
from tests.linkage.factories import stock
from tests.sales.factories import again, order_with
from tests.sales.kits import kit_of, part_below
from tests.sales.test_posting import rule, shares

pytestmark = pytest.mark.django_db

TUESDAY, FRIDAY = date(2026, 3, 3), date(2026, 3, 6)


@pytest.fixture
def row(seller):
    """Two kits of 2 hammers and 3 screws each, for 10."""
    hammer, screw = PartFactory(number="HAMMER", standard_price=3), PartFactory(number="SCREW", standard_price=1)
    kit = kit_of((hammer, 2), (screw, 3), standard_price=7)
    row = order_with(2, part=kit, by=seller).rows.for_list().main().get()
    return operations.change_row(row=row, unit_price=Decimal(10), by=seller)


def deliver(row, number, by, *, on=FRIDAY, quantity=None, **facts):
    part = part_below(row, number)
    quantity = part.quantity if quantity is None else Decimal(quantity)
    stock(part.part, part.warehouse, quantity)
    operations.deliver(row=part, quantity=quantity, effective_on=on, by=by, **facts)


def take_back(row, number, by):
    delivered = DeliveryRow.objects.standing().get(row=part_below(row, number))
    operations.reverse_delivery(delivered=delivered, by=by)


def export(row, by, **facts):
    return operations.export_invoice_basis(company=row.order.document.company, by=by, **facts)


def lines(basis):
    return list(basis.lines.values_list("quantity", "amount", "delivered_on"))


def test_kit_waits_from_the_day_of_its_last_part(row, seller, warehouse_keeper):
    deliver(row, "HAMMER", warehouse_keeper, on=FRIDAY)
    before = waiting_kits()
    deliver(row, "SCREW", warehouse_keeper, on=TUESDAY)

    assert (before, len(waiting_kits())) == ([], 1)
    assert lines(export(row, seller)) == [(2, 20, FRIDAY)]


def test_kit_in_an_invoicing_plan_waits_no_more_where_plans_are_in_use(row, seller, warehouse_keeper, admin_user):
    row = operations.change_row(row=again(row), quantity=Decimal(3), scale=True, by=seller)
    deliver(row, "HAMMER", warehouse_keeper, quantity=2)
    deliver(row, "SCREW", warehouse_keeper, quantity=3)
    first = lines(export(row, seller))
    operations.change_row(row=again(row), in_invoicing_plan=True, by=seller)
    deliver(row, "HAMMER", warehouse_keeper, quantity=2)
    deliver(row, "SCREW", warehouse_keeper, quantity=3)

    before = [one.quantity for one in waiting_kits()]
    register.change_setting(name="invoicing_plans", value=True, by=admin_user)

    assert (first, before, waiting_kits()) == ([(1, 10, FRIDAY)], [1], [])


@pytest.mark.parametrize(("basis", "cost"), [("part", 14), ("parts", 12 + 6)])
def test_kit_costs_what_the_setting_says(row, seller, warehouse_keeper, admin_user, basis, cost):
    register.change_setting(name="kit_cost_from", value=basis, by=admin_user)
    register.change_setting(name="posting_material", value=True, by=admin_user)
    deliver(row, "HAMMER", warehouse_keeper)
    deliver(row, "SCREW", warehouse_keeper)

    export(row, seller)

    assert InvoicePosting.objects.get(account_type=AccountType.MATERIAL).cost == cost


def test_kit_that_came_back_is_credited_as_it_was_posted(row, seller, warehouse_keeper):
    rule("3000")
    deliver(row, "HAMMER", warehouse_keeper)
    deliver(row, "SCREW", warehouse_keeper)
    export(row, seller)
    take_back(row, "SCREW", warehouse_keeper)
    operations.distribute(row=again(row), postings=shares(("3100", "100")), by=seller)

    export(row, seller)

    assert list(InvoicePosting.objects.values_list("account__number", "amount")) == [("3000", 20), ("3000", -20)]


def test_credit_of_a_kit_takes_all_of_its_lines_back(row, seller, warehouse_keeper):
    deliver(row, "HAMMER", warehouse_keeper)
    deliver(row, "SCREW", warehouse_keeper)
    bases = [export(row, seller)]
    take_back(row, "SCREW", warehouse_keeper)
    operations.change_row(row=again(row), quantity=Decimal(3), scale=False, by=seller)
    deliver(row, "SCREW", warehouse_keeper)
    bases.append(export(row, seller))
    take_back(row, "SCREW", warehouse_keeper)
    bases.append(export(row, seller))
    deliver(row, "SCREW", warehouse_keeper)
    bases.append(export(row, seller))

    found = [line[:2] for basis in bases for line in lines(basis)]
    assert found == [(2, 20), (1, 10), (-1, -10), (-2, -20), (3, 30)]


def ten(seller, **facts):
    """Ten kits of 2 hammers for 3 and 3 screws for 1 each, for 10: 100 together, two thirds of them the hammers."""
    parts = (PartFactory(number="H", standard_price=3), PartFactory(number="S", standard_price=1))
    kit = kit_of((parts[0], 2), (parts[1], 3), number="TEN")
    row = order_with(10, part=kit, by=seller, **facts).rows.for_list().main().get()
    for part in parts:
        stock(part, row.warehouse, 50)
    return operations.change_row(row=row, unit_price=Decimal(10), by=seller)


def complete(row, count, by, *, on=FRIDAY):
    operations.deliver(row=row, quantity=Decimal(count), effective_on=on, by=by)


def leave(row, number, quantity, by, **facts):
    operations.deliver(row=part_below(row, number), quantity=Decimal(quantity), effective_on=FRIDAY, by=by, **facts)


def test_complete_ones_are_invoiced_day_by_day_and_the_last_ones_take_the_rest(seller, warehouse_keeper):
    row = ten(seller)
    operations.change_row(row=row, discount=Decimal("0.333"), setup_price=Decimal(5), by=seller)  # 99.67 and 5
    complete(row, 3, warehouse_keeper, on=TUESDAY)
    leave(row, "H", 2, warehouse_keeper)  # begun is not complete

    first = lines(export(row, seller, up_to=TUESDAY))
    complete(row, 3, warehouse_keeper)
    second = lines(export(row, seller))
    complete(row, 4, warehouse_keeper)

    assert (first, second) == ([(3, Decimal("34.90"), TUESDAY)], [(3, Decimal("29.90"), FRIDAY)])
    assert lines(export(row, seller)) == [(4, Decimal("39.87"), FRIDAY)]


def test_several_days_are_several_lines_of_one_basis(seller, warehouse_keeper):
    row = ten(seller)
    complete(row, 3, warehouse_keeper, on=TUESDAY)
    complete(row, 7, warehouse_keeper)

    assert lines(export(row, seller)) == [(3, 30, TUESDAY), (7, 70, FRIDAY)]


def test_part_that_is_ended_short_is_not_paid_for(seller, warehouse_keeper):
    """Of 20 hammers, which are two thirds of 100, two never come: 93.33."""
    row = ten(seller)
    leave(row, "S", 30, warehouse_keeper)
    leave(row, "H", 18, warehouse_keeper, final=True)

    basis = export(row, seller)

    assert again(row).is_closed
    assert lines(basis) == [(Decimal("9.333333"), Decimal("93.33"), FRIDAY)]
    assert basis.lines.get().text == "Not delivered: 2 pcs H."


def test_part_of_a_row_that_costs_its_parts_is_ended_short_at_its_own_price(seller, warehouse_keeper, admin_user):
    """18 of 20 hammers for 2.50 and 30 screws for 0.10 are 48.00 of 53.00."""
    register.change_setting(name="kit_price_from", value="parts", by=admin_user)
    kit = kit_of((PartFactory(number="X"), 1), number="BOX")
    named = (("H", 20, "2.50"), ("S", 30, "0.10"))
    parts = tuple(
        operations.new_part(PartFactory(number=number), Decimal(count), unit_price=Decimal(price))
        for number, count, price in named
    )
    row = operations.add_row(order=order_with(by=seller), part=kit, quantity=Decimal(7), sub_rows=parts, by=seller)
    for number in "HS":
        stock(part_below(row, number).part, row.warehouse, 50)
    leave(row, "S", 30, warehouse_keeper)
    leave(row, "H", 18, warehouse_keeper, final=True)

    assert lines(export(row, seller)) == [(Decimal("6.339623"), 48, FRIDAY)]


def test_before_the_end_no_more_is_invoiced_than_has_left(seller, warehouse_keeper):
    """2 of 20 hammers came and no more will; of the screws 27 of 30 did: 6.67 and 30.00 of 100."""
    row = ten(seller)
    leave(row, "H", 2, warehouse_keeper, final=True)
    leave(row, "S", 27, warehouse_keeper)

    assert lines(export(row, seller)) == [(Decimal("3.666667"), Decimal("36.67"), FRIDAY)]
    leave(row, "S", 3, warehouse_keeper)
    assert lines(export(row, seller)) == [(Decimal("0.333333"), Decimal("3.33"), FRIDAY)]


def test_short_end_that_is_taken_back_is_credited_and_billed_as_far_as_it_left(seller, warehouse_keeper):
    row = ten(seller)
    leave(row, "S", 30, warehouse_keeper)
    leave(row, "H", 17, warehouse_keeper)
    leave(row, "H", 1, warehouse_keeper, final=True)
    export(row, seller)

    last = DeliveryRow.objects.standing().filter(row=part_below(row, "H")).latest("pk")
    operations.reverse_delivery(delivered=last, by=warehouse_keeper)
    assert lines(export(row, seller)) == [(Decimal("-9.333333"), Decimal("-93.33"), FRIDAY), (8, 80, FRIDAY)]

    leave(row, "H", 3, warehouse_keeper)
    assert lines(export(row, seller)) == [(2, 20, FRIDAY)]


def test_credit_takes_back_the_latest_lines_and_their_rest_costs_what_it_did(seller, warehouse_keeper):
    row = ten(seller)
    complete(row, 4, warehouse_keeper, on=TUESDAY)
    export(row, seller)
    operations.change_row(row=again(row), unit_price=Decimal(12), by=seller)
    complete(row, 3, warehouse_keeper)
    export(row, seller)
    latest = DeliveryRow.objects.standing().filter(row=part_below(row, "H")).latest("pk")

    operations.reverse_delivery(delivered=latest, quantity=Decimal(2), by=warehouse_keeper)
    assert lines(export(row, seller)) == [(-3, -36, FRIDAY), (2, 24, FRIDAY)]
    rest = DeliveryRow.objects.standing().filter(row=part_below(row, "S"))
    for delivered in rest:
        operations.reverse_delivery(delivered=delivered, by=warehouse_keeper)
    assert lines(export(row, seller)) == [(-2, -24, FRIDAY), (-4, -40, TUESDAY)]


def test_approved_basis_holds_what_it_bills_and_nothing_that_left_later(seller, warehouse_keeper):
    row = ten(seller)
    complete(row, 4, warehouse_keeper, on=TUESDAY)
    basis = export(row, seller)
    complete(row, 3, warehouse_keeper)

    operations.approve_invoice_basis(basis=basis, by=seller)

    held = DeliveryRow.objects.filter(row__parent=row).order_by("pk").values_list("quantity", "invoiced_at")
    assert [(quantity, at is not None) for quantity, at in held] == [(8, True), (12, True), (6, False), (9, False)]
    latest = DeliveryRow.objects.filter(row=part_below(row, "H")).latest("pk")
    operations.reverse_delivery(delivered=latest, by=warehouse_keeper)
    assert waiting_kits() == []


def test_waiting_kits_are_found_with_as_many_queries_for_three_rows_as_for_one(seller, warehouse_keeper):
    asked = []
    kit = kit_of((PartFactory(), 2), (PartFactory(), 3))
    for count in (1, 3):
        order = order_with(*[4] * count, part=kit, by=seller)
        for row in order.rows.for_list().main():
            for part in row.sub_rows.all():
                stock(part.part, part.warehouse, 10)
            complete(row, 1, warehouse_keeper)
        with CaptureQueriesContext(connection) as queries:
            waiting_kits(company=order.document.company)
        asked.append(len(queries))

    assert asked[0] == asked[1]


@pytest.mark.parametrize("is_approved", [True, False])
@pytest.mark.parametrize("is_added", [True, False])
def test_part_that_is_added_or_raised_later_credits_nothing(seller, warehouse_keeper, is_approved, is_added):
    """4 of 10 are invoiced; a part more makes none of them complete, but the customer has what was billed."""
    row = ten(seller)
    complete(row, 4, warehouse_keeper)
    basis = export(row, seller)
    if is_approved:
        operations.approve_invoice_basis(basis=basis, by=seller)

    if is_added:
        clip = PartFactory(number="CLIP")
        stock(clip, row.warehouse, 10)
        operations.add_part(row=again(row), part=clip, quantity=Decimal(10), by=seller)
    else:
        operations.change_row(row=part_below(row, "H"), quantity=Decimal(40), by=seller)

    assert waiting_kits() == []
    complete(row, 6, warehouse_keeper)
    assert [one.quantity for one in waiting_kits()] == ([2] if is_added else [4])


def test_goods_that_come_back_before_their_basis_is_approved_are_credited(seller, warehouse_keeper):
    row = ten(seller)
    complete(row, 4, warehouse_keeper)
    basis = export(row, seller)
    delivered = DeliveryRow.objects.standing().get(row=part_below(row, "H"))
    operations.reverse_delivery(delivered=delivered, quantity=Decimal(2), by=warehouse_keeper)
    operations.approve_invoice_basis(basis=basis, by=seller)

    assert [one.quantity for one in waiting_kits()] == [-4, 3]


@pytest.mark.parametrize("before", [0, 2])
def test_short_kit_costs_what_left_of_its_parts(seller, warehouse_keeper, admin_user, before):
    """10 kits of A and B for 50 each; A costs us 10 and B 90. 5 A never come: 750.00 are invoiced, 950.00 left."""
    for name, value in (("kit_price_from", "parts"), ("kit_cost_from", "parts"), ("posting_material", True)):
        register.change_setting(name=name, value=value, by=admin_user)
    parts = tuple(
        operations.new_part(PartFactory(number=number, standard_price=cost), Decimal(10), unit_price=Decimal(50))
        for number, cost in (("A", 10), ("B", 90))
    )
    kit = kit_of((PartFactory(number="X"), 1), number="BOX")
    row = operations.add_row(order=order_with(by=seller), part=kit, quantity=Decimal(10), sub_rows=parts, by=seller)
    for number in "AB":
        stock(part_below(row, number).part, row.warehouse, 10)
    if before:
        complete(row, before, warehouse_keeper)
        export(row, seller)
    leave(row, "B", 10 - before, warehouse_keeper)
    leave(row, "A", 5 - before, warehouse_keeper, final=True)
    export(row, seller)

    costs = list(InvoicePosting.objects.filter(account_type=AccountType.MATERIAL).values_list("cost", flat=True))
    assert costs == ([200, 750] if before else [950])
    assert sum(line.amount for line in row.invoice_lines.all()) == 750
