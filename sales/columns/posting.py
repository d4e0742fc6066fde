"""The columns of how rows are posted: the sales account, and one for each dimension that is set up."""

from functools import partial

from django.utils.translation import gettext_lazy as _

from sales.columns.kinds import GridColumn
from sales.models import Dimension
from sales.posting import accounts_in_words, sales_postings, values_in_words

COLUMNS = [
    GridColumn(
        "sales_account",
        _("Account"),
        title=_("Sales account"),
        css="aside",
        source=sales_postings,
        load=lambda rows, postings: accounts_in_words(postings),
    ),
]
OF_DIMENSION = "dimension_"  # and the id: a dimension keeps its column under another name or rank


def of_dimensions(wanted=None):
    """A column for each dimension in their order; ``wanted`` are the chosen names, none of which may be of one."""
    if wanted is not None and not any(name.startswith(OF_DIMENSION) for name in wanted):
        return []
    return [_column(dimension) for dimension in Dimension.objects.all()]


def _column(dimension):
    return GridColumn(
        f"{OF_DIMENSION}{dimension.pk}",
        str(dimension),
        css="aside",
        source=sales_postings,
        load=partial(_load, dimension),
    )


def _load(dimension, rows, postings):
    return values_in_words(postings, dimension)
