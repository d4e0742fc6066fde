"""How many of each nested fictitious part are in a row, as somebody typed it or its BOM said: remembered on the row.

In words, a line each: ``SET / BITS=6``. A number is that of the whole row, in the unit of the nested part.
"""

import re
from decimal import Decimal
from fractions import Fraction

from erp.register.units import half_up, plain

NUMBER = re.compile(r"[0-9]{1,20}(\.[0-9]{1,6})?")
LONGEST = 200


def is_path(text):
    """Whether a text can be where a part stands: one line, no longer than a row has room for."""
    return text.splitlines() == [text] and len(text) <= LONGEST


def is_in(place, path):
    """Whether a part that stands in ``place`` stands in a nested fictitious part, or in one inside it."""
    return f"{place} / ".startswith(f"{path} / ")


def paths_to(place):
    """The paths of the nested fictitious parts that a part stands in, the outermost first."""
    names = place.split(" / ") if place else []
    return [" / ".join(names[:depth]) for depth in range(1, len(names) + 1)]


def numbers_of(text):
    """{path: how many}; a line that says no number is passed over."""
    found = (line.rpartition("=") for line in text.splitlines())
    return {path: Decimal(number) for path, _equals, number in found if path and NUMBER.fullmatch(number)}


def text_of(numbers):
    return "\n".join(f"{path}={plain(number)}" for path, number in numbers.items())


def times(text, ratio):
    """The same for ``ratio`` (a fraction) as many rows."""
    return text_of({path: half_up(Fraction(number) * ratio) for path, number in numbers_of(text).items()})
