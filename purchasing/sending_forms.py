"""The form that asks how a document is sent; for the documents of sales too."""

from django import forms
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from erp.web.fields import TextFormField
from erp.web.forms import OperationForm
from purchasing.models import How


class SendForm(OperationForm):
    """How a document goes to the partner of an order: by mail where the partner has an address for orders."""

    how = forms.ChoiceField(choices=How, widget=forms.RadioSelect, required=False, label=_("How"))
    address = TextFormField(required=False, max_length=254, label=_("E-mail address"))

    no_address = _("Enter the supplier's e-mail address, or choose another way.")

    @classmethod
    def of(cls, order, data=None, **facts):
        address = order.document.partner.order_email
        facts = {"address": address, "how": How.EMAIL if address else How.FILE} | facts
        return cls(data, initial=facts)

    def clean_how(self):
        return self.cleaned_data["how"] or How.OTHER

    def clean(self):
        facts = super().clean()
        if facts.get("how") == How.EMAIL and "address" in facts:
            try:
                validate_email(facts["address"])
            except forms.ValidationError:
                self.add_error("address", self.no_address)
        return facts
