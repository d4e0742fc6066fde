"""The distribution window: a line for each share, with its account, dimensions and words."""

from decimal import Decimal

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from erp.exceptions import Refused
from erp.web.fields import PercentFormField, TextFormField
from erp.web.forms import OperationForm, VersionField
from sales.models import Account, AccountType, Dimension, DimensionValue
from sales.operations.posting import check_shares
from sales.posting import Posting

EMPTY_LINES = 3
MOST = 40


class PostingForm(OperationForm):
    """``postings`` are those that the row has; lines that are left empty are left out."""

    version = VersionField()

    def __init__(self, data=None, *, row, postings, types, **kwargs):
        super().__init__(data, initial={"version": row.version}, **kwargs)
        self.dimensions = list(Dimension.objects.all())
        self.types = [(kind, AccountType(kind).label) for kind in types]
        self.count = min(max(_lines_of(data), len(postings) + EMPTY_LINES), MOST)
        accounts = _in_use(Account, [one.account for one in postings if one.account])
        values = _in_use(DimensionValue, [value for one in postings for value in one.values.values()])
        for place in range(self.count):
            self._add_line(place, postings[place] if place < len(postings) else None, accounts, values)

    def _add_line(self, place, posting, accounts, values):
        kind = posting.account_type if posting else self.types[0][0]
        self._add(place, "type", forms.ChoiceField(choices=self.types, required=False, initial=kind))
        account = forms.ModelChoiceField(
            accounts, required=False, empty_label="", initial=posting.account if posting else None
        )
        self._add(place, "account", account)
        self._add(
            place, "share", PercentFormField(required=False, decimals=4, initial=posting.share if posting else None)
        )
        for dimension in self.dimensions:
            initial = posting.values.get(dimension.pk) if posting else None
            field = forms.ModelChoiceField(
                values.filter(dimension=dimension), required=False, empty_label="", initial=initial
            )
            self._add(place, f"value_{dimension.pk}", field, str(dimension))
        words = TextFormField(max_length=200, required=False, initial=posting.specification if posting else "")
        self._add(place, "specification", words)

    def _add(self, place, name, field, label=""):
        field.widget.attrs["aria-label"] = _("%(what)s, line %(n)d") % {
            "what": label or name.capitalize(),
            "n": place + 1,
        }
        self.fields[f"{name}-{place}"] = field

    @property
    def lines(self):
        """Per line its fields, in the order of the headings."""
        names = ["type", "account", "share", *(f"value_{one.pk}" for one in self.dimensions), "specification"]
        return [[self[f"{name}-{place}"] for name in names] for place in range(self.count)]

    def clean(self):
        answer = super().clean()
        if self.errors:
            return answer
        postings = [self._posting(answer, place) for place in range(self.count) if self._is_filled(answer, place)]
        try:
            check_shares(postings)
        except Refused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        return {"postings": postings, "version": answer["version"]}

    def _is_filled(self, answer, place):
        return any(answer[f"{name}-{place}"] for name in ("account", "share"))

    def _posting(self, answer, place):
        values = {one.pk: answer[f"value_{one.pk}-{place}"] for one in self.dimensions}
        return Posting(
            account_type=answer[f"type-{place}"] or self.types[0][0],
            account=answer[f"account-{place}"],
            share=answer[f"share-{place}"] or Decimal(0),
            specification=answer[f"specification-{place}"],
            values={pk: value for pk, value in values.items() if value},
        )


def _in_use(model, chosen):
    """What was taken out of use stays where it stands."""
    return model.objects.filter(Q(is_active=True) | Q(pk__in=[one.pk for one in chosen]))


def _lines_of(data):
    return len((data or {}).keys() & {f"share-{place}" for place in range(MOST)})
