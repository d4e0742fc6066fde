"""Boxes that are ticked by setting, on rows that nobody typed one by one."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from erp.register.operations import change_setting
from erp.staging import operations as staging
from linkage.models import OrderLink
from sales import operations
from sales.models import SalesOrderRow
from tests.factories import MadePartFactory, PartFactory, PartnerFactory, PhantomPartFactory, WarehouseFactory
from tests.production.factories import bom_of
from tests.purchasing.factories import SupplierTermFactory
from tests.sales.factories import order_with
from tests.staging.files import csv_of, staged_from

pytestmark = pytest.mark.django_db
DAY = date(2026, 12, 18)


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to("2026-11-02 12:00Z")


@pytest.fixture
def frame():
    part = MadePartFactory(number="FRAME", lot_sizing="LR")
    bom_of(part, (PartFactory(), 1))
    return part


@pytest.fixture
def bell():
    part = PartFactory(number="BELL", lot_sizing="LR")
    SupplierTermFactory(part=part, unit=part.unit)
    return part


@pytest.fixture
def kit(frame, bell):
    part = PhantomPartFactory(number="KIT")
    bom_of(part, (frame, 1), (bell, 2))
    return part


def tick(*names, by):
    for name in names:
        change_setting(name=f"{name}_order_box_default", value=True, by=by)


def linked():
    links = OrderLink.objects.open().filter(demand__kind="sales").order_by("demand__part__number")
    return [(link.demand.part.number, link.supply.kind, link.quantity) for link in links]


def boxes():
    return dict(SalesOrderRow.objects.filter(part__isnull=False).values_list("part__number", "order_box"))


@pytest.mark.parametrize(
    ("names", "made"),
    [
        ([], []),
        (["m"], [("FRAME", "production", 3)]),
        (["p"], [("BELL", "purchase", 6)]),
        (["m", "p"], [("BELL", "purchase", 6), ("FRAME", "production", 3)]),
    ],
)
def test_parts_of_a_fictitious_part_get_their_orders(planner, admin_user, kit, names, made):
    tick(*names, by=admin_user)

    operations.add_row(
        order=order_with(by=planner), part=kit, quantity=Decimal(3), delivery_date=DAY, refused={}, by=planner
    )

    assert linked() == made


def test_part_added_below_a_row_gets_its_order(planner_client, planner, admin_user, kit, frame):
    order = order_with(1, part=kit, by=planner, row={"delivery_date": DAY})
    tick("m", by=admin_user)

    planner_client.post(
        reverse("sales:part_below", args=[order.rows.main().get().pk]), {"part": "FRAME", "quantity": "4"}
    )

    assert linked() == [("FRAME", "production", 4)]


def test_rows_of_a_file_get_their_orders(planner, admin_user, frame, bell, kit):
    tick("m", "p", by=admin_user)
    warehouse = order_with(1, part=frame, by=planner, row={"delivery_date": DAY}).warehouse
    for part in (frame, bell, kit):
        part.default_warehouse = warehouse
        part.save()
    PartnerFactory(number="10001", name="Alpha")
    lines = [["10001", "PO-1", str(place), part, "2", "2026-12-18"] for place, part in enumerate(("FRAME", "KIT"), 1)]
    data = csv_of(["Customer", "Order number", "Position", "Part", "Quantity", "Date"], *lines)

    staging.load(staged=staged_from(data, by=planner, kind="customer-orders"), by=planner)

    assert linked() == [("BELL", "purchase", 4), ("FRAME", "production", 2), ("FRAME", "production", 2)]


def test_row_of_a_file_without_a_date_stays_ticked_and_waits(planner, admin_user, bell):
    bell.default_warehouse = WarehouseFactory()
    bell.save()
    tick("p", by=admin_user)
    PartnerFactory(number="10001", name="Alpha")
    data = csv_of(
        ["Customer", "Order number", "Position", "Part", "Quantity", "Date"], ["10001", "PO-1", "1", "BELL", "2", ""]
    )

    staging.load(staged=staged_from(data, by=planner, kind="customer-orders"), by=planner)

    assert (linked(), boxes()) == ([], {"BELL": True})
