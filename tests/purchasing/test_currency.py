"""An order in the supplier's currency: its rate is fixed when it is sent, and its worth is shown in ours."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from erp.exceptions import Refused
from erp.register.models import ExchangeRate
from erp.register.rates import rate_on
from linkage.dates import business_date
from purchasing import operations, queries
from purchasing.models import PurchaseOrder
from purchasing.operations.repricing import reprice_rows
from purchasing.papers import paper_of
from tests.factories import CompanyFactory, PartFactory, SupplierFactory
from tests.purchasing.factories import SupplierTermFactory, again, purchase_order, purchase_row

pytestmark = pytest.mark.django_db


def rate(value, *, days_ago=0, currency="USD"):
    day = business_date() - timedelta(days=days_ago)
    return ExchangeRate.objects.create(currency=currency, into="EUR", valid_from=day, rate=Decimal(value))


def order_in(currency, *, by, **facts):
    """1,000 pieces at 2.505 in the currency, for a company that counts in euros."""
    order = purchase_order(supplier=SupplierFactory(currency=currency), company=CompanyFactory(currency="EUR"), by=by)
    purchase_row(quantity=1000, price=Decimal("2.505"), order=order, by=by, **facts)
    return order


def listed(order):
    found = queries.orders_for_list(today=business_date()).get(pk=order.pk)
    return found.amount, found.worth


def fresh(order):
    return PurchaseOrder.objects.for_list().get(pk=order.pk)


def test_latest_rate_that_has_come_counts():
    rate("0.9", days_ago=30)
    rate("0.95", days_ago=2)
    rate("0.5", days_ago=-1)

    today = business_date()

    assert [rate_on(today - timedelta(days=ago), currency="USD", into="EUR") for ago in (0, 2, 3, 31)] == [
        Decimal("0.95"), Decimal("0.95"), Decimal("0.9"), None,
    ]  # fmt: skip
    assert rate_on(today, currency="EUR", into="EUR") == 1


def test_send_fixes_the_rate_and_recall_frees_it(buyer):
    order = order_in("USD", by=buyer)
    rate("0.9", days_ago=2)
    operations.send(order=order, by=buyer)
    rate("0.8")

    sent = fresh(order)
    assert (sent.rate, listed(sent)) == (Decimal("0.9"), (Decimal(2505), Decimal("2254.5")))
    operations.recall(order=order, by=buyer)
    assert (fresh(order).rate, listed(order)) == (None, (Decimal(2505), Decimal(2004)))


def test_order_in_our_currency_needs_no_rate(buyer):
    order = order_in("EUR", by=buyer)
    operations.send(order=order, by=buyer)

    assert (fresh(order).rate, listed(order)) == (1, (2505, 2505))


def test_order_without_a_rate_is_sent_and_says_so(buyer, buyer_client):
    order = order_in("USD", by=buyer)
    operations.send(order=order, by=buyer)

    page = buyer_client.get(reverse("purchasing:order", args=[order.pk]))

    assert (fresh(order).rate, listed(order)) == (None, (2505, None))
    assertContains(page, "An administrator enters one for USD.")


def test_order_page_and_list_show_both_values_to_who_may_see_them(buyer, buyer_client, viewer_client):
    order = order_in("USD", by=buyer)
    rate("0.9")
    operations.send(order=order, by=buyer)
    pages = [reverse("purchasing:order", args=[order.pk]), reverse("purchasing:order_list")]

    assertContains(buyer_client.get(pages[0]), "2,254.50 EUR, 1 USD = 0.9 EUR, fixed when it was sent")
    assertContains(buyer_client.get(pages[1]), "2,254.50")
    for page in pages:
        assertNotContains(viewer_client.get(page), "2,254.50")


def test_currency_without_decimals_is_rounded_to_whole_units(buyer):
    order = order_in("JPY", by=buyer)

    assert (listed(order)[0], queries.order_view(fresh(order)).amount, paper_of(fresh(order))["total"]) == (
        2505,
        2505,
        "2,505 JPY",
    )


def test_terms_in_another_currency_than_the_suppliers_are_refused(buyer):
    supplier, part = SupplierFactory(currency="USD"), PartFactory()
    term = SupplierTermFactory(part=part, supplier=supplier, currency="EUR")
    order = purchase_order(supplier=supplier, by=buyer)

    with pytest.raises(Refused, match=r"is priced in EUR, but Partner \d+ is paid in USD\."):
        purchase_row(order=order, part=part, by=buyer)
    with pytest.raises(ValidationError, match=r"is paid in USD\."):
        term.full_clean()


def moved_to_krona(order, part):
    """The supplier of an order in euros asks for krona by now, in its terms too."""
    SupplierTermFactory(part=part, supplier=order.supplier, currency="SEK", price=Decimal(30))
    type(order.supplier).objects.filter(pk=order.supplier.pk).update(currency="SEK")
    return fresh(order)


def test_price_of_the_terms_is_not_taken_into_an_order_in_another_currency(buyer):
    part = PartFactory()
    order = moved_to_krona(purchase_order(by=buyer), part)

    sentence = rf"{order} is in EUR, the terms of {part} are in SEK\. Make a new order\."
    with pytest.raises(Refused, match=sentence):
        purchase_row(order=order, part=part, by=buyer)
    assert purchase_row(order=order, part=part, price=Decimal(3), by=buyer).price == 3


def test_another_quantity_takes_no_price_in_another_currency(buyer):
    part = PartFactory()
    order = purchase_order(by=buyer)
    row = purchase_row(order=order, part=part, by=buyer)
    moved_to_krona(order, part)

    with pytest.raises(Refused, match=r"is in EUR, the terms of .* are in SEK\."):
        operations.change_row(row=again(row), quantity=Decimal(7), by=buyer)
    repriced = again(row)
    reprice_rows([repriced])
    assert repriced.price == 0


def test_purchase_unit_and_currency_go_together_to_the_amount(buyer):
    supplier, part = SupplierFactory(currency="USD"), PartFactory()
    box = SupplierTermFactory(part=part, supplier=supplier, currency="USD", price=Decimal("12.5")).unit
    rate("0.9")
    order = purchase_order(supplier=supplier, company=CompanyFactory(currency="EUR"), by=buyer)
    row = purchase_row(quantity=8, unit=box, part=part, order=order, by=buyer)

    assert (again(row).price, listed(order)) == (Decimal("12.5"), (100, 90))


@pytest.mark.parametrize("facts", [{"rate": 0}, {"rate": -1}, {"currency": "EUR"}, {"currency": "usd"}])
def test_database_refuses_a_rate_that_is_none(facts):
    with pytest.raises(IntegrityError, match="exchange_rate"), transaction.atomic():
        ExchangeRate.objects.create(
            **{"currency": "USD", "into": "EUR", "valid_from": date(2026, 1, 1), "rate": 1} | facts
        )
