"""What the list of imports can be filtered by."""

from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, ChoiceFilter, FilterSet

from erp.staging.kinds import kinds
from erp.staging.models import ImportStatus, StagedImport


class ImportFilter(FilterSet):
    q = CharFilter(field_name="file_name", lookup_expr="icontains", label=_("File"), max_length=100)
    kind = ChoiceFilter(
        label=_("Kind"), choices=lambda: [(kind.name, kind.title) for kind in kinds().values()], empty_label=_("All")
    )
    status = ChoiceFilter(label=_("Status"), choices=ImportStatus.choices, empty_label=_("All"))

    class Meta:
        model = StagedImport
        fields = []
