"""Another currency or rate of an order: its rows are priced anew, and what somebody typed says that it is not."""

from decimal import Decimal

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from erp.exceptions import Refused
from erp.register.operations import change_setting
from sales import operations
from sales.grids import grid
from sales.models import CustomerLink, CustomerTerm
from sales.operations import NewRow
from sales.sums import totals_of
from tests.factories import PartFactory, PartnerFactory
from tests.linkage.factories import stock
from tests.sales.factories import again, order_with
from tests.sales.kits import kit_of

pytestmark = pytest.mark.django_db
KRONOR = {"currency": "SEK", "exchange_rate": Decimal("0.1")}


@pytest.fixture
def customer():
    return PartnerFactory(number="C1")


@pytest.fixture
def part(customer):
    """Agreed at 7 EUR, and 40 EUR for setting up."""
    part = PartFactory(number="P1")
    CustomerLink.objects.create(customer=customer, part=part, unit=part.unit, price=7, setup_price=40)
    return part


def order_of(customer, seller, *rows, **facts):
    """An order of 10 of each part, with the facts of its row."""
    order = order_with(customer=customer, by=seller, **facts)
    for part, row in rows:
        operations.add_row(order=order, part=part, quantity=Decimal(10), **row, by=seller)
    return order


def said(order):
    """[(price, agreed in, typed in)]"""
    return list(order.rows.order_by("position").values_list("unit_price", "price_currency", "priced_in"))


def words(order):
    """[what the marks of a row say about its price]"""
    return [[mark.words for mark in row.marks if mark.column == "unit_price"] for row in grid(order)]


def test_another_currency_prices_what_was_suggested_anew_and_marks_what_was_typed(customer, part, seller):
    order = order_of(customer, seller, (part, {}), (part, {"unit_price": Decimal(9)}), (PartFactory(), {}))

    order = operations.change_order(order=order, **KRONOR, by=seller)

    assert said(order) == [(70, "EUR", ""), (9, "", "EUR"), (0, "", "")]
    assert words(order) == [
        ["Agreed in EUR, converted at the order's rate."],
        ["Typed before the order's currency or rate changed, and not converted: it was EUR."],
        [],
    ]
    assert totals_of(order).amount == 700 + 400 + 90 + 400


def test_another_rate_prices_what_was_suggested_anew_and_leaves_what_was_typed(customer, part, seller):
    order = order_of(customer, seller, (part, {}), (part, {"unit_price": Decimal(90)}), **KRONOR)

    order = operations.change_order(order=order, exchange_rate=Decimal("0.2"), by=seller)

    assert said(order) == [(35, "EUR", ""), (90, "", "")]
    assert list(order.rows.values_list("setup_price", flat=True)) == [200, 200]


def test_alternative_that_was_taken_is_marked_by_another_rate(customer, part, seller):
    order = order_of(customer, seller, (part, {}), **KRONOR)
    operations.take_price(row=order.rows.get(), choice="link//0/70", by=seller)

    order = operations.change_order(order=order, exchange_rate=Decimal("0.2"), by=seller)

    assert said(order) == [(70, "", "EUR")]


def test_first_currency_of_a_typed_price_stays_in_its_mark(customer, part, seller):
    order = order_of(customer, seller, (part, {"unit_price": Decimal(9)}))
    for facts in (KRONOR, {"currency": "USD", "exchange_rate": Decimal("0.9")}):
        order = operations.change_order(order=order, **facts, by=seller)

    assert said(order) == [(9, "", "EUR")]


def test_other_changes_of_the_header_price_nothing(customer, part, seller):
    order = order_of(customer, seller, (part, {}), (part, {"unit_price": Decimal(9)}))
    CustomerLink.objects.update(price=8)

    order = operations.change_order(order=order, goods_label="Blue", currency="EUR", by=seller)

    assert said(order) == [(7, "", ""), (9, "", "")]


def test_setup_price_follows_as_suggested_and_is_marked_as_typed(customer, part, seller):
    order = order_of(customer, seller, (part, {}), (part, {"setup_price": Decimal(41)}))

    order = operations.change_order(order=order, **KRONOR, by=seller)

    found = order.rows.order_by("position").values_list("setup_price", "priced_in", "setup_priced_in")
    assert list(found) == [(400, "", ""), (41, "", "EUR")]
    assert words(order) == [["Agreed in EUR, converted at the order's rate."]] * 2
    assert [[mark.words for mark in row.marks if mark.column == "setup_price"] for row in grid(order)] == [
        [],
        ["Typed before the order's currency or rate changed, and not converted: it was EUR."],
    ]


def test_additional_row_is_marked_where_it_has_a_price(customer, seller):
    order = order_of(customer, seller)
    for price in (None, Decimal(15)):
        facts = {"row_type": 2, "name": "Freight", "quantity": Decimal(1), "unit_price": price}
        operations.add_row(order=order, **facts, by=seller)

    order = operations.change_order(order=order, **KRONOR, by=seller)

    assert said(order) == [(0, "", ""), (15, "", "EUR")]


