"""The columns of what rows say besides: VAT, account, codes for authorities, references."""

from django.utils.translation import gettext_lazy as _

from erp.register import settings_registry
from sales import further
from sales.columns.kinds import CODE, PERCENT, YES, GridColumn
from sales.models import GOODS, SalesOrderRow
from sales.vat import percents_of


def related(name):
    """A ``load`` of what rows name in another table: one statement for all of them."""
    model = SalesOrderRow._meta.get_field(name).related_model

    def load(rows, order):
        found = model.objects.in_bulk({getattr(row, f"{name}_id") for row in rows} - {None})
        return {row.pk: found.get(getattr(row, f"{name}_id")) for row in rows}

    return load


def plain(name, label, **facts):
    return GridColumn(name, label, css="aside", **facts)


COLUMNS = [
    plain("vat_code", _("VAT"), title=_("VAT code"), kind=CODE, load=related("vat_code")),
    plain("vat_percent", _("VAT %"), kind=PERCENT, load=lambda rows, order: percents_of(rows)),
    plain("tariff_code", _("Tariff"), title=_("Tariff or service code"), value=lambda s: further.tariff_code_of(s.row)),
    plain("cn_code", _("CN code"), kind=CODE, value=lambda shown: further.cn_code_of(shown.row), row_types=GOODS),
    plain(
        "transaction_type",
        _("Trans. type"),
        title=_("Intrastat transaction type"),
        load=lambda rows, order: further.transaction_types_of(rows),
    ),
    plain("dock", _("Dock")),
    plain("dock_description", _("Dock description")),
    plain("storage", _("Storage")),
    plain("kanban_number", _("Kanban no.")),
    plain("manufacturing_reference", _("Ref. manufacturing"), title=_("Reference for manufacturing")),
    plain("delivery_reference", _("Ref. delivery"), title=_("Reference for delivery")),
    plain("fixed_asset", _("Fixed asset"), load=related("fixed_asset")),
    plain(
        "in_invoicing_plan",
        _("Inv. plan"),
        title=_("Included in invoicing plan"),
        kind=YES,
        shown_if=lambda order: settings_registry.get("invoicing_plans"),
    ),
]
