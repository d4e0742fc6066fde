"""What rows are worth: amounts, discounts, setup prices, margins and the totals of an order, to the cent."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from erp.exceptions import Refused
from erp.money import decimals_of
from sales import operations
from sales.columns.own import COLUMNS
from sales.forms.parts import RowForm
from sales.grids import grid, grid_row
from sales.queries import orders_for_list, rows_for_list
from sales.statuses import QUOTE
from sales.sums import totals_of
from tests.factories import PartFactory, PartnerFactory, UnitConversionFactory, UnitFactory
from tests.linkage.factories import stock
from tests.sales.factories import again, order_with, row_with

pytestmark = pytest.mark.django_db


def money(order):
    return [shown.money for shown in grid(order)]


def totals(order):
    return totals_of(order)


@pytest.mark.parametrize(
    ("quantity", "facts", "currency", "amount"),
    [
        pytest.param(10, {"unit_price": "12.5"}, "EUR", "125.00", id="price"),
        pytest.param(10, {"unit_price": "12.5", "discount": "10"}, "EUR", "112.50", id="discount"),
        pytest.param(10, {"unit_price": "12.5", "discount": "-10"}, "EUR", "137.50", id="discount below 0"),
        pytest.param(10, {"unit_price": "12.5", "setup_price": "40"}, "EUR", "165.00", id="setup"),
        pytest.param(1, {"unit_price": "0.005"}, "EUR", "0.01", id="half up"),
        pytest.param(1, {"unit_price": "-0.005"}, "EUR", "-0.01", id="half up below 0"),
        pytest.param(1, {"unit_price": "0.004999"}, "EUR", "0.00", id="down"),
        pytest.param(3, {"unit_price": "-7"}, "EUR", "-21.00", id="negative price"),
        pytest.param(3, {"unit_price": "33.5"}, "JPY", "101", id="currency without decimals"),
        pytest.param(3, {"unit_price": "1.0005"}, "KWD", "3.002", id="currency with three"),
        pytest.param(
            "7.333333", {"unit_price": "13.131313", "discount": "33.333333"}, "EUR", "64.20", id="six decimals"
        ),
        pytest.param(1, {"unit_price": "100", "discount": "100"}, "EUR", "0.00", id="given away"),
    ],
)
def test_amount_is_rounded_half_up_to_the_currency_at_the_row(seller, quantity, facts, currency, amount):
    unit = UnitFactory(decimals=6)
    facts = {name: Decimal(value) for name, value in facts.items()}
    order = order_with(quantity, part=PartFactory(unit=unit), row=facts, currency=currency, exchange_rate=1, by=seller)

    [shown] = money(order)
    in_list = rows_for_list(user=seller).get(order=order).amount

    assert (str(shown.amount), in_list) == (amount, Decimal(amount))


def test_amount_that_no_column_holds_is_refused(seller):
    with pytest.raises(Refused, match="its amount of 100000000000 is too large: at most 11 digits before the decimals"):
        order_with(1_000_000, row={"unit_price": Decimal(100_000)}, by=seller)


def test_change_row_refuses_an_amount_that_is_too_large(seller):
    row = row_with(1_000_000, by=seller)

    with pytest.raises(Refused, match=f"{row}: its amount of 100000000000 is too large"):
        operations.change_row(row=row, unit_price=Decimal(100_000), by=seller)


def test_margin_is_amount_less_standard_price_of_the_base_quantity(seller):
    part = PartFactory(standard_price=Decimal(3))
    box = UnitConversionFactory(part=part, base=part.unit, numerator=12).unit
    order = order_with(2, part=part, row={"unit": box, "unit_price": Decimal(60)}, by=seller, status=QUOTE)

    [shown] = money(order)

    assert (shown.amount, shown.standard, shown.margin, shown.ratio) == (120, 72, 48, 40)


def test_margin_takes_the_standard_price_of_the_row_first(seller):
    order = order_with(
        2, part=PartFactory(standard_price=3), row={"unit_price": Decimal(5), "standard_price": Decimal(4)}, by=seller
    )

    [shown] = money(order)

    assert (shown.margin, shown.ratio) == (2, 20)


def test_typed_standard_price_is_locked_and_given_back_to_the_part(seller):
    row = row_with(2, part=PartFactory(standard_price=3), row={"unit_price": Decimal(5)}, by=seller)

    same = operations.change_row(row=row, standard_price=None, by=seller)
    typed = operations.change_row(row=same, standard_price=Decimal(4), by=seller)
    margin = money(row.order)[0].margin
    back = operations.unlock_price(row=typed, standard=True, by=seller)

    assert [one.standard_price_locked for one in (row, same, typed, back)] == [False, False, True, False]
    assert (margin, money(row.order)[0].margin, back.unit_price, back.price_locked) == (2, 4, 5, True)


def test_standard_price_shows_its_padlock_on_the_page_of_the_row_and_in_its_column(seller, seller_client):
    row = row_with(2, part=PartFactory(standard_price=3), by=seller)
    column = next(column for column in COLUMNS if column.name == "standard_price")
    facts = {"order": row.order, "may_write": True}
    bare = column.show(grid_row(row), {}, **facts)
    row = operations.change_row(row=row, standard_price=Decimal(4), by=seller)

    assert bare == "3.00"
    assert column.show(grid_row(row), {}, **facts).startswith("4.00 <a")
    assert "Standard price; typed by hand" in column.show(grid_row(row), {}, **facts)
    assertContains(seller_client.get(reverse("sales:row", args=[row.pk])), "Standard price typed by hand")
    url = reverse("sales:row_prices", args=[row.pk])
    seller_client.post(url, {"source": "standard", "version": row.version})
    assert (again(row).standard_price, again(row).standard_price_locked) == (None, False)


def test_database_refuses_a_padlock_on_no_standard_price(seller):
    row = row_with(2, by=seller)

    with pytest.raises(IntegrityError, match="sales_row_locked_standard_price_is_there"), transaction.atomic():
        type(row).objects.filter(pk=row.pk).update(standard_price_locked=True)


def test_standard_price_of_an_additional_row_is_typed(seller):
    order = order_with(by=seller)
    facts = {"row_type": 2, "name": "Freight", "quantity": Decimal(2), "unit_price": Decimal(5)}
    row = operations.add_row(order=order, **facts, by=seller)
    before = money(order)[0].margin

    operations.change_row(row=row, standard_price=Decimal(4), by=seller)

    assert (before, money(order)[0].margin) == (10, 2)


def test_ratio_of_nothing_is_empty(seller):
    [shown] = money(order_with(2, part=PartFactory(standard_price=3), by=seller))

    assert (shown.margin, shown.ratio) == (-6, None)


def test_totals_sum_rows_and_say_what_remains_in_both_currencies(seller, warehouse_keeper):
    part = PartFactory(standard_price=Decimal(4))
    order = order_with(
        10, 5, part=part, row={"unit_price": Decimal(10)}, currency="SEK", exchange_rate=Decimal("0.1"), by=seller
    )
    stock(part, order.warehouse, 4)
    operations.deliver(row=order.rows.for_list().get(position=10), quantity=Decimal(4), by=warehouse_keeper)

    found = totals(order)

    assert (found.amount, found.remaining) == (150, 110)
    assert (found.amount_in_company, found.remaining_in_company) == (15, 11)
    assert (found.standard_in_company, found.margin_in_company, found.ratio) == (60, -45, -300)
    assert (found.standard, found.margin) == (600, -450)


def test_cancelled_row_is_worth_nothing(seller):
    order = order_with(10, 5, row={"unit_price": Decimal(10)}, by=seller)
    operations.cancel_order(order=order, by=seller)

    assert (totals(order).amount, orders_for_list(user=seller).get().value) == (0, 0)


def test_order_list_shows_the_value_of_each_order(seller, client):
    order_with(10, 5, row={"unit_price": Decimal(10)}, currency="SEK", exchange_rate=2, by=seller)
    client.force_login(seller)

    answer = client.get(reverse("sales:order_list"))

    assert [order.value for order in orders_for_list(user=seller)] == [150]
    assertContains(answer, "150.00")
    assertContains(answer, "SEK")


def test_order_takes_the_currency_of_its_customer(seller):
    assert order_with(1, customer=PartnerFactory(currency="USD"), exchange_rate=2, by=seller).currency == "USD"


def test_own_currency_has_the_rate_1(seller):
    order = order_with(1, by=seller)

    with pytest.raises(Refused, match="The order is in EUR, the company's own currency: its exchange rate is 1"):
        operations.change_order(order=order, exchange_rate=Decimal(2), by=seller)


def test_split_leaves_the_setup_price_with_the_first_part_so_that_the_amount_stays(seller):
    facts = {"unit_price": Decimal(10), "discount": Decimal(5), "setup_price": Decimal(40)}
    row = row_with(10, row=facts, by=seller)
    parts = [operations.NewPart(quantity=Decimal(4)), operations.NewPart(quantity=Decimal(6))]

    operations.split_row(row=row, parts=parts, by=seller)

    assert [shown.amount for shown in money(row.order)] == [78, 57]
    assert [shown.row.setup_price for shown in grid(row.order)] == [40, None]


def test_copy_takes_prices_and_currency_along(seller):
    facts = {"unit_price": Decimal(10), "discount": Decimal(5), "setup_price": Decimal(40)}
    order = order_with(10, row=facts, currency="SEK", exchange_rate=Decimal("0.1"), by=seller)

    copy = operations.copy_order(order=order, by=seller)

    assert (copy.currency, copy.exchange_rate, totals(copy).amount) == ("SEK", Decimal("0.1"), 135)


def test_order_page_shows_totals_and_hides_margins_from_viewers(seller, viewer, client):
    order = order_with(10, part=PartFactory(standard_price=4), row={"unit_price": Decimal(10)}, by=seller)

    pages = {}
    for user in (seller, viewer):
        client.force_login(user)
        pages[user] = client.get(reverse("sales:order", args=[order.pk]))

    assertContains(pages[seller], "100.00\N{NO-BREAK SPACE}EUR")
    assertContains(pages[seller], "Contribution margin")
    assertContains(pages[viewer], "Remaining value")
    assertNotContains(pages[viewer], "Contribution margin")


def test_saving_a_row_in_place_brings_the_new_totals_along(seller, client):
    row = row_with(10, by=seller)
    client.force_login(seller)
    data = {"name": row.name, "quantity": "10", "unit": row.unit.code, "unit_price": "-12,50", "discount": "50"}
    data |= {"warehouse": row.warehouse.code, "row_status": "fixed", "version": row.version}

    answer = client.post(
        reverse("sales:row_edit", args=[row.pk]), data | {"delivery_date": "2026-03-20"}, headers={"HX-Request": "true"}
    )

    assertContains(answer, '<dl id="totals" class="facts totals" hx-swap-oob="true">')
    assertContains(answer, "-62.50\N{NO-BREAK SPACE}EUR")
    assert (again(row).unit_price, again(row).discount) == (Decimal("-12.5"), 50)


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("discount", "101", "Enter a percentage of at most 100."),
        ("discount", "1000", "Enter a percentage of at most 100."),
        ("discount", "ten", "Enter a percentage such as 5 or 12.5."),
        ("unit_price", "1.1234567", "A price has at most 6 decimals here."),
        ("unit_price", "ten", "Enter a price such as 12 or 12.50; at most six decimals."),
    ],
)
def test_row_form_says_what_is_wrong_with_a_price(seller, client, field, typed, sentence):
    row = row_with(10, by=seller)
    client.force_login(seller)
    data = {"name": row.name, "quantity": "10", "unit": row.unit.code, "unit_price": "1", "discount": "0"}

    answer = client.post(reverse("sales:row_edit", args=[row.pk]), data | {field: typed})

    assertContains(answer, sentence, status_code=422)


def test_decimals_of_a_currency():
    assert [decimals_of(code) for code in ("EUR", "JPY", "KWD")] == [2, 0, 3]


def test_order_opens_when_the_conversion_of_a_row_is_gone(seller, seller_client):
    part = PartFactory(standard_price=Decimal(3))
    conversion = UnitConversionFactory(part=part, base=part.unit, numerator=12)
    row = {"unit": conversion.unit, "unit_price": Decimal(60)}
    order = order_with(2, part=part, row=row, status=QUOTE, by=seller)
    conversion.delete()

    page = seller_client.get(reverse("sales:order", args=[order.pk]))

    assertContains(page, "120.00\N{NO-BREAK SPACE}EUR")
    assert [(shown.margin, shown.ratio) for shown in money(order)] == [(None, None)]


def test_row_form_asks_without_a_figure_when_the_conversion_of_the_row_is_gone(seller):
    part = PartFactory()
    conversion = UnitConversionFactory(part=part, base=part.unit, numerator=12)
    row = row_with(2, part=part, row={"unit": conversion.unit}, status=QUOTE, by=seller)
    conversion.delete()
    shown = {bound.name: bound.value() for bound in RowForm(row=row) if bound.value() is not None}

    form = RowForm(shown | {"unit": part.unit.code}, row=row)

    assert form.errors["unit"] == [f"Recalculate from {row.unit} to {part.unit}? Choose and save again."]


def test_standard_value_that_no_column_holds_is_refused(seller):
    order = order_with(by=seller)
    facts = {"row_type": 2, "name": "Gold", "quantity": Decimal(99_999_999_999)}

    with pytest.raises(Refused, match="Gold: its standard price x quantity of 199999999998 is too large"):
        operations.add_row(order=order, standard_price=Decimal(2), by=seller, **facts)


def test_order_with_the_smallest_rate_opens(seller, seller_client):
    rate = Decimal("0.00000001")
    order = order_with(
        1, row={"standard_price": Decimal(99_999_999_999)}, currency="IDR", exchange_rate=rate, by=seller
    )

    assert seller_client.get(reverse("sales:order", args=[order.pk])).status_code == 200


def test_timeline_keeps_standard_prices_from_viewers(seller, seller_client, viewer_client):
    row = row_with(10, by=seller)
    operations.change_row(row=row, standard_price=Decimal("73.21"), by=seller)

    pages = [
        client.get(reverse("sales:order_timeline", args=[row.order_id])) for client in (seller_client, viewer_client)
    ]

    assert ["73.21" in page.content.decode() for page in pages] == [True, False]
