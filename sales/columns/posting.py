"""The columns of how rows are posted: the sales account, and one for each of the first dimensions."""

from functools import partial

from django.utils.functional import lazy
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from sales.columns.kinds import GridColumn
from sales.posting import accounts_in_words, dimension_at, sales_postings, values_in_words

MOST = 5


def _label(place):
    dimension = dimension_at(place)
    return str(dimension) if dimension else _now("Dimension %(n)d") % {"n": place}


def _load(place, rows, postings):
    return values_in_words(postings, place)


def _exists(place, order):
    return dimension_at(place) is not None


COLUMNS = [
    GridColumn(
        "sales_account",
        _("Account"),
        title=_("Sales account"),
        css="aside",
        source=sales_postings,
        load=lambda rows, postings: accounts_in_words(postings),
    ),
    *(
        GridColumn(
            f"dimension_{place}",
            lazy(_label, str)(place),
            css="aside",
            source=sales_postings,
            load=partial(_load, place),
            shown_if=partial(_exists, place),
        )
        for place in range(1, MOST + 1)
    ),
]
