"""Forms of the actions on a row or an order: split, disconnect, deliver, cancel, make orders."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from erp.exceptions import Refused
from erp.register.units import plain
from erp.web.fields import IsoDateField, QuantityFormField, TextFormField
from erp.web.forms import OperationForm, VersionField
from linkage.models import Demand, OrderLink
from sales.operations import NewPart
from sales.splitting import MOST_PARTS, equal_parts, parts_of_size


class ReasonForm(OperationForm):
    reason = TextFormField(label=_("Reason"), max_length=200, required=False)


class DeleteRowForm(ReasonForm):
    version = VersionField()


class CancelOrderForm(ReasonForm):
    release = forms.BooleanField(
        label=_("Leave what is linked free"),
        required=False,
        help_text=_("Orders made for these rows live on and stand on the worklist of orphans."),
    )


class DisconnectForm(ReasonForm):
    """Which link, how much of it, and where the freed supply goes."""

    link = forms.ModelChoiceField(label=_("Linked order"), queryset=OrderLink.objects.none(), empty_label=None)
    quantity = QuantityFormField(label=_("Quantity"), required=False, help_text=_("Empty: all that is open."))
    give_to = forms.ModelChoiceField(
        label=_("The freed supply"),
        queryset=Demand.objects.none(),
        required=False,
        empty_label=_("stays free"),
    )
    field_order = ["link", "quantity", "give_to", "reason"]

    def __init__(self, *args, links, takers, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["link"].queryset = links
        self.fields["link"].label_from_instance = link_in_words
        self.fields["give_to"].queryset = takers
        self.fields["give_to"].label_from_instance = taker_in_words


def link_in_words(link):
    due = f", due {link.supply.due_date}" if link.supply.due_date else ""
    return f"{link.supply}: {plain(link.open)} {link.supply.part.unit} open, {plain(link.on_shelf)} on the shelf{due}"


def taker_in_words(demand):
    return f"to {demand}: {plain(demand.uncovered)} uncovered, needed {demand.need_date}"


class DeliverForm(OperationForm):
    quantity = QuantityFormField(label=_("Quantity"))
    effective_on = IsoDateField(label=_("Date"))
    reference = TextFormField(label=_("Delivery note"), max_length=60, required=False)
    final = forms.BooleanField(
        label=_("Final delivery"), required=False, help_text=_("Nothing more will be delivered: the row closes.")
    )

    def __init__(self, *args, row, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["quantity"].help_text = str(row.unit)


class LinkedOrdersForm(OperationForm):
    date_from = IsoDateField(label=_("Ordered from"))
    date_to = IsoDateField(label=_("to"))

    def clean(self):
        answer = super().clean()
        first, last = answer.get("date_from"), answer.get("date_to")
        if first and last and first > last:
            self.add_error("date_to", _("The last day lies before the first."))
        return answer


class WaysForm(forms.Form):
    """How a row is to be divided: n equal parts, parts of a size, or along what supplies it. Read from the URL."""

    ways = forms.ChoiceField(choices=[("equal", ""), ("size", ""), ("supply", "")])
    count = forms.IntegerField(min_value=1, max_value=MOST_PARTS, required=False)
    size = QuantityFormField(required=False)

    def parts(self, row, along):
        """The parts of the row as (quantity, date); ``along`` are those along the supply."""
        if not self.is_valid():
            return [(row.quantity, row.delivery_date)]
        wanted = self.cleaned_data
        if wanted["ways"] == "supply":
            return along
        if wanted["ways"] == "size" and wanted["size"]:
            quantities = parts_of_size(row.quantity, wanted["size"], count=wanted["count"])
        else:
            quantities = equal_parts(row.quantity, wanted["count"] or 2, row.unit)
        return [(quantity, row.delivery_date) for quantity in quantities]

    def safe_parts(self, row, along):
        """As ``parts``; the sentence of what cannot be divided stands beside the row undivided."""
        try:
            return self.parts(row, along), ""
        except Refused as refusal:
            return [(row.quantity, row.delivery_date)], str(refusal)


class SplitForm(OperationForm):
    """The parts of a row, and which part gets how much of each link. Empty lines are left out."""

    by_hand = forms.ChoiceField(
        label=_("Links"),
        choices=[("", _("the earliest need gets the earliest supply")), ("yes", _("as in the table"))],
        required=False,
    )
    version = VersionField()

    def __init__(self, *args, row, links, count, parts=(), moves=None, **kwargs):
        kwargs.setdefault("initial", {"version": row.version})
        super().__init__(*args, **kwargs)
        self.row, self.links, self.count = row, links, min(max(count, 2), MOST_PARTS)
        for place in range(self.count):
            quantity, date = parts[place] if place < len(parts) else (None, None)
            self._add(f"quantity-{place}", QuantityFormField(required=False, allow_zero=True, initial=quantity), place)
            self._add(f"date-{place}", IsoDateField(required=False, initial=date), place)
            for link in links if place else ():
                moved = (moves or {}).get((link.pk, place), None)
                field = QuantityFormField(required=False, allow_zero=True, initial=moved or None)
                self._add(f"move-{link.pk}-{place}", field, place, f"{link.supply}")

    def _add(self, name, field, place, what=""):
        kind = name.split("-")[0]
        field.widget.attrs["aria-label"] = f"{what or kind.capitalize()}, part {place + 1}".strip()
        self.fields[name] = field

    @property
    def lines(self):
        """Per part: its quantity, its date, and a cell per link (None for the part that stays)."""
        for place in range(self.count):
            cells = [self[f"move-{link.pk}-{place}"] if place else None for link in self.links]
            yield place, self[f"quantity-{place}"], self[f"date-{place}"], cells

    def clean(self):
        answer = super().clean()
        if self.errors:
            return answer
        given = [place for place in range(self.count) if answer.get(f"quantity-{place}")]
        parts = [
            NewPart(quantity=answer[f"quantity-{place}"], delivery_date=answer[f"date-{place}"]) for place in given
        ]
        together = sum((part.quantity for part in parts), Decimal(0))
        if len(parts) < 2 or together != self.row.quantity:
            raise forms.ValidationError(
                _("The parts add up to %(together)s in %(n)s parts; the row has %(whole)s, in at least 2."),
                params={"together": plain(together), "n": len(parts), "whole": plain(self.row.quantity)},
            )
        moves = self._moves(answer, given) if answer["by_hand"] else None
        return {"parts": parts, "moves": moves, "version": answer["version"], "operation_key": answer["operation_key"]}

    def _moves(self, answer, given):
        return {
            (link.pk, index): answer[f"move-{link.pk}-{place}"]
            for index, place in enumerate(given)
            for link in self.links
            if index and answer.get(f"move-{link.pk}-{place}")
        }
