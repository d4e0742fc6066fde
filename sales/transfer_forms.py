"""The form that chooses the transfer profile of a row."""

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from erp.web.forms import OperationForm
from sales.models import Transfer, TransferProfile


class TransferForm(OperationForm):
    profile = forms.ModelChoiceField(queryset=TransferProfile.objects.none(), required=False, label=_("Profile"))

    def __init__(self, *args, row, **kwargs):
        transfer = Transfer.objects.filter(row=row).first()
        current = transfer.profile_id if transfer else None
        super().__init__(*args, initial={"profile": current}, **kwargs)
        mine = TransferProfile.objects.filter(company=row.order.document.company)
        self.fields["profile"].queryset = mine.filter(Q(is_active=True) | Q(pk=current))
