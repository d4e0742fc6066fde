"""So many of a fictitious part: how many are still to be delivered, and what leaves of its parts for some of them.

Complete ones are counted: what left of a part before the others is in the next ones, and the last ones take what
rounding has left. What is not kept in stock is delivered whole, with the last ones.
"""

from fractions import Fraction

from erp.exceptions import Refused
from erp.register.units import half_up, plain, round_up
from sales.money import share_left


def left_of(main, parts):
    """How many of a fictitious part are not complete at the customer yet, in its unit; ``parts`` stand below it.

    One that is complete in part only is not.
    """
    return _whole(main, _share_left(parts))


def complete_share(main, parts, done):
    """How much of a fictitious part is complete, exactly: of these parts so much is at the customer, {part id: base}.

    Where it is made of what is not kept in stock, nobody can say before all of it came.
    """
    if not parts:
        return Fraction(0)
    left = max(1 - Fraction(done.get(part.pk, 0)) / Fraction(part.demand.quantity) for part in parts)
    return 1 - Fraction(_whole(main, max(left, Fraction(0)))) / Fraction(main.quantity)


def waited_for(parts):
    """The parts that decide how many are complete: one that was ended short is not waited for."""
    stocked = [part for part in parts if part.demand_id]
    return [part for part in stocked if not (part.is_closed and part.demand.done < part.demand.quantity)]


def _whole(main, share):
    """A share of the row in its unit, rounded up: one that is begun is not complete."""
    return min(round_up(half_up(Fraction(main.quantity) * share), main.unit), main.quantity)


def _share_left(parts):
    """That of the part of which least left, exactly; one without a demand is delivered whole, at the end."""
    waiting = [part for part in parts if not part.is_closed]
    counted = [part for part in waiting if part.demand_id] or waiting
    return max(map(share_left, counted), default=Fraction(0))


def leaving(main, parts, quantity, *, units):
    """[(part, quantity in its unit, in its base unit)] that make ``quantity`` more of ``main`` complete.

    The base unit, in which it is rounded up, is exact: 2 pieces are 0.166667 dozen; None of what has no stock. With the
    last ones goes what is not kept in stock.
    """
    waiting = [part for part in parts if not part.is_closed]
    left = left_of(main, parts)
    if quantity <= 0:
        raise Refused("Enter a quantity above 0.")
    if not waiting:
        raise Refused(f"No parts of {main} are left to deliver.")
    if quantity > left:
        raise Refused(
            f"Only {plain(left)} {main.unit} of {main} are left to deliver; {plain(quantity)} were asked for."
        )
    complete = Fraction(main.quantity - left + quantity) / Fraction(main.quantity)
    found = [(part, _more_of(part, complete)) for part in waiting if part.demand]
    going = [
        (part, units.from_base(part=part.part, quantity=base, unit=part.unit), base) for part, base in found if base > 0
    ]
    return [*going, *((part, part.quantity, None) for part in waiting if quantity == left and not part.demand)]


def _more_of(part, complete):
    """What is missing of a part until so much of its row (a fraction) is complete, in the base unit."""
    if complete == 1:
        return part.demand.open
    needed = round_up(half_up(Fraction(part.demand.quantity) * complete), part.part.unit)
    return min(needed - part.demand.done, part.demand.open)
