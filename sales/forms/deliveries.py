"""Forms of planning and reporting deliveries: a box for the quantity of each row, empty or 0 where it stays."""

import re

from django import forms
from django.utils.translation import gettext_lazy as _

from erp.exceptions import Refused
from erp.register.models import Partner, Warehouse
from erp.register.units import plain
from erp.web.fields import IsoDateField, LookupChoiceField, PostingDateField, QuantityFormField, TextFormField
from erp.web.forms import FormRenderer, OperationForm, StyledField
from linkage.operations.stock import check_within
from linkage.serial_fields import SerialsField
from sales.models import SalesOrder, SalesOrderRow
from sales.operations import Delivered, Picked
from sales.operations.leaving import leaving_serials
from sales.operations.packing import packaging_of
from sales.serials import offers_for
from sales.units import UnitsOfRows, parts_of

BOX = re.compile(r"quantity_([0-9]{1,18})")
NOTHING = {"", "0"}


class DueForm(forms.Form):
    """What the page of delivery planning shows; nonsense in the address shows everything."""

    default_renderer = FormRenderer()
    bound_field_class = StyledField
    use_required_attribute = False
    until = IsoDateField(label=_("Due until"), required=False)
    warehouse = LookupChoiceField(
        label=_("Warehouse"), queryset=Warehouse.objects.all, lookup="warehouses", to_field_name="code", required=False
    )
    customer = LookupChoiceField(
        label=_("Customer"), queryset=Partner.objects.customers, lookup="customers", required=False
    )
    order = LookupChoiceField(
        label=_("Sales order"),
        queryset=SalesOrder.objects.all,
        lookup="sales-orders",
        to_field_name="document__number",
        required=False,
    )

    @property
    def wanted(self):
        """What was understood of it."""
        self.errors  # noqa: B018 - reading them cleans the form
        return {name: value for name, value in self.cleaned_data.items() if value}


class LinesForm(OperationForm):
    """A quantity per line (``Deliverable``)."""

    nothing = _("Enter the quantity of at least one row.")
    gone = _("Rows that cannot be delivered here any more, %(count)s: %(rows)s. Look at the figures again.")

    def __init__(self, *args, lines, offers=True, **kwargs):
        super().__init__(*args, **kwargs)
        self.lines = lines
        for line in lines:
            label = _("Quantity of %(row)s") % {"row": line.row}
            offered = line.offered if offers and line.offered else None
            self.fields[f"quantity_{line.pk}"] = QuantityFormField(
                allow_zero=True, allow_negative=line.row.quantity < 0, required=False, label=label, initial=offered
            )

    def boxes(self):
        return [(line, self[f"quantity_{line.pk}"], None, None) for line in self.lines]

    def clean(self):
        cleaned = super().clean()
        if gone := self._gone():
            raise forms.ValidationError(self.gone, params={"count": len(gone), "rows": ", ".join(map(str, gone))})
        typed = [f"quantity_{line.pk}" for line in self.lines]
        if not any(cleaned.get(name) for name in typed) and not any(name in self.errors for name in typed):
            raise forms.ValidationError(self.nothing)
        return cleaned

    def _gone(self):
        """Rows that a quantity was typed for, and that stand here no more: somebody delivered or changed them."""
        names = [name for name, typed in self.data.items() if name not in self.fields and typed.strip() not in NOTHING]
        ids = [found[1] for name in names if (found := BOX.fullmatch(name))]
        return list(SalesOrderRow.objects.for_list().filter(pk__in=ids).in_order())

    def chosen(self):
        """[(line, quantity)] of the rows that are to go."""
        typed = [(line, self.cleaned_data.get(f"quantity_{line.pk}")) for line in self.lines]
        return [(line, quantity) for line, quantity in typed if quantity]


class PlanForm(LinesForm):
    note = TextFormField(label=_("Note on the pick list"), max_length=200, required=False)

    def arguments(self):
        lines = [Picked(row=line.row, quantity=quantity) for line, quantity in self.chosen()]
        return {"lines": lines, "note": self.cleaned_data["note"]}


