"""What each part of a divided order needs of a component."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from production.shares import Share, component_shares
from tests.factories import UnitFactory

PIECES, GRAMS = UnitFactory.build(decimals=0), UnitFactory.build(code="kg", decimals=3)


def shares(total, parts, unit=PIECES, **facts):
    facts = {name: value if isinstance(value, bool) else Decimal(value) for name, value in facts.items()}
    found = component_shares(Decimal(total), [Decimal(part) for part in parts], unit, **facts)
    return [(share.quantity, share.fixed) for share in found]


@pytest.mark.parametrize(
    ("total", "parts", "unit", "facts", "expected"),
    [
        pytest.param(20, (4, 6), PIECES, {}, [(8, 0), (12, 0)], id="in proportion"),
        pytest.param(10, (1, 1, 1), PIECES, {}, [(3, 0), (3, 0), (4, 0)], id="the last takes the rest"),
        pytest.param(1, (1, 2), GRAMS, {}, [(Decimal("0.333"), 0), (Decimal("0.667"), 0)], id="to the unit's decimals"),
        pytest.param(1, (5, 5), PIECES, {}, [(0, 0), (1, 0)], id="too little for all"),
        pytest.param(12, (5, 5), PIECES, {"fixed": 2}, [(7, 2), (5, 0)], id="the fixed quantity stays with the first"),
        pytest.param(12, (5, 5), PIECES, {"fixed": 2, "repeat": True}, [(7, 2), (7, 2)], id="it is needed again"),
        pytest.param(2, (5, 5), PIECES, {"fixed": 2}, [(2, 2), (0, 0)], id="nothing else than the fixed quantity"),
        pytest.param(10, (5, 5), PIECES, {"issued": 4}, [(5, 0), (5, 0)], id="issued, less than its share"),
        pytest.param(10, (5, 5), PIECES, {"issued": 8}, [(8, 0), (2, 0)], id="issued, more than its share"),
        pytest.param(
            12,
            (4, 6),
            PIECES,
            {"fixed": 2, "issued": 3, "only_issued": True},
            [(3, 2), (9, 0)],
            id="nothing but the issued",
        ),
        pytest.param(
            12, (4, 3, 3), PIECES, {"fixed": 2, "issued": 9}, [(9, 2), (1, 0), (2, 0)], id="issued beyond both"
        ),
    ],
)
def test_component_shares(total, parts, unit, facts, expected):
    assert shares(total, parts, unit, **facts) == expected


@given(
    st.integers(0, 10**6),
    st.lists(st.integers(1, 1000), min_size=2, max_size=10),
    st.integers(0, 100),
    st.integers(0, 10**6),
)
def test_component_shares_are_the_whole_and_none_is_below_nothing(total, parts, fixed, issued):
    issued = min(issued, total)

    found = component_shares(Decimal(total), parts, PIECES, fixed=Decimal(fixed), issued=Decimal(issued))

    assert sum(share.quantity for share in found) == total
    assert all(share.quantity >= 0 for share in found)
    assert found[0].quantity >= issued
    assert [share.fixed for share in found] == [fixed, *[0] * (len(parts) - 1)]


def test_a_share_says_what_is_fixed():
    assert component_shares(Decimal(3), [1, 1], PIECES, fixed=Decimal("0.5"))[0] == Share(Decimal(2), Decimal("0.5"))
