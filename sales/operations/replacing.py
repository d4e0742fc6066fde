"""Find and replace in the rows of an order: names, texts, typed part numbers, delivery dates and quantities."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction

from erp.exceptions import Refused
from linkage.changes import DemandWant
from linkage.operation import each, operation
from linkage.operations.changing import also_locked, change_chain
from sales.formatting import LONGEST, cleaned, plain_of, with_words, words_in
from sales.models import RowType, SalesOrderRow
from sales.operations.boxes import supplies_by_boxes
from sales.operations.rows import change_row
from sales.operations.structures import take_all_with_parts
from sales.operations.taking import check_open
from sales.units import UnitsOfRows, parts_of

MOST_ROWS = 500
TEXTS = {
    "name": (RowType.PART, RowType.ADDITIONAL, RowType.TOTAL),
    "text": (RowType.TEXT,),
    "part_number": (RowType.ADDITIONAL,),
}
DATE, QUANTITY = "delivery_date", "quantity"


@dataclass(frozen=True, kw_only=True)
class Replacing:
    """In which ``field`` of rows what is found and what is put in its place: texts, two dates or two quantities.

    Without ``find`` every row without a date is found; without ``put`` the text or the date goes.
    """

    field: str
    find: str | date | Decimal | None
    put: str | date | Decimal | None
    same_case: bool = False

    @property
    def is_text(self):
        return self.field in TEXTS

    def rows_of(self, order):
        """The open rows of the order that say what is searched for, by position."""
        open_rows = order.rows.for_list().filter(closed_at=None).in_order()
        if not self.is_text:
            return open_rows.main().goods().filter(**{self.field: self.find})
        how = "contains" if self.same_case else "icontains"
        return open_rows.filter(row_type__in=TEXTS[self.field], **{f"{self.field}__{how}": self.find})

    def on(self, row):
        """What the row would say; what it says already where nothing is found (any more)."""
        if not self.is_text:
            now = getattr(row, self.field)
            return self.put if now == self.find else now
        if self.field == "text" and row.formatted:
            return plain_of(self.in_format(row))
        return self.in_words(getattr(row, self.field))

    def in_format(self, row):
        """The formatted text with its words replaced; a line that nothing is left of goes."""
        return cleaned(with_words(row.formatted, self.in_words))

    def in_words(self, words):
        return self._found.sub(lambda _found: self.put, words)

    @property
    def _found(self):
        return re.compile(re.escape(self.find), re.NOFLAG if self.same_case else re.IGNORECASE)

    def why_not(self, row):
        """Why a formatted text cannot be changed here: what is found lies partly in another format."""
        if self.field != "text" or not row.formatted:
            return ""
        between = sum(len(self._found.findall(words)) for words in words_in(row.formatted))
        lies_across = len(self._found.findall(row.text)) != between
        return "what is found there is partly in another format; change it by hand" if lies_across else ""


@operation
def replace_in_rows(*, order, rows, replacing, by, refused=None, decisions=None, reason=""):
    """Replace in these rows of the order, all in one save; ([rows changed], [(row, why it refused)]).

    A row is changed as by hand, prices and links follow; what one row refuses the others do not wait for. What is saved
    is what ``rows`` were when they were read. ``refused`` takes the sentence why a changed row with its box ticked got
    no order. With ``decisions`` (``linkage.changes``) the orders of the chains of the rows change along, as decided.
    """
    boxes = {} if refused is None else refused
    order, fresh, parts = take_all_with_parts(order, rows, also=supplies_by_boxes(rows), too=also_locked(decisions))
    check_open(order)
    seen = {row.pk: row.version for row in rows}
    if decisions is not None and not replacing.is_text:
        willing = _willing(fresh, lambda row: _replace(row, replacing, seen=seen[row.pk], boxes={}, by=by))
        _change_chain(willing, parts, replacing, decisions=decisions, by=by, reason=reason or f"{order}: replaced")
    done, not_done = each(fresh, lambda row: _replace(row, replacing, seen=seen[row.pk], boxes=boxes, by=by))
    for row, _why in not_done:
        boxes.pop(row.pk, None)
    return done, not_done


class _TakenBack(Exception):
    """Only to look: what was done is rolled back."""


def _willing(rows, work):
    """The rows that would be changed: no order changes along with a row that refuses."""
    refusing = []
    try:
        with transaction.atomic():
            refusing += [row.pk for row, _why in each(rows, work)[1]]
            raise _TakenBack
    except _TakenBack:
        return [row for row in rows if row.pk not in refusing]


def _change_chain(rows, parts, replacing, *, decisions, by, reason):
    """One change of all chains at once; the parts of fictitious parts go with the dates of theirs."""
    ids = {row.pk for row in rows}
    if replacing.field == DATE:
        moved = [*rows, *(part for part in parts if part.parent_id in ids and not part.is_closed)]
        wants = [DemandWant(row.demand_id, need=replacing.put) for row in moved if row.demand_id]
    else:
        units = UnitsOfRows(parts_of(rows))
        wants = [
            DemandWant(row.demand_id, quantity=units.to_base(part=row.part, quantity=replacing.put, unit=row.unit))
            for row in rows
            if row.demand_id
        ]
    if wants:
        change_chain(demands=wants, decisions=decisions, by=by, reason=reason)


def _replace(row, replacing, *, seen, boxes, by):
    if why := replacing.why_not(row):
        raise Refused(f"{row}: {why}.")
    new = replacing.on(row)
    if new == getattr(row, replacing.field):
        raise Refused(f"{row} does not say it any more.")
    if row.version != seen:
        raise Refused(f"{row} was changed meanwhile; search again.")
    if replacing.is_text:
        new = _checked(row, replacing.field, new)
    changes = _formatted(row, replacing) if replacing.field == "text" and row.formatted else {}
    return change_row(row=row, refused=boxes, by=by, **{replacing.field: new} | changes)


def _formatted(row, replacing):
    """A formatted text keeps its format, and its plain words are those of it."""
    html = replacing.in_format(row)
    if len(html) > LONGEST:
        raise Refused(f"{row}: its text would be too long with its format; shorten it by hand.")
    return {"formatted": html}


def _checked(row, field, text):
    longest = SalesOrderRow._meta.get_field(field).max_length
    if len(text) > longest:
        raise Refused(f"{row}: its {field.replace('_', ' ')} would have {len(text)} characters; at most {longest} fit.")
    if not text.strip() and field != "part_number":
        raise Refused(f"{row}: nothing would be left of its {field}.")
    return text.strip() if field != "text" else text
