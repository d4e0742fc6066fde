"""Keeping a work calendar: its week, its days, and the public holidays of a country."""

from datetime import date

import pytest

from erp.exceptions import Refused
from erp.register import operations
from erp.register.calendar import WEEKDAYS, work_days
from erp.register.models import CalendarException
from tests.factories import CalendarExceptionFactory, WorkCalendarFactory

pytestmark = pytest.mark.django_db

CHRISTMAS_EVE = date(2026, 12, 24)
SHORT_WEEK = dict.fromkeys(WEEKDAYS, False) | {"monday": True, "saturday": True}


def test_set_week_changes_the_work_days(planner):
    calendar = WorkCalendarFactory()

    operations.set_week(calendar=calendar, **SHORT_WEEK, by=planner)

    assert work_days(calendar).add(date(2026, 11, 9), 1) == date(2026, 11, 14)
    assert calendar.events.last().pgh_context.metadata == {"user": planner.pk, "operation": "set_week"}


def test_set_week_refuses_a_week_without_work(planner):
    calendar = WorkCalendarFactory(name="Office")

    with pytest.raises(Refused, match=r"^Calendar Office needs at least one work day of the week\.$"):
        operations.set_week(calendar=calendar, **dict.fromkeys(WEEKDAYS, False), by=planner)

    calendar.refresh_from_db()
    assert calendar.monday is True


def test_set_day_again_keeps_the_last_word(planner):
    calendar = WorkCalendarFactory()

    operations.set_day(calendar=calendar, date=CHRISTMAS_EVE, is_work_day=False, name="Eve", by=planner)
    operations.set_day(calendar=calendar, date=CHRISTMAS_EVE, is_work_day=True, name="Stocktaking", by=planner)

    days = calendar.exceptions.values_list("date", "is_work_day", "name")
    assert list(days) == [(CHRISTMAS_EVE, True, "Stocktaking")]


def test_forget_day_lets_the_week_decide(planner):
    day = CalendarExceptionFactory(date=CHRISTMAS_EVE)

    operations.forget_day(exception=day, by=planner)

    assert work_days(day.calendar).is_work_day(CHRISTMAS_EVE)


def test_seed_holidays_adds_what_is_missing_and_keeps_what_was_decided(planner):
    calendar = WorkCalendarFactory()
    CalendarExceptionFactory(calendar=calendar, date=date(2026, 1, 6), is_work_day=True, name="We work")

    added = operations.seed_holidays(calendar=calendar, country="SE", first_year=2026, last_year=2026, by=planner)
    again = operations.seed_holidays(calendar=calendar, country="SE", first_year=2026, last_year=2026, by=planner)

    calendar.refresh_from_db()
    assert (added, again, calendar.country) == (12, 0, "SE")
    assert calendar.exceptions.count() == 13
    assert calendar.exceptions.get(date=date(2026, 1, 6)).name == "We work"
    assert not work_days(calendar).is_work_day(date(2026, 1, 1))


@pytest.mark.parametrize(
    ("country", "first_year", "last_year"),
    [("XX", 2026, 2026), ("", 2026, 2026), ("SE", 2027, 2026), ("SE", 1, 2), ("SE", 2000, 2100), ("SE", 2026, 99999)],
)
def test_seed_holidays_refuses_unknown_countries_and_years(planner, country, first_year, last_year):
    calendar = WorkCalendarFactory()

    with pytest.raises(Refused):
        operations.seed_holidays(
            calendar=calendar, country=country, first_year=first_year, last_year=last_year, by=planner
        )

    assert not calendar.exceptions.exists()


def test_calendars_are_changed_by_planners_and_administrators_only(seller):
    day = CalendarExceptionFactory(date=CHRISTMAS_EVE)
    refused = "Only planners and administrators may change a calendar."

    for write in (
        lambda: operations.set_week(calendar=day.calendar, **SHORT_WEEK, by=seller),
        lambda: operations.set_day(calendar=day.calendar, date=CHRISTMAS_EVE, is_work_day=True, by=seller),
        lambda: operations.forget_day(exception=day, by=seller),
        lambda: operations.seed_holidays(
            calendar=day.calendar, country="SE", first_year=2026, last_year=2026, by=seller
        ),
    ):
        with pytest.raises(Refused, match=f"^{refused}$"):
            write()

    assert list(CalendarException.objects.values_list("is_work_day", flat=True)) == [False]
