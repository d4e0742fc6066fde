"""Counting: the balance becomes what was counted, whatever happened to it since the page was opened."""

from erp.exceptions import Refused
from erp.register.units import check_fits, plain
from linkage.locks import lock
from linkage.models import StockMovement
from linkage.models.movements import MovementKind
from linkage.operation import operation, settle
from linkage.operations.numbering import name_pieces
from linkage.operations.pieces import check_count, pieces_on, some
from linkage.operations.stock import adjust_stock, balance_of
from linkage.serials import numbers_in


@operation
def count_stock(*, part, warehouse, counted, by, effective_on, serials="", reason=""):
    """Post the difference between the counted quantity and the balance; returns the movements, which may be none.

    ``serials`` names the pieces that are there: one that was not known to be there is from now on, one that is not
    named leaves. Pieces that have no number take one that was found first.
    """
    if counted < 0:
        raise Refused("A counted quantity is 0 or more.")
    check_fits(part.unit, counted)
    [shelf] = lock(balance_of(part, warehouse))
    facts = {"part": part, "warehouse": warehouse, "by": by, "effective_on": effective_on, "reason": reason}
    if serials:
        return _count_pieces(shelf, counted, numbers_in(serials), facts)
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
    without = int(shelf.quantity) - len(here)
    named, found = found[:without], found[without:]
    if named:
        name_pieces(_what_brought(shelf), ", ".join(named))
        settle()
    rest = counted - len(numbers) - (without - len(named))  # of the pieces without a number
    came = _post(len(found) + max(rest, 0), facts, found)
    settle()
    return came + _post(-len(gone) + min(rest, 0), facts, gone)


def _what_brought(shelf):
    """The last movement that put goods on a balance: of pieces without a number nobody knows more."""
    return StockMovement.objects.filter(to_stock=shelf, quantity__gt=0, reversed_by=None).latest("pk")
