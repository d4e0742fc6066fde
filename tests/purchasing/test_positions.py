"""What linkage may ask of a purchase row."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from erp.exceptions import Refused
from linkage.owners import owner_of, urls_of
from purchasing import operations
from tests.factories import UnitConversionFactory
from tests.linkage.factories import TODAY, SupplyFactory
from tests.purchasing.factories import again, purchase_row

pytestmark = pytest.mark.django_db


def test_owner_knows_the_page_of_each_row(django_assert_num_queries):
    rows = [purchase_row(), purchase_row()]

    with django_assert_num_queries(1):
        urls = urls_of([row.supply for row in rows])

    assert urls == {
        ("purchase", row.supply_id): f"{reverse('purchasing:order', args=[row.order_id])}#row-{row.pk}" for row in rows
    }


@pytest.mark.parametrize(
    ("who", "action", "allowed"),
    [
        ("buyer", "link", True),
        ("planner", "link", True),
        ("seller", "link", False),
        ("buyer", "purchase.write", True),
        ("planner", "purchase.write", False),
    ],
)
def test_owner_follows_the_table_of_rights(request, who, action, allowed):
    supply = purchase_row().supply

    assert owner_of(supply).may(request.getfixturevalue(who), supply, action) is allowed


def test_owner_changes_the_quantity_in_the_rows_unit(buyer):
    box = UnitConversionFactory(numerator=12).unit
    row = purchase_row(quantity=5, unit=box)

    supply = owner_of(row.supply).change_quantity(row.supply, quantity=Decimal(72), by=buyer)

    assert (supply.quantity, again(row).quantity) == (72, 6)


def test_owner_changes_the_date(buyer):
    row = purchase_row()

    owner_of(row.supply).change_date(row.supply, date=date(2026, 5, 4), by=buyer)

    assert again(row).supply.due_date == date(2026, 5, 4)


@pytest.mark.parametrize("sent", [False, True])
def test_owner_cancels_the_row(buyer, sent):
    row = purchase_row(sent=sent)
    other = purchase_row(order=row.order)

    if sent:
        supply = owner_of(row.supply).cancel(row.supply, by=buyer)
        assert (supply.status, again(other).supply.status) == ("cancelled", "firm")
    else:
        owner_of(row.supply).cancel(row.supply, by=buyer)
        assert list(row.order.rows.all()) == [other]


def test_owner_does_not_cancel_what_has_arrived(buyer):
    row = purchase_row(sent=True)
    operations.receive(row=row, quantity=Decimal(4), by=buyer, effective_on=TODAY)
    supply = again(row).supply

    with pytest.raises(Refused, match=r"4 pcs of P-1001/10 have arrived; it cannot be cancelled\."):
        owner_of(supply).cancel(supply, by=buyer)


def test_owner_refuses_a_supply_without_a_row(buyer):
    supply = SupplyFactory()

    with pytest.raises(Refused, match="belongs to no purchase row"):
        owner_of(supply).change_date(supply, date=TODAY, by=buyer)
