import gc

import pytest

from erp.memory import NEW_OBJECTS, collect_rarely


@pytest.fixture
def collector():
    """The collector of garbage, as it was before afterwards."""
    before = gc.get_threshold()
    yield gc
    gc.unfreeze()
    gc.set_threshold(*before)


def test_collect_rarely_leaves_what_is_loaded_alone(collector):
    collect_rarely()

    assert collector.get_freeze_count() > 0
    assert collector.get_threshold()[0] == NEW_OBJECTS
