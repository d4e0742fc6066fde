"""Many confirmations at once are what they are one by one, and every row that is wrong is named."""

from datetime import date
from decimal import Decimal

import pytest

from erp.exceptions import LinesRefused
from linkage.models import OrderLink, UndecidedChange
from linkage.operations import link
from purchasing import operations
from purchasing.operations import Confirmation
from tests.purchasing.factories import DUE, again, demand_of, purchase_order, purchase_row

pytestmark = pytest.mark.django_db
LATER = date(2026, 4, 9)


def build(by):
    """Two sent orders with two rows of a hundred each; the first row of each is promised to a demand."""
    orders = []
    for _ in range(2):
        order = purchase_order(by=by)
        first = purchase_row(order=order, by=by)
        rows = [first, purchase_row(order=order, warehouse=first.supply.warehouse, by=by)]
        operations.send(order=order, by=by)
        demand = demand_of(first, quantity=80, need_date=DUE)
        link(demand=demand, supply=first.supply, quantity=Decimal(80), by=by, accept_warnings=True)
        orders.append((order, rows))
    return orders


def said(orders):
    """Later and less of one row, more of another; a row waits; a reference."""
    (one, [first, second]), (two, [third, fourth]) = orders
    return [
        Confirmation(
            order=one,
            dates={first.pk: LATER},
            quantities={first.pk: Decimal(60), second.pk: Decimal(120)},
            supplier_reference="AB-1",
        ),
        Confirmation(order=two, dates={third.pk: LATER}, waiting=[fourth.pk]),
    ]


def outcome(orders):
    rows = [again(row) for _, rows in orders for row in rows]
    ids = [row.supply_id for row in rows]
    links = OrderLink.objects.filter(supply__in=ids).order_by("pk")
    left = UndecidedChange.objects.waiting().filter(demand__links__supply__in=ids) | (
        UndecidedChange.objects.waiting().filter(supply__in=ids)
    )
    return {
        "orders": [(row.order.status, row.order.supplier_reference) for row in rows],
        "rows": [(row.quantity, row.agreed_quantity, row.agreed_on, row.confirmed_on) for row in rows],
        "supplies": [(row.supply.quantity, row.supply.due_date, row.supply.free, row.supply.status) for row in rows],
        "links": [(one.quantity, one.released, one.reason) for one in links],
        "left": sorted((one.change, one.quantity, one.date, one.reason) for one in left),
    }


def test_confirm_all_leaves_what_confirming_one_by_one_leaves(buyer):
    apart, together = build(buyer), build(buyer)

    for one in said(apart):
        operations.confirm_all(confirmations=[one], by=buyer)
    operations.confirm_all(confirmations=said(together), by=buyer)

    assert outcome(together) == outcome(apart)
    assert outcome(together)["rows"] == [
        (60, 60, LATER, LATER), (120, 120, DUE, DUE), (100, 100, LATER, LATER), (100, 100, DUE, None),
    ]  # fmt: skip
    assert [status for status, _ in outcome(together)["orders"]] == ["confirmed", "confirmed", "sent", "sent"]


def test_confirm_all_names_every_row_that_is_wrong_and_confirms_none(buyer):
    (one, [first, second]), (two, [third, fourth]) = build(buyer)
    wrong = [
        Confirmation(order=one, quantities={first.pk: Decimal("1.5"), second.pk: Decimal(0)}),
        Confirmation(order=two, waiting=[third.pk, fourth.pk]),
    ]

    with pytest.raises(LinesRefused) as refused:
        operations.confirm_all(confirmations=wrong, by=buyer)

    assert [(at, str(refusal)) for at, refusal in refused.value.refusals] == [
        ((0, first), "1.5 pcs has too many decimals: pcs allows whole numbers only."),
        ((0, second), f"{second}: enter a quantity above 0, or leave the row waiting."),
        ((1, None), f"Choose the rows of {two} that the supplier confirmed."),
    ]
    assert [again(row).confirmed_on for row in (first, second, third)] == [None, None, None]


@pytest.mark.parametrize("count", [1, 3])
def test_confirm_all_takes_as_many_statements_whatever_the_number_of_orders(buyer, count, django_assert_num_queries):
    orders = [purchase_row(sent=True, by=buyer).order for _ in range(count)]

    with django_assert_num_queries(16):
        operations.confirm_all(confirmations=[Confirmation(order=order) for order in orders], by=buyer)


def test_rows_that_wait_are_looked_through_once_however_many_are_named(buyer):
    looked = []

    class Waiting(list):
        def __iter__(self):
            looked.append(1)
            return super().__iter__()

    order = purchase_order(by=buyer)
    rows = [purchase_row(order=order, by=buyer) for _ in range(3)]

    named = Confirmation(order=order, waiting=Waiting([rows[0].pk])).named(rows)

    assert (named, len(looked) <= 1) == (rows[1:], True)
