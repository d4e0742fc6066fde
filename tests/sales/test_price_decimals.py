"""The setting *Decimals of prices*: every price that is typed or written has as many, and no stored one is lost."""

from decimal import Decimal

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains

from erp.register.operations import change_setting
from erp.staging import operations as staging
from sales import operations
from sales.forms.parts import NewRowForm, RowDetailForm, RowForm
from sales.forms.rows import AdditionalRowForm, NewAdditionalRowForm
from sales.models import (
    ConfigurationGroup,
    ConfigurationOption,
    ConfigurationQuestion,
    ConfiguredPart,
    CustomerTerm,
    SalesOrderRow,
)
from sales.operations import NewRow
from tests.factories import PartFactory, PartnerFactory, UnitConversionFactory, WarehouseFactory
from tests.sales.factories import again, order_with, row_with
from tests.sales.kits import kit_of
from tests.staging.files import csv_of, problems_of, staged_from

pytestmark = pytest.mark.django_db
OLD = Decimal("1.234567")


@pytest.fixture
def set_to(admin_user):
    return lambda decimals: change_setting(name="price_decimals", value=decimals, by=admin_user)


@pytest.fixture
def two(set_to):
    set_to(2)


def freight(order, by, **facts):
    return operations.add_row(order=order, row_type=2, name="Freight", quantity=Decimal(1), by=by, **facts)


@pytest.mark.parametrize(
    ("decimals", "typed", "sentence"),
    [
        (0, "1.5", ["A price has at most 0 decimals here."]),
        (2, "1.234", ["A price has at most 2 decimals here."]),
        (2, "1.23", None),
        (4, "1.2345", None),
        (6, "1.234567", None),
    ],
)
def test_price_of_a_part_an_additional_row_and_a_setup_price_have_the_decimals_of_the_setting(
    seller, set_to, decimals, typed, sentence
):
    order = order_with(1, by=seller)
    row, added = order.rows.get(), freight(order, seller)
    set_to(decimals)
    forms = [
        (NewRowForm({"unit_price": typed}, order=order), "unit_price"),
        (NewAdditionalRowForm({"unit_price": typed}, order=order), "unit_price"),
        (RowForm({"unit_price": typed}, row=again(row)), "unit_price"),
        (AdditionalRowForm({"unit_price": typed}, row=again(added)), "unit_price"),
        (RowDetailForm({"setup_price": typed}, row=again(row)), "setup_price"),
        (RowDetailForm({"setup_price": typed}, row=again(added)), "setup_price"),
    ]

    assert [form.errors.get(name) for form, name in forms] == [sentence] * 6


def test_additional_row_with_too_many_decimals_is_refused_on_the_page(seller_client, two):
    order = order_with()
    data = {"row_type": "2", "name": "Freight", "quantity": "1", "unit_price": "1.234"}

    answer = seller_client.post(reverse("sales:row_new", args=[order.pk]), data)

    assertContains(answer, "A price has at most 2 decimals here.", status_code=422)
    assert order.rows.count() == 0


def test_price_that_is_older_than_the_setting_stays_when_something_else_is_edited(seller, seller_client, set_to):
    order = order_with(1, row={"unit_price": OLD, "price_locked": False, "price_source": "link"}, by=seller)
    added = freight(order, seller, unit_price=OLD, price_locked=False)
    set_to(2)
    for row in (order.rows.get(position=10), added):
        page = seller_client.get(reverse("sales:row_edit", args=[row.pk]))
        assertContains(page, 'value="1.234567"')
        data = {"version": row.version, "name": "Other", "quantity": "1", "unit_price": "1.234567"}
        place = {"unit": row.unit_id and row.unit.code, "warehouse": row.warehouse.code, "row_status": "fixed"}
        seller_client.post(reverse("sales:row_edit", args=[row.pk]), data | {k: v for k, v in place.items() if v})

    found = order.rows.order_by("position").values_list("name", "unit_price", "price_locked", "price_source")
    assert list(found) == [("Other", OLD, False, "link"), ("Other", OLD, False, "")]


def test_setup_price_that_is_older_than_the_setting_stays(seller, set_to):
    row = row_with(1, row={"setup_price": OLD}, by=seller)
    set_to(2)

    same, other = (RowDetailForm({"setup_price": typed}, row=row) for typed in ("1.234567", "1.234568"))

    assert "setup_price" not in same.errors
    assert other.errors["setup_price"] == ["A price has at most 2 decimals here."]


