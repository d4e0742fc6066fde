"""Packaging rows that come with a delivery."""

from decimal import Decimal

import pytest
from django.urls import reverse

from erp.exceptions import Refused
from erp.register.models import PartType
from linkage.models import SerialNumber, StockMovement
from linkage.operations import number_arrival
from sales import operations
from sales.models import DeliveryRow, PartPackaging, Role, SalesOrderRow
from sales.operations import Delivered
from sales.statuses import DELIVERED, REGISTERED
from tests.factories import PartFactory
from tests.linkage.factories import stock
from tests.sales.factories import again, row_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def row(seller):
    """A row of 10 pieces, four to a box; there are 20 pieces and 5 boxes."""
    row = row_with(10, by=seller)
    box = PartFactory(number="BOX", part_type=PartType.PACKAGING)
    PartPackaging.objects.create(part=row.part, packaging=box, per_package=4)
    stock(row.part, row.warehouse, 20)
    stock(box, row.warehouse, 5)
    return row


def shipped(row, quantity, *, by, packaging=True):
    lines = [Delivered(row=again(row), quantity=Decimal(quantity))]
    return operations.deliver_rows(lines=lines, packaging=packaging, by=by)[0]


def boxes_left(row):
    return stock(PartPackaging.objects.get(part=row.part).packaging, row.warehouse, 0).quantity


def test_each_begun_package_is_a_row_of_its_own_from_stock(row, warehouse_keeper):
    note = shipped(row, 10, by=warehouse_keeper)

    box = SalesOrderRow.objects.for_list().get(role=Role.PACKAGING)
    packed = note.rows.get(row=box)
    assert (str(box), box.quantity, box.is_closed, box.unit_price) == ("S-1001/10.1", 3, True, 0)
    assert (packed.quantity, packed.packs.row, boxes_left(row)) == (3, row, 2)
    assert again(row).order.status == DELIVERED


def test_numbered_packages_leave_with_the_last_of_them(row, warehouse_keeper):
    box = PartPackaging.objects.get(part=row.part).packaging
    came = StockMovement.objects.get(part=box)
    number_arrival(movement=came, serials="B-1..B-3", by=warehouse_keeper)

    shipped(row, 8, by=warehouse_keeper)
    PartPackaging.objects.filter(part=row.part).update(per_package=Decimal("0.67"))
    shipped(row, 2, by=warehouse_keeper)

    gone = SerialNumber.objects.filter(part=box, departure__kind="delivery").values_list("number", flat=True)
    assert list(gone.order_by("number")) == ["B-1", "B-2", "B-3"]


def test_order_page_shows_the_packaging_that_left(seller_client, row, warehouse_keeper):
    shipped(row, 10, by=warehouse_keeper)

    page = seller_client.get(reverse("sales:order", args=[row.order_id]))

    assert page.status_code == 200
    assert '<span title="Packaging">' in page.content.decode()


def test_each_delivery_has_packaging_of_its_own(row, warehouse_keeper):
    shipped(row, 4, by=warehouse_keeper)
    shipped(row, 6, by=warehouse_keeper)

    packed = DeliveryRow.objects.filter(row__role=Role.PACKAGING).order_by("pk")
    assert list(packed.values_list("quantity", "row__line")) == [(1, 1), (2, 2)]


def test_packaging_is_left_out_where_nobody_wants_it(row, warehouse_keeper):
    shipped(row, 10, packaging=False, by=warehouse_keeper)

    assert (DeliveryRow.objects.count(), boxes_left(row)) == (1, 5)


def test_packaging_that_is_not_there_is_refused_with_its_row_and_the_figures(row, warehouse_keeper):
    operations.deliver_rows(lines=[Delivered(row=again(row), quantity=Decimal(4))], packaging=True, by=warehouse_keeper)
    box = PartPackaging.objects.get(part=row.part)
    PartPackaging.objects.filter(pk=box.pk).update(per_package=1)

    with pytest.raises(Refused, match=r"Only 4 of stock .* of BOX for S-1001/10\.2 is free; 6 was asked for"):
        shipped(row, 6, by=warehouse_keeper)

    assert (again(row).delivered, boxes_left(row)) == (4, 4)


def test_packaging_comes_back_with_what_it_packs_and_its_row_is_over(row, warehouse_keeper):
    note = shipped(row, 10, by=warehouse_keeper)

    operations.reverse_delivery(delivered=note.rows.get(row=row), by=warehouse_keeper)

    box = SalesOrderRow.objects.for_list().get(role=Role.PACKAGING)
    assert (boxes_left(row), box.is_cancelled, again(row).delivered) == (5, True, 0)
    assert again(row).order.status == REGISTERED


def test_packaging_that_comes_back_alone_is_not_ordered_again(row, warehouse_keeper):
    note = shipped(row, 10, by=warehouse_keeper)

    operations.reverse_delivery(delivered=note.rows.get(row__role=Role.PACKAGING), by=warehouse_keeper)

    box = SalesOrderRow.objects.for_list().get(role=Role.PACKAGING)
    assert (boxes_left(row), box.is_cancelled, box.demand.open) == (5, True, 0)
    assert (again(row).delivered, again(row).order.status) == (10, DELIVERED)
