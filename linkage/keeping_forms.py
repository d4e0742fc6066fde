"""Forms of holds and of orphans: keep free goods for a customer, prolong a hold, reduce or cancel an order."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from erp.exceptions import Refused
from erp.register.models import Partner
from erp.register.units import check_fits
from erp.web.forms import IsoDateField, LookupChoiceField, OperationForm, QuantityFormField, TextFormField
from linkage.forms import REASON
from linkage.refusals import NotEnough


class FreeForm(OperationForm):
    """What is free of a supply, or part of it."""

    quantity = QuantityFormField(label=_("Quantity"))
    reason = TextFormField(**REASON)

    def __init__(self, data=None, *, supply, initial=None):
        self.supply = supply
        super().__init__(data, initial={"quantity": supply.free, **(initial or {})})

    def clean_quantity(self):
        quantity = self.cleaned_data["quantity"]
        try:
            check_fits(self.supply.part.unit, quantity)
            if quantity > self.supply.free:
                raise NotEnough(self.supply, wanted=quantity, left=self.supply.free)
        except Refused as refusal:
            raise ValidationError(str(refusal)) from refusal
        return quantity


class HoldForm(FreeForm):
    partner = LookupChoiceField(label=_("Customer"), queryset=Partner.objects.customers, lookup="customers")
    until = IsoDateField(label=_("Until"))
    field_order = ["quantity", "partner", "until", "reason"]


class ProlongForm(OperationForm):
    until = IsoDateField(label=_("Until"))
    reason = TextFormField(**REASON)
