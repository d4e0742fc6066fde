"""What the ticked lines of the target list make: which rows, how much of each, and who takes whose surplus.

Lines of a stock-driven part that are needed on the same day become one row; those of an order-oriented part keep a row
each, because each need has supply of its own. What rounding leaves over serves the next line of the part.
"""

from collections import defaultdict, deque
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from erp.exceptions import Refused
from erp.register.units import Conversions, check_fits, plain
from linkage.dates import work_days_of
from linkage.models import Demand
from linkage.queries.shortage import short
from purchasing.arithmetic import OrderQuantity, amount, delivery_date, in_turn, latest_order_date, order_quantity
from purchasing.models import SupplierTerm
from purchasing.planning import NotOrdered, Wanted, held_by_link, term_of, terms_for
from purchasing.pricing import Price, price_for

ZERO = Decimal(0)


@dataclass(frozen=True)
class Ask:
    """One ticked line: what is short of it, how much a person wants ordered for it, and on whose terms."""

    demand: Demand
    short: Decimal
    quantity: Decimal
    term: SupplierTerm

    @property
    def need(self):
        """What has to come for it; a person may order more, which is free."""
        return min(self.quantity, self.short)

    @property
    def extra(self):
        return self.quantity - self.need


@dataclass
class PlannedRow:
    """One purchase row to be made, with the lines it is for: (ask, so much of it)."""

    wanted: Wanted
    order_by: date
    shares: list = field(default_factory=list)

    @property
    def term(self) -> SupplierTerm:
        return self.wanted.term

    @property
    def ordered(self) -> OrderQuantity:
        return self.wanted.ordered

    @property
    def price(self) -> Price:
        return self.wanted.price

    @property
    def value(self):
        return amount(quantity=self.ordered.quantity, **self.price._asdict(), currency=self.term.currency)

    @property
    def need(self):
        """What of the row is for the lines (base unit)."""
        return sum((quantity for _, quantity in self.shares), ZERO)

    @property
    def surplus(self):
        """What is left for others, and free."""
        return self.ordered.base - self.need


def asks_of(demands, *, today, quantities=None, suppliers=None, seen=None):
    """[Ask] of demands, by need; raises NotOrdered with a sentence for each that can't be asked for.

    ``quantities`` {demand id: base quantity} and ``suppliers`` {demand id: Partner} replace what is short and the
    default supplier. ``seen`` {demand id: quantity} is what a person saw short: less than that by now is refused.
    """
    demands = list(Demand.objects.filter(pk__in=[demand.pk for demand in demands]).for_list().by_need())
    missing = short(today=today, demands=demands)
    terms = terms_for(demands)
    asks, problems = [], {}
    for demand in demands:
        try:
            now = missing.get(demand.pk, ZERO)
            _check_short(demand, now, (seen or {}).get(demand.pk))
            quantity = (quantities or {}).get(demand.pk, now)
            if quantity <= 0:
                raise Refused(f"{demand}: enter a quantity above 0.")
            check_fits(demand.part.unit, quantity)
            asks.append(Ask(demand, now, quantity, term_of(demand, terms, (suppliers or {}).get(demand.pk))))
        except Refused as refusal:
            problems[demand.pk] = str(refusal)
    if problems:
        raise NotOrdered(problems)
    return asks


def _check_short(demand, now, seen):
    unit = demand.part.unit
    if not now:
        raise Refused(f"{demand} is no longer short of {demand.part}. Reload the list.")
    if seen is not None and now < seen:
        raise Refused(
            f"{demand} is short of {plain(now)} {unit} of {demand.part} now, not of {plain(seen)}. Reload the list."
        )


def plan_targets(asks, *, on, combine=False):
    """[PlannedRow] in the order of need; ``combine`` makes one row of all lines of a part and supplier."""
    conversions = Conversions([ask.demand.part for ask in asks])
    days = work_days_of(ask.demand.warehouse_id for ask in asks)
    pools = defaultdict(list)
    for ask in asks:
        demand = ask.demand
        pools[demand.part_id, demand.warehouse_id, demand.revision_id, ask.term.pk].append(ask)
    rows, problems = [], {}
    for pool in pools.values():
        try:
            facts = {"conversions": conversions, "days": days[pool[0].demand.warehouse_id], "on": on}
            rows += _rows_of(_bundles(pool, combine=combine), **facts)
        except Refused as refusal:
            problems |= {ask.demand.pk: str(refusal) for ask in pool}
    if problems:
        raise NotOrdered(problems)
    return sorted(rows, key=lambda row: (row.wanted.demand.need_date, row.wanted.demand.priority, row.wanted.demand.pk))


def _bundles(pool, *, combine):
    """The lines of one part and supplier by the row that serves them."""
    bundles = defaultdict(list)
    for ask in pool:
        alone = ask.demand.pk if held_by_link(ask.demand) else ask.demand.need_date
        bundles[None if combine else alone].append(ask)
    return list(bundles.values())


def _rows_of(bundles, *, conversions, days, on):
    def order(place, rest):
        wanted = rest + sum((ask.extra for ask in bundles[place]), ZERO)
        term = bundles[place][0].term
        return order_quantity(need=wanted, term=term, conversions=conversions) if wanted else None

    turns = in_turn([sum((ask.need for ask in asks), ZERO) for asks in bundles], order)
    rows = [
        _row(asks, ordered, conversions=conversions, days=days, on=on) if ordered else None
        for asks, (_, ordered) in zip(bundles, turns, strict=True)
    ]
    for place, (asks, (takes, _)) in enumerate(zip(bundles, turns, strict=True)):
        _share_out(asks, [*takes, (place, None)], rows)
    return [part for row in rows if row for part in _divided(row, on=on)]


def _divided(row, *, on):
    """A row for each that the supplier's maximum asks for; the lines, oldest first, fill one after the other."""
    parts = row.ordered.parts
    if not parts:
        return [row]
    left, found = deque(row.shares), []
    for ordered in parts:
        price = price_for(row.term, ordered.quantity, on)
        wanted = replace(row.wanted, need=ordered.base, ordered=ordered, price=price)
        found.append(PlannedRow(wanted, row.order_by, list(_filled(left, ordered.base))))
    return found


def _filled(left, room):
    """What of the waiting shares fits into so much; the rest of one that does not waits on."""
    while left and room > 0:
        ask, quantity = left.popleft()
        taken = min(quantity, room)
        room -= taken
        if quantity > taken:
            left.appendleft((ask, quantity - taken))
        yield ask, taken


def _row(asks, ordered, *, conversions, days, on):
    demand, term = asks[0].demand, asks[0].term
    due = delivery_date(need_date=demand.need_date, safety_time=demand.part.safety_time, term=term, days=days)
    price = price_for(term, ordered.quantity, on)
    wanted = Wanted(demand=demand, need=ordered.base, term=term, ordered=ordered, due_date=due, price=price)
    return PlannedRow(wanted, latest_order_date(due_date=due, lead_time=term.lead_time, days=days))


def _share_out(asks, givers, rows):
    """Give the lines, oldest first, what they take from each row; the last giver is their own and gives the rest."""
    left = [[ask, ask.need] for ask in asks]
    for place, quantity in givers:
        for line in left:
            taken = line[1] if quantity is None else min(line[1], quantity)
            if taken > 0:
                rows[place].shares.append((line[0], taken))
                line[1] -= taken
                quantity = None if quantity is None else quantity - taken
