"""VAT of rows and orders: which code a row gets, its rate on a day, and the sums, rounded once per rate."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from sales import operations
from sales.models import CustomerTerm, VatCode, VatException, VatGroup, VatRate
from sales.sums import totals_of
from sales.vat import prices_with_vat
from tests.factories import PartFactory, PartGroupFactory, PartnerFactory
from tests.sales.factories import again, order_with, row_with

pytestmark = pytest.mark.django_db


def vat_code(code, *rates):
    """A VAT code; ``rates`` are (valid from, percent)."""
    made = VatCode.objects.create(code=code, name=code)
    for valid_from, percent in rates:
        VatRate.objects.create(vat_code=made, valid_from=valid_from, percent=Decimal(percent))
    return made


def vat_group(code, *, is_default=True, name="HOME"):
    return VatGroup.objects.create(code=name, name=name, vat_code=code, is_default=is_default)


def full(percent="25"):
    return vat_code("FULL", (date(2020, 1, 1), percent))


def totals(order):
    return totals_of(order)


def test_new_row_gets_the_vat_code_of_the_customers_group(seller):
    home, export = full(), vat_code("NONE", (date(2020, 1, 1), "0"))
    vat_group(home)
    abroad = PartnerFactory()
    CustomerTerm.objects.create(customer=abroad, vat_group=vat_group(export, is_default=False, name="ABROAD"))

    codes = [row_with(1, by=seller).vat_code, row_with(1, customer=abroad, by=seller).vat_code]

    assert codes == [home, export]


def test_new_row_gets_the_exception_of_its_part_group(seller):
    group, food = vat_group(full()), PartGroupFactory()
    reduced = vat_code("FOOD", (date(2020, 1, 1), "12"))
    VatException.objects.create(vat_group=group, part_group=food, vat_code=reduced)
    order = order_with(1, part=PartFactory(group=food), by=seller)

    row = operations.add_row(order=order, part=PartFactory(), quantity=Decimal(1), by=seller)

    assert [order.rows.get(position=10).vat_code, row.vat_code.code] == [reduced, "FULL"]


def test_new_row_has_no_vat_code_where_nobody_has_a_group(seller):
    full()

    assert row_with(1, by=seller).vat_code is None


def test_typed_vat_code_stays(seller):
    vat_group(full())
    other = vat_code("OTHER")

    assert row_with(1, row={"vat_code": other}, by=seller).vat_code == other


def test_text_row_has_no_vat_code(seller):
    vat_group(full())
    order = order_with(1, by=seller)

    row = operations.add_row(order=order, row_type=4, text="Thank you", by=seller)

    assert row.vat_code is None


def test_database_refuses_a_vat_code_on_a_text_row(seller):
    code = full()
    row = operations.add_row(order=order_with(1, by=seller), row_type=4, text="Thank you", by=seller)

    with pytest.raises(IntegrityError, match="sales_row_posts_goods"), transaction.atomic():
        type(row).objects.filter(pk=row.pk).update(vat_code=code)


def test_vat_is_rounded_once_per_rate(seller):
    vat_group(full("25"))
    order = order_with(1, 1, 1, row={"unit_price": Decimal("0.02")}, by=seller)  # a row alone: 0.005, rounded 0.01

    found = totals(order)

    assert [(line.percent, line.amount, line.vat) for line in found.vat_lines] == [
        (Decimal("25.00"), Decimal("0.06"), Decimal("0.02"))
    ]
    assert (found.amount, found.vat, found.with_vat) == (Decimal("0.06"), Decimal("0.02"), Decimal("0.08"))


def test_totals_sum_vat_of_several_rates_in_both_currencies(seller):
    home = full("25")
    vat_group(home)
    food = vat_code("FOOD", (date(2020, 1, 1), "12"))
    order = order_with(
        1, 1, row={"unit_price": Decimal("33.33")}, currency="SEK", exchange_rate=Decimal("0.1"), by=seller
    )
    operations.change_row(row=order.rows.for_list().get(position=20), vat_code=food, by=seller)

    found = totals(order)

    assert [(line.percent, line.vat, line.vat_in_company) for line in found.vat_lines] == [
        (Decimal("12.00"), Decimal("4.00"), Decimal("0.40")),
        (Decimal("25.00"), Decimal("8.33"), Decimal("0.83")),
    ]
    assert (found.amount, found.with_vat) == (Decimal("66.66"), Decimal("78.99"))
    assert (found.amount_in_company, found.with_vat_in_company) == (Decimal("6.66"), Decimal("7.89"))


def test_rate_is_the_one_of_the_delivery_date(seller):
    code = vat_code("FULL", (date(2020, 1, 1), "24"), (date(2026, 3, 20), "25.5"))
    vat_group(code)
    facts = {"unit_price": Decimal(100)}
    before = order_with(1, row=facts | {"delivery_date": date(2026, 3, 19)}, by=seller)
    on_the_day = order_with(1, row=facts | {"delivery_date": date(2026, 3, 20)}, by=seller)
    undated = order_with(1, row=facts | {"delivery_date": None}, ordered_on=date(2026, 3, 2), by=seller)

    assert [totals(order).vat for order in (before, on_the_day, undated)] == [24, Decimal("25.50"), 24]


def test_code_without_a_rate_by_then_is_0(seller):
    vat_group(vat_code("FULL", (date(2030, 1, 1), "25")))

    assert totals(order_with(1, row={"unit_price": Decimal(100)}, by=seller)).with_vat == 100


def test_private_customer_sees_prices_with_vat_on_the_order(seller, seller_client):
    vat_group(full("25.5"))
    private = PartnerFactory()
    CustomerTerm.objects.create(customer=private, is_private=True)
    facts = {"row": {"unit_price": Decimal("9.99")}, "by": seller}
    theirs, others = order_with(2, customer=private, **facts), order_with(2, **facts)

    pages = [seller_client.get(reverse("sales:order", args=[order.pk])) for order in (theirs, others)]

    assert list(prices_with_vat(list(theirs.rows.for_list())).values()) == [Decimal("12.537450")]
    assertContains(pages[0], "Price incl. VAT")
    assertContains(pages[0], "12.53745")
    assertNotContains(pages[1], "Price incl. VAT")
    assertContains(pages[1], "Total incl. VAT")


def test_copy_and_split_keep_the_vat_code(seller):
    vat_group(full())
    other = vat_code("OTHER")
    row = row_with(10, row={"vat_code": other}, by=seller)

    parts = operations.split_row(row=row, parts=[operations.NewPart(quantity=Decimal(5))] * 2, by=seller)
    copy = operations.copy_order(order=row.order, by=seller)

    assert [part.vat_code for part in parts] == [other, other]
    assert [copied.vat_code for copied in copy.rows.order_by("position")] == [other, other]


def test_row_further_are_typed_and_stand_on_the_page_of_the_row(seller, seller_client):
    row, code = row_with(10, by=seller), full()
    url = reverse("sales:row_further", args=[row.pk])
    data = {
        "vat_code": code.pk,
        "dock": "D4",
        "dock_description": "North gate",
        "storage": "S-7",
        "version": row.version,
    }
    data |= {"kanban_number": "K-1", "cn_code": "87120030", "tariff_code": "8712", "manufacturing_reference": "VIN 9"}

    answer = seller_client.post(url, data | {"delivery_reference": "C-55"})

    row = again(row)
    assert answer.status_code == 302
    assert (row.vat_code, row.dock, row.storage, row.kanban_number, row.cn_code, row.tariff_code) == (
        code,
        "D4",
        "S-7",
        "K-1",
        "87120030",
        "8712",
    )
    page = seller_client.get(reverse("sales:row", args=[row.pk]))
    for word in ("North gate", "VIN 9", "C-55", "87120030", "FULL 25"):
        assertContains(page, word)


@pytest.mark.parametrize("typed", ["8712", "8712003A", "871200301"])
def test_row_further_refuse_a_cn_code_without_eight_digits(seller, seller_client, typed):
    row = row_with(10, by=seller)

    answer = seller_client.post(reverse("sales:row_further", args=[row.pk]), {"cn_code": typed})

    assertContains(answer, "A CN code has eight digits.", status_code=422)


def test_row_further_of_a_stale_form_shows_both_values(seller, seller_client):
    row = row_with(10, by=seller)
    old = row.version
    operations.change_row(row=row, dock="D1", by=seller)

    answer = seller_client.post(reverse("sales:row_further", args=[row.pk]), {"dock": "D2", "version": old})

    assertContains(answer, "Dock: now D1, you typed D2.", status_code=409)
    assert again(row).dock == "D1"
