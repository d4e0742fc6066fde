"""A fictitious part that costs its parts is worth exactly what they are, whatever the decimals of its price."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from erp.register.operations import change_setting
from sales import operations
from sales.models import RowType
from sales.money import amount_of, money_of, with_amounts
from sales.operations import NewPart
from sales.operations.structures import kit_rows
from sales.sums import totals_of
from tests.factories import PartFactory, PartnerFactory, PhantomPartFactory
from tests.sales.factories import again, order_with
from tests.sales.kits import part_below

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def by_parts(admin_user):
    change_setting(name="kit_price_from", value="parts", by=admin_user)
    change_setting(name="price_decimals", value=2, by=admin_user)


def kit_row(seller, quantity=7, *, order=None, **facts):
    """7 kits of 7 screws for 0.33 less 5 % (2.19) and 1 lid for 10 (10.00): 12.19, which is 1.74 for each of them."""
    order = order or order_with(by=seller, customer=PartnerFactory(currency="USD"), currency="USD", exchange_rate=2)
    parts = (
        operations.new_part(PartFactory(number="SCREW"), Decimal(7), unit_price=Decimal("0.33"), discount=Decimal(5)),
        operations.new_part(PartFactory(number="LID"), Decimal(1), unit_price=Decimal(10)),
    )
    kit = PhantomPartFactory(number="KIT")
    return operations.add_row(order=order, part=kit, quantity=Decimal(quantity), sub_rows=parts, by=seller, **facts)


def sum_below(row):
    return sum(amount_of(part, currency=row.order.currency) for part in kit_rows(row))


def worth(row):
    """(price, rounding, amount) of a row as it is now."""
    row = again(row)
    return row.unit_price, row.rounding, amount_of(row, currency=row.order.currency)


def test_row_is_worth_the_sum_of_its_parts_wherever_it_is_summed(seller):
    row = kit_row(seller)

    assert worth(row) == (Decimal("1.74"), Decimal("0.01"), Decimal("12.19"))
    assert sum_below(row) == Decimal("12.19")
    totals, money = totals_of(row.order), money_of([again(row)], order=row.order)[row.pk]
    assert (totals.amount, totals.amount_in_company) == (Decimal("12.19"), Decimal("24.38"))
    assert (money.amount, money.in_company) == (Decimal("12.19"), Decimal("24.38"))
    assert with_amounts(row.order.rows.priced()).get().amount == Decimal("12.19")


def test_own_discount_and_setup_price_count_for_the_sum_of_the_parts(seller):
    row = kit_row(seller, discount=Decimal(10), setup_price=Decimal(3))

    assert worth(row)[2] == Decimal("13.97")  # 12.19 less 1.219, and 3

    operations.change_row(row=again(row), discount=Decimal(20), by=seller)
    assert worth(row)[2] == Decimal("12.75")


def test_row_stays_worth_its_parts_when_they_change(seller):
    row = kit_row(seller)

    operations.change_row(row=part_below(row, "SCREW"), quantity=Decimal(8), by=seller)
    assert (worth(row)[2], sum_below(row)) == (Decimal("12.51"),) * 2
    operations.change_row(row=again(row), quantity=Decimal(3), scale=True, by=seller)
    assert (worth(row)[2], sum_below(row)) == (Decimal("11.25"),) * 2  # 4 screws and 1 lid, rounded up
    operations.delete_row(row=part_below(row, "LID"), by=seller)
    assert (worth(row)[2], sum_below(row)) == (Decimal("1.25"),) * 2


def test_typed_price_is_what_the_row_costs_until_it_is_given_back(seller):
    row = kit_row(seller)

    operations.change_row(row=again(row), unit_price=Decimal(2), by=seller)
    assert worth(row) == (2, 0, 14)
    operations.unlock_price(row=again(row), price=True, by=seller)
    assert worth(row) == (Decimal("1.74"), Decimal("0.01"), Decimal("12.19"))


def test_typed_total_comes_out_and_the_row_is_worth_its_parts_again_without_it(seller):
    row = kit_row(seller)
    total = operations.add_row(order=row.order, row_type=RowType.TOTAL, name="Total", by=seller)

    operations.edit_total(row=total, total=Decimal(11), by=seller)
    operations.change_row(row=again(row), goods_label="A", by=seller)
    assert (worth(row)[2], totals_of(row.order).amount) == (11, 11)

    operations.edit_total(row=again(total), total=None, by=seller)
    operations.change_row(row=again(row), discount=Decimal(0), by=seller)
    assert worth(row)[2] == Decimal("12.19")


def test_another_currency_or_rate_prices_the_row_from_its_parts_anew(seller):
    row = kit_row(seller)

    operations.change_order(order=row.order, currency="JPY", exchange_rate=Decimal("0.01"), by=seller)

    assert (worth(row)[2], sum_below(again(row))) == (12, 12)  # 2 and 10: amounts in yen have no decimals


def test_split_rows_are_worth_what_stands_below_each(seller):
    screws = operations.new_part(PartFactory(), Decimal(25), unit_price=Decimal("0.33"))
    facts = {"part": PhantomPartFactory(), "quantity": Decimal(10), "sub_rows": (screws,)}
    row = operations.add_row(order=order_with(by=seller), **facts, by=seller)
    parts = [NewPart(quantity=Decimal(3)), NewPart(quantity=Decimal(7))]

    made = [again(one) for one in operations.split_row(row=row, parts=parts, by=seller) if not one.parent_id]

    assert [(one.unit_price, worth(one)[2], sum_below(one)) for one in made] == [
        (Decimal("0.77"), Decimal("2.31"), Decimal("2.31")),  # 7 screws
        (Decimal("0.85"), Decimal("5.94"), Decimal("5.94")),  # 18 screws
    ]


def total_below(row, seller, total=Decimal(11)):
    """A total row below that somebody typed."""
    found = operations.add_row(order=row.order, row_type=RowType.TOTAL, name="Total", by=seller)
    return operations.edit_total(row=found, total=total, by=seller)


@pytest.mark.parametrize("end", ["delete", "edit"])
def test_row_whose_parts_are_gone_keeps_its_price_without_its_total(seller, end):
    row = kit_row(seller)
    total = total_below(row, seller)
    for part in kit_rows(row):
        operations.delete_row(row=part, by=seller)

    if end == "delete":
        operations.delete_row(row=again(total), by=seller)
    else:
        operations.edit_total(row=again(total), total=None, by=seller)
    row = operations.change_row(row=again(row), discount=Decimal(0), by=seller)

    assert worth(row) == (row.unit_price, 0, 7 * row.unit_price)
    assert row.unit_price > 0


def test_typed_total_of_a_row_that_lost_its_parts_comes_out(seller):
    row = kit_row(seller)
    for part in kit_rows(row):
        operations.delete_row(row=part, by=seller)

    total_below(row, seller)

    assert worth(row)[2] == totals_of(row.order).amount == 11


def test_deleting_a_total_asks_as_much_for_three_rows_as_for_one(seller):
    asked = []
    for count in (1, 3):
        order = order_with(*[1] * count, by=seller)
        operations.change_row(row=order.rows.for_list().main().first(), unit_price=Decimal(5), by=seller)
        total = total_below(order.rows.for_list().main().first(), seller, Decimal(4))
        with CaptureQueriesContext(connection) as queries:
            operations.delete_row(row=total, by=seller)
        asked.append(len(queries))

    assert asked[0] == asked[1]


@pytest.mark.parametrize(("total", "amounts"), [("12194", ["6097", "6097"]), ("12193.5", ["6096.75", "6096.75"])])
def test_split_divides_what_the_parts_round_below_a_typed_total(seller, total, amounts):
    """1,000 kits of 200 frames for 60.97, 12,194.00 together, are 12.19 each and 4.00: 2.00 go with each half."""
    frames = operations.new_part(PartFactory(), Decimal(200), unit_price=Decimal("60.97"))
    facts = {"part": PhantomPartFactory(), "quantity": Decimal(1000), "sub_rows": (frames,)}
    row = operations.add_row(order=order_with(by=seller), **facts, by=seller)
    total_below(row, seller, Decimal(total))

    parts = [NewPart(quantity=Decimal(500)), NewPart(quantity=Decimal(500))]
    made = [one for one in operations.split_row(row=again(row), parts=parts, by=seller) if not one.parent_id]

    assert [worth(one)[2] for one in made] == [Decimal(amount) for amount in amounts]
    assert totals_of(row.order).amount == Decimal(total)


@pytest.mark.parametrize("is_typed", [True, False])
def test_copy_is_worth_its_parts_where_no_total_was_typed(seller, is_typed):
    """The row says 12.18, from before a cent was kept with it; below a typed total of 11.00 it stays as it is."""
    row = kit_row(seller)
    if is_typed:
        total_below(row, seller)
    else:
        type(row).objects.filter(pk=row.pk).update(rounding=0)

    copy = operations.copy_order(order=row.order, by=seller)

    assert totals_of(copy).amount == (Decimal(11) if is_typed else Decimal("12.19"))
