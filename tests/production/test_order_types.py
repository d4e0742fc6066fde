"""Which order type a production order gets, what its number begins with, and where it is seen."""

import csv

import pytest
from django.db import IntegrityError
from django.urls import reverse

from linkage.models import Document
from production import operations
from production.models import ProductionOrder, ProductionOrderType, UsersProductionOrderType, order_type_of
from sales.models import OrderType
from sales.operations import create_production_orders
from tests.factories import MadePartFactory, PartFactory, UserFactory, WarehouseFactory
from tests.linkage.factories import TODAY
from tests.production.factories import bom_of
from tests.production.making import order_of
from tests.sales.factories import row_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def normal():
    return ProductionOrderType.objects.create(code="N", name="Normal", is_default=True)


@pytest.fixture
def repair(planner):
    kind = ProductionOrderType.objects.create(code="R", name="Repair", prefix="REP-")
    UsersProductionOrderType.objects.create(user=planner, order_type=kind)
    return kind


def bike(**facts):
    """A made part with a made part below it."""
    frame, bike = MadePartFactory(lot_sizing="LR"), MadePartFactory(lot_sizing="LR", **facts)
    bom_of(frame, (PartFactory(), 1))
    bom_of(bike, (frame, 1))
    return bike


def test_order_type_of_is_the_users_own_else_the_default_one(normal, repair, planner):
    assert (order_type_of(planner), order_type_of(UserFactory())) == (repair, normal)


def test_order_type_of_passes_an_inactive_type_over(normal, repair, planner):
    ProductionOrderType.objects.filter(pk=repair.pk).update(is_active=False)

    assert order_type_of(planner) == normal


def test_there_is_one_default_order_type(normal):
    with pytest.raises(IntegrityError, match="production_order_type_one_default"):
        ProductionOrderType.objects.create(code="X", name="Other", is_default=True)


def test_the_default_order_type_is_active(normal):
    with pytest.raises(IntegrityError, match="production_order_type_default_is_active"):
        ProductionOrderType.objects.filter(pk=normal.pk).update(is_active=False)


@pytest.mark.parametrize("prefix", ["M-1", "7", "REP ", "A B-", " "])
def test_prefix_has_no_spaces_and_no_digit_before_the_number(prefix):
    with pytest.raises(IntegrityError, match="production_order_type_prefix_ends_before_the_number"):
        ProductionOrderType.objects.create(code="X", name="Other", prefix=prefix)


def test_create_production_orders_gives_the_users_type_and_its_prefix_to_the_whole_tree(normal, repair, planner):
    create_production_orders(rows=[row_with(3, part=bike(), by=planner)], by=planner)

    orders = ProductionOrder.objects.order_by("document__serial")
    assert list(orders.values_list("document__number", "order_type__code")) == [("REP-1001", "R"), ("REP-1002", "R")]


def test_create_production_orders_carries_the_type_that_the_sales_order_type_says(normal, repair, planner):
    proto = ProductionOrderType.objects.create(code="P", name="Prototype", prefix="X-")
    kind = OrderType.objects.create(code="D", name="Development", production_order_type=proto)

    create_production_orders(rows=[row_with(3, part=bike(), by=planner, order_type=kind)], by=planner)

    assert list(ProductionOrder.objects.values_list("order_type", flat=True)) == [proto.pk, proto.pk]
    assert set(Document.objects.filter(kind="production").values_list("number", flat=True)) == {"X-1001", "X-1002"}


def test_a_type_that_is_used_no_more_is_not_given_to_new_orders(normal, repair, planner):
    old = ProductionOrderType.objects.create(code="OLD", name="Old", is_active=False)
    kind = OrderType.objects.create(code="D", name="Development", production_order_type=old)

    create_production_orders(rows=[row_with(3, part=bike(), by=planner, order_type=kind)], by=planner)

    assert set(ProductionOrder.objects.values_list("order_type__code", flat=True)) == {"R"}


def test_types_with_and_without_prefix_share_one_series(normal, repair, planner):
    here = WarehouseFactory()
    first = order_of(bike(), by=planner, warehouse=here)
    second = order_of(bike(), by=UserFactory(), warehouse=here)

    assert (first.document.number, second.document.number) == ("REP-1001", "M-1003")


def test_make_components_gives_the_type_of_the_order_above(normal, planner):
    part = bike()
    frame = part.boms.get().rows.get().component
    frame.boms.update(is_active=False)
    order = order_of(part, by=planner, order_type=ProductionOrderType.objects.create(code="P", name="Prototype"))
    frame.boms.update(is_active=True)

    operations.make_components(order=order, by=planner, business_date=TODAY)

    assert set(ProductionOrder.objects.values_list("order_type__code", flat=True)) == {"P"}


def test_copy_order_of_a_type_that_is_used_no_more_gets_the_users_type(normal, repair, planner):
    old = ProductionOrderType.objects.create(code="OLD", name="Old")
    order = order_of(bike(), by=planner, order_type=old)
    ProductionOrderType.objects.filter(pk=old.pk).update(is_active=False)
    order = ProductionOrder.objects.for_list().get(pk=order.pk)

    copies = operations.copy_order(order=order, by=planner, business_date=TODAY)

    assert {copy.order_type for copy in copies} == {repair}


def test_change_header_gives_another_type_and_keeps_the_number(normal, repair, planner):
    order = order_of(bike(), by=planner)

    operations.change_header(order=order, order_type=normal, by=planner)

    order.refresh_from_db()
    assert (order.order_type, str(order)) == (normal, "REP-1001")


def test_header_form_keeps_an_inactive_type_on_offer(repair, planner, planner_client):
    order = order_of(bike(), by=planner)
    ProductionOrderType.objects.filter(pk=repair.pk).update(is_active=False)

    page = planner_client.get(reverse("production:order", args=[order.pk]))

    assert list(page.context["header_form"].fields["order_type"].queryset) == [repair]
    assert "R Repair" in page.content.decode()


def test_list_filters_by_order_type_and_exports_it(normal, repair, planner, planner_client):
    own, _other = (order_of(part, by=by) for part, by in ((bike(), planner), (bike(), UserFactory())))
    asked = {"order_type": "R", "state": "", "columns": "number,order_type", "export": "csv"}

    exported = planner_client.get(reverse("production:order_list"), asked)

    lines = list(csv.reader(b"".join(exported).decode("utf-8-sig").splitlines()))
    assert [str(own), "R Repair"] in lines[1:]
    assert {line[1] for line in lines[1:]} == {"R Repair"}