def test_alloy_cost_follows_and_one_that_was_typed_is_marked(customer, seller):
    CustomerTerm.objects.create(customer=customer, creates_alloy_cost=True)
    rod = PartFactory(weight=Decimal("0.5"), alloy_price=8)
    order = order_of(customer, seller, (rod, {}), (rod, {}))
    costs = [row.sub_rows.get() for row in order.rows.main().order_by("position")]
    operations.change_row(row=costs[1], unit_price=Decimal(3), by=seller)

    operations.change_order(order=order, **KRONOR, by=seller)

    assert [(again(cost).unit_price, again(cost).priced_in) for cost in costs] == [(40, ""), (3, "EUR")]


def test_fictitious_part_costs_its_parts_in_the_new_currency(customer, part, seller, admin_user):
    change_setting(name="kit_price_from", value="parts", by=admin_user)
    order = order_of(customer, seller, (kit_of((part, 2)), {}))

    order = operations.change_order(order=order, **KRONOR, by=seller)

    [main] = order.rows.main()
    assert (main.unit_price, main.price_source, main.sub_rows.get().unit_price) == (140, "parts", 70)


def test_parts_below_a_fictitious_part_have_no_price_where_the_setting_gives_them_none(customer, part, seller):
    order = order_of(customer, seller, (kit_of((part, 2)), {}))

    order = operations.change_order(order=order, **KRONOR, by=seller)

    assert order.rows.of_kits().get().unit_price == 0


def test_cent_of_a_typed_total_goes_with_the_currency(customer, part, seller):
    order = order_of(customer, seller, (part, {"unit_price": Decimal("3.33")}))
    total = operations.add_row(order=order, row_type=3, name="Total", by=seller)
    order.rows.filter(position=10).update(rounding=Decimal("0.01"), total_row=total)

    order = operations.change_order(order=order, **KRONOR, by=seller)

    assert order.rows.get(position=10).rounding == 0


def test_currency_without_a_rate_for_an_agreed_price_is_refused_and_nothing_changes(customer, part, seller):
    order = order_of(customer, seller, (part, {}))
    CustomerLink.objects.update(currency="USD")

    with pytest.raises(Refused, match="There is no exchange rate from USD to EUR"):
        operations.change_order(order=order, **KRONOR, by=seller)

    order.refresh_from_db()
    assert (order.currency, said(order)) == ("EUR", [(7, "", "")])


def test_price_too_large_in_the_new_currency_is_refused(customer, part, seller):
    CustomerLink.objects.update(price=1_000_000)
    order = order_of(customer, seller, (part, {}))

    with pytest.raises(Refused, match="S-1001/10: its amount of 100000400000 is too large"):
        operations.change_order(order=order, currency="IDR", exchange_rate=Decimal("0.0001"), by=seller)


@pytest.mark.parametrize("typed", ["unit_price", "setup_price"])
def test_currency_stays_where_a_finished_row_has_a_typed_price(customer, part, seller, warehouse_keeper, typed):
    order = order_of(customer, seller, (part, {typed: Decimal(9)}), (part, {typed: Decimal(9)}))
    row = order.rows.get(position=10)
    stock(part, row.warehouse, 10)
    operations.deliver(row=row, quantity=Decimal(10), by=warehouse_keeper)

    with pytest.raises(Refused, match=f"^{row} delivered at a typed price in EUR, which cannot be typed anew: take"):
        operations.change_order(order=again(row).order, **KRONOR, by=seller)

    assert (again(row).order.currency, getattr(again(row), typed), again(row).priced_in) == ("EUR", 9, "")


def test_currency_changes_where_a_finished_row_costs_what_was_suggested(customer, part, seller, warehouse_keeper):
    order = order_of(customer, seller, (part, {}))
    stock(part, order.warehouse, 10)
    operations.deliver(row=order.rows.get(), quantity=Decimal(10), by=warehouse_keeper)

    order.refresh_from_db()
    operations.change_order(order=order, **KRONOR, by=seller)

    assert said(order) == [(70, "EUR", "")]


@pytest.mark.parametrize(
    "act",
    [
        pytest.param(lambda row, by: operations.keep_price(row=row, price=True, by=by), id="kept"),
        pytest.param(lambda row, by: operations.change_row(row=row, unit_price=Decimal(90), by=by), id="typed"),
        pytest.param(lambda row, by: operations.take_price(row=row, choice="link//0/70", by=by), id="taken"),
        pytest.param(lambda row, by: operations.unlock_price(row=row, price=True, by=by), id="unlocked"),
    ],
)
def test_mark_goes_when_somebody_decides(customer, part, seller, act):
    order = order_of(customer, seller, (part, {"unit_price": Decimal(9)}))
    operations.change_order(order=order, **KRONOR, by=seller)

    act(order.rows.get(), seller)

    assert order.rows.get().priced_in == ""


