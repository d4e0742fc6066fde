"""What could be linked now: free supply matched with uncovered demands, each proposal with its reasons in words.

Only dated, firm demands get one: needs of planning (forecasts, minimum stock) are not promised to. A supply is proposed
when its due date and the need date are at most so many work days apart; stock counts as due today.
"""

from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import F
from django.db.models.functions import Coalesce

from erp.register.models import LotSizing
from erp.register.settings_registry import get
from erp.register.units import plain
from linkage.checks import warnings_of
from linkage.dates import business_date, work_days_of
from linkage.matching import match
from linkage.models import Demand, DemandKind, Supply, SupplyKind, Tombstone
from linkage.queries.standing import Slack

SHOWN = 200
MOST_READ = 5_000
OLDEST, EARLIEST = "oldest", "need"


@dataclass(frozen=True)
class Wish:
    """How a person wants suggestions: the order in which rows are served, and the window in work days (None = any)."""

    order: str = EARLIEST
    window: int | None = None
    only_purchases: bool = False

    @classmethod
    def by_setting(cls, **facts):
        return cls(window=get("suggestion_window"), **facts)


@dataclass(frozen=True)
class Suggestion:
    """So much of one supply for one demand, and why."""

    demand: Demand
    supply: Supply
    quantity: Decimal
    slack: int | None
    overdue: int
    warnings: list

    @property
    def pair(self):
        """What a form posts for it."""
        return f"{self.demand.pk}:{self.supply.pk}:{plain(self.quantity)}"

    @property
    def ordered_on(self):
        own = self.demand.ordered_on
        return own or (self.demand.document.ordered_on if self.demand.document_id else None)

    @property
    def why(self):
        """When it is needed, its priority and age, what the link covers, and what that does to lateness."""
        return " ".join([self._need, self._covers, self._effect])

    @property
    def _need(self):
        ordered = f", ordered {self.ordered_on:%Y-%m-%d}" if self.ordered_on else ""
        return f"Needed {self.demand.need_date:%Y-%m-%d}, priority {self.demand.priority}{ordered}."

    @property
    def _covers(self):
        return f"Covers {plain(self.quantity)} of {plain(self.demand.uncovered)} uncovered."

    @property
    def _effect(self):
        if self.overdue:
            late = _days(self.overdue)
            then = "on the shelf" if self.slack is None else f"{_days(-self.slack)} late when it comes"
            return f"The need is {late} past; linked it is {then}."
        if self.slack is None:
            return "It is on the shelf."
        if self.slack < 0:
            return f"It comes {_days(-self.slack)} late; without it the row has no date."
        return f"It comes {_days(self.slack)} before the need." if self.slack else "It comes on the day."


@dataclass(frozen=True)
class Suggestions:
    """What is proposed (at most SHOWN of ``total``) and what was passed over because a person disconnected the pair."""

    shown: list
    total: int
    passed_over: list = field(default_factory=list)

    @property
    def quantity(self):
        return sum((suggestion.quantity for suggestion in self.shown), Decimal(0))


def suggest(*, demands=None, supplies=None, wish, today=None):
    """The Suggestions for these demands and supplies (querysets); what is not given is whatever fits the other."""
    today = today or business_date()
    demands, supplies = _read(demands, supplies, wish)
    tombstones = _tombstones(demands, supplies)
    in_window = _window(supplies, wish.window, today)
    promises = match(demands, supplies, suits=_not_parted(tombstones), window=in_window)
    left = _left(promises, demands, supplies)
    passed = [
        stone
        for (supply, demand), stone in tombstones.items()
        if left[0].get(demand, 0) > 0 and left[1].get(supply, 0) > 0 and _fits(in_window, stone)
    ]
    return Suggestions(_told(promises[:SHOWN], today), len(promises), passed[:SHOWN])


def suggest_everywhere(*, wish, today=None):
    """For all order-oriented parts: what is uncovered of them is short, whatever the pool holds."""
    return suggest(demands=Demand.objects.filter(part__lot_sizing=LotSizing.LINKED), wish=wish, today=today)


