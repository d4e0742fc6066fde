"""What should become of two purchase rows and three demands, in whole numbers: a model to compare the ledger with."""

from dataclasses import dataclass, field


@dataclass
class Promise:
    """One link. ``bound`` and ``need`` (smaller is earlier) say who is served first and who gives way last."""

    bound: bool
    need: int
    made: int
    to_come: int = 0
    on_shelf: int = 0

    @property
    def open(self):
        return self.to_come + self.on_shelf

    @property
    def served(self):
        return not self.bound, self.need

    @property
    def gives_way(self):
        return self.bound, -self.need


@dataclass
class Row:
    quantity: int
    tolerance: int = 0
    done: int = 0
    cancelled: int = 0
    ended: bool = False
    promises: dict = field(default_factory=dict)

    @property
    def open(self):
        return max(self.quantity - self.done - self.cancelled, 0)

    @property
    def promised(self):
        return sum(promise.to_come for promise in self.promises.values())

    @property
    def free(self):
        return self.open - self.promised

    @property
    def gone(self):
        """Ended with nothing received: cancelled for good."""
        return self.ended and self.done == 0

    def end(self):
        self.cut(0)
        self.cancelled += self.open
        self.ended = True

    def cut(self, to):
        surplus = self.promised - to
        for promise in sorted(self.promises.values(), key=lambda promise: promise.gives_way):
            less = max(min(surplus, promise.to_come), 0)
            promise.to_come -= less
            surplus -= less


@dataclass
class Model:
    rows: dict
    demands: dict  # number -> how much it still needs
    on_hand: int = 0
    links: int = 0

    @property
    def free(self):
        return self.on_hand - sum(p.on_shelf for row in self.rows.values() for p in row.promises.values())

    @property
    def status(self):
        live = [row for row in self.rows.values() if not row.gone]
        if not live:
            return "cancelled"
        if all(row.ended for row in live):
            return "ended"
        return "partly_received" if any(row.done for row in live) else "sent"

    def of(self, demand):
        """Its links, the oldest first."""
        found = [row.promises[demand] for row in self.rows.values() if demand in row.promises]
        return sorted(found, key=lambda promise: promise.made)

    def uncovered(self, demand):
        return self.demands[demand] - sum(promise.open for promise in self.of(demand))

    def link(self, pk, demand, quantity):
        row = self.rows[pk]
        if row.ended or quantity > row.free or quantity > self.uncovered(demand):
            return False
        self.links += 1
        old = row.promises.get(demand)
        if old is None or old.open == 0:
            old = row.promises[demand] = Promise(bound=demand == 0, need=demand, made=self.links)
        old.to_come += quantity
        return True

    def disconnect(self, pk, demand, quantity):
        promise = self.rows[pk].promises[demand]
        if quantity > promise.open:
            return False
        from_shelf = max(quantity - promise.to_come, 0)
        promise.to_come -= quantity - from_shelf
        promise.on_shelf -= from_shelf
        return True

    def receive(self, pk, quantity, *, rejected=0, owed=True, final=False):
        row = self.rows[pk]
        most = (row.quantity - row.cancelled) * (100 + row.tolerance) // 100 - row.done
        if row.ended or quantity > most or quantity + rejected == 0:
            return False
        self._put_on_shelf(row, quantity)
        if rejected and not owed:
            self.give_up(row, min(rejected, row.open))
        if not row.ended and (final or row.open == 0):
            row.end()
        return True

    def _put_on_shelf(self, row, quantity):
        row.done += quantity
        self.on_hand += quantity
        for promise in sorted(row.promises.values(), key=lambda promise: promise.served):
            share = min(quantity, promise.to_come)
            promise.to_come, promise.on_shelf = promise.to_come - share, promise.on_shelf + share
            quantity -= share

    def give_up(self, row, quantity):
        if quantity == 0:
            return
        if quantity == row.open:
            row.end()
            return
        row.cut(row.open - quantity)
        row.cancelled += quantity

    def take_back(self, pk, given_up):
        """The reject of so much was a mistake."""
        row = self.rows[pk]
        if given_up and row.gone:
            return False
        row.cancelled -= given_up
        row.ended = row.ended and not given_up
        return True

    def reverse(self, pk, quantity):
        row = self.rows[pk]
        from_links = max(quantity - max(self.free, 0), 0)
        there = sum(promise.on_shelf for promise in row.promises.values())
        room = max(row.quantity - row.cancelled - (row.done - quantity), 0)
        if from_links > there or row.promised + from_links > room:
            return False
        for promise in sorted(row.promises.values(), key=lambda promise: promise.gives_way):
            less = min(from_links, promise.on_shelf)
            promise.on_shelf, promise.to_come = promise.on_shelf - less, promise.to_come + less
            from_links -= less
        row.done -= quantity
        self.on_hand -= quantity
        row.ended = row.open == 0
        return True

    def short_close(self, pk):
        row = self.rows[pk]
        if row.ended:
            return False
        row.end()
        return True

    def cancel(self):
        if self.status != "sent":
            return False
        for row in self.rows.values():
            if not row.ended:
                row.end()
        return True

    def deliver(self, demand, quantity):
        """Only what lies on its own shelf, from the oldest link on."""
        self.demands[demand] -= quantity
        self.on_hand -= quantity
        for promise in self.of(demand):
            share = min(quantity, promise.on_shelf)
            promise.on_shelf -= share
            quantity -= share
