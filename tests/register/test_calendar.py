"""Work days: by example, against counting day by day, and for calendars that nobody should have."""

import datetime
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from erp.exceptions import Refused
from erp.register.calendar import WorkDays, work_days
from tests.factories import CalendarExceptionFactory, WorkCalendarFactory

OFFICE = [True] * 5 + [False] * 2
FRIDAY, SATURDAY, MONDAY = date(2026, 11, 6), date(2026, 11, 7), date(2026, 11, 9)

weeks = st.lists(st.booleans(), min_size=7, max_size=7)
dates = st.dates(date(2026, 1, 1), date(2026, 12, 31))
exceptions = st.dictionaries(dates, st.booleans(), max_size=40)


def step(days, day, direction):
    """The next work day, by walking."""
    while not days.is_work_day(day):
        day += datetime.timedelta(days=direction)
    return day


def test_work_days_skip_weekends_and_days_off():
    days = WorkDays(week=OFFICE, exceptions={MONDAY: False, SATURDAY: True})

    assert [days.is_work_day(day) for day in (FRIDAY, SATURDAY, MONDAY)] == [True, True, False]
    assert days.add(FRIDAY, 1) == SATURDAY
    assert days.add(SATURDAY, 1) == date(2026, 11, 10)
    assert days.subtract(date(2026, 11, 10), 2) == FRIDAY
    assert days.between(FRIDAY, date(2026, 11, 10)) == 2
    assert days.between(date(2026, 11, 10), FRIDAY) == -2
    assert days.between(FRIDAY, FRIDAY) == 0


def test_a_day_off_moves_back_or_on():
    days = WorkDays(week=OFFICE)

    assert (days.move_back(SATURDAY), days.move_on(SATURDAY)) == (FRIDAY, MONDAY)
    assert (days.subtract(SATURDAY, 0), days.add(SATURDAY, 0)) == (FRIDAY, MONDAY)
    assert (days.subtract(SATURDAY, 1), days.add(SATURDAY, 1)) == (FRIDAY, MONDAY)
    assert (days.add(MONDAY, -1), days.subtract(FRIDAY, -1)) == (FRIDAY, MONDAY)


def test_a_calendar_without_work_days_is_refused_by_name():
    days = WorkDays(week=[False] * 7, exceptions={MONDAY: False}, name="Shutdown")

    for ask in (days.move_back, days.move_on, lambda day: days.add(day, 1), lambda day: days.between(day, day)):
        with pytest.raises(Refused, match=r"^Calendar Shutdown has no work day\."):
            ask(MONDAY)


def test_a_calendar_of_single_work_days_ends_with_the_last_one():
    days = WorkDays(week=[False] * 7, exceptions={FRIDAY: True, MONDAY: True}, name="Market days")

    assert days.add(FRIDAY, 1) == MONDAY
    assert days.subtract(MONDAY, 1) == FRIDAY
    for ask in (lambda: days.add(MONDAY, 1), lambda: days.subtract(FRIDAY, 1), lambda: days.move_on(date(2026, 12, 1))):
        with pytest.raises(Refused, match=r"^Calendar Market days has no work day that far away\.$"):
            ask()


def test_dates_beyond_the_calendar_are_refused():
    days = WorkDays(week=OFFICE)

    for ask in (lambda: days.add(MONDAY, 10**9), lambda: days.subtract(MONDAY, 10**9)):
        with pytest.raises(Refused, match="no work day that far away"):
            ask()


@given(weeks, exceptions, dates)
def test_moving_agrees_with_walking(week, off, day):
    assume(any(week))
    days = WorkDays(week=week, exceptions=off)

    assert days.move_on(day) == step(days, day, 1)
    assert days.move_back(day) == step(days, day, -1)
    assert days.is_work_day(day) == off.get(day, week[day.weekday()])


@given(weeks, exceptions, dates, st.integers(0, 400))
def test_adding_and_subtracting_undo_each_other(week, off, day, count):
    assume(any(week))
    days = WorkDays(week=week, exceptions=off)
    start = days.move_on(day)

    end = days.add(start, count)

    assert days.subtract(end, count) == start
    assert (days.between(start, end), days.between(end, start)) == (count, -count)


@given(weeks, exceptions, dates, dates, dates)
def test_between_adds_up_and_counts_each_work_day(week, off, first, second, third):
    assume(any(week))
    days = WorkDays(week=week, exceptions=off)
    span = range(min(first, second).toordinal() + 1, max(first, second).toordinal() + 1)

    walked = sum(days.is_work_day(date.fromordinal(ordinal)) for ordinal in span)

    assert abs(days.between(first, second)) == walked
    assert days.between(first, second) + days.between(second, third) == days.between(first, third)


@pytest.mark.django_db
def test_work_days_reads_the_calendar_as_it_is_now(django_assert_num_queries):
    calendar = WorkCalendarFactory()
    before = work_days(calendar)
    CalendarExceptionFactory(calendar=calendar, date=MONDAY)

    with django_assert_num_queries(1):
        after = work_days(calendar)

    assert (before.add(FRIDAY, 1), after.add(FRIDAY, 1)) == (MONDAY, date(2026, 11, 10))
