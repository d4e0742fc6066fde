"""What a supplier's terms make of a need: how much is ordered and for which day. Pure, without a database."""

from collections import deque
from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from erp.exceptions import Refused
from erp.register.fields import QUANTITY_LIMIT
from erp.register.units import MILLIONTH, quantity_fits

LONGEST_WAIT = 400  # calendar days in which a supplier delivers at least once


@dataclass(frozen=True)
class OrderQuantity:
    """What is ordered for a need: in the purchase unit, and in the part's base unit."""

    quantity: Decimal
    base: Decimal


def order_quantity(*, need, term, conversions):
    """The need (base unit) in the purchase unit, rounded up to the unit's decimals, the minimum and the multiple."""
    part, unit = term.part, term.unit
    if term.unit_id == part.unit_id and (plain := _in_base_unit(need, term)) is not None:
        return plain
    wanted = max(Fraction(need) / conversions.ratio(part=part, unit=unit), Fraction(term.minimum))
    step = Decimal(term.multiple) or Decimal(1).scaleb(-unit.decimals)
    steps = (wanted / Fraction(step)).__ceil__()
    base = conversions.to_base(part=part, quantity=steps * step, unit=unit)
    if base < need:  # the base quantity was rounded down
        steps += 1
        base = conversions.to_base(part=part, quantity=steps * step, unit=unit)
    return OrderQuantity(quantity=(steps * step).quantize(MILLIONTH), base=base)


def _in_base_unit(need, term):
    """The same where nothing is converted, without fractions; None where a sentence is due: decimals, too large."""
    step = term.multiple or Decimal(1).scaleb(-term.unit.decimals)
    wanted = max(need, term.minimum)
    if wanted >= QUANTITY_LIMIT - step:
        return None
    quantity = (wanted // step + (1 if wanted % step else 0)) * step
    quantity = quantity.quantize(MILLIONTH)
    return OrderQuantity(quantity=quantity, base=quantity) if quantity_fits(term.unit, quantity) else None


def delivery_date(*, need_date, safety_time, term, days):
    """The last day that is early enough, a work day of ours and a delivery day of the supplier."""
    latest = days.subtract(need_date, safety_time)
    for back in range(LONGEST_WAIT):
        day = latest - timedelta(days=back)
        if term.delivers_on(day) and days.is_work_day(day):
            return day
    raise Refused(f"{term.supplier} delivers {term.part} on {term.delivery_days}, which is never a work day.")


def latest_order_date(*, due_date, lead_time, days):
    """The last work day on which the order must be sent to come in time."""
    return days.subtract(due_date, lead_time)


def first_delivery_date(*, ordered_on, term, days):
    """The first day on which the supplier can deliver what is ordered on a day."""
    earliest = days.add(ordered_on, term.lead_time)
    for ahead in range(LONGEST_WAIT):
        day = earliest + timedelta(days=ahead)
        if term.delivers_on(day) and days.is_work_day(day):
            return day
    raise Refused(f"{term.supplier} delivers {term.part} on {term.delivery_days}, which is never a work day.")


def share_of(part, whole):
    """``part`` as a percentage of ``whole``, two decimals; 0 of nothing."""
    return (part / whole * 100).quantize(Decimal("0.01")) if whole else Decimal(0)


def amount(*, quantity, price, discount, decimals=2):
    """Quantity x price less discount, rounded half up to the currency's decimals at the row."""
    exact = quantity * price * (100 - discount) / 100
    return exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def in_turn(needs, order):
    """[(takes, ordered)] for needs in their order: each takes what earlier orders have left over, then orders the rest.

    ``order(place, rest)`` gives the OrderQuantity for what is left of a need, or None where nothing is ordered;
    ``takes`` are (place of the need whose order gives, quantity).
    """
    left, found = deque(), []
    for place, need in enumerate(needs):
        takes = []
        while need and left:
            giver, surplus = left.popleft()
            taken = min(surplus, need)
            need -= taken
            takes.append((giver, taken))
            if surplus > taken:
                left.appendleft((giver, surplus - taken))
        ordered = order(place, need)
        if ordered and ordered.base > need:
            left.append((place, ordered.base - need))
        found.append((takes, ordered))
    return found
