"""The base of every list, and the columns that show the domain's figures the same way everywhere."""

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from erp.web.numbers import show_amount, show_quantity
from erp.web.templatetags.pegboard import badge, slack


class TickColumn(tables.CheckBoxColumn):
    """A box per row for a bulk action: posts the row's primary key as ``rows``."""

    def __init__(self, **kwargs):
        kwargs.setdefault("attrs", {"th": {"class": "tick"}, "td": {"class": "tick"}})
        super().__init__(accessor="pk", orderable=False, exclude_from_export=True, **kwargs)

    @property
    def header(self):
        return format_html('<input type="checkbox" data-tick-all aria-label="{}">', gettext("All rows of this page"))

    def render(self, value, bound_column, record):
        label = gettext("Row %(row)s") % {"row": record}
        return format_html(
            '<input type="checkbox" name="rows" value="{}" form="bulk" data-tick aria-label="{}">', value, label
        )


class NumberColumn(tables.Column):
    attrs = {"th": {"class": "num"}, "td": {"class": "num"}, "tf": {"class": "num"}}
    show = staticmethod(show_quantity)

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("attrs", self.attrs)
        super().__init__(*args, **kwargs)

    def render(self, value):
        return self.show(value)

    def render_footer(self, bound_column, table):
        """The total of all filtered rows, where the list was given one."""
        return self.show(table.totals.get(bound_column.name))


class QuantityColumn(NumberColumn):
    """A quantity: two decimals, up to six where they exist."""


class AmountColumn(NumberColumn):
    show = staticmethod(show_amount)


class SlackColumn(tables.Column):
    """Slack in words."""

    def render(self, value):
        return slack(value)


class StatusColumn(tables.Column):
    """A status as icon and word. Give the word by a model field with choices or by ``words``."""

    def __init__(self, *args, words=None, **kwargs):
        self.words = words or {}
        super().__init__(*args, **kwargs)

    def render(self, value, record, bound_column):
        display = getattr(record, f"get_{bound_column.name}_display", None)
        word = display() if display else str(self.words.get(value, ""))
        return badge(getattr(record, bound_column.name, value), word)


class PegboardTable(tables.Table):
    """Columns are declared; ``Meta.order_by`` is explicit; ``Meta.empty_text`` says what to do next.

    ``extra`` names columns that the list offers and shows only to those who choose them (``erp.web.columns``).
    """

    caption = ""
    totals = {}
    page = None  # an export has none: it asks for all rows at once what a page asks for its own
    grouped = False  # a heading stands above rows whose record has another ``group`` than the one before
    extra = ()

    class Meta:
        template_name = "web/_table.html"
        attrs = {"class": "grid"}
        empty_text = _("Nothing here.")

    def __init__(self, *args, totals=None, **kwargs):
        self.totals = totals or {}
        super().__init__(*args, **kwargs)

    @property
    def has_totals(self):
        return bool(self.totals)

    @property
    def leads(self):
        """The name of the first column that is no box to tick: where the total row is named."""
        return next((column.name for column in self.columns if not isinstance(column.column, TickColumn)), "")

    @property
    def has_ticks(self):
        return any(isinstance(column.column, TickColumn) for column in self.columns)
