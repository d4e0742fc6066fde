"""Alloy cost below a row: made where the customer's terms say so, following its row, divided with it."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from erp.exceptions import Refused
from linkage.operations import disconnect
from linkage.operations import link as link_supply
from sales import operations
from sales.models import Account, CustomerTerm, Role, RowType, VatCode
from sales.operations import NewPart
from sales.statuses import DELIVERED
from sales.sums import totals_of
from tests.factories import PartFactory, PartnerFactory, UnitConversionFactory
from tests.linkage.factories import stock
from tests.sales.factories import again, order_with, row_with
from tests.sales.kits import kit_of, part_below

pytestmark = pytest.mark.django_db
PRICED = {"unit_price": Decimal(100), "discount": Decimal(10)}


@pytest.fixture
def rod():
    """Half a kilo, 8 a kilo of alloy, and 2 % of the price."""
    return PartFactory(number="ROD", weight=Decimal("0.5"), alloy_price=8, alloy_percent=2)


@pytest.fixture
def customer():
    customer = PartnerFactory()
    CustomerTerm.objects.create(customer=customer, creates_alloy_cost=True)
    return customer


@pytest.fixture
def row(seller, rod, customer):
    return row_with(10, part=rod, customer=customer, row=PRICED, by=seller)


def alloys(order):
    """[(row, quantity, price)] of an order's alloy costs."""
    found = order.rows.for_list().filter(role=Role.ALLOY).in_order()
    return [(str(row).removeprefix(f"{order}/"), row.quantity, row.unit_price) for row in found]


def test_row_gets_its_alloy_cost_when_it_is_registered(seller, rod, row):
    added = operations.add_row(order=row.order, part=rod, quantity=Decimal(2), **PRICED, by=seller)

    assert alloys(row.order) == [("10.1", 10, Decimal("5.8")), ("20.1", 2, Decimal("5.8"))]
    assert totals_of(row.order).amount == 12 * 90 + 12 * Decimal("5.8")
    assert added.demand is not None


def test_alloy_cost_is_in_the_currency_of_the_order(seller, rod, customer):
    facts = {"currency": "SEK", "exchange_rate": Decimal("0.1"), "customer": customer}

    order = order_with(10, part=rod, row=PRICED, by=seller, **facts)

    assert alloys(order) == [("10.1", 10, Decimal("41.8"))]


@pytest.mark.parametrize("part", [{}, {"weight": 2}, {"alloy_price": 5}])
def test_part_without_alloy_has_none(seller, customer, part):
    assert alloys(order_with(10, part=PartFactory(**part), customer=customer, by=seller)) == []


def test_customer_without_the_setting_gets_it_by_hand(seller, seller_client, rod):
    row = row_with(10, part=rod, row=PRICED, by=seller)
    assert alloys(row.order) == []

    seller_client.post(reverse("sales:alloy_below", args=[row.pk]))

    assert alloys(row.order) == [("10.1", 10, Decimal("5.8"))]
    with pytest.raises(Refused, match="has its alloy cost already"):
        operations.add_alloy_cost(row=row, by=seller)
    with pytest.raises(Refused, match="has no alloy cost: the register says none of"):
        operations.add_alloy_cost(row=row_with(1, by=seller), by=seller)


def test_alloy_cost_follows_quantity_and_price_of_its_row(seller, row):
    operations.change_row(row=row, quantity=Decimal(4), unit_price=Decimal(200), by=seller)

    assert alloys(row.order) == [("10.1", 4, Decimal("7.6"))]


def test_typed_alloy_cost_stays(seller, row):
    operations.change_row(row=row.sub_rows.get(), unit_price=Decimal(3), by=seller)

    operations.change_row(row=row, quantity=Decimal(4), by=seller)

    assert alloys(row.order) == [("10.1", 4, 3)]


def test_split_divides_the_alloy_cost_where_the_customer_gets_it(seller, row):
    operations.split_row(row=row, parts=[NewPart(quantity=Decimal(7)), NewPart(quantity=Decimal(3))], by=seller)

    assert alloys(row.order) == [("10.1", 7, Decimal("5.8")), ("20.1", 3, Decimal("5.8"))]


def test_split_leaves_the_alloy_cost_at_its_price(seller, rod, row):
    rod.alloy_price = 10
    rod.save()

    operations.split_row(row=again(row), parts=[NewPart(quantity=Decimal(7)), NewPart(quantity=Decimal(3))], by=seller)

    assert alloys(row.order) == [("10.1", 7, Decimal("5.8")), ("20.1", 3, Decimal("5.8"))]


