"""What a supplier's terms make of a need: how much is ordered and for which day. Pure, without a database."""

from collections import deque
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import NamedTuple

from erp.exceptions import Refused
from erp.money import rounded
from erp.register.fields import QUANTITY_LIMIT
from erp.register.units import MILLIONTH, plain, quantity_fits

MOST_ROWS = 100  # that one need is divided into
LONGEST_WAIT = 400  # calendar days in which a supplier delivers at least once


class OrderQuantity(NamedTuple):
    """What is ordered for a need: in the purchase unit, and in the part's base unit.

    ``parts`` are the rows that it takes where one row would be above the supplier's maximum; else there are none.
    """

    quantity: Decimal
    base: Decimal
    parts: tuple = ()

    @property
    def rows(self):
        return self.parts or (self,)


def order_quantity(*, need, term, conversions):
    """The need (base unit) in the purchase unit, rounded up to the unit's decimals, the minimum and the multiple."""
    return sizer(term, base_unit=term.part.unit_id, conversions=conversions)(need)


def sizer(term, *, base_unit, conversions):
    """A function from needs to the OrderQuantity of each; what all needs of one part ask alike is reckoned once.

    ``conversions`` are only looked at where ``needs_conversion``.
    """
    size, most = _sizer_of_a_row(term, base_unit=base_unit, conversions=conversions), term.maximum
    if not most:
        return size
    converts = needs_conversion(term, base_unit)
    base = conversions.to_base(part=term.part, quantity=most, unit=term.unit) if converts else most
    return partial(_in_rows, term=term, size=size, full=OrderQuantity(most, base))


def _in_rows(need, *, term, size, full):
    """Above the maximum as many full rows as it takes, and a last one for what remains."""
    whole = size(need)
    if whole.quantity <= term.maximum:
        return whole
    if whole.quantity > term.maximum * MOST_ROWS:
        raise Refused(
            f"{term.supplier} delivers at most {plain(term.maximum)} {term.unit} of {term.part} in a row; "
            f"{plain(whole.quantity)} would take more than {MOST_ROWS} rows."
        )
    parts, left = [], need
    while left > 0 and size(left).quantity > term.maximum:
        parts.append(full)
        left -= full.base
    parts += [size(left)] if left > 0 else []
    return OrderQuantity(sum(part.quantity for part in parts), sum(part.base for part in parts), tuple(parts))


def _sizer_of_a_row(term, *, base_unit, conversions):
    step = _step_of(term)
    if needs_conversion(term, base_unit):
        return partial(_converted, term=term, step=step, conversions=conversions)
    minimum, most = term.minimum, QUANTITY_LIMIT - step

    def size(need):
        wanted = max(need, minimum)
        if wanted >= most:
            raise Refused("The quantity is too large.")
        whole, rest = divmod(wanted, step)
        quantity = ((whole + 1 if rest else whole) * step).quantize(MILLIONTH)
        return OrderQuantity(quantity, quantity)

    return size


def needs_conversion(term, base_unit):
    """Whether the purchase unit is another one than the part's, or its steps are finer than the unit allows."""
    return term.unit_id != base_unit or not quantity_fits(term.unit, _step_of(term))


def _step_of(term):
    return Decimal(term.multiple) or Decimal(1).scaleb(-term.unit.decimals)


def _converted(need, *, term, step, conversions):
    part, unit = term.part, term.unit
    wanted = max(Fraction(need) / conversions.ratio(part=part, unit=unit), Fraction(term.minimum))
    steps = (wanted / Fraction(step)).__ceil__()
    base = conversions.to_base(part=part, quantity=steps * step, unit=unit)
    if base < need:  # the base quantity was rounded down
        steps += 1
        base = conversions.to_base(part=part, quantity=steps * step, unit=unit)
    return OrderQuantity(quantity=(steps * step).quantize(MILLIONTH), base=base)


def delivery_date(*, need_date, safety_time, term, days):
    """The last day that is early enough, a work day of ours and a delivery day of the supplier."""
    day = last_delivery(need_date=need_date, safety_time=safety_time, term=term, days=days)
    return day or _never(term)


def last_delivery(*, need_date, safety_time, term, days):
    """The same, and None where the supplier never delivers on a work day of ours."""
    latest = days.subtract(need_date, safety_time)
    possible = (latest - timedelta(days=back) for back in range(LONGEST_WAIT))
    return next((day for day in possible if term.delivers_on(day) and days.is_work_day(day)), None)


def _never(term):
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
    return _never(term)


def share_of(part, whole):
    """``part`` as a percentage of ``whole``, two decimals; 0 of nothing."""
    return (part / whole * 100).quantize(Decimal("0.01")) if whole else Decimal(0)


def amount(*, quantity, price, discount, currency):
    """Quantity x price less discount, rounded half up to the currency's decimals at the row."""
    exact = quantity * price
    return rounded(exact * (100 - discount) / 100 if discount else exact, currency)


def in_turn(needs, order):
    """[(takes, ordered)] for needs in their order: each takes what earlier orders have left over, then orders the rest.

    ``order(place, rest)`` gives the OrderQuantity for what is left of a need, or None where nothing is ordered;
    ``takes`` are (place of the need whose order gives, quantity).
    """
    left, found = deque(), []
    for place, need in enumerate(needs):
        takes = []
        while left and need:
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
