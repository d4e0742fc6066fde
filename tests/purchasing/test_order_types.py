"""Which order type a purchase order gets, and where it is seen."""

import csv

import pytest
from django.db import IntegrityError
from django.urls import reverse

from purchasing import operations
from purchasing.models import PurchaseOrder, PurchaseOrderType, UsersOrderType, order_type_of
from tests.factories import CompanyFactory, SupplierFactory, UserFactory
from tests.linkage.factories import TODAY, DemandFactory
from tests.purchasing.factories import bought, linked_part, purchase_order, purchase_row

pytestmark = pytest.mark.django_db


@pytest.fixture
def normal():
    return PurchaseOrderType.objects.create(code="N", name="Normal", is_default=True)


@pytest.fixture
def spare(buyer):
    kind = PurchaseOrderType.objects.create(code="S", name="Spare parts")
    UsersOrderType.objects.create(user=buyer, order_type=kind)
    return kind


def test_order_type_of_is_the_users_own_else_the_default_one(normal, spare, buyer):
    assert (order_type_of(buyer), order_type_of(UserFactory())) == (spare, normal)


def test_order_type_of_passes_an_inactive_type_over(normal, spare, buyer):
    PurchaseOrderType.objects.filter(pk=spare.pk).update(is_active=False)

    assert order_type_of(buyer) == normal


def test_order_type_of_is_none_where_there_are_no_types(buyer):
    assert order_type_of(buyer) is None


def test_there_is_one_default_order_type(normal):
    with pytest.raises(IntegrityError, match="purchase_order_type_one_default"):
        PurchaseOrderType.objects.create(code="X", name="Other", is_default=True)


def test_the_default_order_type_is_active(normal):
    with pytest.raises(IntegrityError, match="purchase_order_type_default_is_active"):
        PurchaseOrderType.objects.filter(pk=normal.pk).update(is_active=False)


def test_create_order_takes_the_type_that_is_given_before_the_users(normal, spare, buyer):
    facts = {"company": CompanyFactory(), "supplier": SupplierFactory(), "ordered_on": TODAY, "by": buyer}

    own, given = operations.create_order(**facts), operations.create_order(order_type=normal, **facts)

    assert (own.order_type, given.order_type) == (spare, normal)


def test_create_orders_for_gives_its_orders_the_users_type(normal, spare, buyer):
    demand = bought(DemandFactory(part=linked_part()))

    [row] = operations.create_orders_for(demands=[demand], by=buyer, business_date=TODAY)

    assert row.order.order_type == spare


def test_copy_order_keeps_the_type(normal, spare, buyer):
    order = purchase_row(by=buyer, order=purchase_order(by=buyer, order_type=normal)).order

    assert operations.copy_order(order=order, by=buyer, business_date=TODAY).order_type == normal


def test_copy_order_of_a_type_that_is_used_no_more_gets_the_users_type(normal, spare, buyer):
    old = PurchaseOrderType.objects.create(code="OLD", name="Old")
    order = purchase_row(by=buyer, order=purchase_order(by=buyer, order_type=old)).order
    PurchaseOrderType.objects.filter(pk=old.pk).update(is_active=False)

    assert (
        operations.copy_order(order=PurchaseOrder.objects.get(pk=order.pk), by=buyer, business_date=TODAY).order_type
        == spare
    )


def test_change_order_gives_another_type(normal, spare, buyer):
    order = purchase_order(by=buyer)

    operations.change_order(order=order, order_type=normal, by=buyer)

    order.refresh_from_db()
    assert order.order_type == normal


def test_new_order_page_offers_the_users_type_first(spare, buyer_client):
    page = buyer_client.get(reverse("purchasing:order_create"))

    assert page.context["form"]["order_type"].initial == spare


def test_header_form_keeps_an_inactive_type_on_offer(spare, buyer, buyer_client):
    order = purchase_order(by=buyer)
    PurchaseOrderType.objects.filter(pk=spare.pk).update(is_active=False)

    page = buyer_client.get(reverse("purchasing:order", args=[order.pk]))

    assert list(page.context["header_form"].fields["order_type"].queryset) == [spare]
    assert "S Spare parts" in page.content.decode()


@pytest.mark.parametrize("which", ["order_list", "row_list"])
def test_lists_filter_by_order_type_and_export_it(which, normal, spare, buyer, buyer_client):
    own, _other = (purchase_row(order=purchase_order(by=who), by=who) for who in (buyer, UserFactory()))
    url = reverse(f"purchasing:{which}")

    exported = buyer_client.get(url, {"order_type": "S", "columns": "number,order_type", "export": "csv"})

    lines = list(csv.reader(b"".join(exported).decode("utf-8-sig").splitlines()))
    number = str(own.order) if which == "order_list" else f"{own.order}/10"
    assert lines[1:] == [[number, "S Spare parts"]]
