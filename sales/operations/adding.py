"""Rows and texts that come to orders which stand already, many at once: what an import of changes adds."""

from collections import defaultdict

from django.db.models import Max, Q

from erp.exceptions import Refused
from linkage.dates import business_date
from linkage.operations.inserting import insert
from sales.models import RowType, SalesOrderRow
from sales.operations.boxes import order_by_setting
from sales.operations.building import NewRow, build_row
from sales.operations.creating import prices_of, write_new
from sales.operations.dates import fill_dates
from sales.operations.mirrors import STEP
from sales.operations.structures import with_structures
from sales.operations.taking import check_open
from sales.units import UnitsOfRows


def add_rows(news, *, refused, by):
    """A step: put new rows at the end of their open orders, (place, order, NewRow) each; {place: row}.

    ``refused`` takes (place, refusal) of those that cannot be; nothing is written where there is one.
    """
    if not news:
        return {}
    orders = [order for _place, order, _new in news]
    whole = with_structures([new for *_place, new in news], orders, wrong_stay=True)
    units = UnitsOfRows([part for new in whole for one in (new, *(new.sub_rows or ())) if (part := one.part)])
    prices = prices_of(list(zip(orders, whole, strict=True)))
    numbers, built = _numbers(orders), []
    for (place, order, _new), new, number in zip(news, whole, numbers, strict=True):
        try:
            check_open(order)
            built.append((place, new, build_row(order=order, new=new, units=units, prices=prices, position=number)))
        except Refused as refusal:
            refused.append((place, refusal))
    if refused:
        return {}
    today = business_date()
    fill_dates([row for *_place, row in built])
    for *_place, row in built:
        if row.order.has_demands and today > row.order.document.ordered_on:
            row.ordered_on = row.ordered_on or today
    write_new([(row, new) for _place, new, row in built], units=units, prices=prices, by=by)
    ids = [row.pk for *_place, row in built]
    order_by_setting(SalesOrderRow.objects.filter(Q(pk__in=ids) | Q(parent__in=ids)), by=by)
    return {place: row for place, _new, row in built}


def _numbers(orders):
    """The positions of new last rows of these orders, one each; nothing that stands is numbered anew."""
    last = SalesOrderRow.objects.filter(order__in=orders, parent=None).values_list("order").annotate(Max("position"))
    last = defaultdict(int, last)
    for order in orders:
        last[order.pk] = ((last[order.pk] or 0) // STEP + 1) * STEP
        yield last[order.pk]


def add_texts(texts):
    """A step: put texts below rows, after what stands there; (row, text) each. One that says the same stays alone."""
    ids = [row.pk for row, _text in texts]
    there = SalesOrderRow.objects.filter(parent__in=ids)
    said = set(there.filter(row_type=RowType.TEXT, closed_at=None).values_list("parent", "text"))
    lines = defaultdict(int, there.values_list("parent").annotate(Max("line")))
    made, units = [], UnitsOfRows([])
    for row, text in texts:
        if (row.pk, text) in said:
            continue
        lines[row.pk] += 1
        new = NewRow(row_type=RowType.TEXT, text=text, on_confirmation=True)
        made.append(build_row(order=row.order, new=new, units=units, parent=row, line=lines[row.pk]))
    insert(made)
