"""The window that makes production orders of rows: what would be made for each row, and what is free beside it."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from erp.register.models import PartType
from linkage.models import Supply
from production.operations import plan_orders_for, timely
from production.queries.making import free_for
from production.queries.structures import parts_with_bom
from sales.models import SalesOrderRow
from sales.operations.linked import why_no_demand
from sales.units import parts_of

ZERO = Decimal(0)


@dataclass
class MakingLine:
    """One row with a BOM. ``stock`` and ``coming`` may be taken first; ``later`` is free too, but comes too late."""

    row: SalesOrderRow
    why_not: str = ""
    stock: Decimal = ZERO
    coming: Decimal = ZERO
    later: list = field(default_factory=list)
    supplies: list = field(default_factory=list)
    start: date | None = None
    finish: date | None = None

    @property
    def pk(self):
        return self.row.pk

    @property
    def uncovered(self):
        return self.row.demand.uncovered if self.row.demand_id else ZERO

    @property
    def takeable(self):
        """How much may be taken first: what is free in time, and no more than the row lacks."""
        return min(self.stock + self.coming, self.uncovered)


def rows_with_bom(rows):
    """Those of the rows whose part has an active BOM of its own and is made."""
    made = parts_with_bom({part.pk for part in parts_of(rows) if part.is_made})
    return [row for row in rows if row.part_id in made]


def has_rows_with_bom(order):
    """Whether any row of the order has one, without reading the rows."""
    made = order.rows.filter(part__part_type=PartType.MANUFACTURED).order_by().values_list("part", flat=True)
    return bool(parts_with_bom(made))


def making_lines(rows):
    """[MakingLine] of rows, in a constant number of statements."""
    lines = [MakingLine(row, why_not=why_no_demand(row)) for row in rows]
    demands = {line.row.demand_id: line.row.demand for line in lines if not line.why_not}
    _plan(lines, demands)
    _find_free(lines, demands)
    return lines


def _plan(lines, demands):
    """The dates that the order of each row would get, or why it gets none."""
    planned = plan_orders_for(demands=list(demands.values()))
    roots = {order.shares[0][0].key: order for order in planned.orders if order.depth == 0}
    for line in lines:
        line.why_not = line.why_not or planned.refusals.get(line.row.demand_id, "")
        if root := roots.get(line.row.demand_id):
            line.start, line.finish = root.start_date, root.finish_date


def _find_free(lines, demands):
    parts, warehouses = {d.part_id for d in demands.values()}, {d.warehouse_id for d in demands.values()}
    by_place = defaultdict(list)
    for supply in free_for((), parts=parts, warehouses=warehouses):
        by_place[supply.part_id, supply.warehouse_id].append(supply)
    _name([supply for found in by_place.values() for supply in found])
    for line in lines:
        if demand := demands.get(line.row.demand_id):
            found = by_place[demand.part_id, demand.warehouse_id]
            line.supplies = timely(found, demand)
            line.later = [supply for supply in found if supply not in line.supplies]
            line.stock = sum((supply.free for supply in line.supplies if supply.is_stock), ZERO)
            line.coming = sum((supply.free for supply in line.supplies if not supply.is_stock), ZERO)


def _name(supplies):
    """Give supplies what their names need, in one statement."""
    named = Supply.objects.select_related("document", "warehouse").in_bulk([supply.pk for supply in supplies])
    for supply in supplies:
        supply.document, supply.warehouse = named[supply.pk].document, named[supply.pk].warehouse
