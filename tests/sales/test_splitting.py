"""Dividing a quantity into parts."""

from decimal import Decimal

import pytest

from erp.exceptions import Refused
from sales.splitting import check_parts, equal_parts, parts_of_size
from tests.factories import UnitFactory


def decimals(*values):
    return [Decimal(value) for value in values]


@pytest.mark.parametrize(
    ("total", "size", "count", "expected"),
    [
        (10, 5, None, [5, 5]),
        (13, 5, None, [5, 5, 3]),
        (7, 8, None, [7]),
        (20, 5, 2, [5, 5, 10]),
        (20, 5, 4, [5, 5, 5, 5]),
        (10, 4, 1, [4, 6]),
    ],
)
def test_parts_of_size(total, size, count, expected):
    assert parts_of_size(Decimal(total), Decimal(size), count=count) == decimals(*expected)


def test_parts_of_size_refuses_hundreds_of_parts():
    with pytest.raises(Refused, match="Split into at most 50 parts at a time"):
        parts_of_size(Decimal(1000), Decimal(1))


def test_equal_parts_last_takes_what_rounding_leaves():
    assert equal_parts(Decimal(10), 3, UnitFactory.build(decimals=0)) == decimals(3, 3, 4)


def test_equal_parts_refuses_parts_of_nothing():
    with pytest.raises(Refused, match="2 pcs cannot be divided into 3 parts"):
        equal_parts(Decimal(2), 3, UnitFactory.build(decimals=0))


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        (decimals(10), "Split into at least 2 parts."),
        (decimals(10, 0), "Each part must be above 0."),
        (decimals(4, 5), "The parts add up to 9, but the row has 10."),
    ],
)
def test_check_parts_refuses(parts, sentence):
    with pytest.raises(Refused) as refusal:
        check_parts(Decimal(10), parts)

    assert str(refusal.value) == sentence
