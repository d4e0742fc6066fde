"""The columns of parts that come in variants."""

from django.utils.translation import gettext_lazy as _

from sales.columns import shows
from sales.columns.kinds import CODE, GridColumn
from sales.configuring import is_configurable
from sales.models import ConfiguredPart, RowType


def _has_configured(order):
    return order is not None and ConfiguredPart.objects.filter(part__in=order.rows.values("part")).exists()


# It stands beside the part: an error that the seller must mend is seen without scrolling.
CONFIGURATION = GridColumn(
    "configuration",
    _("Conf."),
    title=_("Configuration"),
    template="sales/cells/configuration.html",
    value=lambda shown: is_configurable(shown.row),
    row_types=(RowType.PART,),
    shown_if=_has_configured,
    at_first=True,
)

COLUMNS = [
    GridColumn(
        "revision",
        _("Revision"),
        css="aside",
        html=shows.revision,
        fields=("revision",),
        row_types=(RowType.PART,),
    ),
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
