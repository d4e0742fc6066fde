"""A register to buy from: one warehouse, one supplier with terms for one part."""

from decimal import Decimal

import pytest

from tests.factories import PartFactory, SupplierFactory, UnitConversionFactory, WarehouseFactory
from tests.purchasing.factories import SupplierTermFactory


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
