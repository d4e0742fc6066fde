"""What somebody has folded away in the row grid; it lasts until their browser is closed or they log out.

Of each order a sitting keeps whether all sub-rows are folded away and which rows are the exception.
"""

from dataclasses import dataclass

from erp.web.sitting import keep, kept

MOST_ORDERS = 30
MOST_ROWS = 500
FOLDED, DELIVERED = "sales_folded", "sales_without_delivered"


@dataclass(frozen=True)
class Folding:
    """Which main rows of an order show nothing of what stands below them."""

    is_all: bool = False
    but: frozenset = frozenset()

    def holds(self, pk):
        return (pk in self.but) != self.is_all

    def turned(self, pk):
        """The same with one row folded or opened."""
        return Folding(self.is_all, self.but ^ {pk})


def folding_of(request, order):
    is_all, but = kept(request, FOLDED, {}).get(str(order.pk), (False, ()))
    return Folding(is_all, frozenset(but))


def keep_folding(request, order, folding):
    """Remember it; of many orders the latest."""
    others = {pk: facts for pk, facts in kept(request, FOLDED, {}).items() if pk != str(order.pk)}
    others[str(order.pk)] = [folding.is_all, sorted(folding.but)[-MOST_ROWS:]]
    keep(request, FOLDED, dict(list(others.items())[-MOST_ORDERS:]))


def hides_delivered(request):
    """Rows with final delivery made are shown, until somebody hides them for the time of their sitting."""
    return bool(kept(request, DELIVERED))


def show_delivered(request, *, shown):
    keep(request, DELIVERED, not shown)