@pytest.mark.parametrize(("decimals", "price"), [(2, "0.83"), (4, "0.8333"), (6, "0.833333")])
def test_recalculated_price_of_another_unit_has_them(seller, set_to, decimals, price):
    set_to(decimals)
    part = PartFactory()
    box = UnitConversionFactory(part=part, base=part.unit, numerator=12).unit
    row = row_with(1, part=part, row={"unit": box, "unit_price": Decimal(10)}, by=seller)

    row = operations.change_row(row=row, unit=part.unit, recalculate=True, by=seller)

    assert (row.quantity, row.unit_price) == (12, Decimal(price))


@pytest.mark.parametrize(("decimals", "price"), [(0, "7"), (2, "6.67"), (6, "6.666667")])
def test_sum_of_the_parts_of_a_fictitious_part_has_them(seller, admin_user, set_to, decimals, price):
    set_to(decimals)
    change_setting(name="kit_price_from", value="parts", by=admin_user)
    kit = kit_of((PartFactory(), 1))
    parts = (operations.new_part(PartFactory(), Decimal(1), unit_price=Decimal(20)),)

    order = order_with(part=kit, by=seller)
    added = operations.add_row(order=order, part=kit, quantity=Decimal(3), sub_rows=parts, by=seller)
    new = NewRow(part=kit, quantity=Decimal(3), sub_rows=parts)
    made = operations.create_order(customer=order.customer, warehouse=order.warehouse, rows=[new], by=seller)

    assert [row.unit_price for row in (added, made.rows.main().get())] == [Decimal(price)] * 2


@pytest.mark.parametrize(("decimals", "prices"), [(2, ["3.33", "6.67"]), (6, ["3.33333", "6.66666"])])
def test_alloy_cost_has_them(seller, set_to, decimals, prices):
    set_to(decimals)
    customer = PartnerFactory()
    CustomerTerm.objects.create(customer=customer, creates_alloy_cost=True)
    rod = PartFactory(weight=Decimal("0.333333"), alloy_price=10)

    row = row_with(10, part=rod, customer=customer, by=seller)
    found = [row.sub_rows.get().unit_price]
    type(rod).objects.filter(pk=rod.pk).update(alloy_price=20)
    operations.change_row(row=again(row), quantity=Decimal(5), by=seller)

    assert [*found, row.sub_rows.get().unit_price] == [Decimal(price) for price in prices]


@pytest.mark.parametrize(("decimals", "price"), [(2, "0.42"), (6, "0.416667")])
def test_price_of_chosen_options_has_them(seller, set_to, decimals, price):
    set_to(decimals)
    part = PartFactory()
    third = UnitConversionFactory(part=part, base=part.unit, numerator=1, denominator=12).unit
    group = ConfigurationGroup.objects.create(code="G", name="Group")
    question = ConfigurationQuestion.objects.create(group=group, position=1, text="Colour")
    red = ConfigurationOption.objects.create(question=question, code="RED", name="Red", price=5)
    ConfiguredPart.objects.create(part=part, group=group)
    row = row_with(12, part=part, row={"unit": third}, by=seller)

    row = operations.configure_row(row=row, options=[red], by=seller)

    assert again(row).unit_price == Decimal(price)


def test_price_from_a_file_is_rounded_to_them_and_said(seller, two):
    PartnerFactory(number="10001")
    PartFactory(number="BIKE", default_warehouse=WarehouseFactory())
    header = ["Customer", "Order number", "Position", "Part", "Quantity", "Price"]
    lines = [["10001", "PO-1", str(n), "BIKE", "5", price] for n, price in enumerate(["7.125", "7.12"], start=1)]

    found = staged_from(csv_of(header, *lines), by=seller, kind="customer-orders")
    staging.load(staged=found, by=seller)

    words = [(line, sentence) for line, column, _read, sentence in problems_of(found) if "decimals" in sentence]
    assert words == [(2, "A price has at most 2 decimals here: 7.13 is taken.")]
    rows = SalesOrderRow.objects.order_by("position")
    assert [(row.unit_price, row.price_locked) for row in rows] == [(Decimal("7.13"), True), (Decimal("7.12"), True)]
