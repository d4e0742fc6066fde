"""A column of the row grid, and the ways in which columns show what they hold."""

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass
from typing import NamedTuple

from django.template.loader import get_template
from django.utils.html import format_html

from erp.money import decimals_of
from erp.web.numbers import show_money, show_quantity
from erp.web.templatetags.pegboard import icon, percent
from sales.models import GOODS


class Kind(NamedTuple):
    """How a value is shown: ``show(value, row)``, and the classes of its cell."""

    show: Callable
    css: str = ""


def _show_text(value, row):
    return format_html('<span class="clip" title="{0}">{0}</span>', value)


def _show_in_order_currency(value, row):
    return show_money(value, decimals_of(row.order.currency))


def _show_in_company_currency(value, row):
    return show_money(value, decimals_of(row.order.document.company.currency))


TEXT = Kind(_show_text)
CODE = Kind(lambda value, row: str(value))
QUANTITY = Kind(lambda value, row: show_quantity(value), "num")
PRICE = Kind(lambda value, row: show_quantity(value), "num")
AMOUNT = Kind(_show_in_order_currency, "num")
COMPANY_AMOUNT = Kind(_show_in_company_currency, "num")
PERCENT = Kind(lambda value, row: percent(value), "num")
DATE = Kind(lambda value, row: value.isoformat())
YES = Kind(lambda value, row: icon("check-lg", "✓") if value else "")


@dataclass(frozen=True)
class GridColumn:
    """One column that a user may choose for the row grid.

    What it shows is the row's attribute of its name, or what ``value`` (of a ``GridRow``) or ``load`` says; ``load``
    takes all rows of the page, ``(rows, order) -> {row id: value}``, and asks only while the column is shown. What
    several columns read is their ``source``, ``(rows) -> found``, asked once; their ``load`` is ``(rows, found)``.
    ``html`` writes the whole cell, ``(shown, order=, may_write=)``; a ``template`` gets ``shown``, ``row``, ``value``,
    ``order`` and ``may_write``, but takes ten times as long. While a row is edited, the inputs of ``fields`` that its
    form has stand in the cell.
    """

    name: str
    label: str
    _: KW_ONLY
    title: str = ""
    kind: Kind = TEXT
    css: str = ""
    value: Callable | None = None
    load: Callable | None = None
    source: Callable | None = None
    html: Callable | None = None
    template: str = ""
    fields: tuple = ()
    input_css: str = ""
    row_types: tuple = GOODS
    right: str = ""
    shown_if: Callable = lambda order: True
    at_first: bool = False
    always: bool = False

    @property
    def classes(self):
        return f"{self.kind.css} {self.css}".strip()

    def value_of(self, shown, loaded):
        if self.load:
            return loaded.get(self.name, {}).get(shown.pk)
        return self.value(shown) if self.value else getattr(shown.row, self.name)

    def show(self, shown, loaded, **look):
        """The cell's content; nothing where the row's type has none."""
        if shown.row.row_type not in self.row_types:
            return ""
        if self.html:
            return self.html(shown, **look)
        value = self.value_of(shown, loaded)
        if self.template:
            return get_template(self.template).render({"shown": shown, "row": shown.row, "value": value, **look})
        return "" if value is None or value == "" else self.kind.show(value, shown.row)
