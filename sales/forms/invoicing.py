"""The form that exports an invoice basis."""

from django import forms
from django.utils.translation import gettext_lazy as _

from erp.register.models import Company
from erp.web.fields import IsoDateField
from erp.web.forms import OperationForm


class ExportForm(OperationForm):
    company = forms.ModelChoiceField(label=_("Company"), queryset=Company.objects.all(), empty_label=None)
    up_to = IsoDateField(label=_("Delivered up to"), required=False, help_text=_("Empty: everything."))
