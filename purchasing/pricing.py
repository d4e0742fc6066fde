"""What a supplier asks for a quantity on a day: the one place that knows price breaks, discounts and their dates."""

from datetime import date
from fractions import Fraction
from typing import NamedTuple

from erp.exceptions import Refused
from erp.register.units import half_up


class Price(NamedTuple):
    """The price of one unit, and the discount in per cent."""

    price: object
    discount: object


def price_for(term, quantity, on):
    """Price and discount for so many purchase units on a day.

    The break with the largest *from quantity* that is reached and counts on the day; of several the one that began
    last; without any the term's own. ``term`` comes ``with_prices()``. Refused in another currency than the supplier's.
    """
    return pricer(term, on)(quantity)


def pricer(term, on):
    """A function from quantities to what ``price_for`` says of them on a day."""
    _check_term(term)
    own = Price(term.price, term.discount)
    if not term.breaks:
        return lambda quantity: own
    counting = sorted(
        (step for step in term.breaks if step.counts_on(on)),
        key=lambda step: (step.from_quantity, step.valid_from or date.min),
        reverse=True,
    )
    steps = [(step.from_quantity, Price(step.price, step.discount)) for step in counting]
    return lambda quantity: next((price for least, price in steps if least <= quantity), own)


def check_currency(order, term):
    """Refuse to take a price from terms in another currency than the order's (the supplier's changed meanwhile)."""
    _check_term(term)
    if term.currency != order.currency:
        raise Refused(
            f"{order} is in {order.currency}, the terms of {term.part} are in {term.currency}. Make a new order."
        )


def _check_term(term):
    if term.currency != term.supplier.currency:
        raise Refused(
            f"{term} is priced in {term.currency}, but {term.supplier} is paid in {term.supplier.currency}. "
            "An administrator corrects the supplier terms."
        )


def price_in(unit, *, term, quantity, on, conversions):
    """The same for a quantity in any unit of the part: the break of what that is in purchase units, per ``unit``."""
    if unit.pk == term.unit_id:
        return price_for(term, quantity, on)
    share = conversions.ratio(part=term.part, unit=unit) / conversions.ratio(part=term.part, unit=term.unit)
    found = price_for(term, Fraction(quantity) * share, on)
    return Price(half_up(Fraction(found.price) * share), found.discount)
