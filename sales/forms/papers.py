"""Forms of documents and of the shipping information."""

from django import forms
from django.utils.translation import gettext_lazy as _

from erp.register.models import Part, PartType
from erp.web.fields import LookupChoiceField, QuantityFormField, TextFormField
from erp.web.forms import OperationForm
from purchasing.sending_forms import SendForm
from sales.operations import NewShippingLine

EMPTY_LINES = 3
MEASURES = ["weight", "volume", "loading_metres", "length", "width", "height"]


class SendPaperForm(SendForm):
    """How a document goes to the customer."""

    no_address = _("Enter the customer's e-mail address, or choose another way.")


def packaging_parts():
    return Part.objects.active().filter(part_type=PartType.PACKAGING)


class ShippingForm(OperationForm):
    """All lines of the shipping information, with some empty ones; a line without a quantity is none."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=50_000, strip=False)

    def __init__(self, *args, lines, **kwargs):
        super().__init__(*args, **kwargs)
        self.places = range(max(len(lines) + EMPTY_LINES, self._posted_lines()))
        for place in self.places:
            self._add_line(place, lines[place] if place < len(lines) else None)

    def _posted_lines(self):
        return sum(1 for name in self.data if name.startswith("quantity_")) if self.is_bound else 0

    def _add_line(self, place, line):
        fields = {
            "quantity": forms.IntegerField(label=_("Quantity"), required=False, min_value=0, max_value=100_000),
            "goods_type": TextFormField(label=_("Goods type"), max_length=60, required=False),
            "package_type": TextFormField(label=_("Package type"), max_length=60, required=False),
            "packaging": LookupChoiceField(
                label=_("Packaging part"), queryset=packaging_parts, lookup="parts", required=False
            ),
            **{name: _measure(label) for name, label in zip(MEASURES, LABELS, strict=True)},
            "follows_rows": forms.BooleanField(label=_("Weight follows the rows"), required=False),
        }
        for name, field in fields.items():
            if line is not None:
                field.initial = getattr(line, name) or None
            self.fields[f"{name}_{place}"] = field

    def lines(self):
        """The fields of each line, for the page."""
        names = ["quantity", "goods_type", "package_type", "packaging", *MEASURES, "follows_rows"]
        return [[self[f"{name}_{place}"] for name in names] for place in self.places]

    def arguments(self):
        typed = [self._line(place) for place in self.places]
        return {"lines": [line for line in typed if line], "seen": self.cleaned_data["seen"]}

    def _line(self, place):
        said = {name: self.cleaned_data[f"{name}_{place}"] for name in NewShippingLine.__dataclass_fields__}
        return NewShippingLine(**{name: value for name, value in said.items() if value}) if said["quantity"] else None

    def clean(self):
        cleaned = super().clean()
        for place in self.places:
            said = [cleaned.get(f"{name}_{place}") for name in ("goods_type", "package_type", "packaging", *MEASURES)]
            if any(said) and not cleaned.get(f"quantity_{place}") and f"quantity_{place}" not in self.errors:
                self.add_error(f"quantity_{place}", _("Enter how many packages, or empty the line."))
        return cleaned


LABELS = [_("Weight, kg"), _("Volume, m³"), _("Loading metres"), _("Length, cm"), _("Width, cm"), _("Height, cm")]


def _measure(label):
    return QuantityFormField(allow_zero=True, required=False, label=label)
