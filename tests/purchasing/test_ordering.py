"""Purchase orders made for demands."""

from datetime import date
from decimal import Decimal

import pytest

from erp.exceptions import Refused
from linkage.models import OrderLink, Provenance, Status
from purchasing import operations
from purchasing.models import PurchaseOrder
from tests.factories import MadePartFactory, PartnerFactory, ServicePartFactory, SupplierFactory, UnitConversionFactory
from tests.linkage.factories import TODAY, DemandFactory, MadeSupplyFactory, component_of
from tests.purchasing.factories import SupplierTermFactory, bought, linked_part

pytestmark = pytest.mark.django_db


def order_for(*demands, by, **options):
    return operations.create_orders_for(demands=list(demands), by=by, business_date=TODAY, **options)


def test_create_orders_for_links_an_order_oriented_part(buyer):
    demand = bought(DemandFactory(part=linked_part(safety_time=2), quantity=10), price=Decimal(3))

    [row] = order_for(demand, by=buyer)

    assert (row.quantity, row.price, row.goods_label) == (10, 3, str(demand.document))
    supply = row.supply
    assert (supply.quantity, supply.due_date, supply.status) == (10, date(2026, 3, 18), Status.PLANNED)
    link = OrderLink.objects.get()
    assert (link.supply, link.demand, link.quantity, link.kind, link.contract) == (supply, demand, 10, "bound", False)
    assert Provenance.objects.values_list("supply", "demand", "quantity").get() == (supply.pk, demand.pk, 10)


def test_create_orders_for_carries_header_facts(buyer):
    demand = bought(DemandFactory(part=linked_part()), supplier=SupplierFactory(currency="SEK"), currency="SEK")

    [row] = order_for(demand, by=buyer)

    order = row.order
    assert (order.status, order.currency, order.buyer, order.goods_label) == (
        "draft",
        "SEK",
        buyer,
        str(demand.document),
    )
    assert (order.document.number, order.document.ordered_on) == ("P-1001", TODAY)


def test_create_orders_for_a_stock_driven_part_is_free_supply(buyer):
    demand = bought(DemandFactory(quantity=10))

    [row] = order_for(demand, by=buyer)

    row.supply.refresh_from_db()
    assert (row.supply.free, OrderLink.objects.count(), Provenance.objects.count()) == (10, 0, 1)


def test_create_orders_for_contract_links_a_stock_driven_part_too(buyer):
    demand = bought(DemandFactory(quantity=10))

    order_for(demand, by=buyer, contract=True)

    assert OrderLink.objects.values_list("demand", "kind", "contract").get() == (demand.pk, "bound", True)


def test_create_orders_for_a_service_is_linked(buyer):
    line = MadeSupplyFactory()
    demand = bought(component_of(line, part=ServicePartFactory(), quantity=3))

    [row] = order_for(demand, by=buyer)

    assert OrderLink.objects.values_list("supply", "quantity").get() == (row.supply_id, 3)


def test_create_orders_for_leaves_the_surplus_of_a_multiple_free(buyer):
    box = UnitConversionFactory(numerator=12).unit
    demand = bought(DemandFactory(part=linked_part(), quantity=10), unit=box)

    [row] = order_for(demand, by=buyer)

    row.supply.refresh_from_db()
    assert (row.quantity, row.unit, row.supply.quantity, row.supply.free) == (1, box, 12, 2)


def test_create_orders_for_groups_by_supplier(buyer):
    supplier, other = SupplierFactory.create_batch(2)
    first = bought(DemandFactory(part=linked_part(), need_date=date(2026, 4, 2)), supplier=supplier)
    second = bought(
        DemandFactory(part=linked_part(), warehouse=first.warehouse, need_date=date(2026, 4, 1)), supplier=supplier
    )
    third = bought(DemandFactory(part=linked_part(), warehouse=first.warehouse), supplier=other)

    rows = order_for(first, second, third, by=buyer)

    assert PurchaseOrder.objects.count() == 2
    assert [row.position for row in rows] == [20, 10, 10]
    assert [row.order.document.partner for row in rows] == [supplier, supplier, other]


