"""The quantity boxes of a purchase row's waiting demands."""

from django import forms
from django.utils.translation import gettext_lazy as _

from erp.register.units import check_fits, plain
from erp.web.forms import OperationForm, QuantityFormField, TextFormField
from purchasing.field_checks import refused_at
from purchasing.target_forms import SeenField


class PromisesForm(OperationForm):
    """How much of the row is to come for each demand (base unit); an empty box is nothing."""

    reason = TextFormField(required=False, max_length=200, label=_("Reason"))
    accept_warnings = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, lines, **kwargs):
        super().__init__(*args, **kwargs)
        self.lines = lines
        for line in lines:
            pk = line.demand.pk
            label = _("Quantity for %(demand)s") % {"demand": line.demand}
            self.fields[f"quantity_{pk}"] = QuantityFormField(
                allow_zero=True, required=False, label=label, initial=line.to_come
            )
            self.fields[f"quantity_{pk}"].widget.attrs["aria-label"] = label
            self.fields[f"seen_{pk}"] = SeenField(initial=line.to_come)

    def clean(self):
        """Nobody gets more than it needs, and all together no more than the row has: said at the box."""
        facts = super().clean()
        sent = [line for line in self.lines if facts.get(f"quantity_{line.demand.pk}") is not None]
        fits = [line for line in sent if self._check(line, facts[f"quantity_{line.demand.pk}"])]
        if self.errors or not fits:
            return facts
        supply = fits[0].supply
        asked = sum(facts[f"quantity_{line.demand.pk}"] - line.to_come for line in fits)
        if asked > supply.free:
            words = _("%(asked)s %(unit)s more are asked for than now, and %(free)s of the row are free.")
            unit = supply.part.unit
            raise forms.ValidationError(words % {"asked": plain(asked), "unit": unit, "free": plain(supply.free)})
        return facts

    def _check(self, line, quantity):
        name, unit = f"quantity_{line.demand.pk}", line.demand.part.unit
        if refused_at(self, name, check_fits, unit, quantity):
            return False
        if quantity > line.most:
            words = _("%(demand)s needs %(most)s %(unit)s from this row at most.")
            self.add_error(name, words % {"demand": line.demand, "most": plain(line.most), "unit": unit})
        return quantity <= line.most

    def boxes(self, line):
        return self[f"quantity_{line.demand.pk}"], self[f"seen_{line.demand.pk}"]

    def arguments(self):
        """The operation's arguments: only boxes that were on the page that was sent."""
        data = self.cleaned_data
        sent = [line for line in self.lines if f"quantity_{line.demand.pk}" in self.data]
        wanted = {line.demand: data[f"quantity_{line.demand.pk}"] or 0 for line in sent}
        seen = {line.demand.pk: data[f"seen_{line.demand.pk}"] for line in sent}
        return {
            "quantities": wanted,
            "seen": {pk: quantity for pk, quantity in seen.items() if quantity is not None},
            "reason": data["reason"],
            "accept_warnings": data["accept_warnings"],
        }