@pytest.mark.parametrize(
    ("decided", "mark"),
    [
        pytest.param({"unit_price": Decimal(90)}, ("", "EUR"), id="only the price"),
        pytest.param({"setup_price": Decimal(410)}, ("EUR", ""), id="only the setup price"),
        pytest.param({"unit_price": Decimal(90), "setup_price": Decimal(410)}, ("", ""), id="both"),
        pytest.param({"setup_price": None}, ("EUR", ""), id="no setup price"),
    ],
)
def test_each_typed_figure_has_its_own_mark(customer, part, seller, decided, mark):
    order = order_of(customer, seller, (part, {"unit_price": Decimal(9), "setup_price": Decimal(41)}))
    operations.change_order(order=order, **KRONOR, by=seller)

    row = operations.change_row(row=order.rows.get(), **decided, by=seller)

    assert (row.priced_in, row.setup_priced_in) == mark


@pytest.mark.parametrize(
    ("kept", "mark"),
    [({"price": True}, ("", "EUR")), ({"setup": True}, ("EUR", "")), ({"price": True, "setup": True}, ("", ""))],
)
def test_keep_price_keeps_each_typed_figure_by_itself(customer, part, seller, kept, mark):
    order = order_of(customer, seller, (part, {"unit_price": Decimal(9), "setup_price": Decimal(41)}))
    operations.change_order(order=order, **KRONOR, by=seller)

    row = operations.keep_price(row=order.rows.get(), **kept, by=seller)

    assert (row.unit_price, row.setup_price, row.priced_in, row.setup_priced_in) == (9, 41, *mark)


def test_dialog_keeps_both_typed_figures_or_one_of_them(customer, part, seller, seller_client):
    order = order_of(customer, seller, (part, {"unit_price": Decimal(9), "setup_price": Decimal(41)}))
    operations.change_order(order=order, **KRONOR, by=seller)
    row = order.rows.get()
    url = reverse("sales:row_prices", args=[row.pk])

    page = seller_client.get(url)
    seller_client.post(url, {"source": "kept setup", "version": row.version})
    gone = seller_client.post(url, {"source": "kept both", "version": again(row).version})

    assertContains(page, "Price and setup price as they were typed: 9.00 and 41.00 SEK")
    assertContains(page, "Setup price as it was typed: 41.00 SEK")
    assert (gone.status_code, again(row).priced_in, again(row).setup_priced_in) == (422, "EUR", "")


@pytest.mark.parametrize(
    "act",
    [
        pytest.param(lambda row, by: operations.take_price(row=row, choice="link//0/70", by=by), id="taken"),
        pytest.param(lambda row, by: operations.unlock_price(row=row, price=True, by=by), id="unlocked"),
    ],
)
def test_mark_of_a_typed_setup_price_stays_when_the_price_is_suggested(customer, part, seller, act):
    order = order_of(customer, seller, (part, {"unit_price": Decimal(9), "setup_price": Decimal(41)}))
    operations.change_order(order=order, **KRONOR, by=seller)

    act(order.rows.get(), seller)

    assert (said(order), order.rows.get().setup_priced_in) == ([(70, "EUR", "")], "EUR")


def test_repricing_asks_the_database_as_often_for_ten_rows_as_for_one(customer, seller, django_assert_max_num_queries):
    rows = [NewRow(part=PartFactory(), quantity=Decimal(1)) for _ in range(10)]
    warehouse = order_with(by=seller).warehouse
    order = operations.create_order(customer=customer, warehouse=warehouse, rows=rows, by=seller)

    with django_assert_max_num_queries(40):
        operations.change_order(order=order, **KRONOR, by=seller)


def test_page_says_what_is_marked_and_lets_it_be_kept(customer, part, seller, seller_client):
    order = order_of(customer, seller, (part, {"unit_price": Decimal(9)}))
    url = reverse("sales:order_change", args=[order.pk])
    data = {"warehouse": order.warehouse.code, "priority": "5", "version": order.version, "transport_days": "0"}
    data |= {"currency": "SEK", "exchange_rate": "0.1"}
    page = seller_client.post(url, data, follow=True)
    row = order.rows.get()

    assertContains(page, "1 row has a typed price that is not converted. It is marked.")
    assertContains(seller_client.get(reverse("sales:row", args=[row.pk])), "and not converted: it was EUR.")
    prices = reverse("sales:row_prices", args=[row.pk])
    assertContains(seller_client.get(prices), "Price as it was typed: 9.00 SEK")
    seller_client.post(prices, {"source": "kept", "version": row.version})
    assertNotContains(seller_client.get(reverse("sales:order", args=[order.pk])), "and not converted: it was EUR.")
    assert said(order) == [(9, "", "")]


def test_additional_row_is_kept_in_a_dialog_without_prices(customer, seller, seller_client):
    order = order_of(customer, seller)
    facts = {"row_type": 2, "name": "Freight", "quantity": Decimal(1), "unit_price": Decimal(15)}
    row = operations.add_row(order=order, **facts, by=seller)
    url = reverse("sales:row_prices", args=[row.pk])
    assert seller_client.get(url).status_code == 409
    operations.change_order(order=order, **KRONOR, by=seller)

    page = seller_client.get(url)
    seller_client.post(url, {"source": "kept", "version": again(row).version})

    assertContains(page, "Price as it was typed: 15.00 SEK")
    assertNotContains(page, "Price as suggested")
    assert (again(row).unit_price, again(row).priced_in) == (15, "")
