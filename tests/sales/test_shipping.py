"""Net weights of rows and the shipping information of an order."""

from decimal import Decimal

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains

from erp.exceptions import Refused, Stale
from erp.register.models import PartType, UnitConversion
from erp.register.operations import change_setting
from sales import operations
from sales.models import PartPackaging, RowType
from sales.operations import NewShippingLine
from sales.operations.shipping import seen_of
from sales.shipping import shipping_totals, weight_of_rows, weights_differ
from tests.factories import PartFactory, UnitFactory
from tests.linkage.factories import stock
from tests.sales.factories import again, order_with, row_with
from tests.sales.kits import kit_of

pytestmark = pytest.mark.django_db


def boxed_part(**facts):
    """A part of 2.5 kg, twelve to a box."""
    part = PartFactory(weight=Decimal("2.5"), **facts)
    box = UnitFactory(code="box12")
    UnitConversion.objects.create(part=part, unit=box, base=part.unit, numerator=12)
    return part, box


def test_a_row_weighs_what_its_part_does_in_the_rows_unit(seller):
    """S4-230."""
    part, box = boxed_part()

    order = order_with(4, part=part, row={"unit": box}, by=seller)

    assert order.rows.get().net_weight == 30
    assert weight_of_rows(order) == 120


def test_another_unit_weighs_as_much_more(seller):
    part, box = boxed_part()
    row = row_with(24, part=part, by=seller)

    operations.change_row(row=row, unit=box, recalculate=True, by=seller)

    assert (again(row).quantity, again(row).net_weight) == (2, 30)


def test_a_weight_typed_by_hand_and_a_later_weight_of_the_part_stay_apart(seller):
    """S4-231; type 2 by hand."""
    part, _box = boxed_part()
    order = order_with(2, part=part, by=seller)
    freight = {"row_type": RowType.ADDITIONAL, "name": "Crate", "quantity": Decimal(1), "net_weight": Decimal(8)}
    operations.add_row(order=order, **freight, by=seller)

    part.weight = 99
    part.save()

    assert weight_of_rows(order) == 13


LINES = [
    NewShippingLine(quantity=2, package_type="Pallet", weight=Decimal(300), loading_metres=Decimal("0.8"),
                    length=Decimal(120), width=Decimal(80), height=Decimal(100)),
    NewShippingLine(quantity=1, goods_type="Steel", weight=Decimal(50), volume=Decimal("0.5")),
]  # fmt: skip


def test_shipping_information_has_totals_and_reckons_a_volume_from_its_measures(seller):
    """S4-016 to S4-018."""
    order = order_with(1, by=seller)

    operations.set_shipping(order=order, lines=LINES, by=seller)

    totals = shipping_totals(order)
    assert [line.volume for line in order.shipping_lines.all()] == [Decimal("1.92"), Decimal("0.5")]
    assert (totals.quantity, totals.weight, totals.volume, totals.loading_metres) == (
        3, 350, Decimal("2.42"), Decimal("0.8"),
    )  # fmt: skip


def test_shipping_information_changed_by_somebody_else_is_stale(seller):
    order = order_with(1, by=seller)
    seen = seen_of(order)
    operations.set_shipping(order=order, lines=LINES, by=seller)

    with pytest.raises(Stale, match="Somebody else changed the shipping information of S-1001"):
        operations.set_shipping(order=order, lines=[], seen=seen, by=seller)

    assert order.shipping_lines.count() == 2


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ([NewShippingLine(quantity=0)], "A line of the shipping information has at least 1 package."),
        ([NewShippingLine(follows_rows=True)] * 2, "Only one line can follow the weight of the rows."),
        ([NewShippingLine()] * 51, "The shipping information has at most 50 lines."),
    ],
)
def test_set_shipping_refuses(seller, lines, sentence):
    with pytest.raises(Refused) as refusal:
        operations.set_shipping(order=order_with(1, by=seller), lines=lines, by=seller)

    assert str(refusal.value) == sentence


def test_only_packaging_is_a_packaging_part(seller):
    pallet, hammer = PartFactory(part_type=PartType.PACKAGING), PartFactory()
    order = order_with(1, by=seller)

    operations.set_shipping(order=order, lines=[NewShippingLine(packaging=pallet)], by=seller)

    with pytest.raises(Refused, match=f"{hammer} is purchased, not packaging"):
        operations.set_shipping(order=order, lines=[NewShippingLine(packaging=hammer)], by=seller)


@pytest.mark.parametrize(
    ("setting", "weight", "differ"),
    [("automatic", 25, None), ("dialog", 10, (25, 10)), ("never", 10, (25, 10))],
)
def test_a_changed_weight_updates_the_line_that_follows_as_the_setting_says(
    seller, admin_user, setting, weight, differ
):
    """S4-231."""
    change_setting(name="shipping_weight_update", value=setting, by=admin_user)
    row = row_with(4, part=boxed_part()[0], by=seller)
    operations.update_shipping_weight(order=row.order, by=seller)

    operations.change_row(row=row, quantity=Decimal(10), by=seller)

    assert row.order.shipping_lines.get().weight == weight
    assert weights_differ(row.order) == differ


