"""Another type of an order may take its prices from elsewhere: whether the rows follow is asked, with figures."""

from decimal import Decimal

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from erp.register.operations import change_setting
from sales import operations
from sales.models import CustomerLink, OrderType, PriceStrategy, SalesOrder
from tests.factories import PartFactory, PartnerFactory
from tests.linkage.factories import stock
from tests.sales.factories import order_with
from tests.sales.kits import kit_of, part_below

pytestmark = pytest.mark.django_db


@pytest.fixture
def at_standard():
    return OrderType.objects.create(code="STD", name="At standard price", price_strategy=PriceStrategy.STANDARD)


@pytest.fixture
def order(seller):
    """Two rows of 10 of a part agreed at 7 and with the standard price 5; the second price is typed."""
    customer, part = PartnerFactory(), PartFactory(number="P1", standard_price=5)
    CustomerLink.objects.create(customer=customer, part=part, unit=part.unit, price=7)
    order = order_with(customer=customer, by=seller)
    operations.add_row(order=order, part=part, quantity=Decimal(10), by=seller)
    operations.add_row(order=order, part=part, quantity=Decimal(10), unit_price=Decimal(9), by=seller)
    return order


def fresh(order):
    return SalesOrder.objects.for_list().get(pk=order.pk)


def prices(order):
    return list(order.rows.order_by("position", "line").values_list("unit_price", "priced_in"))


def typed(order, **changes):
    form = {"warehouse": order.warehouse.code, "currency": order.currency, "priority": order.priority}
    return form | {"version": fresh(order).version} | changes


def post(client, order, **changes):
    return client.post(reverse("sales:order_change", args=[order.pk]), typed(order, **changes))


def test_another_type_leaves_the_prices_unless_they_shall_follow(order, at_standard, seller):
    kept = prices(operations.change_order(order=order, order_type=at_standard, by=seller))

    operations.change_order(order=fresh(order), prices="anew", by=seller)

    assert (kept, prices(order)) == ([(7, ""), (9, "")], [(5, ""), (9, "")])


def test_another_type_leaves_what_is_delivered_its_price(order, at_standard, seller, warehouse_keeper):
    row = order.rows.for_list().first()
    stock(row.part, row.warehouse, 10)
    operations.deliver(row=row, quantity=Decimal(10), by=warehouse_keeper)

    operations.change_order(order=fresh(order), order_type=at_standard, prices="anew", by=seller)

    assert prices(order) == [(7, ""), (9, "")]


def test_another_type_prices_a_kit_by_its_own_strategy(at_standard, seller):
    part = PartFactory(standard_price=5)
    order = order_with(1, part=kit_of((part, 2), standard_price=12), by=seller)

    operations.change_order(order=order, order_type=at_standard, prices="anew", by=seller)

    assert [row.unit_price for row in order.rows.main()] == [12]


def test_page_asks_about_prices_with_figures_and_saves_nothing_yet(order, at_standard, seller_client):
    answer = post(seller_client, order, order_type=at_standard.pk, note="Spare parts")

    assertContains(answer, "1 row would get another price.")
    assertContains(answer, "1 row keeps its typed price.")
    assertContains(answer, '<td class="num">7.00</td><td class="num"><b>5.00</b></td>')
    assertContains(answer, '<td class="num">70.00</td><td class="num"><b>50.00</b></td>')
    assertContains(answer, '<td class="num">160.00</td><td class="num">140.00</td>')
    assertContains(answer, '<input type="hidden" name="note" value="Spare parts">')
    assert (fresh(order).order_type, prices(order)) == (None, [(7, ""), (9, "")])


@pytest.mark.parametrize(("choice", "price"), [("anew", 5), ("kept", 7)])
def test_answer_saves_the_type_and_its_prices_or_the_type_alone(order, at_standard, seller_client, choice, price):
    answer = post(seller_client, order, order_type=at_standard.pk, note="Spare parts", prices=choice)

    assert answer.url == reverse("sales:order", args=[order.pk])
    saved = fresh(order)
    assert (saved.order_type, saved.note, prices(order)) == (at_standard, "Spare parts", [(price, ""), (9, "")])


def test_page_asks_nothing_where_no_price_would_change(order, at_standard, seller, seller_client):
    operations.change_row(row=order.rows.order_by("position").first(), unit_price=Decimal(9), by=seller)

    answer = post(seller_client, order, order_type=at_standard.pk)

    assert (answer.status_code, fresh(order).order_type) == (302, at_standard)


def test_page_asks_nothing_of_a_type_with_the_same_strategy(order, seller_client):
    spare = OrderType.objects.create(code="SP", name="Spare parts")
    CustomerLink.objects.update(price=8)

    answer = post(seller_client, order, order_type=spare.pk)

    assert (answer.status_code, prices(order)) == (302, [(7, ""), (9, "")])


def test_question_of_a_stale_form_shows_both_values(order, at_standard, seller, seller_client):
    old = typed(order, order_type=at_standard.pk)
    operations.change_order(order=order, note="Call first", by=seller)

    answer = seller_client.post(reverse("sales:order_change", args=[order.pk]), old)

    assert (answer.status_code, fresh(order).order_type) == (409, None)


def test_wrong_answer_is_refused_at_the_form(order, at_standard, seller_client):
    answer = post(seller_client, order, order_type=at_standard.pk, prices="x")

    assert (answer.status_code, fresh(order).order_type) == (422, None)


@pytest.mark.parametrize("row_count", [1, 3])
def test_question_query_count_does_not_grow(at_standard, seller, seller_client, django_assert_num_queries, row_count):
    part = PartFactory(standard_price=5)
    order = order_with(*[1] * row_count, part=part, by=seller)
    post(seller_client, order, order_type=at_standard.pk)

    with django_assert_num_queries(51):
        post(seller_client, order, order_type=at_standard.pk)


def test_another_type_keeps_the_delivered_parts_in_the_price_of_a_kit(
    at_standard, seller, warehouse_keeper, admin_user
):
    change_setting(name="kit_price_from", value="parts", by=admin_user)
    first, second = PartFactory(number="A", standard_price=60), PartFactory(number="B", standard_price=40)
    order = order_with(1, part=kit_of((first, 1), (second, 1)), order_type=at_standard, by=seller)
    row = order.rows.for_list().main().get()
    stock(first, row.warehouse, 1)
    operations.deliver(row=part_below(row, "A"), quantity=Decimal(1), by=warehouse_keeper)

    operations.change_order(order=fresh(order), prices="anew", by=seller)

    assert [row.unit_price for row in order.rows.main()] == [100]


@pytest.mark.parametrize(("prices", "wrong"), [("anew", {"priority": "x"}), ("x", {})])
def test_form_that_is_drawn_again_forgets_the_answer_about_prices(order, at_standard, seller_client, prices, wrong):
    answer = post(seller_client, order, order_type=at_standard.pk, prices=prices, **wrong)

    assertNotContains(answer, 'name="prices"', status_code=422)


def test_stale_form_forgets_the_answer_about_prices(order, at_standard, seller, seller_client):
    old = typed(order, order_type=at_standard.pk, prices="anew")
    operations.change_order(order=order, note="Call first", by=seller)

    answer = seller_client.post(reverse("sales:order_change", args=[order.pk]), old)

    assertNotContains(answer, 'name="prices"', status_code=409)


def test_answer_about_prices_counts_only_where_there_is_a_question(order, seller_client):
    CustomerLink.objects.update(price=8)

    answer = post(seller_client, order, note="Spare parts", prices="anew")

    assert (answer.status_code, prices(order)) == (302, [(7, ""), (9, "")])
