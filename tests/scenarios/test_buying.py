"""Situations that other systems' suites are about, from the purchase targets to goods that somebody was promised."""

from datetime import date
from decimal import Decimal

import pytest

from erp.register.models import Setting
from linkage import operations as linking
from linkage import queries
from linkage.models import OrderLink
from purchasing import operations
from purchasing.models import PurchaseOrderRow
from purchasing.targets import target_lines
from tests.factories import PartFactory, WarehouseFactory
from tests.linkage.factories import TODAY, DemandFactory, DocumentFactory, SupplyFactory, stock
from tests.purchasing.factories import SupplierTermFactory, again, demand_of, linked_part, purchase_row

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to("2026-03-02 12:00Z")


def needs(*wanted, part=None, **terms):
    """Sales of one bought part in one warehouse, (quantity, need date) each, and the terms it is bought on."""
    part = part or PartFactory()
    SupplierTermFactory(part=part, **terms)
    warehouse = WarehouseFactory()
    return [DemandFactory(part=part, warehouse=warehouse, quantity=n, need_date=day) for n, day in wanted]


def comes(sale, quantity, day):
    """An open supply of the part."""
    return SupplyFactory(part=sale.part, warehouse=sale.warehouse, quantity=quantity, due_date=day)


def bought(by):
    """[(quantity, due)] of the rows that ordering every target makes, by date."""
    demands = [line.demand for line in target_lines(today=TODAY)]
    rows = operations.order_targets(demands=demands, business_date=TODAY, by=by)
    return sorted(((row.quantity, row.supply.due_date) for row in rows), key=lambda row: row[1])


def test_b2_later_supply_does_not_cover_an_earlier_need(buyer):
    [sale] = needs((20, date(2026, 4, 13)))
    comes(sale, 10, date(2026, 4, 10))
    comes(sale, 10, date(2026, 4, 14))

    assert bought(buyer) == [(10, date(2026, 4, 13))]


@pytest.mark.parametrize(
    ("need", "terms", "rows"),
    [
        pytest.param(16, {"minimum": 50}, [50], id="minimum"),
        pytest.param(140, {"minimum": 50, "maximum": 100}, [100, 50], id="minimum and maximum"),
        pytest.param(112, {"multiple": 25}, [125], id="multiple"),
    ],
)
def test_a7_lot_sizes_are_those_of_the_suppliers_terms(buyer, need, terms, rows):
    needs((need, date(2026, 4, 13)), **terms)

    assert [quantity for quantity, _due in bought(buyer)] == rows


def test_a7_lots_of_a_later_need_are_smaller_by_the_surplus_of_the_earlier_one(buyer):
    day, later = date(2026, 4, 13), date(2026, 4, 27)
    first, *_rest = needs((124, day), (90, day), (18, later), multiple=5)
    comes(first, 87, date(2026, 4, 10))

    assert bought(buyer) == [(130, day), (15, later)]


def test_87_come_and_the_surplus_of_the_first_row_covers_part_of_the_second(buyer):
    day, later = date(2026, 4, 13), date(2026, 4, 27)
    part = linked_part()
    first, second = needs((90, day), (18, later), part=part, multiple=5)
    row = purchase_row(quantity=87, part=part, warehouse=first.warehouse, due_date=date(2026, 4, 10))
    linking.link(demand=first, supply=row.supply, quantity=Decimal(87), by=buyer)

    assert bought(buyer) == [(5, day), (20, later)]
    made = PurchaseOrderRow.objects.exclude(pk=row.pk).order_by("supply__due_date")
    shares = [list(one.supply.links.order_by("pk").values_list("demand", "quantity")) for one in made]
    assert shares == [[(first.pk, 3), (second.pk, 2)], [(second.pk, 16)]]
    assert [again(one).supply.free for one in made] == [0, 4]


def test_b3_a_sent_order_serves_nine_sales_the_late_ones_too_and_the_rest_is_free(buyer):
    Setting.objects.create(name="backorder_linking", value=True)
    row = purchase_row(quantity=100, due_date=date(2026, 3, 18))
    days = [date(2026, 3, 10)] * 4 + [date(2026, 3, 25)] * 5
    sales = [
        demand_of(
            row, quantity=10, need_date=day, document=DocumentFactory(serial=serial, company=row.order.document.company)
        )
        for serial, day in enumerate(days, start=1)
    ]

    operations.send(order=row.order, by=buyer)

    links = OrderLink.objects.order_by("pk").values_list("demand", "quantity", "kind")
    assert list(links) == [(sale.pk, 10, "claimed") for sale in sales]
    assert again(row).supply.free == 10
    covered = queries.coverage(sales, today=TODAY)
    assert [covered[sale.pk].is_late for sale in sales] == [True] * 4 + [False] * 5


def test_b16_less_arrives_than_two_requests_want_and_the_rest_does_not_come(buyer):
    row = purchase_row(quantity=10, sent=True, by=buyer)
    first, second = (demand_of(row, quantity=Decimal(n), need_date=date(2026, 3, 20)) for n in (4, 6))
    for demand in (first, second):
        linking.link(demand=demand, supply=row.supply, quantity=demand.quantity, by=buyer)

    operations.receive(row=again(row), quantity=Decimal(4), final=True, effective_on=TODAY, by=buyer)

    shelf = {link.demand_id: (link.on_shelf, link.open) for link in OrderLink.objects.all()}
    second.refresh_from_db()
    assert shelf == {first.pk: (4, 4), second.pk: (0, 0)}
    assert (second.uncovered, again(row).short_closed) == (6, True)


def test_b19_a_row_linked_beside_stock_and_unlinked_changes_no_quantity(buyer, planner):
    row = purchase_row(quantity=4, due_date=date(2026, 3, 18), sent=True, by=buyer)
    demand = demand_of(row, quantity=10, need_date=date(2026, 3, 20))
    stock(row.supply.part, row.supply.warehouse, 6)

    link = linking.link(demand=demand, supply=row.supply, quantity=Decimal(4), by=buyer)
    demand.refresh_from_db()
    covered = queries.coverage_of(demand, today=TODAY)
    split = (covered.unconfirmed, covered.from_free, covered.short)
    linking.disconnect(link=link, by=planner)

    demand.refresh_from_db()
    assert split == (4, 6, 0)
    assert (demand.quantity, demand.uncovered, again(row).quantity, again(row).supply.free) == (10, 10, 4, 4)
