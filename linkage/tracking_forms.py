"""The form of a new order link tracking line: the downstream order, its line and component line, and how much."""

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from erp.exceptions import Refused
from erp.web.forms import OperationForm, QuantityFormField, TextFormField
from linkage.checks import check_linkable, check_no_circle, link_warnings
from linkage.forms import REASON, ChangeLinkForm
from linkage.queries.linkable import demands_at
from linkage.queries.standing import demands_called


def position_field(label):
    number = {"invalid": _("Enter a whole number such as 10."), "max_value": _("Enter a whole number such as 10.")}
    box = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
    return forms.IntegerField(
        label=label, required=False, min_value=0, max_value=2**31 - 1, widget=box, error_messages=number
    )


class TrackingForm(OperationForm):
    """A new upstream link of a supply.

    ``order`` alone will do where it leaves no doubt, also written out as M-1042/1/30. An empty quantity is as much as
    fits. ``warnings`` are the sentences that a planner should know before.
    """

    order = TextFormField(
        label=_("Downstream order"),
        max_length=80,
        error_messages={"required": _("Enter the downstream order, such as M-1042, its line and component line.")},
    )
    line = position_field(_("Line"))
    component = position_field(_("Component line"))
    quantity = QuantityFormField(label=_("Allocated quantity"), required=False)
    reason = TextFormField(**REASON)
    accept_warnings = forms.BooleanField(label=_("Link anyway"), required=False)

    def __init__(self, data=None, *, supply):
        self.supply, self.warnings = supply, []
        super().__init__(data, auto_id="new_%s")
        url = reverse("linkage:linkable", args=[supply.pk])
        self._look_up("order", f"{url}?of=order", needs="")
        self._look_up("line", f"{url}?of=line", needs="order")
        self._look_up("component", f"{url}?of=component", needs="order line")
        self.fields["quantity"].widget.attrs["placeholder"] = _("as much as fits")
        for name in ("quantity", "reason", "accept_warnings"):
            self.fields[name].widget.attrs["form"] = "new-line"

    def _look_up(self, name, url, *, needs):
        """A box with offers; those of a dependent one are shown as soon as it is entered."""
        attrs = {"data-lookup-url": url, "data-lookup-eager": True, "form": "new-line"}
        self.fields[name].widget.attrs |= attrs | ({"data-lookup-needs": needs} if needs else {})

    def clean(self):
        facts = {name: self.cleaned_data.pop(name, None) for name in ("order", "line", "component")}
        if set(facts) & set(self.errors):
            return self.cleaned_data
        demand = self.cleaned_data["demand"] = self._demand(**facts)
        if demand is None or "quantity" in self.errors:
            return self.cleaned_data
        if self.cleaned_data["quantity"] is None:
            self.cleaned_data["quantity"] = min(demand.uncovered, self.supply.free)
        self._ask_the_rules(demand)
        return self.cleaned_data

    def _ask_the_rules(self, demand):
        try:
            check_linkable(demand=demand, supply=self.supply, quantity=self.cleaned_data["quantity"])
            check_no_circle(demand=demand, supply=self.supply)
        except Refused as refusal:
            self.add_error("quantity", str(refusal))
            return
        self.warnings = link_warnings(demand=demand, supply=self.supply)
        if self.warnings and not self.cleaned_data.get("accept_warnings"):
            self.add_error("accept_warnings", " ".join(self.warnings))

    def _demand(self, *, order, line, component):
        """The one demand that is meant; else the sentence of what is wrong, at the box that can put it right."""
        try:
            return self._meant(order, line, component)
        except ValidationError as error:
            self.add_error("order" if line is None else "component" if component is not None else "line", error)
            return None

    def _meant(self, order, line, component):
        supply = self.supply
        if line is None:
            found = demands_called(order, part=supply.part_id, warehouse=supply.warehouse_id)
        else:
            found = demands_at(supply, order=order, line=line, component=component)
        if len(found) == 1:
            return found[0]
        text = "/".join(str(part) for part in (order, line, component) if part is not None)
        if found:
            names = ", ".join(str(demand) for demand in found[:10])
            raise ValidationError(
                _("“%(text)s” can be: %(names)s. Enter one of them."), params={"text": text, "names": names}
            )
        raise ValidationError(
            _("No demand “%(text)s” of %(part)s in %(warehouse)s has anything uncovered."),
            params={"text": text, "part": supply.part, "warehouse": supply.warehouse},
        )


class LineForm(ChangeLinkForm):
    """The open quantity of a line that is edited in place; its boxes stand in several cells of the row."""

    def __init__(self, data=None, *, link):
        super().__init__(data, link=link, auto_id=f"edit_{link.pk}_%s")
        for name in ("quantity", "reason", "accept_warnings"):
            self.fields[name].widget.attrs["form"] = f"edit-{link.pk}"
