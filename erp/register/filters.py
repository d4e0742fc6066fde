"""What the lists of the register can be filtered by."""

from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, ChoiceFilter, FilterSet

from erp.register.models import LotSizing, Part, Partner, PartType
from erp.register.queries import matching


def yes_or_no(label):
    return ChoiceFilter(label=label, choices=[("1", _("Yes")), ("0", _("No"))], empty_label=_("All"))


class RegisterFilter(FilterSet):
    """Free text over number and name; ``number`` alone is exact (links from the search box)."""

    q = CharFilter(label=_("Number or name"), method="by_text", max_length=100)
    number = CharFilter(label=_("Number"), lookup_expr="exact", max_length=40)

    def by_text(self, rows, _name, text):
        return matching(rows, text)


class PartFilter(RegisterFilter):
    part_type = ChoiceFilter(label=_("Type"), choices=PartType.choices, empty_label=_("All"))
    lot_sizing = ChoiceFilter(
        label=_("Lot sizing"), choices=[choice for choice in LotSizing.choices if choice[0]], empty_label=_("All")
    )
    is_active = yes_or_no(_("Active"))

    class Meta:
        model = Part
        fields = []


class PartnerFilter(RegisterFilter):
    is_customer = yes_or_no(_("Customer"))
    is_supplier = yes_or_no(_("Supplier"))
    is_active = yes_or_no(_("Active"))

    class Meta:
        model = Partner
        fields = []
