"""Orders for demands, through the database: the scenarios again, the links, the refusals, the second planner."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from erp.exceptions import Refused
from linkage.models import Demand, OrderLink, Provenance, Supply
from linkage.operations import disconnect
from production.models import Component, ProductionOrder, ProductionOrderLine
from production.operations import create_orders_for, plan_orders_for
from production.queries.structures import structure_of
from purchasing.models import SupplierTerm
from tests.factories import (
    PartFactory,
    PartnerFactory,
    PhantomPartFactory,
    SupplierFactory,
    UnitFactory,
    UserFactory,
    WarehouseFactory,
)
from tests.linkage.factories import TODAY, DocumentFactory, stock
from tests.production.factories import bom_of
from tests.production.making import bought, made, row_of
from tests.races import run_before_commit

pytestmark = pytest.mark.django_db


def create(demands, by, **asked):
    return create_orders_for(demands=demands, by=by, business_date=TODAY, **asked)


def made_orders():
    """(part, quantity) of every order, first made first."""
    return list(ProductionOrderLine.objects.order_by("pk").values_list("supply__part__number", "supply__quantity"))


def components():
    """{part: sum of the component quantities}"""
    needs = {}
    for number, quantity in Component.objects.values_list("demand__part__number", "demand__quantity"):
        needs[number] = needs.get(number, 0) + quantity
    return needs


def links():
    """(what is linked, part, quantity, kind) of every link, first made first."""
    rows = OrderLink.objects.order_by("pk").select_related("supply", "part")
    return [(link.supply.kind, link.part.number, link.quantity, link.kind) for link in rows]


def test_create_orders_for_makes_the_whole_tree(planner):
    raw = {name: bought(name) for name in ("i1", "i2", "j1", "j2", "k", "m1", "m2", "n", "f")}
    sa21 = made("SA21", (raw["i1"], 3), (raw["i2"], 5))
    sa22 = made("SA22", (raw["j1"], 2), (raw["j2"], 13))
    sa23 = made("SA23", (raw["m1"], 4), (raw["m2"], 11))
    sa11 = made("SA11", (sa21, 2), (sa22, 7), (raw["k"], 6))
    sa12 = made("SA12", (sa23, 1), (raw["n"], 9))
    fg = made("FG", (sa11, 3), (sa12, 5), (raw["f"], 8))
    row = row_of(fg, 3)

    create([row], planner)

    sub_assemblies = {"SA11": 9, "SA12": 15, "SA21": 18, "SA22": 63, "SA23": 15}
    quantities = {"i1": 54, "i2": 90, "j1": 126, "j2": 819, "k": 54, "m1": 60, "m2": 165, "n": 135, "f": 24}
    assert dict(made_orders()) == {"FG": 3} | sub_assemblies
    assert components() == sub_assemblies | quantities
    assert {number: quantity for _, number, quantity, _ in links()} == {"FG": 3} | sub_assemblies


def test_create_orders_for_three_levels(planner):
    b3 = made("B3", (bought("RM"), 3))
    b1 = made("B1", (made("B2", (b3, 3)), 2))

    create([row_of(b1, 3)], planner)

    assert made_orders() == [("B1", 3), ("B2", 6), ("B3", 18)]
    assert components()["RM"] == 54


def test_create_orders_for_uses_stock_once_for_all_trees(planner):
    rm1, rm2 = bought("RM1", lot_sizing="LR"), bought("RM2", lot_sizing="LR")
    sa, sa2 = made("SA", (rm1, 1), (rm2, 1)), made("SA2", (rm2, 1))
    tops = [made("FG1", (sa, 1), (rm1, 1)), made("FG2", (sa, 1)), made("FG3", (rm1, 1)), made("FG4", (sa2, 1))]
    warehouse = WarehouseFactory()
    stock(sa, warehouse, 80)
    stock(rm1, warehouse, 90)
    rows = [row_of(top, n, warehouse=warehouse) for top, n in zip(tops, (100, 50, 10, 10), strict=True)]

    create(rows, planner)

    assert made_orders()[4:] == [("SA", 20), ("SA", 50), ("SA2", 10)]
    short = {}
    for demand in Demand.objects.filter(part__in=[rm1, rm2]):
        short[demand.part.number] = short.get(demand.part.number, 0) + demand.uncovered
    assert short == {"RM1": 90, "RM2": 80}


def test_create_orders_for_takes_stock_of_a_sub_assembly(planner):
    sa1, sa2 = made("SA1", (bought("C1"), 1)), made("SA2")
    row = row_of(made("FG", (sa1, 1), (sa2, 1)), 10)
    stock(sa1, row.warehouse, 5)

    create([row], planner)

    assert made_orders() == [("FG", 10), ("SA1", 5)]
    assert links() == [
        ("production", "FG", 10, "bound"),
        ("stock", "SA1", 5, "claimed"),
        ("production", "SA1", 5, "bound"),
    ]
    assert Demand.objects.get(part=sa2).uncovered == 10


def test_create_orders_for_passes_through_phantoms(planner):
    pp3, pp4 = bought("PP3"), bought("PP4")
    sf3 = PhantomPartFactory(number="SF3")
    bom_of(sf3, (pp3, 1), (pp4, 3))
    row = row_of(made("FP3", (sf3, 2), (pp3, 2)), 5)

    create([row], planner)

    assert made_orders() == [("FP3", 5)]
    found = Component.objects.order_by("position").values_list("position", "demand__part__number", "demand__quantity")
    assert list(found) == [(10, "PP3", 10), (20, "PP4", 30), (30, "PP3", 10)]


def test_create_orders_for_serves_the_shallower_need_first(planner):
    s = made("S", (bought("M"), 1))
    b = made("B", (s, 1))
    row = row_of(made("C", (s, 5), (b, 5)), 1)
    stock(s, row.warehouse, 2)

    create([row], planner)

    assert made_orders() == [("C", 1), ("B", 5), ("S", 3), ("S", 5)]


def test_create_orders_for_serves_the_earlier_position_first(planner):
    k = made("K", (bought("M"), 1))
    c, d = made("C", (k, 1)), made("D", (k, 1))
    row = row_of(made("B", (c, 1), (d, 1)), 2)
    stock(k, row.warehouse, 3)

    create([row], planner)

    assert made_orders() == [("B", 2), ("C", 2), ("D", 2), ("K", 1)]
    bound = OrderLink.objects.get(part=k, kind="bound")
    assert bound.demand.for_supply.part == d


def test_create_orders_for_promises_everything_it_makes_and_takes(planner):
    sa = made("SA", (bought("RM"), 1))
    row = row_of(made("FG", (sa, 1)), 10)

    create([row], planner)

    row.refresh_from_db()
    assert row.uncovered == 0
    assert set(Supply.objects.filter(kind="production").values_list("free", flat=True)) == {Decimal(0)}
    assert Provenance.objects.filter(demand=row).values_list("quantity", flat=True).get() == 10


def test_create_orders_for_takes_an_open_order_that_is_due_in_time(planner):
    sa = made("SA", (bought("RM"), 1), lead_time=2)
    first, second = made("FG1", (sa, 1)), made("FG2", (sa, 1), lead_time=1)
    early = row_of(first, 10, need_date=date(2026, 3, 17))
    create([early], planner)
    [old] = Supply.objects.filter(part=sa)
    disconnect(link=old.links.get(), by=planner)
    row = row_of(second, 4, warehouse=early.warehouse)

    create([row], planner)

    assert links()[-1] == ("production", "SA", 4, "claimed")
    assert made_orders() == [("FG1", 10), ("SA", 10), ("FG2", 4)]
    need = Demand.objects.get(for_supply=old).need_date
    assert need == date(2026, 3, 17)  # FG2 on the 20th, SA needed on the 19th, two work days to make


def test_create_orders_for_never_takes_what_is_made_from_the_order_itself(planner):
    inner = made("INNER", (bought("RM"), 1))
    outer = made("OUTER", (inner, 1))
    row = row_of(outer, 10)
    create([row], planner)
    order = Supply.objects.get(part=outer)
    disconnect(link=order.links.get(), by=planner)
    component = Demand.objects.get(part=inner)
    disconnect(link=component.links.get(), by=planner)
    inner.boms.get().rows.all().delete()
    outer.boms.get().rows.all().delete()
    bom_row = inner.boms.get().rows.create(position=10, component=outer, quantity_per=1)

    create([component], planner)

    assert bom_row.component == outer
    assert not OrderLink.objects.open().filter(supply=order).exists()


def test_create_orders_for_carries_the_row_over(planner):
    customer = PartnerFactory()
    document = DocumentFactory(number="S-1001", partner=customer)
    sa = made("SA", (bought("RM"), 1))
    row = row_of(made("FG", (sa, 1)), 10, document=document, priority=2)

    orders = create([row], planner, employee=planner, note="Urgent")

    facts = [(o.customer, o.sales_document, o.employee, o.note, o.status, o.created_by) for o in orders]
    assert facts == [(customer, document, planner, "Urgent", "planned", planner)] * 2
    assert set(Demand.objects.filter(kind="component").values_list("priority", flat=True)) == {2}


def test_create_orders_for_numbers_from_the_row(planner):
    row = row_of(made("FG", (bought("RM"), 1), order_maximum=4), 10)
    create([row_of(row.part, 1)], planner, numbers=None)

    orders = create([row], planner, numbers={row.pk: "S-1001/20"})

    assert [str(order) for order in orders] == ["S-1001/20", "S-1001/20-2", "S-1001/20-3"]


def test_create_orders_for_twice_makes_nothing_the_second_time(planner):
    row = row_of(made("FG", (bought("RM"), 1)), 10)
    create([row], planner)

    with pytest.raises(Refused, match=r"^Nothing of .* is uncovered\.$"):
        create([row], planner)

    assert ProductionOrder.objects.count() == 1


def test_create_orders_for_the_difference_only(planner):
    row = row_of(made("FG", (bought("RM"), 10)), 10)
    create([row], planner)
    Demand.objects.filter(pk=row.pk).update(quantity=22)

    create([row], planner)

    assert made_orders() == [("FG", 10), ("FG", 12)]
    assert [quantity for _, _, quantity, _ in links()] == [10, 12]
    assert components() == {"RM": 220}


def test_create_orders_for_a_stock_driven_part_makes_it_for_stock(planner):
    part = made("FG", (bought("RM"), 1), lot_sizing="LL", make_from_sales_row=True)
    row = row_of(part, 10)

    create([row], planner)

    assert (links(), made_orders()) == ([], [("FG", 10)])
    assert row.provenance.get().quantity == 10
    with pytest.raises(Refused, match="has an open order made for it already"):
        create([row], planner)


def test_create_orders_for_more_than_needed_leaves_the_surplus_free(planner):
    row = row_of(made("FG", (bought("RM"), 1)), 10)

    create([row], planner, quantities={row.pk: Decimal(15)})

    assert Supply.objects.values_list("quantity", "free").get(part=row.part) == (15, 5)


def test_create_orders_for_combines_rows_of_a_part(planner):
    part, warehouse = made("FG", (bought("RM"), 1)), WarehouseFactory()
    rows = [row_of(part, quantity, warehouse=warehouse) for quantity in (1, 2)]

    create(rows, planner, combine=True)

    assert made_orders() == [("FG", 3)]
    assert [link.quantity for link in OrderLink.objects.order_by("demand")] == [1, 2]


@pytest.mark.parametrize(
    ("part_facts", "row_facts", "sentence"),
    [
        ({}, {"need_date": None}, "has no date"),
        ({}, {"kind": "forecast"}, "is a forecast"),
        ({}, {"status": "closed"}, "is closed"),
        ({"part_type": "purchased"}, {}, "is not a manufactured part"),
        ({"lot_sizing": "LL"}, {}, "is stock-driven"),
    ],
)
def test_create_orders_for_refuses(planner, part_facts, row_facts, sentence):
    row = row_of(made("FG", (bought("RM"), 1), **part_facts), 10, **row_facts)

    with pytest.raises(Refused, match=sentence):
        create([row], planner)

    assert not ProductionOrder.objects.exists()


def test_create_orders_for_refuses_a_part_without_bom_and_serves_the_others(planner):
    bare, good = row_of(made("BARE"), 1), row_of(made("FG", (bought("RM"), 1)), 1)
    refused = {}

    create([bare, good], planner, refused=refused)

    assert refused == {bare.pk: f"{bare}: BARE has no active BOM."}
    assert made_orders() == [("FG", 1)]


@pytest.mark.parametrize(
    ("quantity", "facts", "sentence"),
    [
        (5000, {"order_maximum": 1}, "BIG: the maximum order quantity would divide this into more than 1000 orders."),
        (60_000_000_000, {}, "The quantity is too large."),
    ],
)
def test_create_orders_for_refuses_too_much_and_serves_the_others(planner, quantity, facts, sentence):
    big = row_of(made("BIG", (bought("BOLT"), 2), **facts), quantity)
    good = row_of(made("FG", (bought("RM"), 1)), 1)
    refused = {}

    create([big, good], planner, refused=refused)

    assert refused == {big.pk: f"{big}: {sentence}"}
    assert made_orders() == [("FG", 1)]


def test_create_orders_for_a_component_follows_its_order(planner):
    sa = made("SA")
    row = row_of(made("FG", (sa, 1)), 10, document=DocumentFactory(number="S-1001", partner=PartnerFactory()))
    create([row], planner)
    bom_of(sa, (bought("RM"), 1))
    component = Demand.objects.get(part=sa)

    [order] = create([component], planner)

    assert order.sales_document == row.document
    component.refresh_from_db()
    assert component.uncovered == 0


def test_plan_orders_for_writes_nothing_and_equals_what_is_made(planner):
    sa = made("SA", (bought("RM"), 1))
    row = row_of(made("FG", (sa, 2)), 10)

    planned = plan_orders_for(demands=[row])

    assert not ProductionOrder.objects.exists()
    assert planned.by_part == {"FG": 10, "SA": 20}
    create([row], planner)
    assert made_orders() == [("FG", 10), ("SA", 20)]


def test_create_orders_for_takes_as_many_statements_for_three_rows_as_for_one(planner):
    sa = made("SA", (bought("RM"), 1))
    part, warehouse = made("FG", (sa, 1)), WarehouseFactory()
    rows = [row_of(part, 10, warehouse=warehouse) for _ in range(4)]

    with CaptureQueriesContext(connection) as one:
        create(rows[:1], planner)
    with CaptureQueriesContext(connection) as three:
        create(rows[1:], planner)

    assert len(three) == len(one)


def supplier_of(part):
    return SupplierTerm.objects.create(part=part, supplier=SupplierFactory(), unit=UnitFactory(), price=1)


def test_create_orders_for_buys_what_is_short_if_asked(planner):
    linked, pooled = bought("LINKED", lot_sizing="LR"), bought("POOLED")
    for part in (linked, pooled):
        supplier_of(part)
    row = row_of(made("FG", (linked, 2), (pooled, 3)), 10)
    stock(pooled, row.warehouse, 4)
    stock(linked, row.warehouse, 5)

    create([row], planner, buy=True)

    found = Supply.objects.filter(kind="purchase").order_by("pk").values_list("part__number", "quantity", "free")
    assert list(found) == [("LINKED", 15, 0), ("POOLED", 26, 26)]


def test_create_orders_for_names_what_nobody_sells_and_buys_the_rest(planner):
    sold, unknown = bought("SOLD"), bought("UNKNOWN")
    supplier_of(sold)
    row, refused = row_of(made("FG", (sold, 1), (unknown, 1)), 10), {}

    create([row], planner, buy=True, refused=refused)

    assert [sentence.split(": ")[1] for sentence in refused.values()] == ["no supplier has terms for UNKNOWN."]
    assert Supply.objects.filter(kind="purchase").values_list("part__number", flat=True).get() == "SOLD"


def test_create_orders_for_refuses_to_buy_what_nobody_sells(planner):
    row = row_of(made("FG", (bought("UNKNOWN"), 1)), 10)

    with pytest.raises(Refused, match="no supplier has terms"):
        create([row], planner, buy=True)

    assert not ProductionOrder.objects.exists()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_planners_make_one_order_for_a_row():
    by, row = UserFactory(), row_of(made("FG", (bought("RM"), 1)), 10)

    had_to_wait, outcome = run_before_commit(lambda: create([row], by), lambda: create([row], by))

    assert had_to_wait
    assert str(outcome) == f"Nothing of {row} is uncovered."
    assert ProductionOrder.objects.count() == 1


def test_a_structure_knows_the_last_decimal_of_each_unit():
    metres = PartFactory(unit=UnitFactory(code="m", decimals=3))
    pieces = PartFactory()

    structure = structure_of([metres.pk, pieces.pk])

    assert [str(structure.parts[part.pk].step) for part in (metres, pieces)] == ["0.001", "1"]
