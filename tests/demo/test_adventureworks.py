import json
from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from erp.demo.adventureworks import files
from erp.demo.adventureworks.loading import load
from erp.demo.adventureworks.reading import BadFile, Source
from erp.demo.adventureworks.reports import ranges
from erp.exceptions import Refused
from erp.register.models import Company, Part, Partner, UnitConversion
from linkage.models import Demand, Document, StockMovement, Supply
from linkage.operations import adjust_stock
from production.models import Bom, BomRow, ProductionOrder, Report
from purchasing.models import PurchaseOrder, PurchaseOrderRow, SupplierTerm
from sales.models import SalesOrder, SalesOrderRow
from tests.demo.adventureworks import line, write, write_bicycle

ONE_DAY = {"first": date(2013, 8, 2), "last": date(2013, 8, 2)}


@pytest.fixture
def source(db, tmp_path):
    return write_bicycle(tmp_path)


@pytest.fixture
def loaded(source, planner):
    """{table: report} after loading everything."""
    return {report.table: report for report in load(source, by=planner)}


def drift():
    with connection.cursor() as cursor:
        cursor.execute("select what, id, stored, counted from linkage_guard_drift")
        return cursor.fetchall()


def on_hand():
    return dict(Supply.objects.stock().values_list("part__number", "quantity").order_by("part__number"))


