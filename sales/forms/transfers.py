"""Choosing the transfer profile of a row, and of one that is not there yet."""

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from erp.web.fields import PostingDateField, QuantityFormField, TextFormField
from erp.web.forms import OperationForm
from linkage.serial_fields import SerialsField
from sales.models import Transfer, TransferProfile
from sales.operations.transfers import OF_PART, default_profile
from sales.serials import offers_for

NONE = "-"


class TransferForm(OperationForm):
    profile = forms.ModelChoiceField(queryset=TransferProfile.objects.none(), required=False, label=_("Profile"))

    def __init__(self, *args, row, **kwargs):
        transfer = Transfer.objects.filter(row=row).first()
        current = transfer.profile_id if transfer else None
        super().__init__(*args, initial={"profile": current}, **kwargs)
        mine = TransferProfile.objects.filter(company=row.order.document.company)
        self.fields["profile"].queryset = mine.filter(Q(is_active=True) | Q(pk=current))


class ArrivedForm(OperationForm):
    """How much of a transferred row has come, and when; what is under way is suggested."""

    quantity = QuantityFormField(label=_("Quantity that has come"))
    effective_on = PostingDateField(label=_("Date"))


class NotArrivedForm(OperationForm):
    """How much of what was reported as arrived has not come after all, and which pieces, where they have numbers."""

    quantity = QuantityFormField(label=_("Quantity that has not come"))
    reason = TextFormField(label=_("Reason"), max_length=200, required=False)

    def __init__(self, *args, row, **kwargs):
        super().__init__(*args, **kwargs)
        if offer := offers_for([row]).get(row.pk):
            self.fields["serials"] = SerialsField(help_text=_("On the shelf: %(free)s.") % {"free": offer.free})
            self.order_fields(["quantity", "serials", "reason"])


class NewTransferField(forms.ChoiceField):
    """As the part says, no transfer, or a profile of the company; ``tell`` says what the part does say."""

    def __init__(self, **kwargs):
        super().__init__(label=_("Transfer profile"), required=False, **kwargs)

    def offer(self, company):
        """Whether the company has any profile; without one there is nothing to choose."""
        mine = TransferProfile.objects.filter(company=company, is_active=True)
        self.profiles = {profile.code: profile for profile in mine}
        self.choices = [
            ("", _("as the part says")),
            (NONE, _("none")),
            *((code, str(profile)) for code, profile in self.profiles.items()),
        ]
        return bool(self.profiles)

    def tell(self, part, company):
        """Once the part is known, what it says."""
        profile = default_profile(part, company)
        words = _("%(profile)s (of the part)") % {"profile": profile.code if profile else _("none")}
        self.choices = [("", words), *self.choices[1:]]

    def clean(self, value):
        chosen = super().clean(value)
        if not chosen:
            return OF_PART
        return self.profiles.get(chosen)
