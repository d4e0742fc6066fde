"""Where rows stand in their order. Numbers are never given by hand."""

from linkage.models import Demand
from linkage.numbering import in_tens, positions_between
from sales.models import SalesOrderRow
from sales.statuses import QUOTE


def number_rows(order, before, new, after):
    """Give positions to unsaved rows between others; where no number is free, and on a quote, all get new ones."""
    start = before[-1].position if before else 0
    free = positions_between(start, after[0].position if after else None, len(new))
    if order.status == QUOTE or free is None:
        renumber([*before, *new, *after])
        return
    for row, position in zip(new, free, strict=True):
        row.position = position


def renumber(rows):
    """Number rows in tens; their demands follow. One statement each, whatever the number of rows."""
    moved = []
    for row, position in zip(rows, in_tens(len(rows)), strict=True):
        if row.position != position:
            row.position = position
            moved.append(row)
    stored = [row for row in moved if row.pk]
    SalesOrderRow.objects.bulk_update(stored, ["position"])
    demands = {row.demand_id: row.position for row in stored if row.demand_id} | _demands_below(stored)
    Demand.objects.bulk_update([Demand(pk=pk, position=position) for pk, position in demands.items()], ["position"])


def _demands_below(rows):
    """{demand id: the position of its main row} of the sub-rows that have one."""
    at = {row.pk: row.position for row in rows}
    below = SalesOrderRow.objects.filter(parent__in=at, demand__isnull=False) if at else None
    return {demand: at[parent] for demand, parent in below.values_list("demand", "parent")} if at else {}
