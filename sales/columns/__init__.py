"""The columns of the row grid: every theme declares its own, a user chooses among them and gives them their order.

A theme has a module here with its ``COLUMNS``, and a line in ``THEMES``. What is chosen is kept with the user as the
columns of lists are (``erp.web.columns``).
"""

from erp.register.roles import may
from erp.web.columns import Choice, remembered
from sales.columns import dates, delivering, further, own, posting, serials, structures, transfers

THEMES = [
    own,
    dates,
    delivering,
    further,
    posting,
    serials,
    structures,
    transfers,
]
COLUMNS = [column for theme in THEMES for column in theme.COLUMNS]
PAGE = "/sales/rows-of-an-order/"  # the name under which the choice is kept


def columns_for(user, order):
    """The columns that this user sees on this order, in their order."""
    wanted = remembered(user, PAGE)
    there = [*COLUMNS, *posting.of_dimensions(wanted or ())]
    chosen = [column for column in _in_order(wanted, _allowed(user, there)) if _is_wanted(column, wanted)]
    return [column for column in chosen if column.always or column.shown_if(order)]


def choices_for(user):
    """Every ``Choice`` for the form that chooses columns, the shown ones first, in their order."""
    wanted = remembered(user, PAGE)
    there = [*COLUMNS, *posting.of_dimensions()]
    return [
        Choice(column.name, str(column.title or column.label), _is_wanted(column, wanted), column.always)
        for column in sorted(
            _in_order(wanted, _allowed(user, there)), key=lambda column: not _is_wanted(column, wanted)
        )
    ]


def _allowed(user, columns):
    return [column for column in columns if not column.right or may(user, column.right)]


def _in_order(wanted, columns):
    """The wanted ones in the wanted order, the others after them in their own."""
    places = {name: place for place, name in enumerate(wanted)}
    return sorted(columns, key=lambda column: places.get(column.name, len(places)))


def _is_wanted(column, wanted):
    return column.always or (column.name in wanted if wanted else column.at_first)