class ReportForm(LinesForm):
    """What left the house: with each quantity whether it is the last of its row."""

    effective_on = PostingDateField(label=_("Date"))
    reference = TextFormField(label=_("Reference of the carrier"), max_length=60, required=False)
    packaging = forms.BooleanField(label=_("Add packaging rows"), required=False, initial=True)

    def __init__(self, *args, lines, **kwargs):
        super().__init__(*args, lines=lines, **kwargs)
        for line in lines:
            label = _("Final delivery of %(row)s") % {"row": line.row}
            self.fields[f"final_{line.pk}"] = forms.BooleanField(required=False, label=label)
        self._ask_for_numbers()
        self.packs = bool(packaging_of([line.row for line in lines]))
        if not self.packs:
            del self.fields["packaging"]

    def _ask_for_numbers(self):
        for pk, offer in offers_for([line.row for line in self.lines]).items():
            self.fields[f"serials_{pk}"] = leaving_field(offer)

    def boxes(self):
        return [
            (line, self[f"quantity_{line.pk}"], self[f"final_{line.pk}"], self._numbers_of(line)) for line in self.lines
        ]

    def _numbers_of(self, line):
        return self[f"serials_{line.pk}"] if f"serials_{line.pk}" in self.fields else None

    def clean(self):
        for line in self.lines:
            box = f"quantity_{line.pk}"
            if self.cleaned_data.get(f"final_{line.pk}") and not self.cleaned_data.get(box) and box not in self.errors:
                self.add_error(box, _("Enter the quantity of the final delivery."))
        cleaned = super().clean()
        self._check_quantities()
        self._check_numbers()
        return cleaned

    def _check_quantities(self):
        """More than is open, or than the unit allows, is said at its row."""
        chosen = [(line, quantity) for line, quantity in self.chosen() if line.row.demand_id]
        units = UnitsOfRows(parts_of([line.row for line, _quantity in chosen]))
        for line, quantity in chosen:
            row = line.row
            try:
                base = units.to_base(part=row.part, quantity=quantity, unit=row.unit)
                check_within(row.demand, base)
            except Refused as refusal:
                self.add_error(f"quantity_{line.pk}", str(refusal))

    def _check_numbers(self):
        """What would be refused of the pieces is said at their row."""
        numbered = [(line.row, quantity) for line, quantity in self.chosen() if f"serials_{line.pk}" in self.fields]
        check_leaving(self, {f"serials_{row.pk}": (row, quantity) for row, quantity in numbered})

    def arguments(self):
        lines = [self._delivered(line, quantity) for line, quantity in self.chosen()]
        facts = {name: self.cleaned_data[name] for name in ("effective_on", "reference")}
        return {"lines": lines, "packaging": self.cleaned_data.get("packaging", False), **facts}

    def _delivered(self, line, quantity):
        facts = {name: self.cleaned_data.get(f"{name}_{line.pk}", "") for name in ("final", "serials")}
        return Delivered(row=line.row, quantity=quantity, pick_row=line.pick, **facts)


def check_leaving(form, fields):
    """Say at the fields, {name: (row, quantity)}, what the delivery would refuse of their numbers."""
    units = UnitsOfRows(parts_of([row for row, _quantity in fields.values()]))
    wanted = {}
    for name, (row, quantity) in fields.items():
        try:
            base = units.to_base(part=row.part, quantity=quantity, unit=row.unit)
        except Refused as refusal:
            form.add_error(name, str(refusal))
        else:
            wanted[name] = row, base, form.cleaned_data.get(name) or ""
    if wanted and not set(wanted) & set(form.errors):
        say_where(form, wanted)


def say_where(form, wanted):
    """Say at the fields, {name: (row, base quantity, numbers)}, what is refused of the pieces."""
    try:
        leaving_serials(list(wanted.values()))
    except Refused as refusal:
        alone = {name: _refusal_of(one) for name, one in wanted.items()}
        for name, sentence in alone.items():
            if sentence:
                form.add_error(name, sentence)
        if not any(alone.values()):  # each is right by itself
            form.add_error(None, str(refusal))


def _refusal_of(one):
    try:
        leaving_serials([one])
    except Refused as refusal:
        return str(refusal)
    return ""


def leaving_field(offer):
    """The field of the pieces that leave with a row."""
    own = _("Its own: %(numbers)s.") % {"numbers": offer.own} if offer.own else ""
    free = _("On the shelf: %(numbers)s.") % {"numbers": offer.free} if offer.free else ""
    nothing = _("Nothing: its own leave in their order.") if offer.own else ""
    return SerialsField(help_text=" ".join(map(str, filter(None, [own, free, nothing]))))


class PickForm(OperationForm):
    """The quantity of one row of a pick list; 0 takes it off."""

    quantity = QuantityFormField(allow_zero=True, label=_("Quantity"))

    def __init__(self, *args, pick, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["quantity"].help_text = _("Open on the list: %(open)s. 0 takes it off.") % {
            "open": plain(pick.open)
        }
