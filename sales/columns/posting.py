"""The columns of how rows are posted: the sales account, and one for each of the first dimensions."""

from functools import partial

from django.utils.functional import lazy
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from sales.columns.kinds import GridColumn
from sales.posting import accounts_of, dimension_at, values_of

MOST = 5


def _label(place):
    dimension = dimension_at(place)
    return str(dimension) if dimension else _now("Dimension %(n)d") % {"n": place}


def _load(place, rows, order):
    return values_of(rows, place)


def _exists(place, order):
    return dimension_at(place) is not None


COLUMNS = [
    GridColumn(
        "sales_account",
        _("Account"),
        title=_("Sales account"),
        css="aside",
        load=lambda rows, order: accounts_of(rows),
    ),
    *(
        GridColumn(
            f"dimension_{place}",
            lazy(_label, str)(place),
            css="aside",
            load=partial(_load, place),
            shown_if=partial(_exists, place),
        )
        for place in range(1, MOST + 1)
    ),
]
