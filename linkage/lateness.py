"""What a row waits for, and the one honest sentence about it. Arithmetic and words only; no database.

A *limit* is what holds a row back: a supply of its chain with the work days it leaves to spare, a supply without a due
date, or a demand of the chain that is short. The *deciding* limit is the worst, the *next limit* the next other one.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from erp.register.units import plain

NO_SUPPLY, NO_DATE, DATED = range(3)  # what cannot be dated is worse than what is late


@dataclass(frozen=True)
class Limit:
    """One thing that a row waits for. ``slack`` in work days, below 0 is late; None where something has no date.

    ``counts_as`` is the day reckoned with: overdue supply comes on the next work day, an order that should have started
    takes its whole lead time from today. ``room``: how many work days earlier it could still come. ``doubt``: only
    planned, or ordered and not confirmed.
    """

    level: int
    needed: date
    demand: str
    part: str
    supply_id: int | None = None
    supply: str = ""
    due: date | None = None
    counts_as: date | None = None
    slack: int | None = None
    room: int = 0
    missing: Decimal = Decimal(0)
    asked: Decimal = Decimal(0)
    is_overdue: bool = False
    doubt: str = ""

    @property
    def rank(self):
        return NO_SUPPLY if self.supply_id is None else NO_DATE if self.due is None else DATED

    @property
    def in_short(self):
        """As the next limit is named."""
        if self.rank == NO_SUPPLY:
            return f"no supply for {plain(self.missing)} {self.part} (level {self.level})"
        if self.rank == NO_DATE:
            return f"{self.supply}, no due date"
        return f"{self.supply}, {spare(self.slack)}"


@dataclass(frozen=True)
class Standing:
    """Where a row stands: the smallest slack of its chain (None: nothing dated to come) and its worst two limits."""

    slack: int | None = None
    deciding: Limit | None = None
    next: Limit | None = None

    @property
    def is_late(self):
        return self.slack is not None and self.slack < 0

    @property
    def is_short_below(self):
        """A demand further down the chain is short, whatever the dates of the rest."""
        return self.deciding is not None and self.deciding.rank == NO_SUPPLY and self.deciding.level > 1

    @property
    def sentence(self):
        """Why the row is late or not safe, what decides next, what would help; nothing when it is on time."""
        if self.deciding is None:
            return ""
        following = f" Next limit: {self.next.in_short}." if self.next else ""
        if self.deciding.rank == NO_SUPPLY:
            return _no_supply(self.deciding) + following
        if self.deciding.rank == NO_DATE:
            return f"{_named(self.deciding)} has no due date; needed {_day(self.deciding.needed)}.{following}"
        if self.deciding.slack >= 0:
            return f"{_named(self.deciding)} {_when(self.deciding)}." if self.deciding.is_overdue else ""
        why = f"Late by {days(-self.slack)} because {_named(self.deciding)} {_when(self.deciding)}."
        return f"{why}{following} {self.help}"

    @property
    def help(self):
        """How much earlier the deciding supply must come until the row is on time or the next limit decides."""
        first, after = self.deciding, self.next.slack if self.next else 0
        wanted = min(after, 0) - first.slack
        gain = min(wanted, first.room)
        if not wanted:
            return f"{first.supply} alone does not help: {self.next.supply} is as late."
        if gain <= 0:
            return f"{first.supply} cannot come early enough any more."
        left, earlier = first.slack + gain, f"If {first.supply} came {days(gain)} earlier"
        if not left:
            return f"{earlier} the row would be on time."
        why = "that is today" if gain < wanted else f"{self.next.supply} decides then"
        return f"{earlier} the row would still be late by {days(-left)} ({why})."


class Wait(NamedTuple):
    """A limit before it has words: thousands are compared, two are shown."""

    rank: int
    slack: int
    level: int
    supply_id: int
    edge: object
    is_overdue: bool = False


def pick(waits):
    """(smallest slack, deciding, next) of what a row waits for; next is the worst of another supply.

    Where nothing is late, an overdue supply goes first: it never counts as safe.
    """
    worst = sorted(waits, key=lambda wait: wait[:4])
    slack = next((wait.slack for wait in worst if wait.rank == DATED), None)
    first = worst[0] if worst else None
    if first and first.rank == DATED and first.slack >= 0:
        first = next((wait for wait in worst if wait.is_overdue), first)
    others = (wait for wait in worst if wait is not first and (not wait.supply_id or wait.supply_id != first.supply_id))
    return slack, first, next(others, None)


def days(number):
    return f"{number} work day" if number == 1 else f"{number} work days"


def spare(slack):
    """Slack in words: how early or how late, never a bare minus sign."""
    if slack < 0:
        return f"late by {days(-slack)}"
    return f"{days(slack)} to spare" if slack else "on the day"


def _no_supply(limit):
    missing = plain(limit.missing)
    if limit.level == 1:
        return f"No supply by the need date for {missing} of {plain(limit.asked)}."
    return f"No supply by {_day(limit.needed)} for {missing} {limit.part} (level {limit.level}, {limit.demand})."


def _named(limit):
    doubt = f", {limit.doubt}" if limit.doubt else ""
    return f"{limit.supply} ({limit.part}, level {limit.level}{doubt})"


def _when(limit):
    needed = f"needed {_day(limit.needed)}"
    if limit.is_overdue:
        return f"was due {_day(limit.due)}, is overdue and counts as due {_day(limit.counts_as)}, {needed}"
    if limit.counts_as != limit.due:
        return f"starts late and counts as due {_day(limit.counts_as)}, not {_day(limit.due)}, {needed}"
    return f"is due {_day(limit.due)} and {needed}"


def _day(day):
    return f"{day:%-d %b}"
