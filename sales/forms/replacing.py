"""The form of find and replace: what is searched for, where, and what is put in its place."""

from django import forms
from django.utils.translation import gettext_lazy as _

from erp.web.fields import IsoDateField, QuantityFormField, TextFormField
from erp.web.forms import OperationForm
from sales.operations.replacing import DATE, QUANTITY, Replacing

WHERE = [
    ("name", _("Names")),
    ("text", _("Texts")),
    ("part_number", _("Typed part numbers")),
    (DATE, _("Delivery dates")),
    (QUANTITY, _("Quantities")),
]


DAY = IsoDateField(
    required=False, error_messages={"invalid": _("Enter a date such as 2026-03-20, or nothing for no date.")}
)

TYPED = {DATE: DAY, QUANTITY: QuantityFormField()}  # what is no text is read as what it is


class ReplaceForm(OperationForm):
    """Its ``replacing`` is what it asks for; a date is typed as 2026-03-20, nothing for no date; a quantity as 12.5."""

    field = forms.ChoiceField(label=_("Search in"), choices=WHERE, initial="name")
    find = TextFormField(label=_("Find"), max_length=400, required=False)
    put = TextFormField(label=_("Replace with"), max_length=400, required=False)
    same_case = forms.BooleanField(label=_("Capital and small letters as typed"), required=False)

    def clean(self):
        found = super().clean()
        if self.errors:
            return found
        if typed_in := TYPED.get(found["field"]):
            found |= {name: self._typed(name, found[name], typed_in) for name in ("find", "put")}
        elif not found["find"]:
            self.add_error("find", _("Enter what to search for."))
        if not self.errors and found["find"] == found["put"]:
            self.add_error("put", _("Both are the same: nothing would change."))
        return found

    def _typed(self, name, text, field):
        try:
            return field.clean(text.strip())
        except forms.ValidationError as wrong:
            self.add_error(name, wrong)
            return None

    @property
    def replacing(self):
        names = ("field", "find", "put", "same_case")
        return Replacing(**{name: self.cleaned_data[name] for name in names})
