"""Forms that link many pairs at once: chosen suggestions, and the pairs that the link bench has shown."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from erp.exceptions import Refused
from erp.web.fields import AMBIGUOUS, parse_number
from erp.web.forms import IsoDateField, OperationForm, QuantityFormField, StyledField, TextFormField
from linkage.checks import check_pairs, warnings_of
from linkage.forms import REASON
from linkage.models import Demand, Supply
from linkage.queries.suggestions import EARLIEST, OLDEST

MOST_PAIRS = 2_000
BIGGEST_KEY = 2**63
ORDERS = [(EARLIEST, _("Earliest need first")), (OLDEST, _("Oldest row first"))]


class PairsField(forms.Field):
    """``demand:supply:quantity`` each; cleaned to (demand, supply, quantity), all rows read in two queries."""

    widget = forms.MultipleHiddenInput
    default_error_messages = {
        "required": _("Choose at least one pair."),
        "invalid": _("Reload the page and choose again."),
        "many": _("Link at most %(most)s pairs at once."),
    }

    def to_python(self, value):
        texts = [text for one in value or [] for text in str(one).split(",") if text]
        if len(texts) > MOST_PAIRS:
            raise ValidationError(self.error_messages["many"], code="many", params={"most": MOST_PAIRS})
        keys = [self._keys(text) for text in texts]
        demands = Demand.objects.for_list().select_related("revision").in_bulk({key[0] for key in keys})
        supplies = Supply.objects.for_list().select_related("revision").in_bulk({key[1] for key in keys})
        try:
            return [(demands[demand], supplies[supply], quantity) for demand, supply, quantity in keys]
        except KeyError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None

    def _keys(self, text):
        parts = text.split(":")
        numbers = [int(part) for part in parts[:2] if part.isascii() and part.isdigit() and len(part) < 19]
        quantity = parse_number(parts[2]) if len(parts) == 3 and len(numbers) == 2 else None
        if quantity is None or quantity is AMBIGUOUS or quantity <= 0:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return *numbers, quantity


class PairsForm(OperationForm):
    """The chosen pairs; refusals and warnings of all of them are told before anything is written."""

    pairs = PairsField()
    accept_warnings = forms.BooleanField(label=_("Link anyway"), required=False)
    reason = TextFormField(**REASON)

    def __init__(self, data=None, **kwargs):
        self.warnings = []
        super().__init__(data, **kwargs)

    def clean(self):
        pairs = self.cleaned_data.get("pairs")
        if not pairs:
            return self.cleaned_data
        try:
            check_pairs(pairs)
        except Refused as refusal:
            self.add_error("pairs", str(refusal))
            return self.cleaned_data
        self.warnings = [said for each in warnings_of([pair[:2] for pair in pairs]) for said in each]
        if self.warnings and not self.cleaned_data.get("accept_warnings"):
            self.add_error("accept_warnings", _("Read the warnings, then tick this box or leave those pairs out."))
        return self.cleaned_data


class WishForm(forms.Form):
    """The order and the window of suggestions, from the address of the page; nonsense counts as the setting."""

    bound_field_class = StyledField
    order = forms.ChoiceField(label=_("Order"), choices=ORDERS, required=False)
    window = forms.IntegerField(label=_("Window (work days)"), required=False, min_value=0, max_value=10_000)


class IdsField(forms.Field):
    """Primary keys of ticked boxes; nonsense among them is left out."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value):
        texts = list(dict.fromkeys(value or []))
        return [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 19]


class BenchForm(forms.Form):
    """What the bench shows and what is chosen on it, all in the address. ``d`` and ``s`` are demands and supplies.

    Hundreds of ticked rows fit into an address; ``all_d`` and ``all_s`` choose whole sides, however long.
    """

    bound_field_class = StyledField
    part = TextFormField(label=_("Part"), required=False, max_length=100)
    warehouse = TextFormField(label=_("Warehouse"), required=False, max_length=20)
    needed_to = IsoDateField(label=_("Needed by"), required=False)
    order = forms.ChoiceField(label=_("Link in order"), choices=ORDERS, required=False)
    quantity = QuantityFormField(label=_("Quantity of one pair"), required=False)
    d = IdsField(required=False)
    s = IdsField(required=False)
    all_d = forms.BooleanField(required=False)
    all_s = forms.BooleanField(required=False)
