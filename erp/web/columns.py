"""Which columns a list shows, and in which order: as its URL says, else as the user remembered it, else its own.

Names that the table does not know say nothing; a list never fails on them.
"""

from dataclasses import dataclass

from erp.web.tables import TickColumn

ALL = "all"
MOST_COLUMNS = 100


@dataclass(frozen=True)
class Choice:
    """One column as the form that chooses columns offers it."""

    name: str
    label: str
    is_shown: bool
    is_fixed: bool = False  # it is always shown; only its place is chosen


def choose_columns(table, request):
    """Let the table show the wanted columns; returns every ``Choice``, the shown ones first, in their order."""
    ticks = [column.name for column in table.columns if isinstance(column.column, TickColumn)]
    labels = {column.name: _label(column) for column in table.columns if column.name not in ticks}
    own = [name for name in labels if name not in table.extra]
    shown = list(labels) if wanted(request) == [ALL] else [name for name in wanted(request) if name in labels] or own
    hidden = [name for name in labels if name not in shown]
    table.exclude = (*table.exclude, *hidden)
    table.sequence = (*ticks, *shown, "...")
    return [Choice(name, labels[name], name in shown) for name in [*shown, *hidden]]


def wanted(request):
    """The names that the URL or the user's memory gives, each once; none: the list's own columns."""
    asked = request.GET.get("columns")
    names = remembered(request.user, request.path) if asked is None else asked.split(",", MOST_COLUMNS)
    return list(dict.fromkeys(names[:MOST_COLUMNS]))


def remembered(user, page):
    """The columns with which a list (its path) opens for the user; it stands on the user, so it costs no query."""
    return getattr(user, "list_columns", {}).get(page, [])


def _label(column):
    return str(column.header).strip() or column.name.replace("_", " ").capitalize()
