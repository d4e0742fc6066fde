"""Work-day arithmetic: pure, exact and always finite.

A calendar is a week plus exceptions. Work days are numbered; counting them is
arithmetic over whole weeks and one bisect over the exceptions, so that a
date centuries away costs what tomorrow costs.
"""

import datetime
from bisect import bisect_left, bisect_right
from itertools import accumulate

from erp.exceptions import Refused

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def work_days(calendar):
    """The work days of a WorkCalendar as they are now, in one query. Load once per operation and pass it on.

    None at all for a calendar whose exceptions are prefetched.
    """
    week = [getattr(calendar, day) for day in WEEKDAYS]
    exceptions = {change.date: change.is_work_day for change in calendar.exceptions.all()}
    return WorkDays(week=week, exceptions=exceptions, name=str(calendar))


class WorkDays:
    """Which days are work days. Ask it for dates; it never touches the database."""

    def __init__(self, *, week, exceptions=None, name="This calendar"):
        self.name = name
        self._week = [bool(day) for day in week]
        self._before = [0, *accumulate(self._week)]  # work days of a week before its n-th day
        self._places = [place for place, day in enumerate(self._week) if day]
        changes = sorted((date.toordinal(), day) for date, day in (exceptions or {}).items())
        changes = [(ordinal, 1 if day else -1) for ordinal, day in changes if day != self._in_week(ordinal)]
        self._changed = [ordinal for ordinal, _change in changes]
        self._shifts = [0, *accumulate(change for _ordinal, change in changes)]
        self._counts = [self._count(ordinal) for ordinal in self._changed]

    def is_work_day(self, date):
        ordinal = date.toordinal()
        return self._count(ordinal) > self._count(ordinal - 1)

    def move_back(self, date):
        """The last work day that is not after the date."""
        return self._nth(self._count(date.toordinal()))

    def move_on(self, date):
        """The first work day that is not before the date."""
        return self._nth(self._count(date.toordinal() - 1) + 1)

    def add(self, date, days):
        """The work day that is so many work days after the date; a day off with 0 days moves on."""
        if days < 0:
            return self.subtract(date, -days)
        return self._nth(self._count(date.toordinal()) + days) if days else self.move_on(date)

    def subtract(self, date, days):
        """The work day that is so many work days before the date; a day off with 0 days moves back."""
        if days < 0:
            return self.add(date, -days)
        return self._nth(self._count(date.toordinal() - 1) + 1 - days) if days else self.move_back(date)

    def between(self, start, end):
        """Work days from start to end: 0 on the same day, negative when the end lies before the start.

        Parts add up: between(a, b) + between(b, c) = between(a, c).
        """
        self._require_work_days()
        return self._count(end.toordinal()) - self._count(start.toordinal())

    def _require_work_days(self):
        if not self._places and not self._changed:
            raise Refused(f"Calendar {self.name} has no work day. Give it at least one work day of the week.")

    def _in_week(self, ordinal):
        return self._week[(ordinal - 1) % 7]  # day 1 of year 1 is a Monday

    def _count(self, ordinal):
        """How many work days lie in the years before and up to the day."""
        weeks, days = divmod(ordinal, 7)
        return weeks * self._before[7] + self._before[days] + self._shifts[bisect_right(self._changed, ordinal)]

    def _nth(self, number):
        """The work day with that number: on an exception, or in the plain weeks between two of them."""
        self._require_work_days()
        place = bisect_left(self._counts, number)
        ordinal = self._nth_of_plain_weeks(number - self._shifts[place])
        if place < len(self._changed) and (ordinal is None or ordinal > self._changed[place]):
            ordinal = self._changed[place]
        if number < 1 or ordinal is None or ordinal > datetime.date.max.toordinal():
            raise Refused(f"Calendar {self.name} has no work day that far away.")
        return datetime.date.fromordinal(ordinal)

    def _nth_of_plain_weeks(self, number):
        if not self._places:
            return None
        weeks, place = divmod(number - 1, len(self._places))
        return weeks * 7 + self._places[place] + 1
