"""One list page: filter, sort, page, total, export, all in the URL and all tolerant of nonsense in it."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Max, Min
from django.shortcuts import redirect, render
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django_tables2.rows import BoundRow

from erp.exceptions import Refused
from erp.web.cells import cell_of
from erp.web.columns import choose_columns
from erp.web.exports import TYPES, export
from erp.web.shared_rows import how_many, shared
from erp.web.tables import TickColumn

PAGE_SIZES = [25, 50, 100, 500]
DEFAULT_SIZE = 50
EXPORT_LIMIT = 200_000
LONG = 2_000  # rows of a list; shorter ones are sorted as fast with all that they join


@dataclass(frozen=True)
class BulkAction:
    """A button for the ticked rows: posts their keys as ``rows`` to ``url``."""

    label: str
    url: str
    icon: str = "check-lg"
    in_new_tab: bool = False


def list_view(
    request,
    *,
    queryset,
    table_class,
    title,
    filterset_class=None,
    template="web/list.html",
    totals=None,
    unit="part__unit",
    actions=(),
    context=None,
):
    """The whole answer for a list: the page, its table alone for htmx, or ``?export=csv|xlsx`` of all filtered rows.

    ``totals`` maps column names to aggregates (``{"quantity": Sum("quantity")}``) for the total row, which shows where
    all rows have one ``unit``. ``actions`` are
    ``BulkAction``s for ticked rows (the table then declares ``tick = TickColumn()``).
    """
    views = _saved_views(request)
    if views and views.default and not request.GET and not request.htmx:
        return redirect(views.default.url)
    filterset = filterset_class(request.GET, queryset=queryset, request=request) if filterset_class else None
    rows = queryset if filterset is None else filterset.qs
    table = table_class(rows, totals=_sums(rows, totals, unit), order_by=_ordering(request))
    table.caption = table.caption or title
    _order_finally_by_key(table)
    choices = choose_columns(table, request)
    if request.GET.get("export") in TYPES:
        return _download(table, title, request.GET["export"])

    _show_page(table, request)
    answer: dict[str, Any] = {"table": table, "filterset": filterset, "title": title, "actions": actions}
    answer |= {"sizes": PAGE_SIZES, "views": views, "choices": choices, **(context or {})}
    answer["hides_columns"] = any(not choice.is_shown for choice in choices)
    return render(request, _template(request, template), answer)


def _template(request, page):
    """The page, its table alone for htmx, or the form that chooses the columns (a dialog for htmx)."""
    if request.GET.get("choose") == "columns":
        return "web/_columns.html" if request.htmx else "web/columns.html"
    return "web/_list.html" if wants_table(request) else page


def _sums(rows, totals, unit):
    """The sums of all filtered rows; None where their parts have different units: pieces and metres are no sum."""
    if not totals:
        return None
    sums = rows.aggregate(**totals, first_unit=Min(unit), last_unit=Max(unit))
    return sums if sums.pop("first_unit") == sums.pop("last_unit") else None


def _saved_views(request):
    """The views of this list that the user may choose from; an app above knows them (settings)."""
    if request.GET.get("export") in TYPES or not settings.SAVED_VIEWS:
        return None
    return import_string(settings.SAVED_VIEWS)(request.user, request.path, request.GET)


def wants_table(request):
    """Whether htmx asks for the table alone; a boosted or restored page is a page."""
    return bool(request.htmx) and not request.htmx.history_restore_request and not request.htmx.boosted


def _ordering(request):
    """The wanted columns; django-tables2 drops any that the table does not declare as orderable."""
    return [name[:60] for name in request.GET.getlist("sort")[:3]] or None


def _order_finally_by_key(table):
    """Equal rows keep their places from page to page."""
    rows = table.data.data
    if hasattr(rows, "query") and rows.query.order_by and not {"pk", "-pk", "id"} & set(map(str, rows.query.order_by)):
        table.data.data = rows.order_by(*rows.query.order_by, "pk")


def _show_page(table, request):
    size = request.GET.get("per_page", "")
    table.page_size = int(size) if size in map(str, PAGE_SIZES) else DEFAULT_SIZE
    table.paginator = Paginator(table.rows, table.page_size)
    table.page = table.paginator.get_page(request.GET.get("page", "")[:12])
    if table.paginator.count > LONG:
        _find_page_by_key(table)


def _find_page_by_key(table):
    """Which rows the page has is found by their keys alone: sorting all with what they join takes three times."""
    rows = table.data.data
    if not hasattr(rows, "query") or rows.query.is_sliced:
        return
    page = table.page
    keys = list(rows.values_list("pk", flat=True)[page.start_index() - 1 : page.end_index()])
    table.data.data = rows.filter(pk__in=keys)
    page.object_list = table.rows


def _download(table, title, kind):
    total = how_many(table.data.data)  # table.rows would read them all to be counted
    if total > EXPORT_LIMIT:
        raise Refused(_("%(n)s rows are too many for one file; filter the list first.") % {"n": total})
    columns = [column for column in table.columns if not isinstance(column.column, TickColumn)]
    columns = [column for column in columns if not column.column.exclude_from_export]
    cells = [cell_of(table, column) for column in columns]
    bound = (BoundRow(record, table=table) for record in shared(table.data.data))
    rows = ([cell(row) for cell in cells] for row in bound)
    return export(rows, header=[column.header for column in columns], name=title, kind=kind)
