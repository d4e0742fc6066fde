"""The largest quantity of an order row: more is ordered in several rows, and what each is for adds up to the need."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.urls import reverse
from pytest_django.asserts import assertContains

from erp.exceptions import Refused
from erp.register.units import Conversions
from linkage.models import OrderLink, Provenance, Supply
from purchasing import operations
from purchasing.arithmetic import order_quantity
from purchasing.models import PurchaseOrderRow
from purchasing.targets import target_lines
from tests.factories import PartFactory, UnitConversionFactory, WarehouseFactory
from tests.linkage.factories import TODAY, DemandFactory
from tests.purchasing.factories import PriceBreakFactory, SupplierTermFactory, bought, linked_part

pytestmark = pytest.mark.django_db
NEED, LATER = date(2026, 3, 20), date(2026, 3, 27)


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to("2026-03-02 12:00Z")


def sized(need, **terms):
    term = SupplierTermFactory(**terms)
    found = order_quantity(need=Decimal(need), term=term, conversions=Conversions([term.part]))
    return found.quantity, found.base, [row.quantity for row in found.rows]


@pytest.mark.parametrize(
    ("need", "terms", "rows"),
    [
        pytest.param(16, {"minimum": 50, "maximum": 100}, [50], id="A7: minimum"),
        pytest.param(140, {"minimum": 50, "maximum": 100}, [100, 50], id="A7: maximum and minimum"),
        pytest.param(112, {"multiple": 25}, [125], id="A7: multiple"),
        pytest.param(100, {"maximum": 100}, [100], id="just the maximum"),
        pytest.param(200, {"maximum": 100}, [100, 100], id="twice the maximum"),
        pytest.param(212, {"maximum": 100, "multiple": 25}, [100, 100, 25], id="maximum and multiple"),
        pytest.param("0.5", {"maximum": 100, "minimum": 100}, [100], id="minimum and maximum alike"),
    ],
)
def test_order_quantity_is_divided_at_the_maximum(need, terms, rows):
    total = sum(rows)

    assert sized(need, **terms) == (total, total, rows)


def test_maximum_is_in_the_purchase_unit():
    box = UnitConversionFactory(numerator=12).unit

    assert sized(130, unit=box, maximum=5) == (11, 132, [5, 5, 1])


def test_a_need_of_a_hundred_maxima_is_the_most():
    assert len(sized(200, maximum=2)[2]) == 100
    with pytest.raises(Refused, match=r"delivers at most 2 pcs of .* in a row; 201 would take more than 100 rows\."):
        sized(201, maximum=2)


@pytest.mark.parametrize(
    ("terms", "name", "words"),
    [
        ({"minimum": 50, "maximum": 40}, "maximum_not_below_minimum", "The maximum lies below the minimum."),
        ({"multiple": 30, "maximum": 100}, "maximum_in_multiples", "The maximum is no multiple of the multiple."),
    ],
)
def test_maximum_fits_minimum_and_multiple(terms, name, words):
    term = SupplierTermFactory()
    for field, value in terms.items():
        setattr(term, field, Decimal(value))

    with pytest.raises(ValidationError, match=words):
        term.full_clean()
    with pytest.raises(IntegrityError, match=f"supplier_term_{name}"):
        term.save()


def test_order_made_from_a_row_has_a_row_for_each_maximum_linked_to_it(buyer):
    demand = bought(DemandFactory(part=linked_part(), quantity=140), minimum=50, maximum=100)

    rows = operations.create_orders_for(demands=[demand], by=buyer, business_date=TODAY)

    assert [(row.order_id, row.position, row.quantity) for row in rows] == [
        (rows[0].order_id, 10, 100),
        (rows[0].order_id, 20, 50),
    ]
    links = OrderLink.objects.order_by("pk").values_list("supply", "quantity", "kind")
    assert list(links) == [(rows[0].supply_id, 100, "bound"), (rows[1].supply_id, 40, "bound")]
    assert list(Provenance.objects.order_by("pk").values_list("supply", "quantity")) == [
        (rows[0].supply_id, 100),
        (rows[1].supply_id, 40),
    ]
    demand.refresh_from_db()
    assert (demand.uncovered, Supply.objects.get(pk=rows[1].supply_id).free) == (0, 10)


def test_rows_of_several_demands_come_in_their_order(buyer):
    part, warehouse = linked_part(), WarehouseFactory()
    SupplierTermFactory(part=part, maximum=10)
    late, early = (DemandFactory(part=part, warehouse=warehouse, quantity=15, need_date=day) for day in (LATER, NEED))

    rows = operations.create_orders_for(demands=[late, early], by=buyer, business_date=TODAY)

    made_for = dict(Provenance.objects.values_list("supply", "demand"))
    assert [(made_for[row.supply_id], row.quantity) for row in rows] == [
        (late.pk, 10),
        (late.pk, 5),
        (early.pk, 10),
        (early.pk, 5),
    ]


def test_target_list_says_in_how_many_rows_and_what_they_cost(buyer_client):
    part = PartFactory()
    term = SupplierTermFactory(part=part, price=Decimal(2), minimum=50, maximum=100)
    PriceBreakFactory(term=term, from_quantity=100, price=Decimal(1))
    DemandFactory(part=part, quantity=140, need_date=NEED)

    [line] = target_lines(today=TODAY).lines

    assert (line.ordered.quantity, line.surplus, line.value) == (150, 10, 200)
    assert [row.quantity for row in line.ordered.rows] == [100, 50]
    assertContains(buyer_client.get(reverse("purchasing:target_list")), "150.00 in 2 rows")


def test_surplus_of_a_divided_need_serves_the_next_one():
    part, warehouse = PartFactory(), WarehouseFactory()
    SupplierTermFactory(part=part, minimum=50, maximum=100)
    for quantity, day in ((140, NEED), (12, LATER)):
        DemandFactory(part=part, warehouse=warehouse, quantity=quantity, need_date=day)

    lines = target_lines(today=TODAY).lines

    assert [(line.facts.short, line.ordered.quantity) for line in lines] == [(140, 150), (12, 50)]


def test_need_of_more_than_a_hundred_maxima_leaves_the_others_their_lines():
    part, warehouse = PartFactory(), WarehouseFactory()
    SupplierTermFactory(part=part, maximum=2)
    for quantity, day in ((201, NEED), (3, LATER)):
        DemandFactory(part=part, warehouse=warehouse, quantity=quantity, need_date=day)

    first, second = target_lines(today=TODAY).lines

    assert (first.facts.short, first.ordered, second.ordered.quantity) == (201, None, 3)


@pytest.mark.parametrize("oriented", [True, False])
def test_targets_are_ordered_in_rows_of_the_maximum(buyer, oriented):
    part, warehouse = linked_part() if oriented else PartFactory(), WarehouseFactory()
    term = SupplierTermFactory(part=part, price=Decimal(2), minimum=50, maximum=100)
    PriceBreakFactory(term=term, from_quantity=100, price=Decimal(1))
    demands = [
        DemandFactory(part=part, warehouse=warehouse, quantity=quantity, need_date=day)
        for quantity, day in ((140, NEED), (12, LATER))
    ]

    operations.order_targets(demands=demands, by=buyer, business_date=TODAY)

    rows = PurchaseOrderRow.objects.order_by("position")
    assert [(row.quantity, row.price) for row in rows] == [(100, 1), (50, 2), (50, 2)]
    shares = [(0, 100), (0, 40), (1, 10), (1, 2)]
    pks = [demand.pk for demand in demands]
    made_for = Provenance.objects.order_by("pk").values_list("demand", "quantity")
    assert [(pks.index(demand), quantity) for demand, quantity in made_for] == shares
    linked = OrderLink.objects.order_by("pk").values_list("demand", "quantity")
    assert [(pks.index(demand), quantity) for demand, quantity in linked] == (shares if oriented else [])


def test_lines_ordered_as_one_fill_the_rows_one_after_the_other(buyer):
    part, warehouse = linked_part(), WarehouseFactory()
    SupplierTermFactory(part=part, maximum=100)
    demands = [
        DemandFactory(part=part, warehouse=warehouse, quantity=quantity, need_date=day)
        for quantity, day in ((80, NEED), (60, LATER))
    ]

    operations.order_targets(demands=demands, by=buyer, business_date=TODAY, combine=True)

    rows = list(PurchaseOrderRow.objects.order_by("position"))
    links = OrderLink.objects.order_by("pk").values_list("supply", "demand", "quantity")
    assert [row.quantity for row in rows] == [100, 40]
    assert list(links) == [
        (rows[0].supply_id, demands[0].pk, 80),
        (rows[0].supply_id, demands[1].pk, 20),
        (rows[1].supply_id, demands[1].pk, 40),
    ]
