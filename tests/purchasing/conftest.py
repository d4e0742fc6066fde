"""Purchasing is tested without the apps above it: positions of other owners have no page here."""

import pytest

from linkage import owners


@pytest.fixture(autouse=True)
def only_our_owner(settings):
    settings.POSITION_OWNERS = {"purchase": "purchasing.positions.PurchaseRow"}
    owners._owner.cache_clear()
    yield
    owners._owner.cache_clear()
