"""How many of each nested fictitious part are in a row, as somebody typed it or its BOM said: remembered on the row.

In words, a line each: ``SET / BITS=6``. A number is that of the whole row, in the unit of the nested part.
"""

from decimal import Decimal
from fractions import Fraction

from erp.register.units import half_up, plain


def numbers_of(text):
    """{path: how many}"""
    found = (line.rpartition("=") for line in text.splitlines())
    return {path: Decimal(number) for path, _equals, number in found if path}


def text_of(numbers):
    return "\n".join(f"{path}={plain(number)}" for path, number in numbers.items())


def times(text, ratio):
    """The same for ``ratio`` (a fraction) as many rows."""
    return text_of({path: half_up(Fraction(number) * ratio) for path, number in numbers_of(text).items()})
