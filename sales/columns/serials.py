"""The column of a row's serial numbers."""

from collections import defaultdict

from django.utils.translation import gettext_lazy as _

from linkage.serials import in_words
from sales.columns.kinds import GridColumn
from sales.models import RowSerial, RowType


def _numbers(rows, order):
    """{row id: its serial numbers as intervals}, in one statement."""
    found = defaultdict(list)
    given = RowSerial.objects.filter(row__in=[row.pk for row in rows]).order_by("pk")
    for row, number in given.values_list("row", "serial__number"):
        found[row].append(number)
    return {row: in_words(numbers) for row, numbers in found.items()}


COLUMNS = [
    GridColumn(
        "serial_numbers",
        _("Serial no."),
        title=_("Serial numbers"),
        css="aside",
        load=_numbers,
        row_types=(RowType.PART,),
    ),
]
