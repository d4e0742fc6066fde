"""Columns of rows that another company of ours makes, or sells: numbers and status of the other side."""

from django.utils.translation import gettext_lazy as _

from sales.columns.kinds import CODE, DATE, GridColumn
from sales.transfers import across, has_profiles


def _column(name, label, fact, **facts):
    """One fact of the other side."""

    def load(rows, found):
        return {pk: getattr(there, fact) for pk, there in found.items()}

    return GridColumn(name, label, css="aside", source=across, load=load, **facts)


PROFILE = _column(  # stands beside the warehouse: it says who makes the row
    "transfer_profile",
    _("Transfer"),
    "code",
    title=_("Transfer profile"),
    kind=CODE,
    fields=("transfer_profile",),
    shown_if=lambda order: has_profiles(order.document.company),
    at_first=True,
)
COLUMNS = [
    _column("transfer_status", _("Transfer status"), "status", kind=CODE),
    _column("order_there", _("Order there"), "order", title=_("Order number in the other company"), kind=CODE),
    _column("position_there", _("Row there"), "position", title=_("Row position in the other company"), kind=CODE),
    _column("date_there", _("Date there"), "date", title=_("Delivery date in the other company"), kind=DATE),
]