def count_everywhere(*, wish, today=None):
    """How many suggestions ``suggest_everywhere`` has, without their words."""
    demands, supplies = _read(Demand.objects.filter(part__lot_sizing=LotSizing.LINKED), None, wish)
    in_window = _window(supplies, wish.window, today or business_date())
    return len(match(demands, supplies, suits=_not_parted(_tombstones(demands, supplies)), window=in_window))


def _read(demands, supplies, wish):
    """Both streams in their order. What one side has nothing for is not read on the other."""
    demands = Demand.objects.all() if demands is None else demands
    supplies = Supply.objects.all() if supplies is None else supplies
    demands = demands.linkable().made_here().filter(need_date__isnull=False, firm=True).exclude(kind=DemandKind.SAFETY)
    supplies = supplies.with_free()
    if wish.only_purchases:
        supplies = supplies.filter(kind=SupplyKind.PURCHASE)
    supplies = supplies.filter(part__in=demands.order_by().values("part"))
    found = list(
        supplies.for_list().select_related("revision").order_by(F("due_date").asc(nulls_first=True), "id")[:MOST_READ]
    )
    waiting = in_order(demands.filter(part__in={supply.part_id for supply in found}), wish.order)
    return list(waiting.for_list().select_related("revision")[:MOST_READ]), found


def in_order(demands, order):
    """Oldest row first (order date, number, position), else by need."""
    if order == OLDEST:
        age = Coalesce("ordered_on", "document__ordered_on").asc(nulls_last=True)
        return demands.order_by(age, "document__serial", "position", "line", "pk")
    return demands.by_need()


def _tombstones(demands, supplies):
    """{(supply id, demand id): tombstone} among them."""
    if not demands or not supplies:
        return {}
    found = Tombstone.objects.filter(supply__in=[row.pk for row in supplies], demand__in=[row.pk for row in demands])
    ends = "supply__document", "supply__warehouse", "demand__document", "demand__for_supply", "created_by"
    return {(stone.supply_id, stone.demand_id): stone for stone in found.select_related(*ends)}


def _window(supplies, window, today):
    """{supply id: (first, last need date)} that it may serve; None without a limit."""
    if window is None:
        return None
    days = work_days_of({supply.warehouse_id for supply in supplies})
    reach = {}
    for supply in supplies:
        calendar = days[supply.warehouse_id]
        due = today if supply.is_stock else supply.due_date
        if due is not None:
            due = due if due >= today else calendar.add(today, 1)
            reach[supply.pk] = calendar.subtract(due, window), calendar.add(due, window)
    return reach


def _not_parted(tombstones):
    """No person disconnected the pair."""
    return (lambda supply, demand: (supply.pk, demand.pk) not in tombstones) if tombstones else None


def _fits(in_window, stone):
    if in_window is None:
        return True
    first, last = in_window.get(stone.supply_id, (None, None))
    return first is not None and first <= stone.demand.need_date <= last


def _left(promises, demands, supplies):
    """What the promises leave: ({demand id: uncovered}, {supply id: free})."""
    uncovered, free = {row.pk: row.uncovered for row in demands}, {row.pk: row.free for row in supplies}
    for supply, demand, quantity in promises:
        uncovered[demand.pk] -= quantity
        free[supply.pk] -= quantity
    return uncovered, free


def _told(promises, today):
    slack = Slack((promise.supply.warehouse_id for promise in promises), today=today)
    warnings = warnings_of([(promise.demand, promise.supply) for promise in promises], dates=False)
    return [
        Suggestion(
            demand=demand,
            supply=supply,
            quantity=quantity,
            slack=slack.of(supply, demand),
            overdue=max(slack.calendars[supply.warehouse_id].between(demand.need_date, today), 0),
            warnings=said,
        )
        for (supply, demand, quantity), said in zip(promises, warnings, strict=True)
    ]


def _days(number):
    return f"{number} work day{'' if number == 1 else 's'}"
