"""Find and replace in the rows of an order: names, texts, typed part numbers and delivery dates."""

import re
from dataclasses import dataclass
from datetime import date

from erp.exceptions import Refused
from linkage.operation import each, operation
from sales.formatting import plain_of, with_words
from sales.models import RowType, SalesOrderRow
from sales.operations.boxes import supplies_by_boxes
from sales.operations.rows import change_row
from sales.operations.structures import take_all_with_parts
from sales.operations.taking import check_open

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
        return self.in_words(getattr(row, self.field))

    def in_words(self, words):
        flags = re.NOFLAG if self.same_case else re.IGNORECASE
        return re.sub(re.escape(self.find), lambda _found: self.put, words, flags=flags)


@operation
def replace_in_rows(*, order, rows, replacing, by, refused=None):
    """Replace in these rows of the order, all in one save; ([rows changed], [(row, why it refused)]).

    A row is changed as by hand, prices and links follow; what one row refuses the others do not wait for. What is saved
    is what ``rows`` were when they were read. ``refused`` takes the sentence why a changed row with its box ticked got
    no order.
    """
    boxes = {} if refused is None else refused
    order, fresh, _parts = take_all_with_parts(order, rows, also=supplies_by_boxes(rows))
    check_open(order)
    seen = {row.pk: row.version for row in rows}
    done, not_done = each(fresh, lambda row: _replace(row, replacing, seen=seen[row.pk], boxes=boxes, by=by))
    for row, _why in not_done:
        boxes.pop(row.pk, None)
    return done, not_done


def _replace(row, replacing, *, seen, boxes, by):
    new = replacing.on(row)
    if new == getattr(row, replacing.field):
        raise Refused(f"{row} does not say it any more.")
    if row.version != seen:
        raise Refused(f"{row} was changed meanwhile; search again.")
    if replacing.field in TEXTS:
        new = _checked(row, replacing.field, new)
    changes = _formatted(row, replacing, new) if replacing.field == "text" and row.formatted else {}
    return change_row(row=row, refused=boxes, by=by, **{replacing.field: new} | changes)


def _formatted(row, replacing, text):
    """A formatted text keeps its format, where what is found lies between two tags."""
    html = with_words(row.formatted, replacing.in_words)
    if plain_of(html) != text:
        raise Refused(f"{row}: what is found there is partly in another format; change it by hand.")
    return {"formatted": html}


def _checked(row, field, text):
    longest = SalesOrderRow._meta.get_field(field).max_length
    if len(text) > longest:
        raise Refused(f"{row}: its {field.replace('_', ' ')} would have {len(text)} characters; at most {longest} fit.")
    if not text.strip() and field != "part_number":
        raise Refused(f"{row}: nothing would be left of its {field}.")
    return text.strip() if field != "text" else text
