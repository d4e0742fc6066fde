"""What the tests of linkage may ask for."""

import pytest

from linkage import owners


@pytest.fixture
def no_owners(settings):
    """Positions made by the factories belong to no order app."""
    settings.POSITION_OWNERS = {}
    owners._owner.cache_clear()
    yield
    owners._owner.cache_clear()
