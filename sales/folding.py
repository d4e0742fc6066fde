"""What somebody has folded away in the row grid; it lasts until their browser is closed or they log out.

Of each order a sitting keeps whether all sub-rows are folded away and which rows are the exception. An order of very
many sub-rows, such as the parts of fifty kits, begins folded: nobody reads thousands of lines, or waits for them.
"""

from dataclasses import dataclass

from django.db.models import Q

from erp.web.sitting import keep, kept

MOST_ORDERS = 30
MOST_ROWS = 500
MOST_BELOW = 300  # sub-rows of an order that begins unfolded
SHOWN = {"folded": True, "open": False}
FOLDED, DELIVERED = "sales_folded", "sales_without_delivered"


@dataclass(frozen=True)
class Folding:
    """Which main rows of an order show nothing of what stands below them."""

    is_all: bool = False
    but: frozenset = frozenset()

    def holds(self, pk):
        return (pk in self.but) != self.is_all

    def shown(self, rows, *, keep):
        """The rows that are not folded away; those in ``keep`` (ids), which somebody asked for, in any case."""
        open_below = Q(parent__in=self.but) if self.is_all else ~Q(parent__in=self.but)
        return rows.filter(Q(parent=None) | Q(pk__in=keep) | open_below)

    def turned(self, pk):
        """The same with one row folded or opened."""
        return Folding(self.is_all, self.but ^ {pk})


def folding_of(request, order):
    """What the sitting keeps; else what the page that somebody clicks on showed, however many sub-rows came since."""
    found = kept(request, FOLDED, {}).get(str(order.pk))
    if not found:
        shown = SHOWN.get(request.POST.get("shown"))
        found = (_begins_folded(order) if shown is None else shown, ())
    is_all, but = found
    return Folding(is_all, frozenset(but))


def _begins_folded(order):
    below = order.rows.filter(parent__isnull=False).order_by()
    return below[MOST_BELOW : MOST_BELOW + 1].exists()


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
