"""What somebody has folded away in the row grid; it lasts as long as their session.

Of each order a session keeps whether all sub-rows are folded away and which rows are the exception.
"""

from dataclasses import dataclass

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


def folding_of(session, order):
    is_all, but = session.get(FOLDED, {}).get(str(order.pk), (False, ()))
    return Folding(is_all, frozenset(but))


def keep_folding(session, order, folding):
    """Remember it; of many orders the latest."""
    kept = {pk: facts for pk, facts in session.get(FOLDED, {}).items() if pk != str(order.pk)}
    kept[str(order.pk)] = [folding.is_all, sorted(folding.but)[-MOST_ROWS:]]
    session[FOLDED] = dict(list(kept.items())[-MOST_ORDERS:])


def hides_delivered(session):
    """Rows with final delivery made are shown, until somebody hides them for the time of their session."""
    return bool(session.get(DELIVERED))


def show_delivered(session, *, shown):
    session[DELIVERED] = not shown
