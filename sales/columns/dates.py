"""The columns of when a row was ordered, and of what stock there is for it."""

from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from erp.web.numbers import show_quantity
from sales.balances import are_shown, disposable_of_rows, stock_of_rows
from sales.columns.kinds import DATE, GridColumn, Kind
from sales.models import RowType


def _in_base_unit(value, row):
    if row.unit_id == row.part.unit_id:
        return show_quantity(value)
    return format_html("{} {}", show_quantity(value), row.part.unit)


BALANCE = Kind(_in_base_unit, "num")
PART = (RowType.PART,)

COLUMNS = [
    GridColumn(
        "ordered_on",
        _("Ordered"),
        title=_("Order date"),
        kind=DATE,
        css="aside",
        value=lambda shown: shown.row.ordered_on or shown.row.order.document.ordered_on,
    ),
    GridColumn(
        "stock_balance",
        _("Stock"),
        title=_("Stock balance"),
        kind=BALANCE,
        load=stock_of_rows,
        row_types=PART,
        shown_if=lambda order: are_shown(),
    ),
    GridColumn(
        "disposable",
        _("Disp."),
        title=_("Disposable balance"),
        kind=BALANCE,
        load=disposable_of_rows,
        row_types=PART,
        shown_if=lambda order: are_shown(),
    ),
]
