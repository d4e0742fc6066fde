"""Everything that changes the register other than plain upkeep in the admin.

Each function is one transaction that checks, writes and keeps who did it. The
register knows no links, so nothing here locks.
"""

from django.db import transaction
from django.db.models import F, Func, JSONField, TextField, Value
from django.db.models.functions import Cast

from erp.exceptions import Refused
from erp.register import settings_registry
from erp.register.asking import forget
from erp.register.calendar import WEEKDAYS
from erp.register.history import recording
from erp.register.holidays import public_holidays
from erp.register.models import CalendarException, DefaultView, SavedView, Setting, User, WorkCalendar
from erp.register.roles import ADMIN, has_role, may

MOST_LISTS = 100


@transaction.atomic
def change_setting(*, name, value, by):
    """Change one setting; the old and the new value, who and when stay in its history. Returns the typed value."""
    definition = settings_registry.definition_of(name)
    if not has_role(by, definition.role):
        raise Refused(f"Only the role {definition.role} may change {definition.label}.")
    cleaned = definition.clean(value)

    with recording(by=by, operation="change_setting"):
        value = Value(definition.to_json(cleaned), JSONField())  # None is JSON's null: "no limit" is a value too
        Setting.objects.update_or_create(name=name, defaults={"value": value})
    forget()
    return cleaned


@transaction.atomic
def set_week(*, calendar, by, **days) -> WorkCalendar:
    """Say which days of the week are work days (``monday=True``, ...); at least one."""
    may_keep_calendars(by)
    week = {day: bool(days[day]) for day in WEEKDAYS}
    if not any(week.values()):
        raise Refused(f"Calendar {calendar} needs at least one work day of the week.")

    with recording(by=by, operation="set_week"):
        WorkCalendar.objects.filter(pk=calendar.pk).update(**week)
    forget()
    calendar.refresh_from_db()
    return calendar


@transaction.atomic
def set_day(*, calendar, date, is_work_day, by, name="") -> CalendarException:
    """Make one date a day off or a work day, whatever the week says; said again, the last word counts."""
    may_keep_calendars(by)

    forget()
    with recording(by=by, operation="set_day"):
        facts = {"is_work_day": is_work_day, "name": name}
        return CalendarException.objects.update_or_create(calendar=calendar, date=date, defaults=facts)[0]


@transaction.atomic
def forget_day(*, exception, by) -> None:
    """Let the week decide about the date again."""
    may_keep_calendars(by)

    with recording(by=by, operation="forget_day"):
        exception.delete()
    forget()


@transaction.atomic
def seed_holidays(*, calendar, country, first_year, last_year, by=None) -> int:
    """Add the public holidays of a country as days off; dates that somebody decided on stay. Returns how many."""
    if by:
        may_keep_calendars(by)
    found = public_holidays(country, first_year, last_year)
    decided = set(calendar.exceptions.filter(date__in=found).values_list("date", flat=True))

    with recording(by=by, operation="seed_holidays"):
        rows = [CalendarException(calendar=calendar, date=day, name=found[day]) for day in found if day not in decided]
        CalendarException.objects.bulk_create(rows, ignore_conflicts=True)
        WorkCalendar.objects.filter(pk=calendar.pk).update(country=country)
    forget()
    return len(rows)


def may_keep_calendars(by):
    if not may(by, "calendar.write"):
        raise Refused("Only planners and administrators may change a calendar.")


@transaction.atomic
def save_view(*, page, name, query, by, is_shared=False) -> SavedView:
    """Keep a list's query string under a name; the same name again is saved over."""
    if is_shared:
        _may_share(by)
    facts = {"query": query, "is_shared": is_shared}
    return SavedView.objects.update_or_create(owner=by, page=page, name=name, defaults=facts)[0]


@transaction.atomic
def change_view(*, view, by, name=None, is_shared=None) -> SavedView:
    """Rename a view of one's own, or share it or no longer."""
    _may_change(view, by)
    if is_shared:
        _may_share(by)
    if name is not None and SavedView.objects.filter(owner=view.owner, page=view.page, name=name).exclude(pk=view.pk):
        raise Refused(f"You have a view {name} of this list already.")
    changes = {"name": name, "is_shared": is_shared}
    SavedView.objects.filter(pk=view.pk).update(**{key: value for key, value in changes.items() if value is not None})
    if is_shared is False:
        DefaultView.objects.filter(view=view).exclude(user=view.owner).delete()
    view.refresh_from_db()
    return view


@transaction.atomic
def delete_view(*, view, by) -> None:
    """Throw a view away; lists that opened with it open with all rows again."""
    _may_change(view, by)
    view.delete()


@transaction.atomic
def set_default_view(*, page, view, by) -> None:
    """Let a list open with a view for oneself; None: with all rows."""
    if view is None:
        DefaultView.objects.filter(user=by, page=page).delete()
        return
    if view.owner_id != by.pk and not view.is_shared:
        raise Refused("This view is somebody else's and not shared.")
    DefaultView.objects.update_or_create(user=by, page=view.page, defaults={"view": view})


@transaction.atomic
def choose_columns(*, page, columns, by) -> None:
    """Let a list (its path) open with these columns (names in their order) for oneself."""
    if page not in by.list_columns and len(by.list_columns) >= MOST_LISTS:
        raise Refused(f"The columns of {MOST_LISTS} lists are kept for you already; set one back to its own first.")
    chosen = Value({page: columns}, JSONField())
    User.objects.filter(pk=by.pk).update(
        list_columns=Func(F("list_columns"), chosen, template="%(expressions)s", arg_joiner=" || ")
    )


@transaction.atomic
def forget_columns(*, page, by) -> None:
    """Let a list open with its own columns again."""
    key = Cast(Value(page), TextField())
    User.objects.filter(pk=by.pk).update(
        list_columns=Func(F("list_columns"), key, template="%(expressions)s", arg_joiner=" - ")
    )


def _may_change(view, by):
    if view.owner_id != by.pk and not (view.is_shared and has_role(by, ADMIN)):
        raise Refused("Only who saved a view changes it, and an administrator where it is shared.")


def _may_share(by):
    if not may(by, "views.share"):
        raise Refused("Planners and administrators share views. Save it for yourself, or ask one of them.")
