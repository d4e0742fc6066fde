"""Positions of rows: 10, 20, 30 and the numbers between them."""

import pytest

from linkage.numbering import in_tens, positions_between


@pytest.mark.parametrize(
    ("before", "after", "count", "expected"),
    [
        pytest.param(0, None, 1, [10], id="the first row"),
        pytest.param(20, None, 2, [30, 40], id="at the end"),
        pytest.param(25, None, 1, [30], id="at the end after an inserted row"),
        pytest.param(10, 20, 1, [15], id="between two tens"),
        pytest.param(10, 15, 1, [12], id="the middle is rounded down"),
        pytest.param(0, 10, 1, [5], id="before the first"),
        pytest.param(10, 11, 1, None, id="no number free"),
        pytest.param(10, 20, 3, [15, 17, 18], id="several after each other"),
        pytest.param(10, 12, 2, None, id="room for one of two"),
    ],
)
def test_positions_between(before, after, count, expected):
    assert positions_between(before, after, count) == expected


def test_in_tens():
    assert in_tens(3) == [10, 20, 30]
