"""Orders made from sales rows, the boxes that make them, and disconnecting."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse
from pytest_django.asserts import assertContains

from erp.exceptions import Refused
from erp.register.operations import change_setting
from linkage.models import Demand, OrderLink, Provenance, Supply, Tombstone
from linkage.operations import disconnect, link
from production.models import ProductionOrder
from purchasing.targets import target_lines
from sales import operations
from sales.statuses import QUOTE, REGISTERED, RowStatus
from tests.factories import MadePartFactory, PartFactory, UnitConversionFactory
from tests.fixtures import client_of
from tests.linkage.factories import SupplyFactory, stock
from tests.production.factories import bom_of
from tests.purchasing.factories import SupplierTermFactory
from tests.sales.factories import again, order_with, row_with

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel("2026-03-02"):
        yield


def made_part(**facts):
    """An order-oriented made part with a bought component."""
    part = MadePartFactory(lot_sizing="LR", **facts)
    bom_of(part, (PartFactory(), 2))
    return part


def bought_part(**facts):
    """An order-oriented bought part with one supplier."""
    part = PartFactory(lot_sizing="LR", **facts)
    SupplierTermFactory(part=part, unit=part.unit)
    return part


def links_of(row):
    found = OrderLink.objects.open().filter(demand=row.demand_id)
    return list(found.values_list("supply__kind", "open", "kind"))


def test_create_production_orders_links_the_order_to_its_row(planner):
    row = row_with(10, part=made_part(), by=planner)

    [order] = operations.create_production_orders(rows=[row], by=planner)

    assert links_of(row) == [("production", 10, "bound")]
    assert list(Provenance.objects.values_list("supply__document", "demand", "quantity")) == [
        (order.document_id, row.demand_id, 10)
    ]


def test_create_production_orders_carries_the_rows_labels_to_the_whole_tree(planner):
    frame = made_part()
    bike = MadePartFactory(lot_sizing="LR")
    bom_of(bike, (frame, 1))
    row = row_with(1, part=bike, by=planner, project="Harbour", goods_label="Gate 4", row={"goods_label": "Dock 2"})

    orders = operations.create_production_orders(rows=[row], by=planner)

    assert [(order.project, order.goods_label, order.customer) for order in orders] == [
        ("Harbour", "Dock 2", row.order.customer)
    ] * 2


def test_create_production_orders_counts_in_the_base_unit(planner):
    part = made_part()
    box = UnitConversionFactory(part=part).unit
    row = row_with(2, part=part, by=planner, row={"unit": box})

    operations.create_production_orders(rows=[row], by=planner)

    assert links_of(row) == [("production", 24, "bound")]


def test_create_production_orders_combines_rows_of_one_part(planner):
    order = order_with(3, 4, part=made_part(), by=planner)

    orders = operations.create_production_orders(rows=list(order.rows.all()), combine=True, by=planner)

    assert [found.document.supplies.get().quantity for found in orders] == [7]
    assert OrderLink.objects.open().count() == 2


def test_create_production_orders_numbers_them_after_the_row_by_setting(planner, admin_user):
    change_setting(name="m_order_number_from", value="order-position", by=admin_user)
    row = row_with(10, part=made_part(), by=planner)

    [order] = operations.create_production_orders(rows=[row], by=planner)

    assert str(order.document) == "S-1001/10"


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"status": QUOTE}, "S-1001/10: S-1001 is a quote; register it first."),
        ({"row": {"delivery_date": None}}, "S-1001/10 has no date."),
        ({"row": {"row_status": RowStatus.FORECAST}}, "S-1001/10 is a forecast; no order is made for it."),
    ],
)
def test_create_production_orders_says_why_not(planner, facts, sentence):
    row = row_with(10, part=made_part(), by=planner, **facts)

    with pytest.raises(Refused) as refusal:
        operations.create_production_orders(rows=[row], by=planner)

    assert (str(refusal.value), ProductionOrder.objects.count()) == (sentence, 0)


def test_create_production_orders_without_a_bom_says_so(planner):
    row = row_with(10, part=MadePartFactory(lot_sizing="LR", number="FRAME"), by=planner)

    with pytest.raises(Refused, match="FRAME"):
        operations.create_production_orders(rows=[row], by=planner)


def test_create_production_orders_of_a_covered_row_says_so(planner):
    row = row_with(10, part=made_part(), by=planner)
    operations.create_production_orders(rows=[row], by=planner)

    with pytest.raises(Refused, match="Nothing of S-1001/10 is uncovered"):
        operations.create_production_orders(rows=[row], by=planner)


def test_create_production_orders_of_a_service_says_so(planner):
    row = row_with(1, part=PartFactory(is_stock_updated=False, number="PAINTING"), by=planner)

    with pytest.raises(Refused, match="S-1001/10: PAINTING is not stock-updated, so no order is made for it"):
        operations.create_production_orders(rows=[row], by=planner)


def test_create_production_orders_serves_the_others_and_hands_back_sentences(planner):
    good, bad = row_with(10, part=made_part(), by=planner), row_with(1, by=planner)
    refused = {}

    orders = operations.create_production_orders(rows=[good, bad], refused=refused, by=planner)

    assert (len(orders), list(refused)) == (1, [bad.pk])


def test_create_production_orders_for_a_stock_driven_part_makes_no_link(planner):
    part = MadePartFactory(lot_sizing="LL", make_from_sales_row=True)
    bom_of(part, (PartFactory(), 1))
    row = row_with(10, part=part, by=planner)

    operations.create_production_orders(rows=[row], by=planner)

    assert (links_of(row), Provenance.objects.get().demand_id) == ([], row.demand_id)


def test_create_purchase_orders_links_the_row(planner):
    row = row_with(10, part=bought_part(), by=planner)

    [bought] = operations.create_purchase_orders(rows=[row], by=planner)

    assert (links_of(row), bought.goods_label) == ([("purchase", 10, "bound")], "S-1001")


def test_page_of_the_purchase_row_names_the_sales_row_and_its_customer(planner):
    row = row_with(10, part=bought_part(), by=planner)
    [bought] = operations.create_purchase_orders(rows=[row], by=planner)

    page = client_of(planner).get(reverse("purchasing:row", args=[bought.pk]))

    demand = f'<a href="{reverse("linkage:demand", args=[row.demand_id])}">{row}</a>'
    assertContains(page, f"<dt>Made for</dt><dd>{demand} {row.order.customer} (10.00 {row.part.unit})</dd>")


def test_create_purchase_orders_carries_project_priority_and_goods_label_over(planner):
    facts = {"project": "City bikes", "priority": 2, "goods_label": "Dock 4"}
    rows = [row_with(10, part=bought_part(), row=row, by=planner, **facts) for row in ({}, {"goods_label": "Hall 3"})]

    bought = operations.create_purchase_orders(rows=rows, by=planner)

    assert [(row.project, row.priority, row.goods_label) for row in bought] == [
        ("City bikes", 2, "Dock 4"),
        ("City bikes", 2, "Hall 3"),
    ]


def test_create_purchase_orders_without_a_supplier_says_so(planner):
    row = row_with(10, part=PartFactory(lot_sizing="LR", number="BOLT"), by=planner)

    with pytest.raises(Refused, match="no supplier has terms for BOLT"):
        operations.create_purchase_orders(rows=[row], by=planner)


def test_create_purchase_orders_serves_the_others(planner):
    good = row_with(10, part=bought_part(), by=planner)
    bad = row_with(10, part=PartFactory(lot_sizing="LR"), by=planner)
    refused = {}

    rows = operations.create_purchase_orders(rows=[good, bad], refused=refused, by=planner)

    assert (len(rows), list(refused)) == (1, [bad.pk])


def test_create_orders_needs_a_row(planner):
    with pytest.raises(Refused, match="Tick at least one row"):
        operations.create_production_orders(rows=[], by=planner)


@pytest.mark.parametrize(("part", "kind"), [(made_part, "production"), (bought_part, "purchase")])
def test_box_makes_the_order_when_the_row_is_added(planner, part, kind):
    order = order_with(by=planner)

    row = operations.add_row(
        order=order, part=part(), quantity=Decimal(3), delivery_date=date(2026, 4, 1), order_box=True, by=planner
    )

    assert (links_of(row), row.order_box) == ([(kind, 3, "bound")], True)


def test_row_that_is_returned_knows_what_its_box_promised_it(planner):
    order = order_with(1, by=planner)
    facts = {"part": made_part(), "quantity": Decimal(3), "delivery_date": date(2026, 4, 1), "by": planner}

    added = operations.add_row(order=order, order_box=True, **facts)
    ticked = operations.change_row(row=operations.add_row(order=order, **facts), order_box=True, by=planner)

    assert [row.demand.uncovered for row in (added, ticked)] == [0, 0]


def test_box_makes_the_order_when_a_quote_is_registered(planner):
    order = order_with(3, part=made_part(), status=QUOTE, by=planner, row={"order_box": True})
    before = ProductionOrder.objects.count()

    operations.register_order(order=order, by=planner)

    assert (before, ProductionOrder.objects.count()) == (0, 1)


def test_box_of_a_row_without_a_date_waits_for_it_and_says_why(planner):
    row = row_with(3, part=made_part(), by=planner, row={"delivery_date": None})
    refused = {}

    row = operations.change_row(row=row, order_box=True, refused=refused, by=planner)
    waiting = ProductionOrder.objects.count()
    row = operations.change_row(row=row, delivery_date=date(2026, 4, 1), by=planner)

    assert (refused, waiting, links_of(row)) == ({row.pk: "S-1001/10 has no date."}, 0, [("production", 3, "bound")])


@pytest.mark.parametrize(("part", "kind"), [(made_part, "production"), (bought_part, "purchase")])
def test_box_makes_the_order_when_all_rows_get_a_date(planner, part, kind):
    row = row_with(3, part=part(), by=planner, row={"order_box": True, "delivery_date": None})
    waiting = OrderLink.objects.count()

    operations.date_rows(order=row.order, delivery_date=date(2026, 4, 1), by=planner)

    assert (waiting, links_of(row)) == (0, [(kind, 3, "bound")])


def test_date_of_all_rows_says_why_a_ticked_row_gets_no_order(seller_client, seller):
    part = PartFactory(number="BOLT", lot_sizing="LR")
    row = row_with(3, part=part, by=seller, row={"order_box": True, "delivery_date": None})

    url = reverse("sales:order_dates", args=[row.order_id])
    answer = seller_client.post(url, {"delivery_date": "2026-04-01"}, follow=True)

    assertContains(answer, "No order was made. S-1001/10: no supplier has terms for BOLT.")


def test_material_of_a_row_that_says_buy_material_is_listed_to_be_bought(planner):
    row = row_with(3, part=made_part(), by=planner, row={"row_status": RowStatus.BUY_MATERIAL})

    operations.create_production_orders(rows=[row], by=planner)

    [line] = target_lines(today=date(2026, 3, 2)).lines
    assert (line.facts.kind, line.facts.short) == ("component", 6)


def test_box_makes_no_second_order(planner):
    row = row_with(3, part=made_part(), by=planner)
    row = operations.change_row(row=row, order_box=True, by=planner)

    operations.change_row(row=row, quantity=Decimal(5), order_box=True, by=planner)

    assert (ProductionOrder.objects.count(), again(row).demand.uncovered) == (1, 2)


def test_box_makes_no_second_order_after_a_disconnect(planner):
    row = operations.change_row(row=row_with(3, part=made_part(), by=planner), order_box=True, by=planner)
    disconnect(link=OrderLink.objects.get(), by=planner)
    told, silent = {}, {}

    row = operations.change_row(row=row, order_box=True, refused=told, by=planner)
    operations.change_row(row=row, order_box=True, refused=silent, by=planner)

    words = f"{row}: M-1001/1 was made for it and is still open, so the box makes no second order."
    assert (ProductionOrder.objects.count(), links_of(row)) == (1, [])
    assert (told, silent) == ({row.pk: words}, {})


def test_box_of_a_stock_driven_part_needs_the_registers_leave(planner):
    part = MadePartFactory(lot_sizing="LL", number="FRAME")
    bom_of(part, (PartFactory(), 1))
    refused = {}

    row = operations.change_row(row=row_with(3, part=part, by=planner), order_box=True, refused=refused, by=planner)

    assert refused == {row.pk: "S-1001/10: FRAME is stock-driven; the register does not allow orders from rows."}


def test_disconnect_frees_the_supply_unticks_the_box_and_remembers(planner):
    row = operations.change_row(row=row_with(3, part=made_part(), by=planner), order_box=True, by=planner)
    own = OrderLink.objects.get()

    disconnect(link=own, by=planner)

    row = again(row)
    supply = Supply.objects.get(pk=own.supply_id)
    assert (row.order_box, row.demand.uncovered, supply.free, supply.orphaned_at is not None) == (False, 3, 3, True)
    assert Tombstone.objects.filter(supply=supply, demand=row.demand_id).exists()


def test_disconnect_a_part_of_the_quantity(planner):
    row = row_with(10, by=planner)
    own = link(demand=row.demand, supply=stock(row.part, row.warehouse, 10), quantity=Decimal(10), by=planner)

    disconnect(link=own, quantity=Decimal(4), by=planner)

    assert links_of(row) == [("stock", 6, "claimed")]


def test_disconnect_and_give_the_supply_to_a_later_row(planner):
    order = order_with(10, 10, by=planner)
    first, second = order.rows.for_list().in_order()
    supply = SupplyFactory(part=first.part, warehouse=first.warehouse)
    own = link(demand=first.demand, supply=supply, quantity=Decimal(10), accept_warnings=True, by=planner)

    disconnect(link=own, goes="taker", give_to=second.demand, by=planner)

    assert (links_of(first), links_of(second)) == ([], [("purchase", 10, "claimed")])


def test_create_linked_orders_makes_one_tree_per_row_and_none_the_second_time(planner):
    part = made_part(number="FRAME")
    order_with(3, 4, part=part, status=REGISTERED, by=planner)

    first = operations.create_linked_orders(date_from=date(2026, 3, 2), date_to=date(2026, 3, 2), by=planner)
    second = operations.create_linked_orders(date_from=date(2026, 3, 2), date_to=date(2026, 3, 2), by=planner)

    assert (first.orders, first.by_part, second.orders) == (2, {"FRAME": Decimal(7)}, 0)


def test_create_linked_orders_leaves_out_what_it_should(planner):
    part = made_part()
    order_with(1, part=part, by=planner, ordered_on=date(2026, 3, 1))
    order_with(1, part=part, by=planner, status=QUOTE)
    order_with(1, part=part, by=planner, row={"delivery_date": None})
    order_with(1, part=part, by=planner, row={"row_status": RowStatus.MANUFACTURED})
    order_with(1, part=MadePartFactory(lot_sizing="LL"), by=planner)
    order_with(1, part=bought_part(), by=planner)

    made = operations.create_linked_orders(date_from=date(2026, 3, 2), date_to=date(2026, 3, 2), by=planner)

    assert (made.orders, made.refused) == (0, [])


def test_create_linked_orders_passes_over_a_row_without_a_bom(planner):
    order_with(1, part=MadePartFactory(lot_sizing="LR"), by=planner)
    order_with(1, part=made_part(), by=planner)

    made = operations.create_linked_orders(date_from=date(2026, 3, 2), date_to=date(2026, 3, 2), by=planner)

    assert (made.orders, len(made.refused)) == (1, 1)


def test_plan_linked_orders_tells_the_same_and_writes_nothing(planner):
    part = made_part(number="FRAME")
    order_with(3, 4, part=part, by=planner)

    planned = operations.plan_linked_orders(date_from=date(2026, 3, 2), date_to=date(2026, 3, 2))

    assert (planned.orders, planned.by_part, ProductionOrder.objects.count()) == (2, {"FRAME": Decimal(7)}, 0)


def test_demand_of_a_sales_row_is_locked_with_its_order(planner):
    row = row_with(3, part=made_part(), by=planner)
    operations.create_production_orders(rows=[row], by=planner)

    operations.change_row(row=row, delivery_date=date(2026, 4, 1), by=planner)

    assert Demand.objects.get(pk=row.demand_id).need_date == date(2026, 4, 1)
