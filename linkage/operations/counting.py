"""Counting: the balance becomes what was counted, whatever happened to it since the page was opened."""

from erp.exceptions import Refused
from erp.register.units import check_fits, plain
from linkage.locks import lock
from linkage.models.movements import MovementKind
from linkage.operation import operation, settle
from linkage.operations.pieces import check_count, pieces_on, some
from linkage.operations.releasing import ZERO
from linkage.operations.stock import adjust_stock, balance_of
from linkage.serials import numbers_in


@operation
def count_stock(*, part, warehouse, counted, by, effective_on, serials="", reason=""):
    """Post the difference between the counted quantity and the balance; returns the movements, which may be none.

    ``serials`` names the pieces that are there: one that was not known to be there is from now on, one that is not
    named leaves. A piece that is found comes with the count itself, also where one without a number lay until now:
    nobody knows which movement had brought that.
    """
    if counted < 0:
        raise Refused("A counted quantity is 0 or more.")
    check_fits(part.unit, counted)
    [shelf] = lock(balance_of(part, warehouse))
    facts = {"part": part, "warehouse": warehouse, "by": by, "effective_on": effective_on, "reason": reason}
    if numbers := numbers_in(serials):
        return _count_pieces(shelf, counted, numbers, facts)
    _check_nobody_is_asked_for(shelf, counted)
    return _post(counted - shelf.quantity, facts)


def _check_nobody_is_asked_for(shelf, counted):
    here = list(pieces_on(shelf).values_list("number", flat=True))
    if 0 < counted < len(here):
        raise Refused(
            f"{len(here)} pieces of {shelf.part} in {shelf.warehouse} have a serial number, {plain(counted)} were "
            f"counted: name those that are there. Known are {some(here)}."
        )


def _post(difference, facts, numbers=()):
    if difference == 0:
        return []
    return [adjust_stock(quantity=difference, kind=MovementKind.COUNT, serials=", ".join(numbers), **facts)]


def _count_pieces(shelf, counted, numbers, facts):
    """First what is there and was not known comes, then what is known and is not there leaves."""
    check_count(shelf, counted, numbers)
    here = list(pieces_on(shelf).values_list("number", flat=True))
    gone = [number for number in here if number not in set(numbers)]
    found = [number for number in numbers if number not in set(here)]
    nameless = counted - len(numbers) - (shelf.quantity - len(here))  # more or fewer of them than before
    came = _post(len(found) + max(nameless, ZERO), facts, found)
    settle()
    return came + _post(-len(gone) + min(nameless, ZERO), facts, gone)
