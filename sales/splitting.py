"""How a quantity is divided into parts; pure arithmetic in the row's unit."""

from decimal import Decimal

from erp.exceptions import Refused
from erp.register.units import divide, plain
from linkage.splitting import equal_parts as parts_of

MOST_PARTS = 50


def parts_of_size(total, size, *, count=None):
    """Parts of one size, at most ``count`` of them; what is left over is one more part."""
    if size <= 0:
        raise Refused("A part must be larger than 0.")
    _check_count(total // size if count is None else min(total // size, count))
    return parts_of(total, size, count)


def equal_parts(total, count, unit):
    """So many equal parts in what the unit allows; the last takes what rounding leaves."""
    if count < 2:
        raise Refused("Split into at least 2 parts.")
    _check_count(count)
    parts = divide(total, [1] * count, unit)
    if min(parts) <= 0:
        raise Refused(f"{plain(total)} {unit} cannot be divided into {count} parts.")
    return parts


def check_parts(total, parts):
    """Every part is above 0 and together they are the whole."""
    if len(parts) < 2:
        raise Refused("Split into at least 2 parts.")
    _check_count(len(parts))
    if any(part <= 0 for part in parts):
        raise Refused("Each part must be above 0.")
    if (together := sum(parts, Decimal(0))) != total:
        raise Refused(f"The parts add up to {plain(together)}, but the row has {plain(total)}.")


def _check_count(count):
    if count > MOST_PARTS:
        raise Refused(f"Split into at most {MOST_PARTS} parts at a time.")
