"""Which price, discount and setup price a row gets by itself, and what a seller may take instead."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from erp.exceptions import Refused, Stale
from erp.register.models import ExchangeRate
from erp.register.operations import change_setting
from sales import operations
from sales.grids import grid_row
from sales.models import (
    CategoryDiscount,
    CustomerLink,
    CustomerTerm,
    ListedPrice,
    OrderType,
    PriceList,
    PriceStrategy,
    SalesOrder,
)
from sales.operations import NewRow
from sales.pricing import prices_for
from tests.factories import PartFactory, PartnerFactory, UnitConversionFactory, UserFactory
from tests.sales.factories import again, order_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer():
    return PartnerFactory(number="C1")


@pytest.fixture
def part():
    return PartFactory(number="P1", standard_price=Decimal(4), discount_category="BIKES")


def linked(customer, part, *, steps=(), **facts):
    link = CustomerLink.objects.create(customer=customer, part=part, unit=facts.pop("unit", part.unit), **facts)
    for quantity, price in steps:
        link.steps.create(from_quantity=quantity, price=Decimal(price))
    return link


def listed(customer, part, price, *, currency="EUR", from_quantity=0, unit=None):
    price_list, _made = PriceList.objects.get_or_create(name=f"List {currency}", defaults={"currency": currency})
    CustomerTerm.objects.update_or_create(customer=customer, defaults={"price_list": price_list})
    facts = {"price_list": price_list, "part": part, "unit": unit or part.unit, "from_quantity": from_quantity}
    return ListedPrice.objects.create(price=Decimal(price), **facts)


def row_of(customer, part, quantity=10, *, row=None, **facts):
    """The only row of a new order, added as a seller adds it."""
    order = order_with(customer=customer, part=part, **facts)
    return operations.add_row(order=order, part=part, quantity=Decimal(quantity), by=UserFactory(), **(row or {}))


def priced(row):
    return row.unit_price, row.price_source


def test_without_any_agreement_the_price_is_0(customer, part):
    assert priced(row_of(customer, part)) == (0, "")


@pytest.mark.parametrize(
    ("quantity", "price"),
    [
        pytest.param(9, (Decimal("7.5"), "link"), id="below the lowest step"),
        pytest.param(10, (Decimal(7), "step"), id="on a step"),
        pytest.param(99, (Decimal(7), "step"), id="between two"),
        pytest.param(500, (Decimal(6), "step"), id="above the last"),
    ],
)
def test_customer_link_has_a_price_for_each_quantity(customer, part, quantity, price):
    linked(customer, part, price=Decimal("7.5"), steps=[(10, 7), (100, 6)])

    assert priced(row_of(customer, part, quantity)) == price


def test_customer_link_without_a_price_leaves_it_to_the_price_list(customer, part):
    linked(customer, part, discount=Decimal(5))
    listed(customer, part, 9)

    assert priced(row_of(customer, part)) == (9, "price list")


def test_customer_link_of_somebody_else_does_not_count(customer, part):
    linked(PartnerFactory(), part, price=Decimal(5))

    assert priced(row_of(customer, part)) == (0, "")


def test_price_list_has_prices_from_a_quantity_on(customer, part):
    listed(customer, part, 9)
    listed(customer, part, 8, from_quantity=50)

    assert [row_of(customer, part, quantity).unit_price for quantity in (49, 50)] == [9, 8]


def test_price_follows_the_unit_of_the_row(customer, part):
    box = UnitConversionFactory(part=part, base=part.unit, numerator=12).unit
    linked(customer, part, price=Decimal("7.5"), steps=[(24, 6)])

    rows = [row_of(customer, part, quantity, row={"unit": box}) for quantity in (1, 2)]

    assert [priced(row) for row in rows] == [(90, "link"), (72, "step")]


def test_price_list_prefers_the_prices_in_the_unit_of_the_row(customer, part):
    box = UnitConversionFactory(part=part, base=part.unit, numerator=12).unit
    listed(customer, part, 9)
    listed(customer, part, 100, unit=box)

    assert row_of(customer, part, 1, row={"unit": box}).unit_price == 100


@pytest.mark.parametrize(
    ("strategy", "price"),
    [
        (PriceStrategy.CUSTOMER, (7, "link")),
        (PriceStrategy.PRICE_LIST, (9, "price list")),
        (PriceStrategy.STANDARD, (4, "standard price")),
    ],
)
def test_order_type_says_where_prices_come_from(customer, part, strategy, price):
    linked(customer, part, price=Decimal(7))
    listed(customer, part, 9)
    kind = OrderType.objects.create(code="X", name="Kind", price_strategy=strategy)

    assert priced(row_of(customer, part, order_type=kind)) == price


def test_order_gets_the_type_agreed_with_its_customer_else_the_default(customer, seller):
    usual = OrderType.objects.create(code="N", name="Normal", is_default=True)
    special = OrderType.objects.create(code="S", name="Special")
    CustomerTerm.objects.create(customer=customer, order_type=special)

    assert [order_with(customer=who, by=seller).order_type for who in (customer, None)] == [special, usual]


def test_discount_is_that_of_the_link_then_the_category_then_the_customer(customer, part):
    found = []
    CustomerTerm.objects.create(customer=customer, discount=Decimal(1))
    found.append(row_of(customer, part).discount)
    CategoryDiscount.objects.create(category="BIKES", discount=Decimal(2))
    found.append(row_of(customer, part).discount)
    CategoryDiscount.objects.create(category="BIKES", customer=customer, discount=Decimal(3))
    found.append(row_of(customer, part).discount)
    linked(customer, part, discount=Decimal(4))
    found.append(row_of(customer, part).discount)

    assert found == [1, 2, 3, 4]


def test_setup_price_comes_from_the_customer_link_else_is_empty(customer, part):
    linked(customer, part, setup_price=Decimal(40))

    assert [row_of(who, part).setup_price for who in (customer, PartnerFactory())] == [40, None]


def test_setup_price_is_suggested_beside_a_typed_price_and_stays_as_typed(customer, part, seller):
    linked(customer, part, setup_price=Decimal(40))
    price = {"unit_price": Decimal(8), "discount": Decimal(1)}
    rows = [row_of(customer, part, row=price | setup) for setup in ({}, {"setup_price": Decimal(0)})]
    new = NewRow(part=part, quantity=Decimal(1), **price)
    order = operations.create_order(customer=customer, warehouse=rows[0].warehouse, rows=[new], by=seller)

    assert [row.setup_price for row in (*rows, order.rows.get())] == [40, 0, 40]
    assert [row.unit_price for row in (*rows, order.rows.get())] == [8, 8, 8]


def test_setup_price_that_was_taken_away_is_not_suggested_to_a_copy(customer, part, seller):
    linked(customer, part, setup_price=Decimal(40))
    row = operations.change_row(row=row_of(customer, part), setup_price=None, by=seller)

    copy = operations.copy_order(order=row.order, by=seller)

    assert (row.setup_price, copy.rows.get().setup_price) == (None, None)


def test_additional_row_has_no_setup_price_until_one_is_typed(customer, part, seller):
    linked(customer, part, setup_price=Decimal(40))
    facts = {"row_type": 2, "part_number": part.number, "name": "Freight", "quantity": Decimal(1)}
    row = operations.add_row(order=order_with(customer=customer), by=seller, **facts)

    typed = operations.change_row(row=row, setup_price=Decimal(5), by=seller)

    assert (row.setup_price, typed.setup_price) == (None, 5)


def test_price_in_the_companys_currency_goes_through_the_orders_rate(customer, part, seller_client):
    linked(customer, part, price=Decimal(7), currency="EUR", setup_price=Decimal(14))

    row = row_of(customer, part, currency="SEK", exchange_rate=Decimal("0.1"))

    assert (row.unit_price, row.setup_price, row.price_currency) == (70, 140, "EUR")
    page = seller_client.get(reverse("sales:order", args=[row.order_id]))
    assertContains(page, "Agreed in EUR, converted at the order&#x27;s rate.")


def test_price_in_a_third_currency_goes_through_the_companys(customer, part):
    ExchangeRate.objects.create(currency="USD", into="EUR", valid_from=date(2020, 1, 1), rate=Decimal("0.5"))
    linked(customer, part, price=Decimal(10), currency="USD")

    assert row_of(customer, part, currency="SEK", exchange_rate=Decimal("0.1")).unit_price == 50


def test_price_in_a_currency_without_a_rate_is_refused(customer, part):
    linked(customer, part, price=Decimal(10), currency="USD")

    with pytest.raises(Refused, match="There is no exchange rate from USD to EUR"):
        row_of(customer, part)


def test_order_in_another_currency_without_a_rate_is_refused(customer, seller):
    with pytest.raises(Refused, match="There is no exchange rate from SEK to EUR; enter one on the order or ask"):
        order_with(customer=customer, currency="SEK", by=seller)


def test_order_in_another_currency_takes_its_rate_from_the_table(customer, seller):
    for day, rate in ((date(2020, 1, 1), "0.2"), (date(2021, 1, 1), "0.1"), (date(2190, 1, 1), "9")):
        ExchangeRate.objects.create(currency="SEK", into="EUR", valid_from=day, rate=Decimal(rate))

    assert order_with(customer=customer, currency="SEK", by=seller).exchange_rate == Decimal("0.1")


def test_suggested_price_has_the_decimals_of_the_setting(customer, part, admin_user):
    change_setting(name="price_decimals", value=2, by=admin_user)
    linked(customer, part, price=Decimal("7.125"))

    assert row_of(customer, part).unit_price == Decimal("7.13")


def test_typed_price_and_discount_are_locked_and_stay(customer, part, seller):
    linked(customer, part, price=Decimal(7), discount=Decimal(5), steps=[(100, 6)])
    row = row_of(customer, part, row={"unit_price": Decimal(8), "discount": Decimal(1)})

    changed = operations.change_row(row=row, quantity=Decimal(200), by=seller)

    assert (row.price_locked, row.discount_locked) == (True, True)
    assert (changed.unit_price, changed.discount) == (8, 1)


def test_another_quantity_may_have_another_price(customer, part, seller):
    linked(customer, part, price=Decimal(7), steps=[(100, 6)])
    row = row_of(customer, part)

    more = operations.change_row(row=row, quantity=Decimal(100), by=seller)
    less = operations.change_row(row=more, quantity=Decimal(99), by=seller)

    assert [priced(again) for again in (row, more, less)] == [(7, "link"), (6, "step"), (7, "link")]


def test_another_unit_keeps_the_row_unlocked(customer, part, seller):
    box = UnitConversionFactory(part=part, base=part.unit, numerator=12).unit
    linked(customer, part, price=Decimal(7), steps=[(100, 6)])
    row = row_of(customer, part, 24)

    changed = operations.change_row(row=row, unit=box, recalculate=True, by=seller)

    assert (changed.quantity, changed.unit_price, changed.price_locked) == (2, 84, False)


def test_price_typed_in_the_row_is_locked(customer, part, seller):
    linked(customer, part, price=Decimal(7))
    row = row_of(customer, part)

    same = operations.change_row(row=row, unit_price=Decimal(7), discount=Decimal(0), by=seller)
    typed = operations.change_row(row=same, unit_price=Decimal(8), discount=Decimal(3), by=seller)

    assert (same.price_locked, same.discount_locked) == (False, False)
    assert (typed.price_locked, typed.discount_locked, typed.price_source) == (True, True, "")


@pytest.mark.parametrize(
    ("unlocked", "after"),
    [
        pytest.param({"price": True}, (7, 1, False, True), id="the price"),
        pytest.param({"discount": True}, (8, 5, True, False), id="the discount"),
        pytest.param({"price": True, "discount": True}, (7, 5, False, False), id="both"),
    ],
)
def test_unlock_price_takes_the_suggestion_of_what_is_unlocked(customer, part, seller, unlocked, after):
    linked(customer, part, price=Decimal(7), discount=Decimal(5))
    row = row_of(customer, part, row={"unit_price": Decimal(8), "discount": Decimal(1)})

    row = operations.unlock_price(row=row, **unlocked, by=seller)

    assert (row.unit_price, row.discount, row.price_locked, row.discount_locked) == after


def alternatives(row):
    return prices_for([row], every_list=True).alternatives(
        order=row.order, part=row.part, unit=row.unit, quantity=row.quantity
    )


def choice(row, price):
    """The key of the alternative at so much"""
    return next(one.key for one in alternatives(row) if one.price == price)


def test_take_price_takes_one_of_the_alternatives_and_keeps_it(customer, part, seller):
    linked(customer, part, price=Decimal(7))
    listed(customer, part, 9)
    row = row_of(customer, part)

    row = operations.take_price(row=row, choice=choice(row, 9), by=seller)
    later = operations.change_row(row=row, quantity=Decimal(20), by=seller)

    assert (priced(row), later.unit_price) == ((9, "price list"), 9)


def test_take_price_refuses_one_that_is_not_offered(customer, part, seller):
    with pytest.raises(Refused, match="has no such price any more"):
        operations.take_price(row=row_of(customer, part), choice="step//10/6", by=seller)


def test_take_price_refuses_one_that_has_another_figure_now(customer, part, seller):
    link = linked(customer, part, price=Decimal(7))
    chosen = choice(row := row_of(customer, part), 7)
    CustomerLink.objects.filter(pk=link.pk).update(price=8)

    with pytest.raises(Refused, match="has no such price any more"):
        operations.take_price(row=row, choice=chosen, by=seller)


def test_alternatives_are_all_steps_the_link_every_active_list_and_the_standard_price(customer, part):
    linked(customer, part, price=Decimal("7.5"), steps=[(10, 7), (100, 6)])
    fair, old, other = (
        PriceList.objects.create(name=name, is_active=name != "Old") for name in ("Fair", "Old", "Other")
    )
    for price_list, start, price in ((fair, 0, 8), (fair, 10, 5), (fair, 50, 4), (old, 0, 1)):
        ListedPrice.objects.create(price_list=price_list, part=part, unit=part.unit, from_quantity=start, price=price)
    ListedPrice.objects.create(price_list=other, part=PartFactory(), unit=part.unit, price=2)
    listed(customer, part, 9, from_quantity=20)

    row = row_of(customer, part, 10)

    assert [(price.price, price.label) for price in alternatives(row)] == [
        (7, "Staggered price of the customer link"),
        (6, "Staggered price of the customer link"),
        (Decimal("7.5"), "Price of the customer link"),
        (9, "Price list List EUR"),
        (5, "Price list Fair"),
        (4, "Standard price"),
    ]
    assert priced(row) == (7, "step")


def test_price_list_that_is_not_active_suggests_nothing(customer, part):
    listed(customer, part, 9)
    PriceList.objects.update(is_active=False)

    assert priced(row_of(customer, part)) == (0, "")


def test_row_keeps_the_step_of_another_quantity_that_was_taken(customer, part, seller):
    linked(customer, part, price=Decimal(8), steps=[(10, 7), (100, 6)])
    row = row_of(customer, part, 10)

    row = operations.take_price(row=row, choice=choice(row, 6), by=seller)

    assert (*priced(row), row.price_locked) == (6, "step", True)


def test_dialog_says_which_prices_have_no_exchange_rate_and_offers_the_others(customer, part, seller_client):
    listed(customer, part, 9)
    dollars = PriceList.objects.create(name="Dollars", currency="USD")
    ListedPrice.objects.create(price_list=dollars, part=part, unit=part.unit, price=3)

    page = seller_client.get(reverse("sales:row_prices", args=[row_of(customer, part).pk]))

    assertContains(page, "There is no exchange rate from USD to EUR")
    assertContains(page, "9.00 EUR: Price list List EUR")
    assertNotContains(page, "Dollars")


def test_comment_of_a_price_stays_with_the_row_until_another_price_is_typed(customer, part, seller, seller_client):
    linked(customer, part, price=Decimal(7), price_comment="Until the fair")
    suggested = row_of(customer, part)
    taken = operations.take_price(row=suggested, choice=choice(suggested, 4), by=seller)
    back = operations.take_price(row=taken, choice=choice(taken, 7), by=seller)
    copy = operations.copy_order(order=back.order, by=seller).rows.get()

    for row in (back, copy):
        page = seller_client.get(reverse("sales:order", args=[row.order_id]))
        assertContains(page, '<abbr title="Until the fair">7.00</abbr>')
        page = seller_client.get(reverse("sales:row", args=[row.pk]))
        assertContains(page, "Price of the customer link: Until the fair")
    typed = operations.change_row(row=back, unit_price=Decimal(6), by=seller)

    comments = [row.price_comment for row in (suggested, taken, back, copy, typed)]
    assert comments == ["Until the fair", "", "Until the fair", "Until the fair", ""]


@pytest.mark.parametrize(
    "operation",
    [
        lambda **facts: operations.unlock_price(price=True, **facts),
        lambda **facts: operations.take_price(choice="link//0/7", **facts),
    ],
)
def test_prices_of_a_stale_row_are_refused(customer, part, seller, operation):
    linked(customer, part, price=Decimal(7))
    row = row_of(customer, part)
    operations.change_row(row=row, name="Other", by=seller)

    with pytest.raises(Stale):
        operation(row=row, version=row.version, by=seller)


def test_prices_of_a_row_without_a_part_are_refused(customer, seller):
    row = operations.add_row(order=order_with(customer=customer, by=seller), row_type=4, text="Hello", by=seller)

    with pytest.raises(Refused, match="is not a row of a part of the register: there is nothing to price"):
        operations.unlock_price(row=row, price=True, by=seller)


def test_create_order_suggests_prices_for_all_rows_in_a_constant_number_of_statements(
    customer, seller, django_assert_max_num_queries
):
    parts = [PartFactory() for _ in range(20)]
    warehouse = order_with(by=seller).warehouse
    for part in parts:
        linked(customer, part, price=Decimal(7))
    rows = [NewRow(part=part, quantity=Decimal(1)) for part in parts]

    with django_assert_max_num_queries(60):
        order = operations.create_order(customer=customer, warehouse=warehouse, rows=rows, by=seller)

    assert {row.unit_price for row in order.rows.all()} == {7}


def test_copy_keeps_what_was_suggested_and_what_was_typed(customer, part, seller):
    linked(customer, part, price=Decimal(7))
    row = row_of(customer, part)
    operations.add_row(order=row.order, part=part, quantity=Decimal(1), unit_price=Decimal(3), by=seller)

    copy = operations.copy_order(order=row.order, by=seller)

    assert [(row.unit_price, row.price_locked) for row in copy.rows.order_by("position")] == [(7, False), (3, True)]


def test_typed_price_keeps_the_discount_that_was_agreed(customer, part, seller):
    CustomerTerm.objects.create(customer=customer, discount=Decimal(10))
    row = row_of(customer, part, row={"unit_price": Decimal(100)})
    new = NewRow(part=part, quantity=Decimal(1), unit_price=Decimal(100))
    order = operations.create_order(customer=customer, warehouse=row.warehouse, rows=[new], by=seller)

    assert [(row.discount, row.unit_price) for row in (row, order.rows.get())] == [(10, 100), (10, 100)]


def test_split_leaves_the_padlocks_on_both_parts(customer, part, seller):
    row = row_of(customer, part, row={"unit_price": Decimal(8), "discount": Decimal(1)})
    parts = [operations.NewPart(quantity=Decimal(4)), operations.NewPart(quantity=Decimal(6))]

    rows = operations.split_row(row=row, parts=parts, by=seller)
    more = operations.change_row(row=rows[1], quantity=Decimal(7), by=seller)

    assert (more.price_locked, more.discount_locked, more.unit_price) == (True, True, 8)


# pages


def test_dialog_offers_the_prices_with_their_comments(customer, part, seller_client):
    linked(customer, part, price=Decimal(7), steps=[(5, 6)], price_comment="Until the fair")
    listed(customer, part, 9)
    row = row_of(customer, part)

    page = seller_client.get(reverse("sales:row_prices", args=[row.pk]))

    assertContains(page, "6.00 EUR: Staggered price of the customer link, from 5, Until the fair")
    assertContains(page, "7.00 EUR: Price of the customer link, Until the fair")
    assertContains(page, "9.00 EUR: Price list List EUR")
    assertContains(page, "4.00 EUR: Standard price")


def test_dialog_takes_a_price_and_gives_it_back(customer, part, seller_client):
    linked(customer, part, price=Decimal(7))
    row = row_of(customer, part)
    url = reverse("sales:row_prices", args=[row.pk])

    seller_client.post(url, {"source": choice(row, 4), "version": row.version})
    taken = again(row)
    seller_client.post(url, {"source": "suggested", "version": taken.version})
    wrong = seller_client.post(url, {"source": "gift", "version": again(row).version})

    assert (priced(taken), taken.price_locked) == ((4, "standard price"), True)
    assert (priced(again(row)), again(row).price_locked) == ((7, "link"), False)
    assertContains(wrong, "The prices have changed. Choose again.", status_code=422)


def test_dialog_gives_the_price_and_the_discount_back_one_by_one(customer, part, seller_client):
    linked(customer, part, price=Decimal(7), discount=Decimal(5))
    row = row_of(customer, part, row={"unit_price": Decimal(8), "discount": Decimal(1)})
    url, found = reverse("sales:row_prices", args=[row.pk]), []

    for choice in ("discount", "suggested"):
        assertContains(seller_client.get(url), "as suggested, without its padlock", count=2 if not found else 1)
        seller_client.post(url, {"source": choice, "version": again(row).version})
        found.append((again(row).unit_price, again(row).discount))

    assert found == [(8, 5), (7, 5)]


def test_dialog_says_what_the_row_costs_and_what_it_would_be_suggested(customer, part, seller_client):
    linked(customer, part, price=Decimal(7), discount=Decimal(5))
    row = row_of(customer, part, row={"unit_price": Decimal(8), "discount": Decimal(1)})

    page = seller_client.get(reverse("sales:row_prices", args=[row.pk]))

    assertContains(page, "The row costs 8.00 EUR less 1.00 % now.")
    assertContains(page, "Price as suggested, without its padlock: 7.00")
    assertContains(page, "Discount as suggested, without its padlock: 5.00")


def test_padlock_of_a_discount_stands_in_its_cell_and_on_the_page_of_the_row(customer, part, seller_client):
    linked(customer, part, price=Decimal(7), discount=Decimal(5))
    typed, given = (row_of(customer, part, row=facts) for facts in ({"discount": Decimal(0)}, {}))

    for row, count in ((typed, 1), (given, 0)):
        assertContains(seller_client.get(reverse("sales:order", args=[row.order_id])), "Discount; typed by hand", count)
        page = seller_client.get(reverse("sales:row", args=[row.pk]))
        assertContains(page, "Discount typed by hand", count)
        assertContains(page, f'href="{reverse("sales:row_prices", args=[row.pk])}"')


def test_dialog_of_a_typed_price_has_nothing_chosen_and_takes_nothing_by_itself(customer, part, seller_client):
    row = row_of(customer, part, row={"unit_price": Decimal(8), "discount": Decimal(15)})

    answer = seller_client.post(reverse("sales:row_prices", args=[row.pk]), {"version": row.version})

    assertContains(answer, "Choose a price, or leave it.", status_code=422)
    assert (again(row).unit_price, again(row).discount) == (8, 15)


def test_staggered_price_stands_in_italics(customer, part, seller_client):
    linked(customer, part, price=Decimal(7), steps=[(10, 6)])
    row = row_of(customer, part)

    assertContains(
        seller_client.get(reverse("sales:order", args=[row.order_id])), '<i title="Staggered price">6.00</i>'
    )


def test_new_row_without_a_price_gets_the_suggestion_and_one_with_a_price_keeps_it(customer, part, seller_client):
    linked(customer, part, price=Decimal(7))
    order = order_with(customer=customer)
    url = reverse("sales:row_new", args=[order.pk])

    for price in ("", "0"):
        data = {"part": part.number, "quantity": "1", "unit_price": price, "row_status": "fixed"}
        seller_client.post(url, data)

    assert [row.unit_price for row in order.rows.order_by("position")] == [7, 0]


def test_price_of_a_row_may_be_changed_to_0_and_stays_0(customer, part, seller, seller_client):
    linked(customer, part, price=Decimal(7))
    row = row_of(customer, part)
    data = {"name": row.name, "quantity": "10", "unit": row.unit.code, "unit_price": "0", "row_status": "fixed"}

    seller_client.post(
        reverse("sales:row_edit", args=[row.pk]), data | {"warehouse": row.warehouse.code, "version": row.version}
    )
    more = operations.change_row(row=again(row), quantity=Decimal(20), by=seller)

    assert (more.unit_price, more.price_locked, grid_row(more).money.amount) == (0, True, 0)


def test_additional_row_is_suggested_0_and_no_discount_whatever_was_agreed(customer, part, seller_client):
    linked(customer, part, price=Decimal(7), discount=Decimal(5))
    CustomerTerm.objects.create(customer=customer, discount=Decimal(10))
    order = order_with(customer=customer)
    data = {"row_type": "2", "part_number": part.number, "name": "Bike", "quantity": "1", "unit_price": ""}

    opened = seller_client.get(reverse("sales:row_new", args=[order.pk]), {"row_type": "2"})
    seller_client.post(reverse("sales:row_new", args=[order.pk]), data)

    form, row = opened.context["form"], order.rows.get()
    assert (form["unit_price"].value(), form["discount"].value()) == ("", "")
    assert (row.unit_price, row.discount) == (0, 0)


def test_discount_of_an_additional_row_is_typed_and_a_suggested_one_is_overwritten(customer, part, seller):
    linked(customer, part, price=Decimal(7), discount=Decimal(5))
    suggested = row_of(customer, part)
    facts = {"row_type": 2, "name": "Freight", "quantity": Decimal(1), "unit_price": Decimal(80)}
    added = operations.add_row(order=suggested.order, **facts, discount=Decimal("12.5"), by=seller)

    typed = operations.change_row(row=suggested, discount=Decimal(0), by=seller)
    lower = operations.change_row(row=added, discount=Decimal(-5), by=seller)

    assert [row.discount for row in (suggested, added, typed, lower)] == [5, Decimal("12.5"), 0, -5]
    assert [grid_row(row).money.amount for row in (suggested, added, typed, lower)] == [Decimal("66.5"), 70, 70, 84]


def test_price_with_too_many_decimals_says_how_many(customer, part, seller_client, admin_user):
    change_setting(name="price_decimals", value=2, by=admin_user)
    order = order_with(customer=customer)
    data = {"part": part.number, "quantity": "1", "unit_price": "1.234", "row_status": "fixed"}

    answer = seller_client.post(reverse("sales:row_new", args=[order.pk]), data)

    assertContains(answer, "A price has at most 2 decimals here.", status_code=422)


def test_new_order_leaves_currency_rate_and_type_to_its_customer(customer, seller_client):
    CustomerTerm.objects.create(customer=customer, order_type=OrderType.objects.create(code="S", name="Special"))
    data = {"customer": "C1", "warehouse": order_with().warehouse.code, "ordered_on": "2026-03-02", "priority": "5"}

    seller_client.post(reverse("sales:order_create"), data | {"status": "registered", "currency": "", "order_type": ""})

    order = SalesOrder.objects.get(document__partner=customer)
    assert (order.currency, order.exchange_rate, order.order_type.code) == ("EUR", 1, "S")


def test_viewer_sees_no_padlock(customer, part, viewer_client):
    row = row_of(customer, part)

    page = viewer_client.get(reverse("sales:order", args=[row.order_id]))

    assertNotContains(page, reverse("sales:row_prices", args=[row.pk]))
