"""The columns of parts that come in variants."""

from django.utils.translation import gettext_lazy as _

from sales.columns.kinds import CODE, GridColumn
from sales.models import RowType

COLUMNS = [
    GridColumn(
        "variant",
        _("Variant"),
        title=_("Variant code"),
        kind=CODE,
        css="aside",
        fields=("variant",),
        row_types=(RowType.PART,),
    ),
]
