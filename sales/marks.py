"""What to look at in the rows of an order. A mark stands in the column that it is about, as a symbol with its words.

A warning may be saved; an error holds the row and its order until it is mended (``sales.errors``). Each theme has a
function ``(rows, *, order, today) -> {row id: [Mark, …]}`` in ``MARKERS``; it asks the database the same number of
questions whatever the number of rows.
"""

from dataclasses import dataclass

from linkage.dates import slack_between, work_days_of
from sales.configuring import waits_for_configuration
from sales.errors import NOT_CONFIGURED, another_day
from sales.posting import without_account
from sales.quantities import quantity_warnings
from sales.queries import first_date_of
from sales.serials import counts_of, given_too_early, wrong_counts
from sales.statuses import RowStatus
from sales.suggesting import delivery_days_of


@dataclass(frozen=True)
class Mark:
    """``column`` is the name of the grid's column that it is about; ``blocks`` makes an error of a warning."""

    column: str
    words: str
    blocks: bool = False


def marks_of(rows, *, order, today):
    """{row id: its marks} of all themes."""
    marks = {row.pk: [] for row in rows}
    for marker in MARKERS:
        for pk, found in marker(rows, order=order, today=today).items():
            marks[pk] += found
    return marks


def marks_of_dates(rows, *, order, today):
    days, term = work_days_of(row.warehouse_id for row in rows), delivery_days_of(order.customer)
    return {
        row.pk: [
            Mark("delivery_date", words)
            for words in _date_warnings(row, today=today, days=days[row.warehouse_id], term=term)
        ]
        for row in rows
    }


def marks_of_one_date(rows, *, order, today):
    if order.partial_delivery_allowed:
        return {}
    first = first_date_of(order)
    differing = [row for row in rows if row.is_dated and not row.is_closed and row.delivery_date != first]
    return {row.pk: [Mark("delivery_date", another_day(first), blocks=True)] for row in differing}


NOT_CONVERTED = "Typed before the order's currency or rate changed, and not converted: it was {}."


def marks_of_prices(rows, *, order, today):
    """A price agreed in another currency, or typed in one that is not the order's any more."""
    marks = {row.pk: [] for row in rows}
    for row in rows:
        if row.price_currency:
            words = f"Agreed in {row.price_currency}, converted at the order's rate."
            marks[row.pk].append(Mark("unit_price", words))
        if row.priced_in:
            marks[row.pk].append(Mark("unit_price", NOT_CONVERTED.format(row.priced_in)))
        if row.setup_priced_in:
            marks[row.pk].append(Mark("setup_price", NOT_CONVERTED.format(row.setup_priced_in)))
    return marks


def marks_of_quantities(rows, *, order, today):
    return {pk: [Mark("quantity", words) for words in found] for pk, found in quantity_warnings(rows).items()}


def marks_of_statuses(rows, *, order, today):
    words = "May be made, but not delivered yet."
    made = [row for row in rows if _is_open(row) and row.row_status == RowStatus.MANUFACTURED]
    return {row.pk: [Mark("row_status", words)] for row in made}


def _date_warnings(row, *, today, days, term):
    """A date in the past, on a day off of ours or of the customer's, or inside the part's lead time."""
    date = row.delivery_date
    if not _is_open(row) or (date is None and not row.is_part):
        return []
    if date is None:
        return ["No date: planning leaves this row out, and no order is made for it."]
    warnings = []
    if date < today:
        warnings.append("The date is in the past.")
    elif _is_waiting(row) and slack_between(days, today, date) < row.part.lead_time:
        lead_time, earliest = row.part.lead_time, days.add(today, row.part.lead_time)
        warnings.append(f"The date is inside the lead time of {lead_time} work days: {earliest} at the earliest.")
    if not days.is_work_day(date):
        warnings.append(f"The date is not a work day; the next one is {days.move_on(date)}.")
    if not term.delivers_on(date):
        warnings.append(f"The customer takes deliveries on {term.delivery_days} only.")
    return warnings


def _is_open(row):
    return row.is_dated and not row.is_closed and row.order.is_open


def _is_waiting(row):
    """Something of it still has to be made or bought, so the lead time matters."""
    return row.is_part and (not row.demand_id or row.demand.uncovered > 0)


def marks_of_serials(rows, *, order, today):
    """As many serial numbers as pieces; parts that get theirs on arrival should have none yet."""
    counts = counts_of(rows)
    marks = {pk: [Mark("quantity", words, blocks=True)] for pk, words in wrong_counts(rows, counts).items()}
    words = "The part is stock-driven: its pieces get their serial numbers when they arrive."
    for row in given_too_early(rows, counts):
        marks.setdefault(row.pk, []).append(Mark("quantity", words))
    return marks


def marks_of_accounts(rows, *, order, today):
    return {pk: [Mark("sales_account", words, blocks=True)] for pk, words in without_account(rows).items()}


def marks_of_configuration(rows, *, order, today):
    waiting = [row for row in rows if waits_for_configuration(row) and row.order.is_open]
    return {row.pk: [Mark("configuration", NOT_CONFIGURED, blocks=True)] for row in waiting}


MARKERS = [
    marks_of_configuration,
    marks_of_accounts,
    marks_of_serials,
    marks_of_one_date,
    marks_of_dates,
    marks_of_prices,
    marks_of_quantities,
    marks_of_statuses,
]
