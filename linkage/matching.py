"""Uncovered demands matched with free supplies: two ordered streams, merged per part and warehouse. No database."""

from bisect import bisect_left
from collections import defaultdict
from decimal import Decimal
from typing import NamedTuple

from linkage.models import Demand, Supply


class Promise(NamedTuple):
    """So much of a supply for a demand, as a rule, a suggestion or a person would link it."""

    supply: Supply
    demand: Demand
    quantity: Decimal


def match(demands, supplies, *, suits=None, window=None):
    """The promises: each demand in order takes what is free of the first supplies that suit it.

    ``suits(supply, demand)`` says no to a pair; None lets all of the part and warehouse suit. ``window``:
    {supply id: (first, last)} need dates that it may serve, for supplies that come in the order of their dates.
    """
    offered = defaultdict(list)
    for supply in supplies:
        if window is None or supply.pk in window:
            offered[supply.part_id, supply.warehouse_id].append(supply)
    pools = {key: Pool(rows, window) for key, rows in offered.items()}
    promises = []
    for demand in demands:
        if pool := pools.get((demand.part_id, demand.warehouse_id)):
            promises += pool.serve(demand, suits)
    return promises


class Pool:
    """The free supplies of one part and warehouse, in order; what is used up is jumped over in almost no time."""

    def __init__(self, supplies, window):
        self.supplies = supplies
        self.left = [supply.free for supply in supplies]
        self.jump = list(range(len(supplies) + 1))
        self.firsts = window and [window[supply.pk][0] for supply in supplies]
        self.lasts = window and [window[supply.pk][1] for supply in supplies]

    def serve(self, demand, suits):
        wanted, need = demand.uncovered, demand.need_date
        place = self._alive(bisect_left(self.lasts, need) if self.lasts else 0)
        while wanted and place < len(self.supplies) and not (self.firsts and self.firsts[place] > need):
            if suits is None or suits(self.supplies[place], demand):
                take = min(wanted, self.left[place])
                yield Promise(self.supplies[place], demand, take)
                wanted -= take
                self._take(place, take)
            place = self._alive(place + 1)

    def _take(self, place, quantity):
        self.left[place] -= quantity
        if not self.left[place]:
            self.jump[place] = place + 1

    def _alive(self, place):
        """The first supply from here on with something left; the way there is shortened for the next one who asks."""
        end = place
        while self.jump[end] != end:
            end = self.jump[end]
        while self.jump[place] != end:
            self.jump[place], place = end, self.jump[place]
        return end
