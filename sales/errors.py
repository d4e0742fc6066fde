"""Errors of rows: what a row needs before it counts, and is said elsewhere than in its own line.

What its line itself says wrong is not saved at all; these rows are kept as typed, and held (decision 0176).
"""

from django.db.models import Q

from sales.configuring import waits_for_configuration
from sales.models import SalesOrderRow
from sales.posting import accounts_are_mandatory, without_account
from sales.queries import first_date_of
from sales.serials import wrong_counts

NOT_CONFIGURED = "Not configured yet: nothing is needed, made or delivered of it, and its order waits for it."


def another_day(first):
    """What is wrong with a row that leaves on another day than ``first``, the first row's."""
    return f"Without partial delivery this date must be that of the first row, {first or 'which has none'}."


def errors_of(rows):
    """{row id: what is wrong with the row}, in a constant number of statements."""
    found = {row.pk: NOT_CONFIGURED for row in rows if waits_for_configuration(row)}
    return wrong_counts(rows) | without_account(rows) | found


def errors_in(order):
    """[(row, what is wrong with it)] of an order, by position; only rows that can be wrong are read."""
    if not order.is_open:
        return []
    open_rows = order.rows.filter(closed_at=None)
    suspects = [Q(part__configured__isnull=False, configured_at=None), Q(serials__isnull=False)]
    if accounts_are_mandatory():
        suspects.append(Q(sales_account=None))
    # A union and not one condition: few rows are any of these, and none of ten thousand is read to learn it.
    first, *others = (open_rows.filter(suspect).values_list("pk", flat=True) for suspect in suspects)
    ids = set(first.union(*others))
    differing = _on_another_day(order, open_rows)
    ids |= set(differing)
    rows = list(SalesOrderRow.objects.for_list().filter(pk__in=ids).in_order()) if ids else []
    wrong = differing | errors_of(rows)
    return [(row, wrong[row.pk]) for row in rows if row.pk in wrong]


def _on_another_day(order, open_rows):
    """{row id: what is wrong}: rows that leave on another day than the first, of an order that goes whole."""
    if order.partial_delivery_allowed:
        return {}
    first, rows = first_date_of(order), open_rows.main().goods()
    others = rows.filter(delivery_date__isnull=False) if first is None else rows.exclude(delivery_date=first)
    return dict.fromkeys(others.values_list("pk", flat=True), another_day(first))