def run(folder, *options):
    out, err = StringIO(), StringIO()
    call_command("load_adventureworks", str(folder), *options, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_made_parts_are_order_oriented_and_bought_ones_lot_for_lot(loaded):
    facts = Part.objects.values_list("number", "part_type", "lot_sizing", "unit__code", "lead_time")

    assert list(facts) == [
        ("BE-1", "manufactured", "LR", "EA", 1),
        ("BK-1", "manufactured", "LR", "EA", 1),
        ("SP-1", "purchased", "LL", "EA", 17),
        ("WH-1", "manufactured", "LR", "EA", 1),
    ]


def test_boms_are_loaded_with_their_dates_and_roots_are_left_out(loaded):
    rows = BomRow.objects.values_list("bom__part__number", "component__number", "quantity_per", "valid_from")

    assert list(rows.order_by("bom__part__number")) == [
        ("BK-1", "WH-1", Decimal(2), date(2010, 5, 4)),
        ("WH-1", "SP-1", Decimal(32), date(2010, 5, 4)),
    ]
    assert loaded["boms"].left_out == {
        ("BillOfMaterials.csv", "names no assembly: a root of the structure"): [1],
    }


def test_a_made_part_without_bom_is_loaded_and_named(loaded):
    assert Part.objects.filter(number="BE-1").exists()
    assert loaded["boms"].notes == ["BE-1 is made but has no BOM"]


def test_the_default_supplier_is_preferred_before_cheap(loaded):
    terms = SupplierTerm.objects.values_list("supplier__number", "unit__code", "price", "is_default")

    assert list(terms.order_by("supplier__number")) == [
        ("CHEAP0001", "CTN", Decimal("1.00"), False),
        ("SPOKES0001", "DZ", Decimal("6.43"), True),
    ]


def test_a_purchase_unit_without_known_factor_counts_one_to_one_and_is_named(loaded):
    conversions = UnitConversion.objects.values_list("part__number", "unit__code", "base__code", "numerator")

    assert set(conversions) == {(None, "DZ", "EA", 12), ("SP-1", "CTN", "EA", 1)}
    assert loaded["supplier_terms"].notes == [
        "purchase unit CTN has no known factor: 1 CTN counts 1 EA (1 of the parts)",
    ]


def test_customers_have_the_name_of_their_store(loaded):
    assert dict(Partner.objects.customers().values_list("number", "name")) == {
        "AW00000020": "Next-Door Bike Store",
        "AW00000021": "Customer AW00000021",
        "AW-UNKNOWN": "Customer not named in the files",
    }


def test_a_complete_purchase_is_closed_short_with_its_receipt_and_its_rejects(loaded):
    order = PurchaseOrder.objects.get(document__number="PO1")
    row = order.rows.get()
    movements = StockMovement.objects.filter(reference="PO1").values_list("kind", "quantity").order_by("pk")

    assert (order.status, row.quantity, row.short_closed) == ("closed", 9, True)  # one of the ten left the order
    assert (row.supply.status, row.supply.quantity, row.supply.done, row.supply.cancelled) == ("closed", 120, 84, 36)
    assert list(movements) == [("receipt", Decimal(84))]
    assert row.rejects.values_list("quantity", "given_up", "owed").get() == (12, 12, False)


def test_an_approved_purchase_that_is_short_is_still_open_for_the_rest(loaded):
    order = PurchaseOrder.objects.get(document__number="PO2")
    supply = order.rows.get().supply

    assert (order.status, supply.status, supply.quantity, supply.free) == ("partly_received", "started", 60, 24)


def test_a_finished_work_order_is_closed_with_its_report(loaded):
    order = ProductionOrder.objects.get()
    line = order.lines.get()
    report = Report.objects.get()

    assert (str(order), order.status, line.start_date, line.scrapped) == ("WO1", "closed", date(2013, 6, 3), 2)
    assert (line.supply.quantity, line.supply.done, line.supply.cancelled) == (8, 6, 2)
    assert (report.quantity, report.scrapped, report.reason) == (6, 2, "Wheel misaligned")
    assert report.reference == line.supply.movements.get().reference


def test_a_work_order_of_a_part_without_bom_is_left_out_by_name(loaded):
    assert loaded["work_orders"].left_out == {("WorkOrder.csv", "its product has no BOM"): [2]}


def test_one_adjustment_per_part_sets_on_hand_to_the_inventory_of_all_locations(loaded):
    adjustments = StockMovement.objects.filter(kind="adjustment").order_by("part__number")
    raised = [(row.part.number, row.quantity, row.to_stock is not None) for row in adjustments.select_related("part")]

    assert on_hand() == {"BE-1": 0, "BK-1": 0, "SP-1": 200, "WH-1": 4}
    assert raised == [("SP-1", Decimal(200 - 96 + 12 - 36), True), ("WH-1", Decimal(2), False)]


def test_without_stock_nothing_is_on_hand(source, planner):
    load(source, by=planner, is_counted=False)

    assert set(on_hand().values()) == {0}


def test_sales_orders_are_confirmed_and_undelivered(loaded):
    orders = SalesOrder.objects.values_list("document__number", "status", "document__partner__number")
    rows = SalesOrderRow.objects.values_list("order__document__number", "part__number", "unit_price", "delivery_date")

    assert list(orders.order_by("pk")) == [
        ("SO43659", "confirmed", "AW00000020"),
        ("SO43660", "confirmed", "AW-UNKNOWN"),
    ]
    assert list(rows.order_by("pk")) == [
        ("SO43659", "BK-1", Decimal(99), date(2013, 8, 14)),
        ("SO43660", "WH-1", Decimal("89.1"), date(2013, 8, 14)),
    ]
    assert list(Demand.objects.values_list("done", "uncovered").order_by("pk")) == [(0, 2), (0, 1)]
    assert loaded["sales_orders"].left_out == {("SalesOrderDetail_reseller.csv", "its product is not loaded"): [2]}


def test_sales_of_the_history_are_for_the_customer_who_is_not_named(source, planner):
    *_others, report = load(source, by=planner, sales="history")
    rows = SalesOrderRow.objects.values_list("order__document__partner__number", "position", "part__number", "quantity")

    assert list(rows.order_by("position")) == [
        ("AW-UNKNOWN", 10, "BK-1", Decimal(2)),
        ("AW-UNKNOWN", 20, "WH-1", Decimal(5)),
    ]
    assert report.left_out == {("TransactionHistory.csv", "is a work order (type W), not a sale"): [3]}


@pytest.mark.parametrize("sales", ["reseller", "history"])
def test_dates_limit_the_sales_orders(source, planner, sales):
    *_others, report = load(source, by=planner, sales=sales, first=date(2013, 8, 3))

    assert "is ordered outside the dates asked for" in {reason for _file, reason in report.left_out}
    assert set(Document.objects.filter(kind="sales").values_list("ordered_on", flat=True)) <= {date(2013, 8, 3)}


def test_every_line_is_accounted_for(loaded):
    for report in loaded.values():
        for file, read in report.read.items():
            left_out = sum(len(lines) for (name, _reason), lines in report.left_out.items() if name == file)
            assert report.loaded[file] + report.already_there[file] + left_out == read, file


def test_the_sums_of_the_ledger_are_right(loaded):
    assert drift() == []


def test_loading_again_changes_nothing(loaded, source, planner):
    tables = (Part, Bom, BomRow, Partner, SupplierTerm, UnitConversion, Document, Supply, Demand, StockMovement)
    tables += (PurchaseOrderRow, SalesOrderRow, Report, Company)
    before = [table.objects.count() for table in tables]

    reports = load(source, by=planner)

    assert [table.objects.count() for table in tables] == before
    assert {report.table: report.loaded.total() for report in reports if report.loaded.total()} == {}


def test_loading_again_keeps_what_people_did_to_the_stock(loaded, source, planner):
    spoke, shelf = Part.objects.get(number="SP-1"), Supply.objects.stock().get(part__number="SP-1")
    adjust_stock(
        part=spoke, warehouse=shelf.warehouse, quantity=Decimal(-150), by=planner, effective_on=date(2014, 8, 8)
    )

    load(source, by=planner)

    assert on_hand()["SP-1"] == 50


def test_stock_that_is_no_longer_free_is_not_taken_off(loaded, source, planner):
    spoke, shelf = Part.objects.get(number="SP-1"), Supply.objects.stock().get(part__number="SP-1")
    adjust_stock(
        part=spoke, warehouse=shelf.warehouse, quantity=Decimal(-150), by=planner, effective_on=date(2014, 8, 8)
    )

    with pytest.raises(Refused, match="200 EA of SP-1 are to be taken off its stock, but only 50 are free"):
        load(source, by=planner, is_counted=False)


def test_a_broken_file_loads_nothing_of_its_table(source, planner, tmp_path):
    write(tmp_path, files.WORK_ORDERS, line(files.WORK_ORDERS, WorkOrderID=1, ProductID=2, OrderQty="many"))

    with pytest.raises(BadFile, match=r"WorkOrder.csv, line 1, column 3 \(OrderQty\)"):
        load(Source(tmp_path), by=planner)

    assert (PurchaseOrder.objects.count(), ProductionOrder.objects.count()) == (2, 0)


def test_a_circle_in_the_boms_stops_the_table_with_its_path(source, planner, tmp_path):
    write(
        tmp_path,
        files.BILLS,
        line(files.BILLS, BillOfMaterialsID=1, ProductAssemblyID=1, ComponentID=2),
        line(files.BILLS, BillOfMaterialsID=2, ProductAssemblyID=2, ComponentID=1),
    )

    with pytest.raises(Refused, match=r"A part cannot contain itself: (BK-1 → WH-1 → BK-1|WH-1 → BK-1 → WH-1)\."):
        load(Source(tmp_path), by=planner)

    assert Bom.objects.count() == 0


def test_only_some_tables(source, planner):
    reports = load(source, by=planner, only=["parts", "boms"])

    assert [report.table for report in reports] == ["company_and_units", "parts", "boms"]
    assert Partner.objects.count() == 0


def test_sales_without_customers_say_what_to_load_first(source, planner):
    with pytest.raises(Refused, match="load the table customers first"):
        load(source, by=planner, only=["parts", "sales_orders"])


def test_command_prints_one_json_object(source, tmp_path):
    out, err = run(tmp_path, "--json", "--no-stock", "--sales", "history", "--from", "2013-08-02", "--to", "2013-08-02")

    facts = json.loads(out)
    tables = {table["table"]: table for table in facts["tables"]}
    assert tables["sales_orders"]["loaded"] == {"TransactionHistory.csv": 2}
    assert tables["sales_orders"]["left_out"] == [
        {
            "file": "TransactionHistory.csv",
            "reason": "is a work order (type W), not a sale",
            "count": 1,
            "lines": "3",
        }
    ]
    assert "work orders: 2 lines read, 1 loaded, 0 there already, 1 left out" in err


def test_command_tells_people_line_by_line(source, tmp_path):
    out, _err = run(tmp_path)

    assert "  left out of WorkOrder.csv: 1 x its product has no BOM (line 2)" in out.splitlines()
    assert out.splitlines()[-1].startswith("Done in ")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--from", "2013-08-03", "--to", "2013-08-02"], "--to 2013-08-02 lies before --from 2013-08-03."),
        (["--only", "parts,spoons"], "There is no table spoons."),
        (["--to", "2013-02-30"], "2013-02-30 is not a date like 2013-08-02."),
    ],
)
def test_command_refuses_options_that_make_no_sense(source, tmp_path, options, sentence):
    with pytest.raises(CommandError, match=sentence):
        run(tmp_path, *options)


def test_command_turns_a_broken_file_into_one_sentence(source, tmp_path):
    (tmp_path / "Customer.csv").unlink()

    with pytest.raises(CommandError, match=r"^Customer.csv is missing"):
        run(tmp_path)


@pytest.mark.parametrize(
    ("numbers", "most", "text"),
    [([3, 1, 2, 7], None, "1-3, 7"), ([1, 3, 5], 2, "1, 3, ..."), ([], None, "")],
)
def test_ranges_of_lines(numbers, most, text):
    assert ranges(numbers, most=most) == text
