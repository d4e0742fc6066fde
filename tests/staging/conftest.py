"""A register to buy from: one warehouse, one supplier with terms for one part; and a customer that orders bikes."""

from decimal import Decimal

import pytest

from erp.staging import operations
from sales.models import CustomerLink, SalesOrder
from tests.factories import PartFactory, PartnerFactory, SupplierFactory, UnitConversionFactory, WarehouseFactory
from tests.purchasing.factories import SupplierTermFactory
from tests.staging.changes import DAY, ORDERS
from tests.staging.files import csv_of, staged_from
from tests.staging.messages import BUYER


@pytest.fixture
def warehouse(db):
    return WarehouseFactory(code="MAIN")


@pytest.fixture
def acme(warehouse):
    return SupplierFactory(number="20001", name="Acme")


@pytest.fixture
def bolt(acme):
    """Bought from Acme at 2.50, in five work days; Acme calls it AC-7."""
    part = PartFactory(number="B-100")
    SupplierTermFactory(part=part, supplier=acme, price=Decimal("2.5"), supplier_part_number="AC-7")
    return part


@pytest.fixture
def box(bolt):
    """Twelve pieces."""
    return UnitConversionFactory().unit


@pytest.fixture
def alpha(warehouse):
    return PartnerFactory(number="10001", name="Alpha", gln=BUYER)


@pytest.fixture
def bike(alpha, warehouse):
    part = PartFactory(number="BIKE", name="Bike", default_warehouse=warehouse)
    CustomerLink.objects.create(customer=alpha, part=part, unit=part.unit, price=Decimal(250))
    return part


@pytest.fixture
def order(bike, seller):
    """PO-1 of Alpha as it came by file: 10 and 4 bikes for 18 December at 250."""
    lines = [["10001", "PO-1", position, "BIKE", count, DAY, ""] for position, count in (("10", 10), ("20", 4))]
    table = csv_of(["Customer", "Order number", "Position", "Part", "Quantity", "Date", "Price"], *lines)
    operations.load(staged=staged_from(table, by=seller, kind=ORDERS), by=seller)
    return SalesOrder.objects.for_list().get()
