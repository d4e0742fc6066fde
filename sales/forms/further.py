"""The form of a row's further columns; its fields are those of the row."""

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from erp.register import settings_registry
from erp.web.fields import TextFormField
from erp.web.forms import OperationForm, VersionField
from sales.further import inherited_by
from sales.models import Account, FixedAsset, TransactionType, VatCode

NAMED = {  # what an empty field says where something is inherited
    "sales_account": _("As the posting matrix says: %(value)s"),
    "transaction_type": _("As the order type says, else the default: %(value)s"),
    "tariff_code": _("Empty: the part's, %(value)s."),
    "cn_code": _("Empty: the part's, %(value)s."),
}


def choice(label, queryset, empty="", **facts):
    return forms.ModelChoiceField(label=label, queryset=queryset, required=False, empty_label=empty, **facts)


def text(label, length, **facts):
    return TextFormField(label=label, max_length=length, required=False, **facts)


class FurtherForm(OperationForm):
    """What a row says besides. What is not offered to its type, or switched off by setting, is left out."""

    vat_code = choice(_("VAT code"), VatCode.objects.filter(is_active=True))
    sales_account = choice(
        _("Sales account"), Account.objects.filter(is_active=True), empty=_("As the posting matrix says")
    )
    tariff_code = text(_("Tariff or service code"), 20, help_text=_("Empty: the part's."))
    cn_code = forms.RegexField(
        label=_("CN code"),
        regex=r"^[0-9]{8}$",
        required=False,
        error_messages={"invalid": _("A CN code has eight digits.")},
        help_text=_("Empty: the part's."),
    )
    transaction_type = choice(
        _("Transaction type"), TransactionType.objects.all(), empty=_("As the order type says, else the default")
    )
    dock = text(_("Dock"), 20)
    dock_description = text(_("Dock description"), 60)
    storage = text(_("Storage"), 30)
    kanban_number = text(_("Kanban number"), 30)
    manufacturing_reference = text(
        _("Reference for manufacturing"), 30, help_text=_("Such as the customer's chassis number.")
    )
    delivery_reference = text(_("Reference for delivery"), 30, help_text=_("Such as a part consignment number."))
    fixed_asset = choice(_("Fixed asset"), FixedAsset.objects.none())
    in_invoicing_plan = forms.BooleanField(
        label=_("Included in invoicing plan"),
        required=False,
        help_text=_("The plan invoices it: what is delivered of it is on no invoice basis."),
    )
    version = VersionField()

    def __init__(self, *args, row, **kwargs):
        kwargs.setdefault("initial", {name: getattr(row, name) for name in self.base_fields if hasattr(row, name)})
        super().__init__(*args, **kwargs)
        self._keep_what_stands(row)
        self._name_what_is_inherited(row)
        self.fields["vat_code"].label_from_instance = lambda code: f"{code} {code.name}"
        if not settings_registry.get("invoicing_plans"):
            del self.fields["in_invoicing_plan"]

    def _keep_what_stands(self, row):
        """A code that was taken out of use, or an asset that is sold, stays where it stands."""
        for name in ("vat_code", "sales_account"):
            field = self.fields[name]
            field.queryset = field.queryset.model.objects.filter(Q(is_active=True) | Q(pk=getattr(row, f"{name}_id")))
        unsold = Q(company=row.order.document.company_id, sold_on=None, sales_row=None)
        self.fields["fixed_asset"].queryset = FixedAsset.objects.filter(unsold | Q(pk=row.fixed_asset_id))

    def _name_what_is_inherited(self, row):
        for name, value in inherited_by(row).items():
            field = self.fields[name]
            if value and hasattr(field, "empty_label"):
                field.empty_label = NAMED[name] % {"value": value}
            elif value:
                field.help_text = NAMED[name] % {"value": value}
