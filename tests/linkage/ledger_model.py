"""What the ledger must do, as plain quantities in Python: no locks, no guard, no SQL.

A pair is what one supply holds for one demand: ``to_come`` and ``on_shelf``. Each method answers whether the rules
allow the step and, if so, does it. Where the ledger may choose whose goods are taken (which of several links), the
model knows the totals only and adopts the division from the database (see the machine).
"""

from dataclasses import dataclass, field


@dataclass
class Row:
    """A demand or a supply."""

    quantity: int
    done: int = 0
    cancelled: int = 0
    ended: bool = False

    @property
    def open(self):
        return max(self.quantity - self.done - self.cancelled, 0)

    def end(self):
        self.cancelled, self.ended = self.cancelled + self.open, True


@dataclass
class Pair:
    to_come: int = 0
    on_shelf: int = 0

    @property
    def open(self):
        return self.to_come + self.on_shelf

    def release(self, quantity):
        """What is to come goes first."""
        taken = min(quantity, self.to_come)
        self.to_come -= taken
        self.on_shelf -= quantity - taken


@dataclass
class Model:
    """All of one part; SHELF is the balance of the warehouse, ``far`` what lies in another one."""

    SHELF = "shelf"
    demands: dict = field(default_factory=dict)
    supplies: dict = field(default_factory=dict)
    pairs: dict = field(default_factory=dict)
    on_hand: int = 0
    far: int = 0

    def pair(self, supply, demand):
        return self.pairs.setdefault((supply, demand), Pair())

    def of_demand(self, demand):
        return [pair for (_, d), pair in self.pairs.items() if d == demand]

    def of_supply(self, supply):
        return [pair for (s, _), pair in self.pairs.items() if s == supply]

    def linked(self, demand):
        return sum(pair.open for pair in self.of_demand(demand))

    def on_shelf(self, demand):
        return sum(pair.on_shelf for pair in self.of_demand(demand))

    def promised(self, supply):
        """What is still to come of it, or lies on the shelf, for somebody."""
        if supply == self.SHELF:
            return sum(pair.on_shelf for pair in self.pairs.values())
        return sum(pair.to_come for pair in self.of_supply(supply))

    def uncovered(self, demand):
        return self.demands[demand].open - self.linked(demand)

    def free(self, supply):
        there = self.on_hand if supply == self.SHELF else self.supplies[supply].open
        return there - self.promised(supply)

    def is_open(self, supply):
        return supply == self.SHELF or not self.supplies[supply].ended

    # Links

    def link(self, supply, demand, quantity):
        fits = quantity <= self.uncovered(demand) and quantity <= self.free(supply)
        if not fits or self.demands[demand].ended or not self.is_open(supply):
            return False
        pair = self.pair(supply, demand)
        if supply == self.SHELF:
            pair.on_shelf += quantity
        else:
            pair.to_come += quantity
        return True

    def disconnect(self, supply, demand, quantity):
        pair = self.pair(supply, demand)
        if quantity > pair.open:
            return False
        pair.release(quantity)
        return True

    def change(self, supply, demand, quantity):
        less = self.pair(supply, demand).open - quantity
        if less > 0:
            return self.disconnect(supply, demand, less)
        return less == 0 or self.link(supply, demand, -less)

    def hand_over(self, supply, giver, taker, quantity):
        old = self.pair(supply, giver)
        if giver == taker or quantity > old.open or quantity > self.uncovered(taker) or self.demands[taker].ended:
            return False
        to_come = min(quantity, old.to_come)
        old.release(quantity)
        new = self.pair(supply, taker)
        new.to_come += to_come
        new.on_shelf += quantity - to_come
        return True

    # Goods

    def receive(self, supply, quantity):
        row = self.supplies[supply]
        if row.ended or quantity > row.open:
            return False
        row.done += quantity
        self.on_hand += quantity
        for (_, _), pair in sorted((key, pair) for key, pair in self.pairs.items() if key[0] == supply):
            share = min(quantity, pair.to_come)
            pair.to_come, pair.on_shelf = pair.to_come - share, pair.on_shelf + share
            quantity -= share
        return True

    def issue(self, demand, quantity):
        """Returns what stays (to come, on the shelf) for the demand, or None when it is refused."""
        row = self.demands[demand]
        own = min(quantity, self.on_shelf(demand))
        rest = quantity - own
        if row.ended or quantity > row.open or rest > self.free(self.SHELF):
            return None
        given_up = max(rest - self.uncovered(demand), 0)
        stays = self.linked(demand) - self.on_shelf(demand) - given_up, self.on_shelf(demand) - own
        row.done += quantity
        self.on_hand -= quantity
        return stays

    def adjust(self, quantity):
        if -quantity > self.free(self.SHELF):
            return False
        self.on_hand += quantity
        return True

    def move(self, quantity):
        """Above 0 away, below 0 back."""
        if quantity > self.free(self.SHELF) or -quantity > self.far:
            return False
        self.on_hand -= quantity
        self.far += quantity
        return True

    # Rows

    def shrink_demand(self, demand, quantity):
        """Returns what stays (to come, on the shelf), or None when less than what is done was asked for."""
        row = self.demands[demand]
        if row.ended or quantity < row.done:
            return None
        row.quantity = quantity
        surplus = max(self.linked(demand) - row.open, 0)
        to_come = self.linked(demand) - self.on_shelf(demand)
        return max(to_come - surplus, 0), self.on_shelf(demand) - max(surplus - to_come, 0)

    def end_demand(self, demand):
        for pair in self.of_demand(demand):
            pair.to_come = pair.on_shelf = 0
        self.demands[demand].end()

    def end_supply(self, supply):
        for pair in self.of_supply(supply):
            pair.to_come = 0
        self.supplies[supply].end()
