"""What stock there is for a row, and the optional checks of its quantity."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from erp.register.models import WarehouseMinimum
from erp.register.operations import change_setting, choose_columns
from linkage.models import DemandKind
from sales.balances import balances_of_rows
from sales.columns import PAGE
from sales.grids import grid
from sales.quantities import quantity_warnings
from sales.statuses import QUOTE, REGISTERED
from tests.factories import PartFactory, ServicePartFactory, UnitConversionFactory, UnitFactory, WarehouseFactory
from tests.linkage.factories import DemandFactory, SupplyFactory, stock
from tests.sales.factories import order_with, row_with

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel("2026-03-02"):
        yield


def figures_of(row):
    return balances_of_rows([row]).get(row.pk)


@pytest.fixture
def row(seller):
    """10 of a part of which 25 lie on the shelf, delivered on 20 March."""
    row = row_with(10, by=seller)
    place = {"part": row.part, "warehouse": row.warehouse}
    stock(row.part, row.warehouse, 25)
    DemandFactory(quantity=4, need_date=date(2026, 3, 20), **place)
    DemandFactory(quantity=7, need_date=date(2026, 3, 21), **place)
    DemandFactory(quantity=50, need_date=date(2026, 3, 10), kind=DemandKind.FORECAST, **place)
    SupplyFactory(quantity=3, due_date=date(2026, 3, 20), **place)
    SupplyFactory(quantity=5, due_date=date(2026, 3, 23), **place)
    return row


@pytest.mark.parametrize(
    ("mode", "disposable"),
    [
        pytest.param("at-date", 25 - 10 - 4 + 3, id="at the row's delivery date"),
        pytest.param("reservations", 25 - 10 - 4 - 7, id="all reservations"),
        pytest.param("reservations-and-orders", 25 - 10 - 4 - 7 + 3 + 5, id="all reservations and orders"),
    ],
)
def test_disposable_balance_is_counted_as_the_setting_says(admin_user, row, mode, disposable):
    change_setting(name="disposable_balance_mode", value=mode, by=admin_user)

    assert figures_of(row) == (25, disposable)


def test_row_without_a_date_has_a_balance_and_nothing_disposable_at_its_date(seller):
    row = row_with(10, by=seller, row={"delivery_date": None})
    stock(row.part, row.warehouse, 25)

    assert figures_of(row) == (25, None)


def test_balance_is_that_of_the_rows_warehouse(seller):
    row = row_with(10, by=seller)
    stock(row.part, WarehouseFactory(), 25)

    assert figures_of(row) == (0, -10)


@pytest.mark.parametrize(
    ("setting", "part", "shown"),
    [
        ("stock", PartFactory, True),
        ("stock", ServicePartFactory, False),
        ("all", ServicePartFactory, True),
        ("none", PartFactory, False),
    ],
)
def test_setting_says_for_which_parts_balances_are_shown(seller, admin_user, setting, part, shown):
    change_setting(name="balances_shown", value=setting, by=admin_user)

    assert (figures_of(row_with(10, part=part(), by=seller)) is not None) == shown


def test_balances_of_a_page_ask_as_often_for_one_row_as_for_three(seller, django_assert_num_queries):
    orders = [order_with(*[1] * count, by=seller) for count in (1, 3)]
    pages = [list(order.rows.for_list()) for order in orders]

    for page in pages:
        with django_assert_num_queries(3):  # settings, supplies, demands
            balances_of_rows(page)


def test_grid_shows_balances_as_columns_and_the_row_has_them_on_its_page(seller_client, seller, row):
    choose_columns(page=PAGE, columns=["part", "name", "quantity", "stock_balance", "disposable"], by=seller)

    grid_page = seller_client.get(reverse("sales:order", args=[row.order_id])).content.decode()
    row_page = seller_client.get(reverse("sales:row", args=[row.pk])).content.decode()

    assert '<td class="num">25.00</td>' in grid_page
    assert '<td class="num">14.00</td>' in grid_page
    assert "<dt>Stock balance</dt><dd>25.00 pcs</dd>" in row_page
    assert "<dt>Disposable balance</dt><dd>14.00 pcs</dd>" in row_page


CHECKED = {"package_quantity": 12, "quantity_for_lead_time": 40, "lead_time": 5}


@pytest.mark.parametrize(
    ("setting", "quantity", "words"),
    [
        pytest.param("check_package_quantity", 24, [], id="two packages"),
        pytest.param(
            "check_package_quantity", 25, ["25 pcs are not whole packages of 12 pcs."], id="not whole packages"
        ),
        pytest.param("check_warehouse_minimum", 20, [], id="the least"),
        pytest.param(
            "check_warehouse_minimum", 19, ["19 pcs are less than the 20 that MAIN sells at least."], id="too little"
        ),
        pytest.param("check_lead_time_quantity", 40, [], id="within the lead time"),
        pytest.param(
            "check_lead_time_quantity", 41, ["The lead time of 5 work days is for up to 40 pcs."], id="too much"
        ),
    ],
)
def test_quantity_is_checked_where_the_setting_says_so(seller, admin_user, setting, quantity, words):
    row = row_with(quantity, part=PartFactory(**CHECKED), by=seller)
    row.warehouse.code = "MAIN"
    WarehouseMinimum.objects.create(part=row.part, warehouse=row.warehouse, quantity=20)
    before = quantity_warnings([row])
    change_setting(name=setting, value=True, by=admin_user)

    assert (before, quantity_warnings([row])) == ({}, {row.pk: words})


def test_quantity_is_checked_in_the_base_unit_and_marked_in_its_column(seller, admin_user):
    box = UnitFactory(code="box")
    part = PartFactory(package_quantity=100)
    UnitConversionFactory(part=part, unit=box, base=part.unit, numerator=12)
    change_setting(name="check_package_quantity", value=True, by=admin_user)
    order = order_with(Decimal(2), part=part, by=seller, row={"unit": box, "delivery_date": date(2026, 3, 20)})

    [shown] = grid(order)

    assert [(mark.column, mark.words, mark.blocks) for mark in shown.marks] == [
        ("quantity", "24 pcs are not whole packages of 100 pcs.", False)
    ]


def test_order_opens_when_the_conversion_of_a_row_that_is_checked_is_gone(seller, admin_user):
    part = PartFactory(package_quantity=100)
    conversion = UnitConversionFactory(part=part, unit=UnitFactory(code="box"), base=part.unit, numerator=12)
    change_setting(name="check_package_quantity", value=True, by=admin_user)
    orders = [order_with(2, part=part, status=s, row={"unit": conversion.unit}, by=seller) for s in (QUOTE, REGISTERED)]
    conversion.delete()

    marks = [[mark.words for mark in shown.marks] for order in orders for shown in grid(order)]

    assert marks == [[], ["24 pcs are not whole packages of 100 pcs."]]


def test_part_without_such_quantities_is_not_checked(seller, admin_user):
    for name in ("check_package_quantity", "check_warehouse_minimum", "check_lead_time_quantity"):
        change_setting(name=name, value=True, by=admin_user)

    row = row_with(10, by=seller)

    assert quantity_warnings([row]) == {row.pk: []}
