"""The cells of the row grid: what the chosen columns show of a row, and their inputs while it is edited."""

from dataclasses import dataclass, replace
from functools import cached_property

from django.urls import reverse
from django.utils.html import format_html, format_html_join

from erp.register.models import User
from erp.web.templatetags.pegboard import icon
from sales.columns import COLUMNS
from sales.folding import Folding
from sales.models import SalesOrder

NAME = "name"  # always shown: it also says what has no place of its own
AMOUNT = "amount"


@dataclass(frozen=True)
class Look:
    """How somebody sees the grid of an order."""

    order: SalesOrder
    columns: list
    may_write: bool
    user: User | None = None
    folding: Folding = Folding()  # noqa: RUF009  (it cannot be changed)
    hides_delivered: bool = False

    @cached_property
    def new_url(self):
        return reverse("sales:row_new", args=[self.order.pk])

    @property
    def width(self):
        """How many columns there are with the tick, the position and the actions."""
        return len(self.columns) + 3

    @cached_property
    def names(self):
        return {column.name for column in self.columns}

    @property
    def shows_amounts(self):
        return AMOUNT in self.names

    @cached_property
    def fields(self):
        return {field for column in self.columns for field in column.fields}


@dataclass(frozen=True)
class Cell:
    html: str
    css: str = ""
    span: int = 1


def with_cells(rows, look):
    """GridRows with the cells of the look's columns; what a column must load it loads once for all of them."""
    loaded = _loaded([shown.row for shown in rows], look)
    return [replace(shown, cells=_cells(shown, look, loaded), is_folded=look.folding.holds(shown.pk)) for shown in rows]


def _loaded(rows, look):
    """{column name: what it loads of the rows}"""
    loading = [column for column in look.columns if column.load]
    found = {source: source(rows) for source in {column.source for column in loading} - {None}}
    return {column.name: column.load(rows, found.get(column.source, look.order)) for column in loading}


def _cells(shown, look, loaded):
    if shown.row.is_text:
        return []
    if shown.row.is_total:
        return _total_cells(look)
    facts = {"order": look.order, "may_write": look.may_write}
    return [
        Cell(_with_marks(column.show(shown, loaded, **facts), _marks_in(column, shown, look)), column.classes)
        for column in look.columns
    ]


def _total_cells(look):
    """How wide the name of a total row is, and what is left behind its amount."""
    names = [column.name for column in look.columns]
    before = names.index(AMOUNT) if AMOUNT in names else len(names)
    return [Cell("", span=before), Cell("", span=max(len(names) - before - 1, 0))]


def _marks_in(column, shown, look):
    """The marks about the column; those about hidden ones stand beside the name."""
    return [
        mark
        for mark in shown.marks
        if mark.column == column.name or (column.name == NAME and mark.column not in look.names)
    ]


def _with_marks(html, marks):
    if not marks:
        return html
    return format_html("{}{}", html, format_html_join("", " {}", ((symbol_of(mark),) for mark in marks)))


def symbol_of(mark):
    """Red with an octagon blocks, yellow with a triangle warns; both say what in words."""
    tone, name = ("tone-bad", "exclamation-octagon") if mark.blocks else ("tone-warn", "exclamation-triangle")
    return format_html('<span class="{}" tabindex="0" title="{}">{}</span>', tone, mark.words, icon(name, mark.words))


def input_cells(form, look, shown=None):
    """The inputs of a row of goods, new or edited; a column without one shows what the row says."""
    if form.kind not in ("part", "additional"):
        return []
    read = with_cells([shown], look)[0].cells if shown else [Cell("")] * len(look.columns)
    return [
        Cell(_input(form, column, look) or cell.html, f"{column.classes} {column.input_css}".strip())
        for column, cell in zip(look.columns, read, strict=True)
    ]


def _input(form, column, look):
    return _name_input(form, column, look) if column.name == NAME else _inputs(form, column, look)


def _inputs(form, column, look):
    """What two columns ask for stands in the first of them."""
    unasked = {*getattr(form, "unasked", ()), *_before(column, look)}
    fields = [form[name] for name in column.fields if name in form.fields and name not in unasked]
    return format_html_join("", "{}{}", ((field, field.errors) for field in fields))


def _before(column, look):
    """The fields of the columns before one."""
    return {name for other in look.columns[: look.columns.index(column)] for name in other.fields}


def _name_input(form, column, look):
    return format_html("{}{}", _inputs(form, column, look), trouble_of(form))


def trouble_of(form):
    """What is wrong with the row as a whole, or where no cell can say it."""
    hidden = [form[name].errors for name in form.fields if form[name].is_hidden]
    return format_html_join("", "{}", ((found,) for found in (form.non_field_errors(), *hidden) if found))


def leave_out_hidden(form, look):
    """A row that is edited keeps what its hidden columns say, unless the form says it all the same."""
    for column in COLUMNS:
        for name in column.fields:
            if name in form.fields and name not in look.fields and form.add_prefix(name) not in form.data:
                del form.fields[name]
    return form


def hide_unseen(form, look):
    """A new row has what it begins with in hidden columns too."""
    for column in COLUMNS:
        for name in column.fields:
            if name in form.fields and name not in look.fields:
                form.fields[name].widget = form.fields[name].hidden_widget(attrs=form.fields[name].widget.attrs)
    return form
