"""Forms of the register's pages; their fields are the arguments of the operations."""

from django import forms
from django.core.exceptions import ValidationError
from django.urls import Resolver404, resolve
from django.utils.translation import gettext_lazy as _

from erp.exceptions import Refused
from erp.register.calendar import WEEKDAYS
from erp.register.holidays import FIRST_YEAR, LAST_YEAR, public_holidays
from erp.register.viewing import lasting, with_columns
from erp.web.columns import MOST_COLUMNS
from erp.web.forms import IsoDateField, OperationForm, TextFormField


class SettingForm(OperationForm):
    """The one value of a setting, in the form that its type asks for."""

    def __init__(self, data=None, *, setting):
        self.definition = setting.definition
        initial = {"value": self.definition.initial(setting.value)}
        super().__init__(data, initial=initial, auto_id=f"id_{self.definition.name}_%s")
        self.fields["value"] = self.definition.form_field()


class WeekForm(OperationForm):
    """The work days of the week."""

    def __init__(self, data=None, *, calendar):
        super().__init__(data, initial={day: getattr(calendar, day) for day in WEEKDAYS})
        for day in WEEKDAYS:
            self.fields[day] = forms.BooleanField(label=_(day.capitalize()), required=False)

    def clean(self):
        if not any(self.cleaned_data.get(day) for day in WEEKDAYS):
            raise ValidationError(_("A week needs at least one work day."))
        return self.cleaned_data


class DayForm(OperationForm):
    """One date that differs from the week."""

    date = IsoDateField(label=_("Date"))
    is_work_day = forms.TypedChoiceField(
        label=_("Is a"), choices=[("off", _("Day off")), ("work", _("Work day"))], coerce=lambda value: value == "work"
    )
    name = TextFormField(label=_("Name"), required=False, max_length=100)


class HolidaysForm(OperationForm):
    """The public holidays of a country, for some years."""

    country = TextFormField(label=_("Country"), min_length=2, max_length=2, help_text=_("Two letters, such as SE."))
    first_year = forms.IntegerField(label=_("From"), min_value=FIRST_YEAR, max_value=LAST_YEAR)
    last_year = forms.IntegerField(label=_("To"), min_value=FIRST_YEAR, max_value=LAST_YEAR)

    def clean_country(self):
        return self.cleaned_data["country"].upper()

    def clean(self):
        facts = {name: self.cleaned_data.get(name) for name in ("country", "first_year", "last_year")}
        if all(facts.values()):
            try:
                public_holidays(**facts)
            except Refused as refusal:
                raise ValidationError(str(refusal)) from refusal
        return self.cleaned_data


def _list_path(text):
    """A path of ours that leads somewhere; a saved view is never sent anywhere else."""
    path = text or ""
    try:
        resolve(path)
    except Resolver404:
        raise ValidationError(_("Open a list and save its view from there.")) from None
    if not path.startswith("/") or path.startswith("//") or "?" in path:
        raise ValidationError(_("Open a list and save its view from there."))


def _place(text):
    if not (text.isascii() and text.isdigit() and len(text) <= 2 and int(text)):
        raise ValidationError(_("A place is a whole number from 1 to 99."))
    return int(text)


class ColumnsForm(OperationForm):
    """Per column of a list a name, a place and perhaps a tick; ``columns`` are the ticked ones in their order."""

    page = TextFormField(max_length=200, validators=[_list_path])
    query = TextFormField(max_length=4000, required=False)
    remember = forms.BooleanField(required=False)
    reset = forms.BooleanField(required=False)

    def clean_query(self):
        return with_columns(lasting(self.cleaned_data["query"]), [])

    def clean(self):
        found = super().clean()
        self.columns = [] if found.get("reset") else self._in_order()
        if not self.columns and not found.get("reset"):
            raise ValidationError(_("Tick at least one column."))
        return found

    def _in_order(self):
        """A column with a new place stands there; those between move by one."""
        shown, places = set(self._named("shown")), map(_place, self.data.getlist("place"))
        rows = enumerate(zip(self._named("name"), places, strict=False), start=1)
        wanted = sorted((place, (place > now) - (place < now), now, name) for now, (name, place) in rows)
        return [name for *_order, name in wanted if name in shown]

    def _named(self, field):
        names = self.data.getlist(field)[:MOST_COLUMNS]
        if not all(name.isidentifier() and len(name) <= 60 for name in names):
            raise ValidationError(_("Open the list and choose its columns from there."))
        return names


class ViewForm(OperationForm):
    """A list's query string under a name."""

    page = TextFormField(max_length=200, widget=forms.HiddenInput, validators=[_list_path])
    query = TextFormField(max_length=4000, required=False, widget=forms.HiddenInput)
    name = TextFormField(label=_("Name"), max_length=60)
    is_shared = forms.BooleanField(label=_("Share it with everybody"), required=False)

    def __init__(self, data=None, *, may_share=False, **kwargs):
        super().__init__(data, **kwargs)
        if not may_share:
            del self.fields["is_shared"]

    def clean_query(self):
        return lasting(self.cleaned_data["query"])


class RenameForm(OperationForm):
    name = TextFormField(label=_("Name"), max_length=60)
