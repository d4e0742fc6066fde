"""Edit total: which rows a total row includes, what they come to, and what a typed total makes of them."""

from django import forms
from django.utils.translation import gettext_lazy as _

from erp.exceptions import Refused
from erp.money import rounded
from erp.web.fields import AmountFormField
from erp.web.forms import OperationForm, VersionField
from sales.money import ZERO, amount_of
from sales.operations.totals import check_from_first, check_spread, spread


class TotalForm(OperationForm):
    """The total that somebody types, and a box for each row that may count to it.

    ``lines`` are the rows with what they are worth now and, once the form is valid, then. The rows are the form's own:
    to reckon, it changes them.
    """

    total = AmountFormField(
        label=_("Total"),
        required=False,
        allow_negative=True,
        help_text=_("All rows that are included get the discount that makes it. Empty: their discounts stay."),
    )
    included = forms.TypedMultipleChoiceField(
        label=_("Include"),
        error_messages={
            "invalid_choice": _("A row is not above this total any more. Look at the rows as they are now."),
            "required": _("Include at least one row."),
        },
    )
    version = VersionField()

    def __init__(self, *args, rows, currency, **kwargs):
        super().__init__(*args, **kwargs)
        self.rows, self.currency = rows, currency
        self._now = {row.pk: self._amount(row) for row in rows}
        by_id = {str(row.pk): row for row in rows}
        included = self.fields["included"]
        included.choices, included.coerce = [(pk, pk) for pk in by_id], by_id.__getitem__

    def clean(self):
        answer = super().clean()
        if "included" in answer:
            answer["included"] = list(dict.fromkeys(answer["included"]))
            self._try("included", check_from_first, answer["included"], self.rows)
        if not self.errors and answer.get("total") is not None:
            self._try("included", check_spread, answer["included"])
        if not self.errors and answer.get("total") is not None:
            self._try("total", spread, rounded(answer["total"], self.currency), answer["included"], self.currency)
        return answer

    def _try(self, name, step, *facts):
        try:
            step(*facts)
        except Refused as refusal:
            self.add_error(name, str(refusal))

    def _amount(self, row):
        return amount_of(row, currency=self.currency)

    @property
    def reckons(self):
        """Whether there is a total to reckon with: what the rows would be worth is known."""
        return self.is_bound and self.is_valid() and self.cleaned_data["total"] is not None

    @property
    def lines(self):
        """[(row, what it is worth now, then, whether it is included)]"""
        ticked = set(self["included"].value() or ())
        return [(row, self._now[row.pk], self._then(row), str(row.pk) in ticked) for row in self.rows]

    def _then(self, row):
        return self._amount(row) if self.reckons and row in self.cleaned_data["included"] else None

    @property
    def sums(self):
        """What the included rows come to now, and then."""
        ticked = [line for line in self.lines if line[3]]
        then = sum((line[2] for line in ticked), ZERO) if self.reckons else None
        return sum((line[1] for line in ticked), ZERO), then

    @property
    def discount(self):
        return self.cleaned_data["included"][0].discount if self.reckons else None