def test_split_leaves_the_alloy_cost_whole_otherwise(seller, row):
    CustomerTerm.objects.update(creates_alloy_cost=False)

    operations.split_row(row=row, parts=[NewPart(quantity=Decimal(7)), NewPart(quantity=Decimal(3))], by=seller)

    assert alloys(row.order) == [("10.1", 10, Decimal("5.8"))]


def test_alloy_cost_that_a_split_left_whole_follows_in_proportion(seller, row):
    CustomerTerm.objects.update(creates_alloy_cost=False)
    operations.split_row(row=row, parts=[NewPart(quantity=Decimal(5)), NewPart(quantity=Decimal(5))], by=seller)

    operations.change_row(row=again(row), goods_label="A", by=seller)
    assert alloys(row.order) == [("10.1", 10, Decimal("5.8"))]
    operations.change_row(row=again(row), quantity=Decimal(4), by=seller)
    assert alloys(row.order) == [("10.1", 8, Decimal("5.8"))]

    CustomerTerm.objects.update(creates_alloy_cost=True)
    operations.split_row(row=again(row), parts=[NewPart(quantity=Decimal(3)), NewPart(quantity=Decimal(1))], by=seller)
    assert [quantity for _row, quantity, _price in alloys(row.order)] == [6, 2]


def test_alloy_cost_follows_the_discount_that_a_typed_total_makes(seller, row):
    total = operations.add_row(order=row.order, row_type=RowType.TOTAL, name="All", by=seller)

    operations.edit_total(row=again(total), total=Decimal(500), by=seller)

    assert alloys(row.order) == [("10.1", 10, 5)]


@pytest.mark.parametrize("creates", [True, False])
def test_alloy_cost_is_taxed_and_posted_as_its_row(seller, rod, customer, creates):
    CustomerTerm.objects.update(creates_alloy_cost=creates)
    code = VatCode.objects.create(code="S25", name="Sales 25 %")
    account = Account.objects.create(number="3010", name="Metal")
    facts = {"vat_code": code, "sales_account": account} | PRICED
    row = row_with(10, part=rod, customer=customer, row=facts, by=seller)
    if not creates:
        operations.add_alloy_cost(row=row, by=seller)
        CustomerTerm.objects.update(creates_alloy_cost=True)
    parts = [NewPart(quantity=Decimal(7)), NewPart(quantity=Decimal(3))]
    operations.split_row(row=again(row), parts=parts, by=seller)

    found = row.order.rows.filter(role=Role.ALLOY)

    assert list(found.values_list("vat_code__code", "sales_account__number")) == [("S25", "3010")] * 2


def test_copy_has_each_alloy_cost_once(seller, row):
    assert alloys(operations.copy_order(order=row.order, by=seller)) == [("10.1", 10, Decimal("5.8"))]


def test_alloy_cost_is_delivered_and_taken_back_with_its_row(warehouse_keeper, row):
    stock(row.part, row.warehouse, 10)
    with pytest.raises(Refused, match="is the alloy cost of row 10: it is delivered with that row"):
        operations.deliver(row=row.sub_rows.get(), quantity=Decimal(10), by=warehouse_keeper)

    operations.deliver(row=row, quantity=Decimal(10), by=warehouse_keeper)
    assert (row.sub_rows.get().is_closed, again(row).order.status) == (True, DELIVERED)

    operations.reverse_delivery(delivered=row.delivery_rows.get(), by=warehouse_keeper)
    assert not row.sub_rows.get().is_closed


def test_alloy_cost_of_a_row_that_stays_as_cancelled_is_called_off(planner, row):
    link = link_supply(demand=row.demand, supply=stock(row.part, row.warehouse, 10), quantity=Decimal(10), by=planner)
    disconnect(link=link, by=planner)

    operations.delete_row(row=row, by=planner)

    assert totals_of(row.order).amount == 0


@pytest.mark.parametrize("facts", [{"alloy_price": -1}, {"alloy_percent": 101}])
def test_database_refuses_an_alloy_cost_that_is_none(rod, facts):
    with pytest.raises(IntegrityError, match="part_alloy_cost_sane"), transaction.atomic():
        type(rod).objects.filter(pk=rod.pk).update(**facts)


@pytest.fixture
def kit_row(seller, customer):
    """10 kits of a hammer and a screw each, which have 3 a piece of alloy."""
    hammer, screw = PartFactory(number="HAMMER"), PartFactory(number="SCREW")
    kit = kit_of((hammer, 1), (screw, 1), weight=1, alloy_price=3)
    row = row_with(10, part=kit, customer=customer, by=seller)
    for part in (hammer, screw):
        stock(part, row.warehouse, 10)
    return row


