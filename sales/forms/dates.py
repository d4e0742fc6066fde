"""The dates in the forms of rows: what a new row is suggested, one date for all, and whether frozen dates follow."""

from django import forms
from django.utils.translation import gettext_lazy as _

from erp.register import settings_registry
from erp.web.fields import IsoDateField
from erp.web.forms import OperationForm
from sales.above import above
from sales.operations.dates import asks_to_follow, asks_when_frozen, leaves_to_be_there, why_not_on
from sales.suggesting import counts_lead_times, suggest_date

TYPED = ("delivery_date", "at_customer_date")


def follow_choice():
    return forms.ChoiceField(
        label=_("Desired and initial date"),
        choices=[("", _("choose")), ("yes", _("change with it")), ("no", _("stay"))],
        required=False,
    )


def at_customer_field(**facts):
    return IsoDateField(label=_("At customer"), required=False, **facts)


def as_dates_are_shown(form, row=None):
    """Leave the date at the customer out where the setting does not show it, and where a row goes with another."""
    is_shown = settings_registry.get("at_customer_shown") and (row is None or row.is_dated)
    if "at_customer_date" in form.fields and not is_shown:
        del form.fields["at_customer_date"]


def suggested_field():
    """The date that a new row was shown, so that one which nobody changed becomes the one of its part."""
    return IsoDateField(required=False, widget=forms.HiddenInput)


def date_new_row(form, answer):
    """Finish the date of a new row of ``form.order``; ``answer`` are its cleaned fields."""
    shown, part = answer.pop("suggested_date", None), answer.get("part")
    untouched = shown and shown == answer.get("delivery_date")
    if untouched and answer.get("at_customer_date"):
        answer["delivery_date"] = None  # it leaves in time to be there
        return
    if untouched and part and counts_lead_times():
        dates = above(form.order, answer.get("before")).dates
        answer["delivery_date"] = suggest_date(order=form.order, dates=dates, part=part)
    if "delivery_date" in answer and (wrong := why_not_on(answer["delivery_date"], order=form.order)):
        form.add_error("delivery_date", wrong)


def check_date(form, answer):
    """Another date of ``form.row``: may it leave then, and do its frozen dates follow? Sets ``form.asks_to_follow``."""
    choice = answer.pop("follow", "")
    answer["follow"] = choice == "yes"
    field = next((name for name in TYPED if name in answer and answer[name] != getattr(form.row, name)), None)
    if field is None:
        return
    day = answer[field] if field == "delivery_date" else leaves_to_be_there(form.row, answer[field])
    if wrong := _why_not(form.row, day):
        form.add_error(field, wrong)
    form.asks_to_follow = asks_to_follow(form.row, day)
    if form.asks_to_follow and not choice and not form.errors:
        form.add_error(field, _question(form.row))


def _why_not(row, day):
    return "" if day == row.delivery_date else why_not_on(day, order=row.order, row=row)


def _question(row):
    return _("Desired %(desired)s and initial %(initial)s are frozen. Change them too? Choose and save again.") % {
        "desired": row.desired_date or _("none"),
        "initial": row.initial_date or _("none"),
    }


class DateOfAllForm(OperationForm):
    """One delivery date for all rows of an order."""

    delivery_date = IsoDateField(label=_("Delivery date"), required=False, help_text=_("Empty: unconfirmed."))
    follow = follow_choice()

    def __init__(self, *args, order, **kwargs):
        super().__init__(*args, **kwargs)
        if not asks_when_frozen(order):
            del self.fields["follow"]

    def clean_follow(self):
        choice = self.cleaned_data["follow"]
        if not choice:
            raise forms.ValidationError(_("Choose whether the frozen dates change too."))
        return choice == "yes"
