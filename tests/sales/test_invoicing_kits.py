"""Fictitious parts on invoice bases: delivered with their last part, at the cost of their parts, credited whole."""

from datetime import date
from decimal import Decimal

import pytest

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


def deliver(row, number, by, *, on=FRIDAY):
    part = part_below(row, number)
    stock(part.part, part.warehouse, part.quantity)
    operations.deliver(row=part, quantity=part.quantity, effective_on=on, by=by)


def take_back(row, number, by):
    delivered = DeliveryRow.objects.standing().get(row=part_below(row, number))
    operations.reverse_delivery(delivered=delivered, by=by)


def export(row, by, **facts):
    return operations.export_invoice_basis(company=row.order.document.company, by=by, **facts)


def lines(basis):
    return list(basis.lines.values_list("quantity", "amount", "delivered_on"))


def test_kit_waits_from_the_day_of_its_last_part(row, seller, warehouse_keeper):
    deliver(row, "HAMMER", warehouse_keeper, on=FRIDAY)
    before = waiting_kits().count()
    deliver(row, "SCREW", warehouse_keeper, on=TUESDAY)

    assert (before, waiting_kits().count()) == (0, 1)
    assert lines(export(row, seller)) == [(2, 20, FRIDAY)]


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
    assert found == [(2, 20), (1, 10), (-3, -30), (3, 30)]
