"""Planning of order trees: what to take, what to make, what stays short. Pure arithmetic, no database.

All trees together, level by level in low-level-code order, so that each part meets all its needs at once and stock is
used once. Inside a level needs are served by need date, priority, row, depth in the tree, position.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from erp.exceptions import Refused
from production.explosion import MAX_LEVELS, ZERO, Facts, Recipe, Row

MAX_LOTS = 1000


@dataclass(slots=True, eq=False)
class Need:
    """What is to be made for: a sales row or a component that stands already. It takes no stock by itself.

    ``promised`` is how much of it a link may hold; None means all.
    """

    key: object
    part: int
    quantity: Decimal
    need_date: date
    warehouse: int = 0
    priority: int = 5
    revision: int | None = None
    variant: str = ""
    promised: Decimal | None = None
    start_date: date | None = None
    finish_date: date | None = None
    depth = 0

    @property
    def place(self):
        return (self.need_date, self.priority, self.key, 0, 0)

    @property
    def row(self):
        return self.key


@dataclass(slots=True, eq=False)
class Free:
    """What can still be given: stock (no due date) or an open order. ``supply`` is what it stands for."""

    id: int
    part: int
    warehouse: int
    quantity: Decimal
    due_date: date | None = None
    supply: object = None


@dataclass(slots=True, eq=False)
class PlannedOrder:
    """An order to make. ``shares`` are the needs it is made for; what is over is free."""

    facts: Facts
    recipe: Recipe
    warehouse: int
    quantity: Decimal
    start_date: date
    finish_date: date
    deadline: date
    depth: int
    shares: list
    components: list = field(default_factory=list)
    variant: str = ""

    @property
    def surplus(self):
        return self.quantity - sum(quantity for _need, quantity in self.shares)


@dataclass(slots=True, eq=False)
class PlannedComponent:
    """What an order needs of one part: what it takes ((Free, quantity) each), the orders made for it, what is short."""

    order: PlannedOrder
    facts: Facts
    source: Row
    position: int
    quantity: Decimal
    need_date: date
    priority: int
    row: object
    taken: list = field(default_factory=list)
    orders: list = field(default_factory=list)
    short: Decimal = ZERO
    why: str = ""
    promised = None

    @property
    def part(self):
        return self.facts.id

    @property
    def warehouse(self):
        return self.order.warehouse

    @property
    def depth(self):
        return self.order.depth + 1

    @property
    def place(self):
        return (self.need_date, self.priority, self.row, self.depth, self.position)


@dataclass(slots=True)
class Plan:
    """The trees, level by level: orders first made, first named. ``refusals``: {key of a root: why it gets none}."""

    orders: list = field(default_factory=list)
    refusals: dict = field(default_factory=dict)

    @property
    def components(self):
        return [component for order in self.orders for component in order.components]

    @property
    def short(self):
        return [component for component in self.components if component.short]

    @property
    def taken(self):
        """The supplies that components take from."""
        return {free.supply for component in self.components for free, _quantity in component.taken}

    @property
    def by_part(self):
        """{part number: sum of the order quantities}"""
        sums = defaultdict(Decimal)
        for order in self.orders:
            sums[order.facts.number] += order.quantity
        return dict(sums)


def plan(structure, needs, *, free=(), calendars, combine=False):
    """The orders that the needs take. ``calendars``: {warehouse: WorkDays}; ``combine``: one order per part."""
    return _Planner(structure, free, calendars).plan(needs, combine=combine)


class _Planner:
    def __init__(self, structure, free, calendars):
        self.structure, self.calendars = structure, calendars
        self.pools = defaultdict(list)
        for supply in sorted(free, key=lambda supply: (supply.due_date or date.min, supply.id)):
            self.pools[supply.part, supply.warehouse].append(supply)
        self.levels = defaultdict(list)
        self.result = Plan()

    def plan(self, needs, *, combine):
        for group in _groups(needs, combine):
            self.levels[self.structure.levels[group[0].part]].append(group)
        for level in range(MAX_LEVELS + 1):
            for group in sorted(self.levels.pop(level, ()), key=lambda group: group[0].place):
                self._serve(group)
        return self.result

    def _serve(self, group):
        first = group[0]
        if isinstance(first, PlannedComponent):
            self._cover(first)
        else:
            self._make(group, sum((need.quantity for need in group), ZERO), self.structure.parts[first.part])

    def _cover(self, component):
        """An order-oriented component takes what is free, then gets orders of its own; a stock-driven one waits."""
        rest, facts = component.quantity, component.facts
        if facts.is_order_oriented:
            rest = self._take(component, rest)
        if rest and facts.is_order_oriented and facts.is_made:
            component.orders = self._make([component], rest, facts)
            rest = ZERO if component.orders else rest
        component.short = rest

    def _take(self, component, rest):
        """Free stock, then free supply due by the need date, earliest first."""
        for supply in self.pools[component.part, component.warehouse]:
            if not rest or (supply.due_date and supply.due_date > component.need_date):
                break
            if taken := min(rest, supply.quantity):
                supply.quantity -= taken
                rest -= taken
                component.taken.append((supply, taken))
        return rest

    def _make(self, group, quantity, facts):
        first = group[0]
        recipe = self.structure.recipe(facts.id, getattr(first, "revision", None))
        if recipe is None:
            self._refuse(group, f"{facts.number} has no active BOM.")
            return []
        waiting = [[need, need.quantity] for need in group]
        if isinstance(first, PlannedComponent):
            waiting = [[first, quantity]]
        try:
            orders = [self._order(first, _share(waiting, lot), lot, facts, recipe) for lot in lots(quantity, facts)]
        except Refused as refusal:  # too many lots, or too much of a component: the other trees are made
            self._refuse(group, str(refusal))
            return []
        self._add(orders)
        return orders

    def _add(self, orders):
        self.result.orders += orders
        for component in (component for order in orders for component in order.components):
            self.levels[self.structure.levels[component.part]].append([component])

    def _refuse(self, group, sentence):
        for need in group:
            if isinstance(need, PlannedComponent):
                need.why = sentence
            else:
                self.result.refusals[need.key] = sentence

    def _order(self, first, shares, quantity, facts, recipe):
        days = self.calendars[first.warehouse]
        deadline = min(need.need_date for need, _quantity in shares)
        finish = getattr(first, "finish_date", None) or days.subtract(deadline, facts.safety_time)
        start = getattr(first, "start_date", None) or days.subtract(finish, facts.lead_time)
        order = PlannedOrder(facts, recipe, first.warehouse, quantity, start, finish, deadline, first.depth, shares)
        order.variant = getattr(first, "variant", "")  # of the need itself; orders below are of none
        self._explode(order, days.subtract(deadline, facts.lead_time), min(need.priority for need, _ in shares))
        return order

    def _explode(self, order, need_date, priority):
        row = order.shares[0][0].row
        for number, source in enumerate(self.structure.rows(order.recipe, order.start_date, order.variant), start=1):
            facts = self.structure.parts[source.component]
            quantity = source.required(order.quantity, facts.step)
            component = PlannedComponent(order, facts, source, 10 * number, quantity, need_date, priority, row)
            order.components.append(component)


def _groups(needs, combine):
    """Needs that share one order: each alone, or all of one part, revision, variant and warehouse, earliest first."""
    if not combine:
        return [[need] for need in needs]
    groups = defaultdict(list)
    for need in sorted(needs, key=lambda need: need.place):
        groups[need.part, need.revision, need.variant, need.warehouse].append(need)
    return list(groups.values())


def _share(waiting, lot):
    """What of a lot goes to which need, in their order."""
    shares = []
    while waiting and lot:
        taken = min(lot, waiting[0][1])
        shares.append((waiting[0][0], taken))
        waiting[0][1] -= taken
        lot -= taken
        if not waiting[0][1]:
            waiting.pop(0)
    return shares


def lots(need, facts):
    """The order quantities for a need: LR the need, FQ its order quantity; minimum, multiple up, maximum divides."""
    multiple = facts.order_quantity if facts.lot_sizing == "FQ" else facts.multiple
    most = facts.maximum
    if most and multiple:
        most = max(most // multiple, 1) * multiple
    if most and need > most * MAX_LOTS:
        raise Refused(f"{facts.number}: the maximum order quantity would divide this into more than {MAX_LOTS} orders.")
    made = []
    while need > 0:
        lot = max(min(need, most) if most else need, facts.minimum)
        if multiple and lot % multiple:
            lot += multiple - lot % multiple
        made.append(lot)
        need -= lot
    return made
