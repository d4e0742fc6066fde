"""What a row says on documents and how much it weighs, on the page of the row."""

from django import forms
from django.utils.translation import gettext_lazy as _

from erp.web.fields import QuantityFormField, TextFormField
from erp.web.forms import OperationForm


class PrintedFields(OperationForm):
    """Weight, and what is printed in place of price and date."""

    net_weight = QuantityFormField(
        label=_("Net weight, kg"), allow_zero=True, required=False, help_text=_("Of one of the row's unit.")
    )
    show_price = forms.BooleanField(label=_("Show price on confirmation"), required=False)
    price_text = TextFormField(label=_("Text in place of the price"), max_length=200, required=False)
    show_date = forms.BooleanField(label=_("Show delivery date on confirmation"), required=False)
    date_text = TextFormField(label=_("Text in place of the date"), max_length=200, required=False)
