"""What each part of a divided order needs of a component. Pure arithmetic, no database."""

from dataclasses import dataclass
from decimal import Decimal

from erp.register.units import divide, round_up

ZERO = Decimal(0)


@dataclass(frozen=True)
class Share:
    """What one part needs, and how much of that it needs whatever its size."""

    quantity: Decimal
    fixed: Decimal


def component_shares(total, parts, unit, *, fixed=ZERO, issued=ZERO, repeat=False, only_issued=False):
    """The shares of the parts (quantities of the order, the one that stays first) in ``total`` of a component.

    In proportion, rounded down to the unit's decimals, the last takes the rest, so that the sum is ``total``. What is
    needed whatever the size (``fixed``) stays with the first part; with ``repeat`` each part needs it once more, and
    only then the sum grows. What is ``issued`` stays with the first part; with ``only_issued``, where that part has
    nothing more to make, nothing else does.
    """
    once = min(round_up(fixed, unit), total) if fixed else ZERO
    in_proportion = divide(total - once, parts, unit)
    if only_issued or issued > once + in_proportion[0]:
        in_proportion = [issued - once, *divide(total - issued, parts[1:], unit)]
    again = fixed if repeat else ZERO
    others = [Share(share + (once if repeat else ZERO), again) for share in in_proportion[1:]]
    return [Share(once + in_proportion[0], fixed), *others]
