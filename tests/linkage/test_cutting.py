"""Cutting a quantity into parts: the tables of what is expected, and the sentences of what cannot be."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erp.exceptions import Refused
from linkage.cutting import MOST_PARTS, check_parts, equal_parts, listed_parts, parts_of_size
from tests.factories import UnitFactory

PIECES = UnitFactory.build(decimals=0)


def decimals(*values):
    return [Decimal(value) for value in values]


@pytest.mark.parametrize(
    ("whole", "size", "count", "expected"),
    [
        pytest.param(10, 5, None, [5, 5], id="it goes in evenly"),
        pytest.param(13, 5, None, [5, 5, 3], id="the rest is one more part"),
        pytest.param(7, 8, None, [7], id="smaller than one part"),
        pytest.param(20, 5, 2, [5, 5, 10], id="only so many parts of the size"),
        pytest.param(20, 5, 4, [5, 5, 5, 5], id="as many as go in"),
        pytest.param(10, 4, 1, [4, 6], id="once"),
        pytest.param("1.000001", "0.5", None, ["0.5", "0.5", "0.000001"], id="to the last decimal"),
    ],
)
def test_parts_of_size_leave_what_is_left_to_the_last(whole, size, count, expected):
    assert parts_of_size(Decimal(whole), Decimal(size), count=count) == decimals(*expected)


@pytest.mark.parametrize(
    ("whole", "count", "off", "decimal_places", "expected"),
    [
        pytest.param(10, 2, None, 0, [5, 5], id="halves"),
        pytest.param(10, 3, None, 0, [3, 3, 4], id="the last takes what rounding leaves"),
        pytest.param(10, 3, None, 2, ["3.33", "3.33", "3.34"], id="to the unit's decimals"),
        pytest.param(5, 1, 2, 0, [3, 2], id="two taken off five"),
        pytest.param(5, 2, 4, 0, [1, 2, 2], id="four taken off five in halves"),
    ],
)
def test_equal_parts(whole, count, off, decimal_places, expected):
    unit, off = UnitFactory.build(decimals=decimal_places), off and Decimal(off)

    assert equal_parts(Decimal(whole), count, unit, off=off) == decimals(*expected)


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        pytest.param([1, 2, 1, 1], [1, 2, 1, 1], id="the list is the whole"),
        pytest.param([1, 2], [2, 1, 2], id="what the list leaves stays first"),
        pytest.param([2], [3, 2], id="one part taken off"),
        pytest.param([5], [5], id="nothing to divide"),
    ],
)
def test_listed_parts_of_five(listed, expected):
    assert listed_parts(Decimal(5), decimals(*listed), PIECES) == decimals(*expected)


@pytest.mark.parametrize(
    ("cut", "sentence"),
    [
        (lambda: parts_of_size(Decimal(1000), Decimal(1)), "Split into at most 50 parts at a time."),
        (lambda: parts_of_size(Decimal(10), Decimal(0)), "A part must be larger than 0."),
        (lambda: equal_parts(Decimal(2), 3, PIECES), "2 pcs cannot be divided into 3 parts."),
        (lambda: equal_parts(Decimal(2), 1, PIECES), "Split into at least 2 parts."),
        (lambda: equal_parts(Decimal(200), 51, PIECES), "Split into at most 50 parts at a time."),
        (lambda: equal_parts(Decimal(5), 2, PIECES, off=Decimal(0)), "Take off a quantity above 0."),
        (
            lambda: equal_parts(Decimal(5), 2, PIECES, off=Decimal(5)),
            "Only 5 pcs can be divided; 5 cannot be taken off, something must stay.",
        ),
        (lambda: listed_parts(Decimal(5), decimals(1, 0), PIECES), "Each part must be above 0."),
        (
            lambda: listed_parts(Decimal(5), decimals(3, 3), PIECES),
            "The parts add up to 6 pcs; only 5 can be divided.",
        ),
        (lambda: listed_parts(Decimal(99), [Decimal(1)] * 50, PIECES), "Split into at most 50 parts at a time."),
        (lambda: check_parts(Decimal(10), decimals(10)), "Split into at least 2 parts."),
        (lambda: check_parts(Decimal(10), decimals(10, 0)), "Each part must be above 0."),
        (lambda: check_parts(Decimal(10), decimals(4, 5)), "The parts add up to 9, but there are 10 to divide."),
        (lambda: check_parts(Decimal(51), [Decimal(1)] * 51), "Split into at most 50 parts at a time."),
    ],
)
def test_what_cannot_be_cut_is_refused_with_the_figures(cut, sentence):
    with pytest.raises(Refused) as refusal:
        cut()

    assert str(refusal.value) == sentence


@given(st.integers(2, 10**9), st.integers(2, MOST_PARTS), st.integers(0, 6))
def test_equal_parts_are_the_whole_and_never_differ_by_more_than_the_rounding(millionths, count, decimal_places):
    unit, whole = UnitFactory.build(decimals=decimal_places), Decimal(millionths).scaleb(-decimal_places)
    try:
        parts = equal_parts(whole, count, unit)
    except Refused:
        assert millionths < count
        return

    assert sum(parts) == whole
    assert max(parts) - min(parts) < count * Decimal(1).scaleb(-decimal_places)


@given(st.integers(1, 5000), st.integers(1, 5000), st.one_of(st.none(), st.integers(1, 60)))
def test_parts_of_size_are_the_whole(whole, size, count):
    try:
        parts = parts_of_size(Decimal(whole), Decimal(size), count=count)
    except Refused:
        assert min(whole // size, count or MOST_PARTS + 1) > MOST_PARTS
        return

    assert sum(parts) == whole
    assert all(part > 0 for part in parts)
