"""Two companies of ours: one sells, the other makes."""

import pytest

from sales.models import PartTransfer, TransferProfile
from tests.factories import CompanyFactory, MadePartFactory, PartnerFactory, WarehouseFactory


@pytest.fixture
def shop(db):
    return WarehouseFactory(code="SHOP", company=CompanyFactory(code="SELL", name="Seller AB"))


@pytest.fixture
def profile(shop):
    factory = WarehouseFactory(code="FACTORY", company=CompanyFactory(code="MAKE", name="Maker AB"))
    customer = PartnerFactory(number="900", name="Seller AB", is_internal=True)
    return TransferProfile.objects.create(
        code="T1", name="To the maker", company=shop.company, warehouse=factory, customer=customer
    )


@pytest.fixture
def bike(profile):
    """Made by the maker: new rows of the seller get the profile."""
    part = MadePartFactory(number="BIKE")
    PartTransfer.objects.create(part=part, profile=profile)
    return part