def delivered_parts(row, *numbers, by):
    """The last delivery note of the parts below a fictitious part, delivered one by one."""
    for number in numbers:
        operations.deliver(row=part_below(row, number), quantity=Decimal(10), by=by)
    return row.order.delivery_notes.latest("pk")


def noted(note):
    """[(row, quantity)] that stand on a note."""
    rows = note.rows.for_list().standing().order_by("pk")
    return [(one.row.place, one.quantity) for one in rows]


def test_alloy_cost_of_a_fictitious_part_is_noted_with_the_last_of_its_parts(seller, warehouse_keeper, kit_row):
    first = delivered_parts(kit_row, "HAMMER", by=warehouse_keeper)
    last = delivered_parts(kit_row, "SCREW", by=warehouse_keeper)

    basis = operations.export_invoice_basis(company=kit_row.order.document.company, by=seller)

    alloy = kit_row.sub_rows.get(role=Role.ALLOY)
    assert [quantity for _place, quantity in noted(first)] == [10]
    assert noted(last)[1:] == [(again(alloy).place, 10)]
    assert [line.amount for line in basis.lines.filter(row=alloy)] == [30]


def test_alloy_cost_of_a_fictitious_part_comes_back_with_any_of_its_parts(warehouse_keeper, kit_row):
    last = delivered_parts(kit_row, "HAMMER", "SCREW", by=warehouse_keeper)
    hammer = part_below(kit_row, "HAMMER").delivery_rows.get()

    operations.reverse_delivery(delivered=hammer, by=warehouse_keeper)

    alloy = kit_row.sub_rows.get(role=Role.ALLOY)
    assert (len(noted(last)), alloy.is_closed) == (1, False)

    again_noted = delivered_parts(kit_row, "HAMMER", by=warehouse_keeper)
    assert noted(again_noted)[1:] == [(again(alloy).place, 10)]


def test_alloy_cost_of_a_row_that_ends_short_is_that_of_what_left(warehouse_keeper, row):
    stock(row.part, row.warehouse, 7)
    operations.deliver(row=row, quantity=Decimal(3), by=warehouse_keeper)

    operations.deliver(row=again(row), quantity=Decimal(4), final=True, by=warehouse_keeper)

    assert row.sub_rows.get().delivery_rows.get().quantity == 7


def test_alloy_cost_does_not_come_back_alone(warehouse_keeper, row):
    stock(row.part, row.warehouse, 10)
    operations.deliver(row=row, quantity=Decimal(10), by=warehouse_keeper)

    with pytest.raises(Refused, match=r"S-1001/10\.1 comes back with row 10: take that back"):
        operations.reverse_delivery(delivered=row.sub_rows.get().delivery_rows.get(), by=warehouse_keeper)


def test_order_with_alloy_of_a_fictitious_part_leaves_whole(warehouse_keeper, kit_row):
    type(kit_row.order).objects.update(partial_delivery_allowed=False)
    parts = [part_below(kit_row, number) for number in ("HAMMER", "SCREW")]
    lines = [operations.Picked(row=part, quantity=Decimal(10)) for part in parts]
    [made] = operations.create_pick_lists(lines=lines, by=warehouse_keeper)
    picks = made.rows.for_list()

    lines = [operations.Delivered(row=again(one.row), quantity=Decimal(10), pick_row=one) for one in picks]
    operations.deliver_rows(lines=lines, pick_list=made, by=warehouse_keeper)

    assert again(kit_row).order.status == DELIVERED


def test_alloy_cost_is_not_picked(warehouse_keeper, row):
    with pytest.raises(Refused, match=r"S-1001/10\.1 is the alloy cost of row 10"):
        operations.create_pick_lists(
            lines=[operations.Picked(row=row.sub_rows.get(), quantity=Decimal(10))], by=warehouse_keeper
        )


def test_alloy_cost_is_weight_and_share_of_the_net_price_in_the_unit_and_currency_of_the_row(seller, customer):
    """A box of 12 rods of 0.25 kg: 3 kg at 4 EUR are 12 EUR, at 1.25 9.60 GBP; 5 % of 90 GBP net are 4.50 more."""
    rod = PartFactory(weight=Decimal("0.25"), alloy_price=4, alloy_percent=5)
    box = UnitConversionFactory(part=rod, base=rod.unit, numerator=12).unit
    facts = {"currency": "GBP", "exchange_rate": Decimal("1.25"), "customer": customer}
    priced = {"unit": box, "unit_price": Decimal(100), "discount": Decimal(10)}

    order = order_with(3, part=rod, row=priced, by=seller, **facts)

    assert alloys(order) == [("10.1", 3, Decimal("14.1"))]
    assert totals_of(order).amount == 270 + Decimal("42.3")
