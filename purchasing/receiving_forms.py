"""Forms of what arrives: field names are the operations' argument names."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from erp.register.settings_registry import REGISTRY
from erp.register.units import check_fits, plain
from erp.web.fields import PostingDateField, parse_number
from erp.web.forms import OperationForm, QuantityFormField, TextFormField
from linkage.serial_fields import ask_for_numbers
from purchasing.field_checks import refused_at
from purchasing.forms import ReasonForm
from purchasing.models import RejectReason
from purchasing.operations import Arriving, Rejected
from purchasing.operations.rows import check_quantity
from purchasing.operations.seen import differences

SHARED = "quantity", "policy"
MOST_SEEN = 20_000


class SeenField(forms.CharField):
    """What a page showed, as ``12=30,0=5``; {id: quantity}, or None where nothing sensible was sent."""

    widget = forms.HiddenInput

    def to_python(self, value):
        pairs = [pair.partition("=") for pair in (value or "")[:MOST_SEEN].split(",") if "=" in pair]
        found = {pk: parse_number(quantity) for pk, _sign, quantity in pairs if pk.isdecimal() and len(pk) < 19}
        if not found or not all(isinstance(quantity, Decimal) for quantity in found.values()):
            return None
        return {int(pk): quantity for pk, quantity in found.items()}


def as_seen(standing):
    """What ``SeenField`` reads back."""
    return ",".join(f"{pk}={quantity:f}" for pk, quantity in sorted(standing.items()))


def _counts(asks, path, region):
    """What makes a region of the page follow a field, with JavaScript; without it a button does the same."""
    return {
        "hx-post": path,
        "hx-vals": f'{{"{asks}": "1"}}',
        "hx-trigger": "change",
        "hx-target": region,
        "hx-select": region,
        "hx-swap": "outerHTML",
    }


class ReceiveForm(OperationForm):
    """What arrived, how much of it was taken in, and who gets how much of that (base unit)."""

    quantity = QuantityFormField(allow_zero=True, label=_("Accepted"))
    policy = forms.ChoiceField(
        choices=REGISTRY["receipt_distribution"].choices, required=False, label=_("Share out by")
    )
    rejected = QuantityFormField(allow_zero=True, required=False, label=_("Rejected"))
    code = forms.ChoiceField(choices=[("", "-"), *RejectReason.choices], required=False, label=_("Why rejected"))
    note = TextFormField(required=False, max_length=200, label=_("In words"))
    owed = forms.TypedChoiceField(
        choices=[("yes", _("The supplier owes a replacement")), ("no", _("No replacement: it leaves the order"))],
        coerce=lambda value: value == "yes",
        empty_value=True,
        required=False,
        label=_("What was rejected"),
    )
    effective_on = PostingDateField(label=_("Date"))
    reference = TextFormField(required=False, max_length=60, label=_("Delivery note"))
    final = forms.TypedChoiceField(
        choices=[("", _("More to come")), ("yes", _("Final: nothing more comes"))],
        coerce=bool,
        empty_value=False,
        required=False,
        label=_("After this"),
    )
    reason = TextFormField(required=False, max_length=200, label=_("Reason"))
    cut_contract = forms.BooleanField(required=False, label=_("Cut contract links too"))
    approve_over = forms.BooleanField(required=False, label=_("Approve more than was ordered"))
    seen = SeenField(required=False)

    def __init__(self, *args, rehearsal, may_approve=True, approves=False, asks=False, path="", **kwargs):
        super().__init__(*args, **kwargs)
        ask_for_numbers(self, {"": rehearsal.row.supply})
        self.rehearsal, self.takers = rehearsal, rehearsal.takers
        self.approves, self.asks = approves, asks
        if not may_approve:
            del self.fields["approve_over"]
        for taker in self.takers:
            self.fields[f"share_{taker.link.pk}"] = QuantityFormField(
                allow_zero=True,
                required=False,
                label=_("For %(demand)s") % {"demand": taker.link.demand},
                initial=taker.share,
            )
        self._count_as_typed(path)

    def _count_as_typed(self, path):
        """With JavaScript the table follows the quantity, and the sums follow each share, while somebody types."""
        for name, field in self.fields.items():
            region = "shares" if name in SHARED else "sums" if name.startswith(("share_", "rejected", "owed")) else ""
            if region:
                asks = "share_out" if region == "shares" else "count"
                field.widget.attrs |= _counts(asks, path, f"#receive-{region}")

    def clean(self):
        cleaned = super().clean()
        rejected = cleaned.get("rejected") or 0
        if cleaned.get("quantity") == 0 and not rejected:
            self.add_error("quantity", self.fields["quantity"].error_messages["positive"])
        if rejected and not cleaned.get("code"):
            self.add_error("code", _("Choose why it was rejected."))
        if rejected and cleaned.get("code") == RejectReason.OTHER and not cleaned.get("note"):
            self.add_error("note", _("Say in words why it was rejected."))
        row = self.rehearsal.row
        for name in ("quantity", "rejected"):
            if cleaned.get(name):
                refused_at(self, name, check_quantity, row.supply.part, cleaned[name], row.unit)
        if not differences(self.rehearsal.standing, cleaned.get("seen")):  # what moved is shown first
            self._check_shares(cleaned)
            self._check_over(cleaned)
        if self.asks and rejected:
            self.add_error("rejected", _("Post what was rejected by itself; a buyer is asked for what you take in."))
        return cleaned

    def _check_shares(self, cleaned):
        """Nobody gets more than is to come for it."""
        unit = self.rehearsal.row.supply.part.unit
        for taker in self.takers:
            name, most = f"share_{taker.link.pk}", taker.link.to_come
            share = cleaned.get(name)
            if share and not refused_at(self, name, check_fits, unit, share) and share > most:
                self.add_error(name, _("At most %(most)s %(unit)s.") % {"most": plain(most), "unit": unit})

    def _check_over(self, cleaned):
        """More than the tolerance needs a buyer, and everybody who takes it in a reason."""
        asks, approves = self.asks, self.approves or cleaned.get("approve_over")
        is_over = bool(cleaned.get("quantity")) and self.rehearsal.over > self.rehearsal.allowed_over
        if (asks or (is_over and approves)) and not cleaned.get("reason"):
            self.add_error("reason", _("Give the reason for taking in more than was ordered."))
        if is_over and not asks and not approves:
            self.add_error("quantity", self._over_words())

    def _over_words(self):
        found, unit = self.rehearsal, self.rehearsal.row.supply.part.unit
        facts = {"over": plain(found.over), "unit": unit, "most": plain(found.allowed_over)}
        if "approve_over" in self.fields:
            words = _("%(over)s %(unit)s more than ordered; %(most)s are allowed. Approve it below, with a reason.")
        elif found.row.keeps_more:
            words = _("%(over)s %(unit)s more than ordered; %(most)s are allowed. Ask a buyer, with a reason.")
        else:
            words = _("%(over)s %(unit)s more than ordered, and nothing of it can be kept.")
        return words % facts

    @property
    def rejects(self):
        return [self[name] for name in ("rejected", "code", "note", "owed")]

    @property
    def facts(self):
        names = ["effective_on", "reference", "serials", "final", "reason", "cut_contract", "approve_over"]
        return [self[name] for name in names if name in self.fields]

    @property
    def boxes(self):
        return [(taker, self[f"share_{taker.link.pk}"]) for taker in self.takers]

    def arguments(self):
        facts = {name: value for name, value in self.cleaned_data.items() if not name.startswith("share_")}
        facts["policy"] = facts["policy"] or None
        facts["rejected"] = _rejected(*(facts.pop(name) for name in ("rejected", "code", "note", "owed")))
        if any(f"share_{taker.link.pk}" in self.data for taker in self.takers):
            ids = [taker.link.pk for taker in self.takers]
            facts["shares"] = {pk: self.cleaned_data[f"share_{pk}"] or Decimal(0) for pk in ids}
        return facts


def _rejected(quantity, code, note, owed):
    return Rejected(quantity=quantity, code=code, note=note, owed=owed) if quantity else None


class ReverseForm(ReasonForm):
    """How much of a receipt goes back (base unit)."""

    quantity = QuantityFormField(label=_("Quantity"))
    effective_on = PostingDateField(label=_("Date"))
    seen = SeenField(required=False)
    field_order = ["quantity", "effective_on", "reason"]

    def __init__(self, *args, movement, path="", **kwargs):
        super().__init__(*args, **kwargs)
        self.movement = movement
        self.fields["quantity"].widget.attrs |= _counts("count", path, "#whereabouts")

    def clean_quantity(self):
        quantity, came, unit = self.cleaned_data["quantity"], self.movement.quantity, self.movement.part.unit
        if quantity > came:
            raise forms.ValidationError(_("%(n)s %(unit)s came.") % {"n": plain(came), "unit": unit})
        if quantity != came:  # the whole can go back, whatever the unit allows by now
            refused_at(self, "quantity", check_fits, unit, quantity)
        return quantity


class ArrivalForm(OperationForm):
    """One delivery: its note and day, and for each row on it how much came and whether it was the last."""

    reference = TextFormField(required=False, max_length=60, label=_("Delivery note"))
    effective_on = PostingDateField(label=_("Date"))

    def __init__(self, *args, rehearsals=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.rehearsals = rehearsals
        for shown in rehearsals:
            row = shown.row
            label = _("Quantity of %(row)s") % {"row": row}
            self.fields[f"quantity_{row.pk}"] = QuantityFormField(label=label, initial=shown.quantity)
            self.fields[f"final_{row.pk}"] = forms.BooleanField(
                required=False, label=_("Final: nothing more comes of %(row)s") % {"row": row}
            )
            self.fields[f"seen_{row.pk}"] = SeenField(required=False)
        ask_for_numbers(self, {f"_{shown.row.pk}": shown.row.supply for shown in rehearsals})

    def clean(self):
        """What would be refused for one row is said at that row, and the others need not be typed again."""
        cleaned = super().clean()
        for shown in self.rehearsals:
            pk, unit = shown.row.pk, shown.row.supply.part.unit
            quantity = cleaned.get(f"quantity_{pk}")
            if quantity:
                part = shown.row.supply.part
                refused_at(self, f"quantity_{pk}", check_quantity, part, quantity, shown.row.unit)
            if quantity and shown.over > shown.allowed_over:
                over, most = plain(shown.over), plain(shown.allowed_over)
                facts = {"over": over, "unit": unit, "most": most}
                sentence = _("%(over)s %(unit)s more than ordered; %(most)s are allowed. Ask a buyer on the row.")
                self.add_error(f"quantity_{pk}", sentence % facts)
            if cleaned.get(f"final_{pk}") and shown.contracts:
                first = shown.contracts[0]
                facts = {"n": plain(first.waits), "unit": unit, "demand": first.link.demand}
                sentence = _(
                    "This would cut %(n)s %(unit)s of the contract link of %(demand)s. Post it on the row, where that "
                    "is asked."
                )
                self.add_error(f"final_{pk}", sentence % facts)
        return cleaned

    @property
    def lines(self):
        """(rehearsal, quantity box, final box, what was shown, box of serial numbers) of each row."""
        return [self._boxes_of(shown, shown.row.pk) for shown in self.rehearsals]

    def _boxes_of(self, shown, pk):
        serials = self[f"serials_{pk}"] if f"serials_{pk}" in self.fields else None
        return shown, self[f"quantity_{pk}"], self[f"final_{pk}"], as_seen(shown.standing), serials

    def arguments(self):
        return {"lines": [self._line(shown.row) for shown in self.rehearsals]}

    def _line(self, row):
        cleaned = self.cleaned_data
        facts = {name: cleaned[f"{name}_{row.pk}"] for name in ("quantity", "final", "seen")}
        facts["serials"] = cleaned.get(f"serials_{row.pk}", "")
        return Arriving(row=row, reference=cleaned["reference"], effective_on=cleaned["effective_on"], **facts)
