"""Questions to the register: lookups, search, and what the settings and calendar pages show."""

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.db.models import Case, Count, IntegerField, Q, Value, When
from django.urls import NoReverseMatch, reverse

from erp.register.calendar import WEEKDAYS
from erp.register.models import Part, Partner, SettingEvent, Unit, User, Warehouse, WorkCalendar
from erp.register.roles import may
from erp.register.settings_registry import REGISTRY, Definition, get_many

MOST = 12


def matching(rows, text, *, number="number"):
    """Rows whose number or name holds the text: the exact number first, then numbers that begin with it."""
    rank = Case(
        When(**{f"{number}__iexact": text}, then=Value(0)),
        When(**{f"{number}__istartswith": text}, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    found = rows.filter(Q(**{f"{number}__icontains": text}) | Q(name__icontains=text))
    return found.annotate(rank=rank).order_by("rank", number)


def _choices(user, rows, text, *, number="number"):
    if not may(user, "read"):
        return []
    found = matching(rows, text, number=number).values_list(number, "name")[:MOST]
    return [(value, f"{value} {name}") for value, name in found]


def choose_parts(user, text):
    return _choices(user, Part.objects.active(), text)


def choose_partners(user, text):
    return _choices(user, Partner.objects.filter(is_active=True), text)


def choose_customers(user, text):
    return _choices(user, Partner.objects.customers(), text)


def choose_suppliers(user, text):
    return _choices(user, Partner.objects.suppliers(), text)


def choose_warehouses(user, text):
    return _choices(user, Warehouse.objects.filter(is_active=True), text, number="code")


def choose_units(user, text):
    return _choices(user, Unit.objects.all(), text, number="code")


def search_parts(user, text):
    if not may(user, "read"):
        return []
    found = matching(Part.objects.all(), text)[:MOST]
    return [(f"{part.number} {part.name}", part_url(part), "part") for part in found]


def search_partners(user, text):
    if not may(user, "read"):
        return []
    found = matching(Partner.objects.all(), text)[:MOST]
    partners = reverse("register:partner_list")
    return [(f"{partner.number} {partner.name}", f"{partners}?number={partner.number}", "partner") for partner in found]


def part_url(part):
    """The part's page, which belongs to the ledger; the part alone in the list where the ledger has none."""
    try:
        return reverse("linkage:part", args=[part.pk])
    except NoReverseMatch:
        return f"{reverse('register:part_list')}?number={part.number}"


@dataclass(frozen=True)
class Change:
    """One change of a setting."""

    at: datetime
    by: User | None
    old: str
    new: str


@dataclass(frozen=True)
class SettingNow:
    """One setting as its page shows it."""

    definition: Definition
    value: object
    changes: list[Change]

    @property
    def in_words(self):
        return self.definition.in_words(self.value)

    @property
    def default_in_words(self):
        return self.definition.in_words(self.definition.default)

    @property
    def last_change(self):
        return self.changes[0] if self.changes else None


def settings_now(*names):
    """The settings (all without names) with their changes, newest first; in three queries, however many they are."""
    definitions = [REGISTRY[name] for name in names or REGISTRY]
    values = get_many(*(definition.name for definition in definitions))
    changes = _changes_of(definitions)
    return [SettingNow(each, values[each.name], changes.get(each.name, [])) for each in definitions]


def settings_by_group():
    """All settings under the names of their groups, for the settings page."""
    rows = sorted(settings_now(), key=lambda row: row.definition.group)
    return [(group, list(members)) for group, members in groupby(rows, key=lambda row: row.definition.group)]


def _changes_of(definitions):
    events = SettingEvent.objects.filter(name__in=[definition.name for definition in definitions])
    events = list(events.select_related("pgh_context").order_by("name", "pgh_id"))
    users = User.objects.in_bulk({_user_id(event) for event in events} - {None})
    return {name: _told(REGISTRY[name], rows, users) for name, rows in groupby(events, key=lambda event: event.name)}


def _told(definition, events, users):
    changes, old = [], definition.in_words(definition.default)
    for event in events:
        gone = event.pgh_label == "delete"
        new = definition.in_words(definition.default if gone else definition.from_json(event.value))
        changes.insert(0, Change(event.pgh_created_at, users.get(_user_id(event)), old, new))
        old = new
    return changes


def _user_id(event):
    return event.pgh_context.metadata.get("user") if event.pgh_context else None


def calendars_for_list():
    return WorkCalendar.objects.annotate(days=Count("exceptions", distinct=True)).order_by("name")


def week_in_words(calendar):
    return ", ".join(day.capitalize() for day in WEEKDAYS if getattr(calendar, day)) or "none"


def days_of_year(calendar, year):
    """The dates of a year that differ from the week."""
    return calendar.exceptions.filter(date__year=year).order_by("date")
