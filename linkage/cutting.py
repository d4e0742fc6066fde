"""How a quantity is cut into parts: equal ones, parts of one size, a list. Pure arithmetic in the quantity's own unit.

The first part is the one that stays. Parts are rounded down to what the unit allows and the last takes what is left,
so that together they are the whole, to the last decimal.
"""

from decimal import Decimal

from erp.exceptions import Refused
from erp.register.units import divide, plain

MOST_PARTS = 50


def equal_parts(whole, count, unit, *, off=None):
    """So many equal parts. With ``off`` only so much is taken off in ``count`` equal parts, and the rest stays whole.

    10 in 3 gives 3, 3, 4; 5 with 4 taken off in 2 gives 1, 2, 2.
    """
    if off is not None:
        _check_off(whole, off, unit)
        return [whole - off, *([off] if count == 1 else equal_parts(off, count, unit))]
    if count < 2:
        raise Refused("Split into at least 2 parts.")
    _check_count(count)
    parts = divide(whole, [1] * count, unit)
    if min(parts) <= 0:
        raise Refused(f"{plain(whole)} {unit} cannot be divided into {count} parts.")
    return parts


def _check_off(whole, off, unit):
    if off <= 0:
        raise Refused("Take off a quantity above 0.")
    if off >= whole:
        raise Refused(
            f"Only {plain(whole)} {unit} can be divided; {plain(off)} cannot be taken off, something must stay."
        )


def parts_of_size(whole, size, *, count=None):
    """Parts of one size, at most ``count`` of them; what is left over is one more part.

    13 by 5 gives 5, 5, 3; 20 by 5 twice gives 5, 5, 10; 7 by 8 stays 7.
    """
    if size <= 0:
        raise Refused("A part must be larger than 0.")
    fitting = whole // size
    number = int(fitting if count is None else min(count, fitting))
    _check_count(number)
    if size >= whole:
        return [whole]
    rest = whole - number * size
    return [size] * number + ([rest] if rest > 0 else [])


def listed_parts(whole, listed, unit):
    """The parts of a list. A list that is not yet the whole is taken off, and the rest stays as the first part.

    Of 5, the list 1, 2, 1, 1 is itself; the list 1, 2 gives 2, 1, 2.
    """
    if any(part <= 0 for part in listed):
        raise Refused("Each part must be above 0.")
    together = sum(listed, Decimal(0))
    if together > whole:
        raise Refused(f"The parts add up to {plain(together)} {unit}; only {plain(whole)} can be divided.")
    parts = list(listed) if together == whole else [whole - together, *listed]
    _check_count(len(parts))
    return parts


def check_parts(total, parts):
    """Every part is above 0 and together they are the whole."""
    if len(parts) < 2:
        raise Refused("Split into at least 2 parts.")
    _check_count(len(parts))
    if any(part <= 0 for part in parts):
        raise Refused("Each part must be above 0.")
    if (together := sum(parts, Decimal(0))) != total:
        raise Refused(f"The parts add up to {plain(together)}, but there are {plain(total)} to divide.")


def _check_count(count):
    if count > MOST_PARTS:
        raise Refused(f"Split into at most {MOST_PARTS} parts at a time.")
