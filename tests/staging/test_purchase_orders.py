"""Purchase orders from a file: what becomes of good lines, and what is said of each bad one."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine

from erp.exceptions import Refused
from erp.staging import operations
from erp.staging.models import StagedImport
from purchasing.models import PriceBreak, PurchaseOrder, PurchaseOrderRow, PurchaseOrderType, SupplierTerm
from tests.factories import PartFactory, PhantomPartFactory, SupplierFactory, UserFactory, WarehouseFactory
from tests.purchasing.factories import SupplierTermFactory
from tests.staging.files import csv_of, problems_of, staged_from, xlsx_of

HEADER = ["Supplier", "Reference", "Part", "Quantity", "Due", "Price"]
LINE = ["20001", "R-1", "B-100", "5", "2026-12-18", ""]


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(date(2026, 11, 2), tick=False):
        yield


def made():
    """Every row of every order: (order, its note, position, part, quantity, unit, base quantity, price, due, status)"""
    return list(
        PurchaseOrderRow.objects.order_by("order__document__serial", "position").values_list(
            "order__document__number",
            "order__note",
            "position",
            "supply__part__number",
            "quantity",
            "unit__code",
            "supply__quantity",
            "price",
            "supply__due_date",
            "order__status",
        )
    )


def test_load_makes_a_draft_per_reference_with_what_the_lines_say(buyer, bolt, box):
    other = PartFactory(number="N-7")
    data = csv_of(
        ["Supplier", "Reference", "Part", "Supplier's part number", "Quantity", "Unit", "Due", "Price", "Discount %"],
        ["20001", "R-1", "B-100", "", "2", "box", "18.12.2026", "30,5", "10"],
        ["Acme", "R-1", "", "AC-7", "7", "", "", "", ""],
        ["20001", "R-2", "N-7", "", "100", "", "", "", ""],
    )

    staged = staged_from(data, by=buyer)
    loaded = operations.load(staged=staged, by=buyer)

    day, terms_day = date(2026, 12, 18), date(2026, 11, 9)
    number, second = PurchaseOrder.objects.order_by("pk").values_list("document__number", flat=True)
    assert made() == [
        (number, "Imported as R-1", 10, "B-100", Decimal(2), "box", Decimal(24), Decimal("30.5"), day, "draft"),
        (number, "Imported as R-1", 20, "B-100", Decimal(7), "pcs", Decimal(7), Decimal("2.5"), terms_day, "draft"),
        (second, "Imported as R-2", 10, other.number, Decimal(100), "pcs", Decimal(100), Decimal(0), None, "draft"),
    ]
    assert (loaded.status, loaded.message, loaded.ended_by) == ("loaded", "2 draft orders, 3 rows, 72.40 EUR", buyer)
    assert [str(row.document) for row in loaded.documents.order_by("pk")] == [number, second]


def test_load_prices_rows_by_the_terms_for_their_quantity_unless_the_file_says_a_price(buyer, bolt):
    PriceBreak.objects.create(term=bolt.supplier_terms.get(), from_quantity=100, price=2, discount=5)
    lines = [["20001", "R-1", "B-100", *rest] for rest in ([99, "", ""], [100, "", ""], [100, "", "3"])]

    staged = staged_from(csv_of(HEADER, *lines), by=buyer)
    operations.load(staged=staged, by=buyer)

    rows = PurchaseOrderRow.objects.order_by("position").values_list("price", "discount", "price_by_hand")
    assert list(rows) == [(Decimal("2.5"), 0, False), (2, 5, False), (3, 5, True)]
    assert staged.effects[-1] == {"words": "EUR", "figure": "722.50"}


def test_stage_changes_nothing_and_says_what_loading_would_make(buyer, bolt):
    staged = staged_from(csv_of(HEADER, LINE), by=buyer)

    effects = [(effect["figure"], effect["words"]) for effect in staged.effects]
    assert (staged.status, staged.line_count, staged.bad_count, made()) == ("staged", 1, 0, [])
    assert effects == [("1", "draft order"), ("1", "row"), ("12.50", "EUR")]


def test_stage_says_what_is_spent_in_the_decimals_of_the_currency(buyer, bolt):
    yen = SupplierFactory(number="20009", currency="JPY")
    SupplierTermFactory(part=bolt, supplier=yen, currency="JPY", is_default=False)
    lines = [["20009", "R-1", "B-100", 3, "", "10.5"], ["20009", "R-1", "B-100", 1, "", "10.5"]]

    staged = staged_from(csv_of(HEADER, *lines), by=buyer)

    assert staged.effects[-1] == {"words": "JPY", "figure": "43"}


def test_stage_warns_of_days_on_which_the_supplier_does_not_deliver_and_loads_them(buyer, bolt):
    SupplierTerm.objects.filter(part=bolt).update(delivers_friday=False)
    lines = [LINE, [*LINE[:4], "2026-12-17", ""], [*LINE[:4], "", ""]]

    staged = staged_from(csv_of(HEADER, *lines), by=buyer)

    [(line, column, read, sentence)] = problems_of(staged)
    assert (line, column, read, staged.bad_count, staged.warned_count) == (2, "Due", "2026-12-18", 0, 1)
    assert " does not deliver B-100 on Friday 2026-12-18, only on Monday, " in sentence
    operations.load(staged=staged, by=buyer)
    assert PurchaseOrderRow.objects.count() == 3


def test_lines_without_a_reference_are_one_order_per_supplier(buyer, bolt):
    SupplierTermFactory(part=bolt, supplier=SupplierFactory(number="20002"), is_default=False)
    lines = [["20001", "", "B-100", 1, "", ""], ["20002", "", "B-100", 2, "", ""], ["20001", "", "B-100", 3, "", ""]]

    operations.load(staged=staged_from(csv_of(HEADER, *lines), by=buyer), by=buyer)

    orders = PurchaseOrder.objects.order_by("document__serial")
    assert [[row.quantity for row in order.rows.order_by("position")] for order in orders] == [[1, 3], [2]]


def test_stage_names_every_bad_cell_with_what_was_read_and_why(buyer, bolt, box):
    PhantomPartFactory(number="F-1")
    PartFactory(number="M-1", part_type="manufactured")
    SupplierFactory(number="20009", name="Gone", is_active=False)
    WarehouseFactory(code="OLD", is_active=False)
    header = [
        "Supplier",
        "Reference",
        "Part",
        "Supplier's part number",
        "Quantity",
        "Unit",
        "Due",
        "Price",
        "Warehouse",
    ]
    data = csv_of(
        header,
        ["20001", "R", "B-100", "", "5", "", "", "", ""],
        ["99999", "R", "X-1", "", "many", "crate", "soon", "-1", "NOWHERE"],
        ["20009", "R", "F-1", "", "0", "", "", "", "OLD"],
        ["20001", "R", "M-1", "", "1.5", "", "", "", ""],
        ["20001", "R", "", "", "", "", "", "", ""],
        ["20001", "R", "", "ZZ", "99999999999999", "", "", "", ""],
        ["20001", "R", "B-100", "", "1.5", "", "", "", ""],
        ["20001", "R", "B-100", "", "1", "", "", "", "", "more"],
    )

    staged = staged_from(data, by=buyer, decimal=".")

    assert problems_of(staged) == [
        (3, "Quantity", "many", "This is not a number such as 12 or 12.5."),
        (3, "Due", "soon", "This is not a date such as 2026-03-31 or 31.03.2026, with the year in four digits."),
        (3, "Price", "-1", "Zero or more is taken."),
        (3, "Supplier", "99999", "There is no supplier with this number or name."),
        (3, "Part", "X-1", "There is no part with this number or name."),
        (3, "Unit", "crate", "There is no unit with this number or name."),
        (3, "Warehouse", "NOWHERE", "There is no warehouse with this number or name."),
        (4, "Quantity", "0", "This must be above zero."),
        (4, "Supplier", "20009", "Gone is not an active supplier."),
        (4, "Part", "F-1", "F-1 is fictitious and not bought."),
        (4, "Warehouse", "OLD", "OLD is not active."),
        (5, "Part", "M-1", "M-1 is manufactured and not bought."),
        (6, "Quantity", "", "This must not be empty."),
        (6, "Part", "", "Give our part number or the supplier's."),
        (7, "Quantity", "99999999999999", "This is too large: at most 11 digits before the decimals."),
        (7, "Supplier's part number", "ZZ", "No terms of Acme have this part number."),
        (8, "Quantity", "1.5", "1.5 pcs has too many decimals: pcs allows whole numbers only."),
        (9, "", "more", "The line has 10 cells, the header 9."),
    ]
    assert (staged.status, staged.bad_count) == ("refused", 7)


def test_stage_names_units_without_conversion_currencies_and_parts_that_contradict(buyer, bolt):
    other = PartFactory(number="N-7")
    kilo = PartFactory(unit__code="kg").unit
    data = csv_of(
        ["Supplier", "Part", "Vendor item", "Qty", "UoM", "Currency"],
        ["20001", "B-100", "", "1", kilo.code, ""],
        ["20001", "B-100", "", "1", "", "SEK"],
        ["20001", other.number, "AC-7", "1", "", ""],
    )

    assert problems_of(staged_from(data, by=buyer)) == [
        (2, "Quantity", "1", "B-100 has no conversion from kg to pcs."),
        (3, "Currency", "SEK", "Acme is paid in EUR."),
        (4, "Supplier's part number", "AC-7", "This is B-100 in the terms of Acme, and the line says N-7."),
    ]


def test_stage_names_lines_whose_price_cannot_be_found(buyer, bolt):
    dear = PartFactory(number="D-1")
    SupplierTermFactory(part=dear, supplier=SupplierFactory(number="20002", name="Bolts AB"), currency="SEK")
    kilo = PartFactory(unit__code="kg").unit
    SupplierTermFactory(part=PartFactory(number="K-1"), supplier=bolt.supplier_terms.get().supplier, unit=kilo)
    data = csv_of(
        ["Supplier", "Part", "Quantity", "Unit", "Price"],
        ["20001", "B-100", "1", "", ""],
        ["20002", "D-1", "1", "", "7.5"],
        ["20001", "K-1", "1", "pcs", ""],
    )

    currency, conversion = problems_of(staged_from(data, by=buyer))

    assert currency[:3] == (3, "Price", "7.5")
    assert "is priced in SEK, but Bolts AB is paid in EUR" in currency[3]
    assert conversion == (4, "Price", "", "K-1 has no conversion from kg to pcs.")


def test_stage_names_warehouses_of_two_companies_in_one_order_and_two_order_dates(buyer, bolt, warehouse):
    WarehouseFactory(code="ABROAD")
    data = csv_of(
        ["Supplier", "Reference", "Part", "Quantity", "Warehouse", "Order date"],
        ["20001", "R", "B-100", "1", "MAIN", "2026-10-01"],
        ["20001", "R", "B-100", "1", "ABROAD", ""],
        ["20001", "R", "B-100", "1", "MAIN", "2026-10-02"],
        ["20001", "R", "B-100", "1", "", ""],
    )

    assert problems_of(staged_from(data, by=buyer)) == [
        (3, "Warehouse", "ABROAD", "ABROAD is of another company than MAIN above."),
        (4, "Ordered", "2026-10-02", "The lines of one order have one order date; above it is 2026-10-01."),
        (5, "Warehouse", "", "B-100 has no default warehouse. Say where it goes."),
    ]


def test_load_of_bad_lines_is_refused_and_makes_nothing(buyer, bolt):
    staged = staged_from(csv_of(HEADER, LINE, ["20001", "R-1", "X", "1", "", ""]), by=buyer)

    with pytest.raises(operations.NotClean, match="Nothing was loaded: 1 line is wrong"):
        operations.load(staged=staged, by=buyer)

    assert (made(), StagedImport.objects.get().status) == ([], "refused")


def test_load_checks_again_what_changed_since_the_upload(buyer, bolt):
    staged = staged_from(csv_of(HEADER, LINE), by=buyer)
    type(bolt).objects.update(is_active=False)

    with pytest.raises(operations.NotClean):
        operations.load(staged=staged, by=buyer)
    checked = operations.check_again(staged=staged, by=buyer)

    assert made() == []
    assert problems_of(checked) == [(2, "Part", "B-100", "B-100 is not active and not bought.")]


def test_check_again_takes_a_line_back_when_the_register_was_mended(buyer, acme):
    staged = staged_from(csv_of(HEADER, LINE), by=buyer)
    PartFactory(number="B-100")

    checked = operations.check_again(staged=staged, by=buyer)

    assert (staged.status, checked.status, checked.bad_count) == ("refused", "staged", 0)


def test_the_same_file_is_refused_with_when_and_by_whom_it_was_loaded(bolt):
    ada = UserFactory(first_name="Ada", last_name="Berg")
    first = staged_from(csv_of(HEADER, LINE), by=ada)
    operations.load(staged=first, by=ada)
    sentence = f"This file was loaded on 2026-11-02 00:00 by Ada Berg, as import {first.pk}."

    for data in (csv_of(HEADER, LINE), csv_of(HEADER, LINE, separator="\t"), xlsx_of(HEADER, LINE)):
        with pytest.raises(operations.LoadedBefore) as refusal:
            staged_from(data, by=ada, name="other.name")
        assert str(refusal.value) == sentence
    assert len(made()) == 1


def test_the_same_reference_in_another_file_is_a_bad_line_that_names_the_order(bolt):
    ada = UserFactory(first_name="Ada", last_name="Berg")
    first = staged_from(csv_of(HEADER, LINE), by=ada)
    operations.load(staged=first, by=ada)

    second = staged_from(csv_of(HEADER, [*LINE[:3], "6", "", ""], ["20001", "R-9", *LINE[2:]]), by=ada)

    [order] = PurchaseOrder.objects.all()
    words = f"This was loaded on 2026-11-02 00:00 by Ada Berg, as import {first.pk}: {order}."
    assert problems_of(second) == [(2, "Reference", "R-1", words)]


def test_a_discarded_file_may_be_uploaded_again(buyer, bolt):
    operations.discard(staged=staged_from(csv_of(HEADER, LINE), by=buyer), by=buyer, reason="wrong week")

    again = staged_from(csv_of(HEADER, LINE), by=buyer)
    operations.load(staged=again, by=buyer)

    assert [(row.status, row.message) for row in StagedImport.objects.order_by("pk")] == [
        ("discarded", "wrong week"),
        ("loaded", "1 draft order, 1 row, 12.50 EUR"),
    ]


def test_what_has_ended_is_neither_loaded_nor_checked_nor_discarded_again(buyer, bolt):
    staged = staged_from(csv_of(HEADER, LINE), by=buyer)
    operations.load(staged=staged, by=buyer)

    for operation in (operations.load, operations.check_again, operations.discard):
        with pytest.raises(Refused, match=r"orders.csv was loaded on 2026-11-02 00:00 by Ada Berg"):
            operation(staged=staged, by=buyer)
    assert len(made()) == 1


def test_an_exported_list_of_rows_is_taken_with_its_own_column_names(buyer, bolt):
    data = csv_of(
        ["Row", "Supplier", "Part", "Name", "Status", "Due", "Quantity", "Unit", "Price", "Goods label"],
        ["P-7/10", "Acme", "B-100", "Bolt", "Sent", "2026-12-18", "12.000000", "pcs", "2.500000", "S-1"],
        ["P-7/20", "Acme", "B-100", "Bolt", "Sent", "2026-12-18", "1.000000", "pcs", "2.500000", "S-1"],
        separator=",",
    )

    operations.load(staged=staged_from(data, by=buyer), by=buyer)

    [order] = PurchaseOrder.objects.all()
    assert (order.note, order.goods_label, [row.quantity for row in order.rows.order_by("position")]) == (
        "Imported as P-7",
        "S-1",
        [12, 1],
    )


def test_load_gives_orders_the_type_that_their_lines_name_or_the_users(buyer, bolt):
    usual = PurchaseOrderType.objects.create(code="N", name="Normal", is_default=True)
    spare = PurchaseOrderType.objects.create(code="S", name="Spare parts")
    lines = [["20001", "R-1", "B-100", 1, ""], ["20001", "R-1", "B-100", 2, "S Spare parts"]]
    data = csv_of(["Supplier", "Reference", "Part", "Quantity", "Order type"], *lines, ["20001", "R-2", "B-100", 3, ""])

    operations.load(staged=staged_from(data, by=buyer), by=buyer)

    assert [order.order_type for order in PurchaseOrder.objects.order_by("pk")] == [spare, usual]


def test_a_line_with_an_order_type_that_does_not_hold_is_bad(buyer, bolt):
    for code, active in [("N", True), ("S", True), ("O", False)]:
        PurchaseOrderType.objects.create(code=code, name=f"Kind {code}", is_active=active)
    types = ["N", "S", "O", "?"]
    lines = [["20001", "R-1" if kind in "NS" else f"R-{kind}", "B-100", 1, kind] for kind in types]

    staged = staged_from(csv_of(["Supplier", "Reference", "Part", "Quantity", "Order type"], *lines), by=buyer)

    assert problems_of(staged) == [
        (3, "Order type", "S", "The lines of one order have one order type; above it is N Kind N."),
        (4, "Order type", "O", "O Kind O is not active; new orders do not get it."),
        (5, "Order type", "?", "There is no order type with this number or name."),
    ]
