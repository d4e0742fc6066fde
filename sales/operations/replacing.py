"""Find and replace in the rows of an order: names, texts, typed part numbers and delivery dates."""

import re
from dataclasses import dataclass
from datetime import date

from erp.exceptions import Refused
from linkage.operation import each, operation
from sales.models import RowType, SalesOrderRow
from sales.operations.rows import change_row
from sales.operations.taking import check_open, take_order

MOST_ROWS = 500
TEXTS = {
    "name": (RowType.PART, RowType.ADDITIONAL, RowType.TOTAL),
    "text": (RowType.TEXT,),
    "part_number": (RowType.ADDITIONAL,),
}
DATE = "delivery_date"


@dataclass(frozen=True, kw_only=True)
class Replacing:
    """In which ``field`` of rows what is found and what is put in its place: texts, or two dates.

    Without ``find`` every row without a date is found; without ``put`` the text or the date goes.
    """

    field: str
    find: str | date | None
    put: str | date | None
    same_case: bool = False

    def rows_of(self, order):
        """The open rows of the order that say what is searched for, by position."""
        open_rows = order.rows.for_list().filter(closed_at=None).in_order()
        if self.field == DATE:
            return open_rows.main().goods().filter(delivery_date=self.find)
        how = "contains" if self.same_case else "icontains"
        return open_rows.filter(row_type__in=TEXTS[self.field], **{f"{self.field}__{how}": self.find})

    def on(self, row):
        """What the row would say; what it says already where nothing is found (any more)."""
        if self.field == DATE:
            return self.put if row.delivery_date == self.find else row.delivery_date
        return re.sub(
            re.escape(self.find),
            lambda _found: self.put,
            getattr(row, self.field),
            flags=re.NOFLAG if self.same_case else re.IGNORECASE,
        )


@operation
def replace_in_rows(*, order, rows, replacing, by):
    """Replace in these rows of the order, all in one save; ([rows changed], [(row, why it refused)]).

    A row is changed as by hand, prices and links follow; what one row refuses the others do not wait for.
    """
    order, fresh = take_order(order, rows=rows)
    check_open(order)
    return each(fresh, lambda row: _replace(row, replacing, by=by))


def _replace(row, replacing, *, by):
    new = replacing.on(row)
    if new == getattr(row, replacing.field):
        raise Refused(f"{row} does not say it any more.")
    if replacing.field in TEXTS:
        new = _checked(row, replacing.field, new)
    return change_row(row=row, by=by, **{replacing.field: new})


def _checked(row, field, text):
    longest = SalesOrderRow._meta.get_field(field).max_length
    if len(text) > longest:
        raise Refused(f"{row}: its {field.replace('_', ' ')} would have {len(text)} characters; at most {longest} fit.")
    if not text.strip() and field != "part_number":
        raise Refused(f"{row}: nothing would be left of its {field}.")
    return text.strip() if field != "text" else text
