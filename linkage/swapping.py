"""Swaps that help somebody and harm nobody, found among what links hold. Plain facts in, swaps out, no database.

A demand is late when its goods come after its need date. It is helped by goods that come earlier, and whoever gives
them away is not harmed when the late goods come by its need date. So those who give are never late themselves, each
swap helps one side only, and the two roles do not mix: sorted by the day they come and by the day they are needed,
the late ones take in turn what those who can wait hold. No pair is ever compared with all others.
"""

from bisect import bisect_left, bisect_right, insort
from datetime import date
from decimal import Decimal
from heapq import heappop, heappush
from typing import NamedTuple

ON_SHELF = date.min  # goods that are there come on this day


class Held(NamedTuple):
    """What one link holds: the day its goods come and are needed, and the earliest need that their order bears.

    An order bears a need when the material for it comes in time; goods that are bought or on the shelf bear any.
    """

    link: int
    supply: int
    demand: int
    quantity: Decimal
    comes: date
    need: date
    bears: date = date.min


class Swap(NamedTuple):
    """So much of what ``late`` holds for as much of what ``early`` holds; days late of the late demand."""

    late: Held
    early: Held
    quantity: Decimal
    days_before: int
    days_after: int


def find(held, *, days_late, tombstones=frozenset()):
    """The swaps of one part in one warehouse; deterministic. ``days_late(comes, need)``: work days, 0 = in time.

    Each link is used up to what it holds, so all of them can be done. Empty exactly when no pair of links has a swap
    that helps one and harms none. Pairs (supply, demand) in ``tombstones`` are not joined again.
    """
    late = sorted((h for h in held if h.comes > h.need), key=lambda h: (-h.comes.toordinal(), h.need, h.link))
    waiting = sorted((h for h in held if h.comes <= h.need), key=lambda h: (h.need, h.link))
    market, swaps = Market(tombstones), []
    for asking in late:
        while waiting and waiting[-1].need >= asking.comes:
            market.offer(waiting.pop())
        swaps += market.serve(asking, days_late)
    return swaps


class Market:
    """What those who can wait hold, by the day it comes."""

    def __init__(self, tombstones):
        self.tombstones = tombstones
        self.days, self.offers = [], {}

    def offer(self, held):
        if held.comes not in self.offers:
            insort(self.days, held.comes)
        heappush(self.offers.setdefault(held.comes, []), (held.bears, held.link, held, held.quantity))

    def serve(self, asking, days_late):
        """Swaps for one late link: goods just in time first, so that earlier ones are left; else the earliest."""
        before, left, swaps, emptied = days_late(asking.comes, asking.need), asking.quantity, [], []
        for day in self._days_for(asking):
            after = days_late(day, asking.need)
            if not left or after >= before:
                break
            if self.offers[day][0][0] > asking.need:
                continue
            for early, quantity in self._take(day, asking, left):
                swaps.append(Swap(asking, early, quantity, before, after))
                left -= quantity
            if not self.offers[day]:
                emptied.append(day)
        for day in emptied:
            del self.offers[day], self.days[bisect_left(self.days, day)]
        return swaps

    def _days_for(self, asking):
        in_time = bisect_right(self.days, asking.need)
        for place in range(in_time - 1, -1, -1):
            yield self.days[place]
        for place in range(in_time, len(self.days)):
            yield self.days[place]

    def _take(self, day, asking, wanted):
        """Up to ``wanted`` of what comes on a day and may go to who asks; what is left over stays on offer."""
        offers, passed_over = self.offers[day], []
        while wanted and offers and offers[0][0] <= asking.need:
            bears, link, held, left = heappop(offers)
            if self._parted(asking, held):
                passed_over.append((bears, link, held, left))
                continue
            taken = min(wanted, left)
            wanted -= taken
            if left > taken:
                heappush(offers, (bears, link, held, left - taken))
            yield held, taken
        for offer in passed_over:
            heappush(offers, offer)

    def _parted(self, asking, held):
        return (held.supply, asking.demand) in self.tombstones or (asking.supply, held.demand) in self.tombstones