def test_create_orders_for_a_chosen_supplier_and_quantity(buyer):
    demand = bought(DemandFactory(part=linked_part(), quantity=10))
    other = SupplierTermFactory(part=demand.part, is_default=False).supplier

    [row] = order_for(demand, by=buyer, suppliers={demand.pk: other}, quantities={demand.pk: Decimal(4)})

    assert (row.order.document.partner, row.quantity, OrderLink.objects.get().quantity) == (other, 4, 4)


def test_create_orders_for_is_the_same_order_for_the_same_key(buyer):
    demand = bought(DemandFactory(part=linked_part()))
    key = "11111111-1111-4111-8111-111111111111"

    first = order_for(demand, by=buyer, key=key)
    second = order_for(demand, by=buyer, key=key)

    assert (first, PurchaseOrder.objects.count()) == (second, 1)


def test_create_orders_for_uses_the_only_supplier_without_a_default(buyer):
    demand = bought(DemandFactory(part=linked_part()), is_default=False)

    [row] = order_for(demand, by=buyer)

    assert row.order.document.partner == demand.part.supplier_terms.get().supplier


def test_create_orders_for_costs_as_many_queries_for_three_as_for_one(buyer, django_assert_max_num_queries):
    demands = [bought(DemandFactory(part=linked_part())) for _ in range(4)]
    for demand in demands:
        demand.document.company = demands[0].document.company

    with django_assert_max_num_queries(100) as one:
        order_for(demands[0], by=buyer)
    same = [bought(DemandFactory(part=linked_part(), warehouse=demands[1].warehouse)) for _ in range(3)]
    with django_assert_max_num_queries(100) as three:
        order_for(*same, by=buyer)

    assert len(three) == len(one)


REFUSALS = {
    "made": ({"part": MadePartFactory}, r"is manufactured, not bought\."),
    "undated": ({"need_date": None}, r"has no date\."),
    "forecast": ({"kind": "forecast"}, r"is a forecast; nothing is bought for it\."),
    "closed": ({"status": "closed"}, r"is closed; nothing is bought for it\."),
    "nothing": ({"cancelled": 10}, r"Nothing of S-\d+/10 is uncovered\."),
}


@pytest.mark.parametrize(("facts", "sentence"), REFUSALS.values(), ids=REFUSALS.keys())
def test_create_orders_for_refuses(buyer, facts, sentence):
    facts = {name: value() if isinstance(value, type) else value for name, value in facts.items()}
    demand = bought(DemandFactory(**facts))

    with pytest.raises(Refused, match=sentence):
        order_for(demand, by=buyer)

    assert PurchaseOrder.objects.count() == 0


@pytest.mark.parametrize(
    ("quantity", "sentence"),
    [
        ("0", r"enter a quantity above 0\."),
        ("1.5", r"1\.5 pcs has too many decimals"),
        ("11", r"Only 10 of S-\d+/10 is uncovered; 11 was asked for\."),
    ],
)
def test_create_orders_for_refuses_a_quantity(buyer, quantity, sentence):
    demand = bought(DemandFactory(quantity=10))

    with pytest.raises(Refused, match=sentence):
        order_for(demand, by=buyer, quantities={demand.pk: Decimal(quantity)})


def test_create_orders_for_refuses_without_terms_and_says_so_for_each_demand(buyer):
    lone = DemandFactory()
    torn = DemandFactory()
    SupplierTermFactory.create_batch(2, part=torn.part, is_default=False)

    with pytest.raises(operations.NotOrdered) as refusal:
        order_for(lone, torn, by=buyer)

    assert refusal.value.problems == {
        lone.pk: f"{lone}: no supplier has terms for {lone.part}.",
        torn.pk: f"{torn}: {torn.part} has several suppliers and no default one.",
    }


def test_create_orders_for_refuses_a_supplier_without_terms(buyer):
    demand = bought(DemandFactory())
    stranger = PartnerFactory(is_supplier=True)

    with pytest.raises(Refused, match=f"{stranger} has no terms for {demand.part}"):
        order_for(demand, by=buyer, suppliers={demand.pk: stranger})
