"""What an export says of a cell: a figure, a date or a truth as such, else the text that the page shows.

A table decides for itself with ``value_<column>``; without that, columns of figures and dates give their bare value,
and all others what ``render_<column>`` or the column's own ``render`` shows, without its markup.
"""

import html
import inspect
from datetime import date
from decimal import Decimal
from functools import lru_cache

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django_tables2 import BooleanColumn, Column, DateColumn, DateTimeColumn
from django_tables2.utils import Accessor

from erp.web.tables import NumberColumn, SlackColumn

TYPED = (NumberColumn, SlackColumn, DateColumn, DateTimeColumn, BooleanColumn)
FIGURES = (bool, int, float, Decimal, date)


def cell_of(table, column):
    """A function: row of the table -> the value of its cell in this column."""
    resolve = resolver(column.accessor)
    if hasattr(table, f"value_{column.name}"):
        return _said(table, column, resolve, getattr(table, f"value_{column.name}"))
    if isinstance(column.column, TYPED):
        return lambda row: resolve(row.record)
    if hasattr(table, f"render_{column.name}"):
        return _said(table, column, resolve, getattr(table, f"render_{column.name}"))
    if type(column.column).render is not Column.render or not column.accessor:
        return lambda row: plain(row.get_cell_value(column.name))
    display = f"get_{column.name}_display"
    return lambda row: _bare(row.record, resolve, display)


def resolver(accessor):
    """A function: record -> what the accessor finds, None where it finds nothing.

    Attribute by attribute; whatever is not so simple is left to django-tables2, which divides the path for each cell
    and tries four ways for each part of it.
    """
    if type(accessor) is not Accessor:
        return lambda record: accessor.resolve(record, quiet=True)
    names = accessor.bits

    def resolve(record):
        value = record
        try:
            for name in names:
                value = getattr(value, name)
                if value is None:
                    return None
                if callable(value):
                    return accessor.resolve(record, quiet=True)
        except (AttributeError, ObjectDoesNotExist):
            return accessor.resolve(record, quiet=True)
        return value

    return resolve


def _said(table, column, resolve, say):
    """What a method of the table says of a value; its arguments are looked at once and not for each cell."""
    wanted = inspect.signature(say).parameters
    known = {"table": table, "column": column.column, "bound_column": column}
    if not set(wanted) <= {"value", "record", *known}:
        return lambda row: plain(row.get_cell_value(column.name))
    fixed = {name: known[name] for name in wanted if name in known}
    with_value, with_record, empty = "value" in wanted, "record" in wanted, column.column.empty_values
    word = _Words(column.accessor)

    def cell(row):
        value = word.of(row.record, resolve)
        if value in empty:
            return None
        facts = dict(fixed)
        if with_value:
            facts["value"] = value
        if with_record:
            facts["record"] = row.record
        return plain(say(**facts))

    return cell


class _Words:
    """The word of a choice where the accessor ends at one, as a page shows it: found out once, at the first record."""

    def __init__(self, accessor):
        self.accessor, self.is_choice = accessor, None

    def of(self, record, resolve):
        if self.is_choice is None:
            self.is_choice = self._ends_at_choice(record)
        if not self.is_choice:
            return resolve(record)
        owner, name = self.accessor.penultimate(record)
        return getattr(owner, f"get_{name}_display")() if isinstance(owner, Model) else resolve(record)

    def _ends_at_choice(self, record):
        return isinstance(record, Model) and bool(getattr(self.accessor.get_field(record), "choices", ()))


def _bare(record, resolve, display):
    """The value itself; the word of a choice."""
    value = resolve(record)
    shown = getattr(record, display, None)
    return plain(value) if shown is None or value is None else shown()


def plain(value):
    """A figure, a date or a truth stays what it is; anything else is text without markup."""
    if value is None or isinstance(value, FIGURES):
        return value
    if isinstance(value, SafeString):
        return _without_markup(value)
    return str(value)


@lru_cache(maxsize=4096)
def _without_markup(text):
    """A list of fifty thousand rows has a handful of badges."""
    return " ".join(html.unescape(strip_tags(text)).split())
