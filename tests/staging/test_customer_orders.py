"""Customer orders from a file: what becomes of good lines, what is said of bad ones, and what to look at."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from erp.register.models import ExchangeRate
from erp.staging import operations
from linkage.models import Demand
from sales.imports.orders import INSTEAD
from sales.models import CustomerLink, SalesOrder, SalesOrderRow
from tests.factories import (
    AddressFactory,
    PartFactory,
    PartnerFactory,
    UnitConversionFactory,
    UserFactory,
    WarehouseFactory,
)
from tests.sales.factories import order_with
from tests.sales.kits import kit_of
from tests.staging.files import csv_of, problems_of, staged_from, xlsx_of

KIND = "customer-orders"
HEADER = ["Customer", "Order number", "Position", "Part", "Quantity", "Date", "Price"]
LINE = ["10001", "PO-1", "1", "BIKE", "5", "2026-12-18", ""]
GLN = "7312345000014"


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(date(2026, 11, 2), tick=False):
        yield


@pytest.fixture
def alpha(warehouse):
    return PartnerFactory(number="10001", name="Alpha", gln=GLN)


@pytest.fixture
def bike(alpha, warehouse):
    """Sold to Alpha for 250 in three work days; Alpha calls it AL-7."""
    part = PartFactory(number="BIKE", name="Bike", lead_time=10, default_warehouse=warehouse)
    facts = {"customer_part_number": "AL-7", "price": Decimal(250), "lead_time": 3}
    CustomerLink.objects.create(customer=alpha, part=part, unit=part.unit, **facts)
    return part


def staged(data, *, by, **how):
    return staged_from(data, by=by, kind=KIND, **how)


def bad_of(found):
    return [problem[:2] + problem[3:] for problem in problems_of(found)]


def test_load_makes_a_registered_order_per_number_with_what_the_lines_say(seller, alpha, bike):
    UnitConversionFactory()
    gate = AddressFactory(partner=alpha, lines="Gate 4", city="Lund", country="SE", gln="7312345000021")
    header = [*HEADER, "Customer's part number", "Unit", "Discount %", "Text", "Note", "Deliver to", "Goods label"]
    data = csv_of(
        header,
        ["Alpha", "PO-1", "1", "BIKE", "2", "18.12.2026", "2900,5", "", "box", "10", "With bell", "By train", "", "A1"],
        [GLN, "PO-1", "2", "", "7", "", "", "AL-7", "", "", "", "", "7312345000021", "A1"],
        ["10001", "PO-2", "1", "BIKE", "1", "", "", "", "", "", "", "", "Dock 2 | Malmö", ""],
    )

    loaded = operations.load(staged=staged(data, by=seller), by=seller)

    first, second = SalesOrder.objects.order_by("document__serial")
    assert [str(row.document) for row in loaded.documents.order_by("pk")] == [str(first), str(second)]
    assert (first.status, first.customer, first.customer_order_number, first.note) == (
        "registered",
        alpha,
        "PO-1",
        "By train",
    )
    assert (first.delivery_place, first.delivery_address) == (gate, "")
    assert (second.delivery_address, second.goods_label, first.goods_label) == ("Dock 2\nMalmö", "", "A1")
    rows = SalesOrderRow.objects.main().order_by("order__document__serial", "position")
    assert list(
        rows.values_list(
            "position",
            "customer_row_position",
            "quantity",
            "unit__code",
            "unit_price",
            "price_locked",
            "discount",
            "discount_locked",
            "desired_date",
            "demand__quantity",
        )
    ) == [
        (10, "1", 2, "box", Decimal("2900.5"), True, 10, True, date(2026, 12, 18), 24),
        (20, "2", 7, "pcs", 250, False, 0, False, date(2026, 11, 2), 7),
        (10, "1", 1, "pcs", 250, False, 0, False, date(2026, 11, 2), 1),
    ]
    [text] = SalesOrderRow.objects.exclude(parent=None)
    assert (text.text, text.parent, text.on_confirmation) == ("With bell", rows[0], True)
    assert loaded.message == "2 orders, 3 rows, 7,220.90 EUR"


def test_stage_changes_nothing(seller, bike):
    found = staged(csv_of(HEADER, LINE), by=seller)

    assert [(effect["figure"], effect["words"]) for effect in found.effects] == [
        ("1", "order"),
        ("1", "row"),
        ("1,250.00", "EUR"),
    ]
    assert (found.bad_count, found.warned_count, SalesOrder.objects.count(), Demand.objects.count()) == (0, 0, 0, 0)


def test_stage_warns_of_other_prices_early_and_past_days_and_positions_named_twice(seller, bike):
    data = csv_of(
        HEADER,
        [*LINE[:5], "2026-11-05", "249,90"],
        [*LINE[:5], "2026-11-04", "250"],
        ["10001", "PO-1", "2", "BIKE", "5", "2026-10-30", ""],
    )

    found = staged(data, by=seller)

    assert bad_of(found) == [
        (2, "Price", "Ours for BIKE is 250.00 EUR (price of the customer link)."),
        (3, "Customer's row position", "Position 1 already stands in line 2; this becomes another row."),
        (3, "Desired date", "The lead time of BIKE is 3 work days: 2026-11-05 is the first day that keeps it."),
        (4, "Desired date", "This day has passed; today is 2026-11-02."),
    ]
    assert (found.status, found.bad_count, found.warned_count) == ("staged", 0, 3)
    operations.load(staged=found, by=seller)
    assert SalesOrderRow.objects.count() == 3


def test_row_from_a_file_has_the_setup_price_that_was_agreed(seller, bike):
    CustomerLink.objects.update(setup_price=40)
    header, line = [*HEADER, "Discount %"], [*LINE[:6], "249", "5"]

    found = staged(csv_of(header, line), by=seller)
    operations.load(staged=found, by=seller)

    row = SalesOrderRow.objects.get()
    assert (row.unit_price, row.discount, row.setup_price) == (249, 5, 40)


def test_desired_date_is_the_day_at_the_customer_and_a_shipment_date_the_day_it_leaves(seller, alpha, bike):
    AddressFactory(partner=alpha, transport_days=2, is_default=True)
    days = [("2026-12-18", ""), ("", "2026-12-18"), ("2026-12-18", "2026-12-11")]
    data = csv_of(
        [*HEADER, "Shipment date"], *[[*LINE[:2], n, *LINE[3:5], day, "", s] for n, (day, s) in enumerate(days)]
    )

    operations.load(staged=staged(data, by=seller), by=seller)

    friday, leaves = date(2026, 12, 18), date(2026, 12, 16)
    rows = SalesOrderRow.objects.order_by("position")
    assert list(rows.values_list("delivery_date", "at_customer_date", "desired_date")) == [
        (leaves, friday, friday),
        (friday, date(2026, 12, 22), friday),
        (leaves, friday, friday),
    ]


def test_stage_counts_the_transport_time_to_the_day_at_the_customer(seller, alpha, bike):
    AddressFactory(partner=alpha, transport_days=2, is_default=True)
    data = csv_of(HEADER, [*LINE[:5], "2026-11-09", ""], ["10001", "PO-1", "2", "BIKE", "5", "2026-11-06", ""])

    found = staged(data, by=seller)

    assert bad_of(found) == [
        (3, "Desired date", "The lead time of BIKE is 3 work days: 2026-11-09 is the first day that keeps it."),
    ]


def test_stage_names_every_bad_cell_with_its_line(seller, alpha, bike):
    other = PartFactory(number="N-7")
    PartFactory(number="OLD", is_active=False)
    PartnerFactory(number="10009", name="Gone", is_active=False)
    header = [*HEADER, "Customer's part number", "Currency", "Deliver to", "Unit"]
    rest = ["", "", "", ""]
    data = csv_of(
        header,
        ["Nobody", *LINE[1:], *rest],
        ["10009", *LINE[1:], *rest],
        [*LINE[:3], "OLD", *LINE[4:], *rest],
        [*LINE[:3], "", *LINE[4:], "ZZ", "", "", ""],
        [*LINE[:3], "", *LINE[4:], *rest],
        [*LINE[:3], other.number, *LINE[4:], "AL-7", "", "", ""],
        [*LINE[:4], "1.5", *LINE[5:], *rest],
        ["10001", "PO-5", *LINE[2:], "", "SEK", "", ""],
        ["10001", "PO-6", *LINE[2:], "", "", "7312345000045", ""],
        [*LINE[:1], "X" * 31, *LINE[2:], *rest],
        [*LINE[:4], "1", *LINE[5:], "", "", "", "crate"],
    )

    assert bad_of(staged(data, by=seller, decimal=".")) == [
        (2, "Customer", "There is no customer with this number or name."),
        (3, "Customer", "Gone is not an active customer."),
        (4, "Part", "OLD is not active."),
        (5, "Customer's part number", "No customer link of Alpha has this part number."),
        (6, "Part", "Give our part number or the customer's."),
        (7, "Customer's part number", "This is BIKE in the customer links of Alpha, and the line says N-7."),
        (8, "Quantity", "1.5 pcs of BIKE, but pcs allows whole numbers only."),
        (9, "Currency", "There is no exchange rate from SEK to EUR on 2026-11-02."),
        (10, "Delivery address", "Alpha has no delivery address with this GLN."),
        (11, "Customer's order number", "At most 30 characters are taken; this has 31."),
        (12, "Unit", "There is no unit with this number or name."),
    ]


def test_stage_names_lines_of_one_order_that_disagree(seller, bike, warehouse):
    abroad = WarehouseFactory(code="ABROAD")
    header = [*HEADER, "Currency", "Deliver to", "Order date", "Warehouse"]
    data = csv_of(
        header, [*LINE, "EUR", "Dock 2", "2026-11-01", "MAIN"], [*LINE, "SEK", "Dock 3", "2026-11-02", "ABROAD"]
    )

    words = "The lines of one order say the same here; above it is"
    found = [problem for problem in bad_of(staged(data, by=seller)) if "Position" not in problem[2]]

    assert [problem[1:] for problem in found[:3]] == [
        ("Ordered", f"{words} 2026-11-01."),
        ("Currency", f"{words} EUR."),
        ("Delivery address", f"{words} Dock 2."),
    ]
    assert found[3][1:] == (
        "Warehouse",
        f"This is a warehouse of {abroad.company}; the lines above are of {warehouse.company}.",
    )


def test_load_takes_the_rate_of_the_day_for_an_order_in_another_currency(seller, bike):
    ExchangeRate.objects.create(currency="SEK", into="EUR", valid_from=date(2026, 1, 1), rate=Decimal("0.1"))
    data = csv_of([*HEADER, "Currency"], [*LINE, "sek"])

    operations.load(staged=staged(data, by=seller), by=seller)

    [row] = SalesOrderRow.objects.select_related("order")
    assert (row.order.currency, row.order.exchange_rate, row.unit_price) == ("SEK", Decimal("0.1"), 2500)


def test_a_number_that_the_customer_ordered_with_before_is_refused_with_the_order(seller, alpha, bike):
    order = order_with(1, customer=alpha, customer_order_number="PO-1", part=bike)

    assert bad_of(staged(csv_of(HEADER, LINE), by=seller)) == [
        (
            2,
            "Customer's order number",
            f"Alpha ordered with this number before: {order} of 2026-11-02. {INSTEAD}",
        )
    ]
    other = PartnerFactory(number="10002")
    assert staged(csv_of(HEADER, [other.number, *LINE[1:]]), by=seller).bad_count == 0


def test_a_number_is_told_from_the_customer_that_it_follows(seller, bike):
    for customer in ("10", "10 1"):
        PartnerFactory(number=customer, name=f"Number {customer}")
    first = csv_of(HEADER, ["10", "1 5", *LINE[2:]])
    second = csv_of(HEADER, ["10 1", "5", *LINE[2:]])

    operations.load(staged=staged(first, by=seller), by=seller)

    assert bad_of(staged(second, by=seller)) == []


def test_the_same_file_is_refused_in_any_format_and_so_is_the_number_in_another(bike):
    ada = UserFactory(first_name="Ada", last_name="Berg")
    first = staged(csv_of(HEADER, LINE), by=ada)
    operations.load(staged=first, by=ada)

    for data in (csv_of(HEADER, LINE), xlsx_of(HEADER, LINE)):
        with pytest.raises(operations.LoadedBefore, match=f"as import {first.pk}"):
            staged(data, by=ada)
    again = staged(csv_of(HEADER, [*LINE[:4], "6", *LINE[5:]]), by=ada)

    [order] = SalesOrder.objects.all()
    assert bad_of(again)[0][2] == f"This was loaded on 2026-11-02 00:00 by Ada Berg, as import {first.pk}: {order}."


def test_load_of_one_bad_line_among_good_ones_makes_nothing(seller, bike):
    found = staged(csv_of(HEADER, LINE, ["10001", "PO-2", "1", "X", "1", "", ""]), by=seller)

    with pytest.raises(operations.NotClean, match="1 line is wrong"):
        operations.load(staged=found, by=seller)

    assert SalesOrder.objects.count() == 0


@pytest.mark.parametrize("lines", [1, 130])
def test_load_of_many_lines_writes_what_few_lines_write(seller, bike, lines):
    """Above a hundred rows everything is written by COPY."""
    data = csv_of(HEADER, *[["10001", f"PO-{n}", "1", "BIKE", "5", "2026-12-18", ""] for n in range(lines)])

    operations.load(staged=staged(data, by=seller), by=seller)

    facts = set(SalesOrderRow.objects.values_list("position", "unit_price", "demand__quantity", "order__status"))
    assert (facts, SalesOrder.objects.count()) == ({(10, Decimal(250), Decimal(5), "registered")}, lines)


def test_stage_asks_as_often_for_three_lines_as_for_one(seller, bike, django_assert_max_num_queries):
    data = csv_of(HEADER, *[["10001", f"PO-{n}", "1", "BIKE", "5", "2026-12-18", "3"] for n in range(3)])

    with django_assert_max_num_queries(40):
        staged(data, by=seller)


def test_stage_finds_the_parts_of_all_fictitious_parts_with_a_text_at_once(
    seller, alpha, warehouse, django_assert_num_queries
):
    kit_of((PartFactory(), 2), default_warehouse=warehouse)
    one, three = (
        csv_of([*HEADER, "Text"], *[["10001", f"{count}-{n}", "1", "KIT", "5", "", "3", "Red"] for n in range(count)])
        for count in (1, 3)
    )
    with CaptureQueriesContext(connection) as asked:
        first = staged(one, by=seller)

    with django_assert_num_queries(len(asked)):
        second = staged(three, by=seller)

    assert (first.bad_count, second.bad_count) == (0, 0)


def test_a_wrong_quantity_of_a_fictitious_part_spares_the_texts_of_the_others(seller, alpha, warehouse):
    kit_of((PartFactory(), 2), default_warehouse=warehouse)
    lines = [["10001", f"PO-{n}", "1", "KIT", quantity, "", "", "Red"] for n, quantity in enumerate(("0,5", "1"))]

    found = staged(csv_of([*HEADER, "Text"], *lines), by=seller)

    assert bad_of(found) == [(2, "Quantity", "0.5 pcs of KIT, but pcs allows whole numbers only.")]


def test_line_names_the_variant_of_its_fictitious_or_made_part(seller, alpha, bike, warehouse):
    limited = [(PartFactory(number=code), 1, {"variants": code}) for code in ("RED", "BLUE")]
    kit_of(*limited, number="KIT", default_warehouse=warehouse)
    data = csv_of(
        [*HEADER, "Variant"],
        ["10001", "PO-1", "1", "KIT", "5", "2026-12-18", "", "blue"],
        ["10001", "PO-1", "2", "BIKE", "5", "2026-12-18", "", "SPORT"],
    )

    operations.load(staged=staged(data, by=seller), by=seller)

    rows = SalesOrderRow.objects.for_list().in_order()
    assert [(row.place, row.part.number, row.variant) for row in rows] == [
        ("10", "KIT", "blue"),
        ("10.1", "BLUE", ""),
        ("20", "BIKE", "SPORT"),
    ]
