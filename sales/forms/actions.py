"""Forms of the actions on a row or an order: split, disconnect, deliver, cancel, make orders."""

from django import forms
from django.utils.translation import gettext_lazy as _

from erp.exceptions import Refused
from erp.register.models import Unit
from erp.register.units import plain
from erp.web.fields import IsoDateField, PostingDateField, QuantityFormField, TextFormField
from erp.web.forms import OperationForm, VersionField
from linkage.serial_fields import SerialsField
from linkage.split_forms import CutForm, PartsForm
from sales.forms.deliveries import check_leaving, leaving_field, say_where
from sales.kits import leaving
from sales.operations import NewPart
from sales.operations.reversing import back_of
from sales.serials import offers_for
from sales.units import UnitsOfRows, parts_of

WITHOUT_UNIT = Unit(decimals=2)  # what an additional row without a unit is cut to


class ReasonForm(OperationForm):
    reason = TextFormField(label=_("Reason"), max_length=200, required=False)


class TakeBackForm(ReasonForm):
    """How much of a delivered row comes back, and which of its pieces."""

    quantity = QuantityFormField(label=_("Quantity"), allow_negative=True)
    field_order = ["quantity", "serials", "reason"]

    def __init__(self, *args, delivered, numbers="", **kwargs):
        super().__init__(*args, **kwargs)
        self.delivered = delivered
        facts = {"quantity": plain(delivered.quantity), "unit": delivered.row.unit or ""}
        self.fields["quantity"].help_text = _("Of %(quantity)s %(unit)s.") % facts
        if numbers:
            words = _("Left with it: %(numbers)s. Nothing: the last ones.") % {"numbers": numbers}
            self.fields["serials"] = SerialsField(help_text=words)
            self.order_fields(self.field_order)

    def clean(self):
        """What would be refused is said at its field."""
        cleaned = super().clean()
        quantity, serials = cleaned.get("quantity"), cleaned.get("serials", "")
        if quantity is None or "serials" in self.errors:
            return cleaned
        for name, typed in (("quantity", ""), ("serials", serials)):
            try:
                back_of(self.delivered, quantity, typed)
            except Refused as refusal:
                self.add_error(name, str(refusal))
                break
        return cleaned


class DeleteRowForm(ReasonForm):
    version = VersionField()


class CancelOrderForm(ReasonForm):
    release = forms.BooleanField(
        label=_("Leave what is linked free"),
        required=False,
        help_text=_("Orders made for these rows live on and stand on the worklist of orphans."),
    )


class DeliverForm(OperationForm):
    quantity = QuantityFormField(label=_("Quantity"), allow_negative=True)
    effective_on = PostingDateField(label=_("Date"))
    reference = TextFormField(label=_("Delivery note"), max_length=60, required=False)
    final = forms.BooleanField(
        label=_("Final delivery"), required=False, help_text=_("Nothing more will be delivered: the row closes.")
    )

    field_order = ["quantity", "serials", "effective_on", "reference", "final"]

    def __init__(self, *args, row, **kwargs):
        super().__init__(*args, **kwargs)
        self.row = row
        self.fields["quantity"].help_text = str(row.unit or "")
        if offer := offers_for([row]).get(row.pk):
            self.fields["serials"] = leaving_field(offer)
            self.order_fields(self.field_order)

    def clean(self):
        cleaned = super().clean()
        if "serials" in self.fields and "quantity" in cleaned:
            check_leaving(self, {"serials": (self.row, cleaned["quantity"])})
        return cleaned


class DeliverKitForm(DeliverForm):
    """So many complete ones of a fictitious part: the pieces of its traced parts are named right here."""

    def __init__(self, *args, row, parts, **kwargs):
        super().__init__(*args, row=row, **kwargs)
        self.parts = parts
        waiting = {part.pk: part for part in parts if not part.is_closed}
        offers = offers_for(waiting.values())
        self.numbered = {f"serials_{pk}": waiting[pk] for pk in offers}
        for name, part in self.numbered.items():
            self.fields[name] = leaving_field(offers[part.pk])
            self.fields[name].label = _("Serial numbers of %(part)s, row %(row)s") % {"part": part.part, "row": part}
        self.order_fields(["quantity", *self.numbered, *self.field_order])

    def clean(self):
        cleaned = super().clean()
        typed = {part.pk: cleaned.pop(name, "") for name, part in self.numbered.items()}
        cleaned["pieces"] = {pk: text for pk, text in typed.items() if text}
        if not self.errors:
            self._check_pieces(cleaned["quantity"], cleaned["pieces"])
        return cleaned

    def _check_pieces(self, quantity, pieces):
        """What would be refused is said at its part, or at the quantity."""
        try:
            going = leaving(self.row, self.parts, quantity, units=UnitsOfRows(parts_of(self.parts)))
        except Refused as refusal:
            self.add_error("quantity", str(refusal))
            return
        bases = {part.pk: base for part, _quantity, base in going}
        for name, part in self.numbered.items():
            if part.pk in pieces and not bases.get(part.pk):
                self.add_error(name, _("Nothing of %(part)s leaves with these.") % {"part": part.part})
        if not self.errors:
            going = {name: part for name, part in self.numbered.items() if bases.get(part.pk)}
            say_where(self, {name: (part, bases[part.pk], pieces.get(part.pk, "")) for name, part in going.items()})


class LinkedOrdersForm(OperationForm):
    date_from = IsoDateField(label=_("Ordered from"))
    date_to = IsoDateField(label=_("to"))

    def clean(self):
        answer = super().clean()
        first, last = answer.get("date_from"), answer.get("date_to")
        if first and last and first > last:
            self.add_error("date_to", _("The last day lies before the first."))
        return answer


class WaysForm(CutForm):
    """How a row is to be divided: also along what supplies it, each part with a date that can be kept."""

    ways = forms.ChoiceField(choices=[*CutForm.base_fields["ways"].choices, ("supply", "")])

    def parts(self, row, along):
        """(the parts as (quantity, dates), a sentence where they cannot be); ``along`` are those along the supply."""
        if self.is_valid() and self.cleaned_data["ways"] == "supply":
            return [(quantity, {"date": date}) for quantity, date in along], ""
        quantities, trouble = self.quantities(row.quantity, row.unit or WITHOUT_UNIT)
        return [(quantity, {"date": row.delivery_date}) for quantity in quantities], trouble


class SplitForm(PartsForm):
    """The parts of a sales row."""

    DATES = {"date": _("Delivery date")}

    def __init__(self, *args, has_serials=False, **kwargs):
        self.CHOICES = {"serials": _("Serial numbers")} if has_serials else {}
        super().__init__(*args, **kwargs)

    def choice_field(self, name, place, value):
        """Which serial numbers a part gets: A-001..A-005, A-009."""
        return TextFormField(max_length=1000, required=False, initial=value)

    @staticmethod
    def part_of(quantity, facts):
        return NewPart(quantity=quantity, delivery_date=facts["date"], serials=facts.get("serials") or "")

    @staticmethod
    def heading(link):
        return f"{link.supply}: {plain(link.open)} {link.supply.part.unit}"
