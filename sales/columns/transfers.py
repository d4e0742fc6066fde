"""Columns of rows that another company of ours makes, or sells: numbers and status of the other side."""

from django.utils.translation import gettext_lazy as _

from sales.columns.kinds import CODE, DATE, GridColumn
from sales.transfers import across


def of_the_other_side(name):
    """A ``load`` of one fact of the other side; two statements for all rows."""

    def load(rows, order):
        return {pk: getattr(found, name) for pk, found in across(rows).items()}

    return load


def _column(name, label, fact, **facts):
    return GridColumn(name, label, css="aside", load=of_the_other_side(fact), **facts)


COLUMNS = [
    _column("transfer_profile", _("Transfer"), "profile", title=_("Transfer profile"), kind=CODE),
    _column("transfer_status", _("Transfer status"), "status", kind=CODE),
    _column("order_there", _("Order there"), "order", title=_("Order number in the other company"), kind=CODE),
    _column("position_there", _("Row there"), "position", title=_("Row position in the other company"), kind=CODE),
    _column("date_there", _("Date there"), "date", title=_("Delivery date in the other company"), kind=DATE),
]
