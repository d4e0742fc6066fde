"""The form of the page that orders what was ticked on the target list."""

from django import forms
from django.utils.translation import gettext_lazy as _

from erp.register.units import check_fits
from erp.web.forms import OperationForm, QuantityFormField
from purchasing.field_checks import refused_at


class SeenField(forms.DecimalField):
    """What the page showed as short; nobody types it."""

    widget = forms.HiddenInput
    default_error_messages = {"invalid": _("Reload the page and send this form again.")}

    def __init__(self, **kwargs):
        super().__init__(required=False, max_digits=18, decimal_places=6, **kwargs)


class TargetForm(OperationForm):
    """How much is ordered for each ticked demand (base unit) and from whom; into which order of each supplier.

    ``lines``: (demand, short quantity, its terms, the default one). ``drafts``: the buyer's own orders.
    """

    combine = forms.BooleanField(required=False, label=_("One row for all demands of a part, due for the earliest"))

    def __init__(self, *args, lines, drafts=(), **kwargs):
        super().__init__(*args, auto_id="target-%s", **kwargs)
        self.lines = lines
        self.drafts = {order.pk: order for order in drafts}
        self.partners = {term.supplier_id: term.supplier for _, _, terms, _ in lines for term in terms}
        for line in lines:
            self._add_line(*line)
        for pk, partner in self.partners.items():
            self._add_order(pk, partner)

    def _add_line(self, demand, short, terms, default):
        quantity, supplier = f"quantity_{demand.pk}", f"supplier_{demand.pk}"
        self.fields[quantity] = QuantityFormField(
            label=_("Quantity for %(demand)s") % {"demand": demand}, initial=short
        )
        choices = [(str(term.supplier_id), str(term.supplier)) for term in terms]
        self.fields[supplier] = forms.ChoiceField(
            choices=choices if default else [("", "-"), *choices],
            initial=str(default.supplier_id) if default else "",
            label=_("Supplier for %(demand)s") % {"demand": demand},
        )
        self.fields[f"seen_{demand.pk}"] = SeenField(initial=short)
        for name in (quantity, supplier):
            self.fields[name].widget.attrs["aria-label"] = self.fields[name].label

    def _add_order(self, pk, partner):
        mine = [order for order in self.drafts.values() if order.document.partner_id == pk]
        self.fields[f"order_{pk}"] = forms.ChoiceField(
            choices=[
                ("", _("A new order")),
                *((str(order.pk), _("Add to %(order)s") % {"order": order}) for order in mine),
            ],
            required=False,
            label=_("Order at %(supplier)s") % {"supplier": partner},
        )

    def clean(self):
        """No more decimals than the part's own unit has: links and rows would be refused for them."""
        facts = super().clean()
        for demand, _short, _terms, _default in self.lines:
            name = f"quantity_{demand.pk}"
            if facts.get(name) is not None:
                refused_at(self, name, check_fits, demand.part.unit, facts[name])
        return facts

    def value_of(self, name, otherwise):
        """What was typed into a field, as far as it is valid."""
        found = self.cleaned_data.get(name) if self.is_bound and not self.errors.get(name) else None
        return otherwise if found in (None, "") else found

    def arguments(self):
        """The operation's arguments; ``is_valid()`` first."""
        data, ids = self.cleaned_data, [demand.pk for demand, *_ in self.lines]
        orders = {pk: data[f"order_{pk}"] for pk in self.partners}
        return {
            "quantities": {pk: data[f"quantity_{pk}"] for pk in ids},
            "suppliers": {pk: self.partners[int(data[f"supplier_{pk}"])] for pk in ids},
            "seen": {pk: data[f"seen_{pk}"] for pk in ids if data[f"seen_{pk}"] is not None},
            "orders": {pk: self.drafts[int(order)] for pk, order in orders.items() if order},
            "combine": data["combine"],
        }
