"""Units: exact conversion both ways, rounding, and refusals that show the figures."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erp.exceptions import Refused
from erp.register import units
from erp.register.models import Unit
from tests.factories import PartFactory, UnitConversionFactory, UnitFactory

D = Decimal


@pytest.mark.django_db
def test_to_base_uses_the_general_conversion():
    conversion = UnitConversionFactory(numerator=12)
    part = PartFactory()

    assert units.to_base(part=part, quantity=D("2.5"), unit=conversion.unit) == D(30)
    assert units.from_base(part=part, quantity=D(30), unit=conversion.unit) == D("2.5")
    assert units.to_base(part=part, quantity=D(3), unit=part.unit) == D(3)


@pytest.mark.django_db
def test_to_base_prefers_the_conversion_of_the_part():
    general = UnitConversionFactory(numerator=12)
    part = PartFactory()
    UnitConversionFactory(part=part, numerator=10)

    assert units.to_base(part=part, quantity=D(1), unit=general.unit) == D(10)
    assert units.to_base(part=PartFactory(), quantity=D(1), unit=general.unit) == D(12)


@pytest.mark.django_db
def test_to_base_reads_the_ratio_in_the_other_direction_too():
    gram, kilogram = UnitFactory(code="g", name="Gram"), UnitFactory(code="kg", name="Kilogram", decimals=3)
    UnitConversionFactory(unit=kilogram, base=gram, numerator=1000)
    part = PartFactory(unit=kilogram)

    assert units.to_base(part=part, quantity=D(250), unit=gram) == D("0.25")


@pytest.mark.django_db
def test_to_base_rounds_half_up_to_six_decimals():
    third, base = UnitFactory(code="third", name="Third"), UnitFactory(code="m", name="Metre", decimals=6)
    UnitConversionFactory(unit=third, base=base, numerator=1, denominator=3)
    part = PartFactory(unit=base)

    assert units.to_base(part=part, quantity=D(2), unit=third) == D("0.666667")


@pytest.mark.django_db
def test_to_base_refuses_more_decimals_than_the_base_unit_has():
    conversion = UnitConversionFactory(numerator=5, denominator=2)
    part = PartFactory(number="BELL")

    with pytest.raises(Refused) as refusal:
        units.to_base(part=part, quantity=D("3.0"), unit=conversion.unit)

    assert str(refusal.value) == "3 box of BELL is 7.5 pcs, but pcs allows whole numbers only."


@pytest.mark.django_db
def test_to_base_refuses_a_unit_without_conversion():
    part = PartFactory(number="BELL")

    with pytest.raises(Refused, match=r"^BELL has no conversion from litre to pcs\.$"):
        units.to_base(part=part, quantity=D(1), unit=UnitFactory(code="litre", name="Litre"))


@pytest.mark.django_db
def test_to_base_refuses_a_quantity_beyond_the_column():
    conversion = UnitConversionFactory()
    part = PartFactory()

    with pytest.raises(Refused, match="too large"):
        units.to_base(part=part, quantity=D("99999999999"), unit=conversion.unit)


@pytest.mark.django_db
def test_conversions_of_many_parts_are_one_query(django_assert_num_queries):
    conversion = UnitConversionFactory(numerator=12)
    parts = PartFactory.create_batch(3, unit=conversion.base)

    with django_assert_num_queries(1):
        conversions = units.Conversions(parts)
        bases = [conversions.to_base(part=part, quantity=D(1), unit=conversion.unit) for part in parts]

    assert bases == [D(12)] * 3


@pytest.mark.parametrize(
    ("decimals", "quantity", "rounded"),
    [(0, "1.000001", "2"), (0, "2", "2"), (2, "1.001", "1.01"), (2, "-1.019", "-1.01")],
)
def test_round_up_to_the_decimals_of_the_unit(decimals, quantity, rounded):
    assert units.round_up(D(quantity), Unit(decimals=decimals)) == D(rounded)


def test_quantity_fits_counts_the_decimals():
    kilogram = Unit(code="kg", decimals=1)

    assert [units.quantity_fits(kilogram, D(text)) for text in ("1", "1.50", "1.55")] == [True, True, False]
    with pytest.raises(Refused, match=r"^1\.55 kg has too many decimals: kg allows 1 decimal\.$"):
        units.check_fits(kilogram, D("1.55"))


@pytest.mark.parametrize(
    ("quantity", "shares", "parts"),
    [("100", [1, 1, 1], [33, 33, 34]), ("2", [1, 1, 1, 1], [0, 0, 0, 2]), ("7", [60, 40], [4, 3]), ("7", [1], [7])],
)
def test_divide_gives_the_rest_to_the_last_part(quantity, shares, parts):
    assert units.divide(D(quantity), shares, Unit(decimals=0)) == parts


def test_plain_has_no_trailing_zeros_and_no_exponent():
    assert [units.plain(D(text)) for text in ("1.500000", "100", "1E+2", "0.000001")] == [
        "1.5",
        "100",
        "100",
        "0.000001",
    ]


@given(
    st.decimals(min_value=0, max_value=10**6, places=6),
    st.lists(st.decimals(min_value="0.01", max_value=1000, places=2), min_size=1, max_size=6),
    st.integers(0, 6),
)
def test_divide_loses_nothing(quantity, shares, decimals):
    parts = units.divide(quantity, shares, Unit(decimals=decimals))

    assert sum(parts) == quantity
    assert min(parts) >= 0


@given(st.fractions(min_value=-(10**9), max_value=10**9))
def test_half_up_is_never_more_than_half_a_step_away(exact):
    rounded = units.half_up(exact)

    assert abs(Fraction(rounded) - exact) <= Fraction(1, 2 * 10**6)


@given(st.decimals(min_value=0, max_value=10**6, places=6), st.integers(1, 10**6), st.integers(1, 10**6))
def test_conversion_there_and_back_is_exact_before_rounding(quantity, numerator, denominator):
    ratio = Fraction(numerator, denominator)

    assert units.half_up(Fraction(quantity) * ratio / ratio) == quantity
