"""What an export says of a cell: a figure, a date or a truth as such, else the text that the page shows.

A table decides for itself with ``value_<column>``; without that, columns of figures and dates give their bare value,
and all others what ``render_<column>`` or the column's own ``render`` shows, without its markup.
"""

import html
from datetime import date
from decimal import Decimal

from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django_tables2 import BooleanColumn, Column, DateColumn, DateTimeColumn

from erp.web.tables import NumberColumn, SlackColumn

TYPED = (NumberColumn, SlackColumn, DateColumn, DateTimeColumn, BooleanColumn)


def cell_of(table, column):
    """A function: row of the table -> the value of its cell in this column."""
    if hasattr(table, f"value_{column.name}"):
        return lambda row: plain(row.get_cell_value(column.name))
    if isinstance(column.column, TYPED):
        return lambda row: column.accessor.resolve(row.record, quiet=True)
    shown = hasattr(table, f"render_{column.name}") or type(column.column).render is not Column.render
    if shown or not column.accessor:
        return lambda row: plain(row.get_cell_value(column.name))
    return lambda row: _bare(row.record, column)


def _bare(record, column):
    """The value itself; the word of a choice."""
    value = column.accessor.resolve(record, quiet=True)
    display = getattr(record, f"get_{column.name}_display", None)
    return plain(value) if display is None or value is None else display()


def plain(value):
    """A figure, a date or a truth stays what it is; anything else is text without markup."""
    if value is None or isinstance(value, bool | int | float | Decimal | date):
        return value
    if isinstance(value, SafeString):
        return " ".join(html.unescape(strip_tags(value)).split())
    return str(value)
