"""What the lists of the register can be filtered by."""

from django.utils.translation import gettext_lazy as _
from django_filters import BooleanFilter, CharFilter, ChoiceFilter, FilterSet

from erp.register.models import LotSizing, Part, Partner, PartType
from erp.register.queries import matching


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
    is_active = BooleanFilter(label=_("Active"))

    class Meta:
        model = Part
        fields = []


class PartnerFilter(RegisterFilter):
    is_customer = BooleanFilter(label=_("Customer"))
    is_supplier = BooleanFilter(label=_("Supplier"))
    is_active = BooleanFilter(label=_("Active"))

    class Meta:
        model = Partner
        fields = []
