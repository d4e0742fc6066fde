"""Quantities in units: conversion in exact fractions, rounding in one place.

A conversion stores ``quantity in unit x numerator / denominator = quantity in
base`` and is read in both directions; the part's own conversion goes before
the general one. Nothing here is a float.
"""

from decimal import ROUND_CEILING, ROUND_DOWN, Decimal
from fractions import Fraction

from django.db.models import Q

from erp.exceptions import Refused
from erp.register.asking import once
from erp.register.fields import QUANTITY_LIMIT
from erp.register.models import UnitConversion

MILLIONTH, ONE = Decimal("0.000001"), Fraction(1)
NONE = {}


def to_base(*, part, quantity, unit):
    """The quantity in the part's base unit: rounded half up to six decimals, refused if the base unit has fewer."""
    return Conversions([part]).to_base(part=part, quantity=quantity, unit=unit)


def from_base(*, part, quantity, unit):
    """A base quantity in another unit of the part, rounded half up to six decimals (for showing and for offers)."""
    return Conversions([part]).from_base(part=part, quantity=quantity, unit=unit)


class Conversions:
    """The conversions of many parts, read in one query. Parts come with their unit (``select_related("unit")``).

    A page or an operation reads those of each part once. ``sold_in``: {part id: id of the unit of customer orders}.
    """

    def __init__(self, parts):
        self._ratios, self.sold_in = once("conversions", lambda: ({}, {}))
        wanted = {part.pk for part in parts}
        if missing := (wanted | {None}) - self._ratios.keys():
            self._read(missing)

    def _read(self, missing):
        """None stands for the general ones."""
        mine = Q(part__in=missing - {None})
        rows = UnitConversion.objects.filter(mine | Q(part__isnull=True) if None in missing else mine).order_by()
        found = list(rows.values_list("part", "unit", "base", "numerator", "denominator", "for_sales"))
        self._ratios.update({part: {} for part in missing})
        for row in found:
            part, unit, base, numerator, denominator, for_sales = row
            self._ratios[part][unit, base] = Fraction(numerator, denominator)
            self._ratios[part].setdefault((base, unit), Fraction(denominator, numerator))
            if for_sales:
                self.sold_in[part] = unit

    def ratio(self, *, part, unit):
        """How many base units one unit is, exactly."""
        if unit.pk == part.unit_id:
            return ONE
        for ratios in (self._ratios.get(part.pk, NONE), self._ratios[None]):
            if found := ratios.get((unit.pk, part.unit_id)):
                return found
        raise Refused(f"{part} has no conversion from {unit} to {part.unit}.")

    def to_base(self, *, part, quantity, unit):
        is_base = unit.pk == part.unit_id
        base = half_up(quantity if is_base else Fraction(quantity) * self.ratio(part=part, unit=unit))
        if not quantity_fits(part.unit, base):
            as_base = "" if unit == part.unit else f" is {plain(base)} {part.unit}"
            raise Refused(
                f"{plain(quantity)} {unit} of {part}{as_base}, but {part.unit} allows {decimals_in_words(part.unit)}."
            )
        return base

    def from_base(self, *, part, quantity, unit):
        return half_up(Fraction(quantity) / self.ratio(part=part, unit=unit))


def half_up(exact, step=MILLIONTH):
    """A fraction as a decimal in steps of a power of ten, rounded half up (away from zero), however large it is.

    In whole numbers: a file has thousands of quantities and prices, and fractions take five times as long.
    """
    (above, below), (step_above, step_below) = exact.as_integer_ratio(), step.as_integer_ratio()
    steps, of = abs(above) * step_below, below * step_above
    whole = (2 * steps + of) // (2 * of)
    if whole * step_above >= QUANTITY_LIMIT * step_below:
        raise Refused("The quantity is too large.")
    return Decimal(-whole if above < 0 else whole) * step


def quantity_fits(unit, quantity):
    """Whether the unit has enough decimals for the quantity."""
    return quantity == quantity.quantize(_step(unit), rounding=ROUND_DOWN)


def check_fits(unit, quantity):
    """Refuse a quantity with more decimals than its unit has."""
    if not quantity_fits(unit, quantity):
        raise Refused(f"{plain(quantity)} {unit} has too many decimals: {unit} allows {decimals_in_words(unit)}.")


def round_up(quantity, unit):
    """The quantity, or the next larger one that the unit allows."""
    return quantity.quantize(_step(unit), rounding=ROUND_CEILING)


def divide(quantity, shares, unit):
    """The quantity divided in proportion to the shares; each part is rounded down, the last takes what is left."""
    total = sum(map(Fraction, shares))
    parts = [_rounded_down(Fraction(quantity) * Fraction(share) / total, _step(unit)) for share in shares[:-1]]
    return [*parts, quantity - sum(parts, Decimal(0))]


def plain(quantity):
    """A quantity as people write it: no trailing zeros, no exponent."""
    text = f"{quantity:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def decimals_in_words(unit):
    return {0: "whole numbers only", 1: "1 decimal"}.get(unit.decimals, f"{unit.decimals} decimals")


def _rounded_down(exact, step):
    return Decimal(exact / Fraction(step) // 1) * step


def _step(unit):
    return Decimal(1).scaleb(-unit.decimals)