def test_only_line_has_the_weight_of_the_rows_from_now_on(seller):
    row = row_with(2, part=PartFactory(weight=Decimal(3)), by=seller)
    operations.set_shipping(order=row.order, lines=LINES[:1], by=seller)

    operations.update_shipping_weight(order=row.order, by=seller)

    [line] = row.order.shipping_lines.values_list("package_type", "weight", "follows_rows")
    assert line == ("Pallet", weight_of_rows(row.order), True)


def test_of_several_lines_none_is_weighed_before_a_person_says_which(seller):
    row = row_with(2, part=PartFactory(weight=Decimal(3)), by=seller)
    operations.set_shipping(order=row.order, lines=LINES, by=seller)

    with pytest.raises(Refused, match="which of the 2 lines has the weight of the rows"):
        operations.update_shipping_weight(order=row.order, by=seller)


def test_order_asks_about_a_changed_weight_and_updates_it(seller_client, seller):
    row = row_with(4, part=boxed_part()[0], by=seller)
    operations.update_shipping_weight(order=row.order, by=seller)
    operations.change_row(row=row, quantity=Decimal(10), by=seller)

    page = seller_client.get(reverse("sales:order", args=[row.order_id]))
    seller_client.post(reverse("sales:shipping_weight", args=[row.order_id]))

    assertContains(page, "The rows weigh 25.00 kg, the shipping information says 10.00 kg.")
    assert row.order.shipping_lines.get().weight == 25


def test_page_saves_lines_and_keeps_what_was_typed(seller_client, seller):
    order = order_with(1, by=seller)
    url = reverse("sales:shipping", args=[order.pk])
    typed = {"quantity_0": "2", "package_type_0": "Pallet", "weight_0": "heavy", "seen": ""}

    wrong = seller_client.post(url, typed)
    seller_client.post(url, typed | {"weight_0": "300", "goods_type_1": "Steel", "quantity_1": "1"})

    assertContains(wrong, 'value="heavy"', status_code=422)
    assert list(order.shipping_lines.values_list("quantity", "package_type", "goods_type", "weight")) == [
        (2, "Pallet", "", 300),
        (1, "", "Steel", 0),
    ]


@pytest.mark.parametrize(("weight", "weighs"), [(0, 6), (7, 7)])
def test_a_fictitious_part_with_a_weight_is_not_weighed_again_by_its_parts(seller, weight, weighs):
    part = PartFactory(weight=Decimal(2))

    order = order_with(1, part=kit_of((part, 3), weight=weight), by=seller)

    assert weight_of_rows(order) == weighs


def test_packaging_weighs_from_its_delivery_until_it_comes_back(seller, warehouse_keeper, admin_user):
    change_setting(name="shipping_weight_update", value="automatic", by=admin_user)
    row = row_with(4, part=boxed_part()[0], by=seller)
    crate = PartFactory(part_type=PartType.PACKAGING, weight=Decimal(3))
    PartPackaging.objects.create(part=row.part, packaging=crate, per_package=4)
    for part in (row.part, crate):
        stock(part, row.warehouse, 10)
    operations.update_shipping_weight(order=row.order, by=seller)
    lines = [operations.Delivered(row=again(row), quantity=Decimal(4))]

    [note] = operations.deliver_rows(lines=lines, packaging=True, by=warehouse_keeper)
    packed = row.order.shipping_lines.get().weight
    operations.reverse_delivery(delivered=note.rows.get(row=row), by=warehouse_keeper)

    assert (packed, row.order.shipping_lines.get().weight) == (13, 10)


def test_a_volume_that_is_too_large_is_refused_with_its_figure(seller):
    line = NewShippingLine(length=Decimal(10**8), width=Decimal(10**8), height=Decimal(10))

    with pytest.raises(Refused, match="Line 1 of the shipping information of S-1001 takes up 100000000000 m³"):
        operations.set_shipping(order=order_with(1, by=seller), lines=[line], by=seller)


def test_a_weight_that_is_too_large_is_refused_with_its_figure(seller, admin_user):
    heavy = row_with(10**6, part=PartFactory(weight=Decimal(10**6)), by=seller)
    with pytest.raises(Refused, match="The rows of S-1001 weigh 1000000000000 kg"):
        operations.update_shipping_weight(order=heavy.order, by=seller)

    change_setting(name="shipping_weight_update", value="automatic", by=admin_user)
    row = row_with(1, part=heavy.part, by=seller)
    operations.update_shipping_weight(order=row.order, by=seller)
    with pytest.raises(Refused, match="The rows of S-1001 weigh 1000000000000 kg"):
        operations.change_row(row=row, quantity=Decimal(10**6), by=seller)
