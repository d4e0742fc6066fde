"""The row grid of an order, ready for its template: what covers each row, what was made for it, what to look at."""

from dataclasses import dataclass, field
from decimal import Decimal

from linkage.dates import business_date, slack_between, work_days_of
from linkage.models import Supply
from linkage.owners import urls_of
from linkage.queries import Coverage, coverage, made_from
from purchasing.models import PurchaseOrder
from sales.models import SalesOrderRow
from sales.money import ZERO, RowMoney, money_of
from sales.operations.boxes import has_box, is_open_order
from sales.queries import dates_that_differ
from sales.statuses import RowStatus


@dataclass(frozen=True)
class Number:
    """An order made for a row; in italics when it was made for stock and is not linked."""

    label: str
    url: str
    is_linked: bool
    is_straight: bool = False


@dataclass(frozen=True)
class GridRow:
    """One row as the grid shows it."""

    row: SalesOrderRow
    money: RowMoney | None = None
    total: Decimal | None = None
    coverage: Coverage | None = None
    numbers: list = field(default_factory=list)
    warnings: list = field(default_factory=list)
    error: str = ""
    has_box: bool = False

    @property
    def pk(self):
        return self.row.pk

    @property
    def is_linked(self):
        return bool(self.coverage and self.coverage.links)

    @property
    def typed_total_is_off(self):
        """Somebody typed the total of the row, and a row that it sums was changed since."""
        return self.row.total_price is not None and self.row.total_price != self.total

    @property
    def may_change(self):
        return not self.row.is_closed and self.row.order.is_open


def grid(order, *, today=None):
    """All rows of an order, in a constant number of statements."""
    rows = list(order.rows.for_list().in_order())
    return grid_rows(rows, order=order, today=today or business_date())


def grid_row(row, *, today=None):
    """One row of the grid, as the grid would show it."""
    order = row.order
    found = {shown.pk: shown for shown in grid_rows(list(order.rows.for_list().in_order()), order=order, today=today)}
    return found[row.pk]


def grid_rows(rows, *, order, today=None):
    today = today or business_date()
    money = money_of(rows, order=order)
    demands = [row.demand for row in rows if row.demand_id and not row.is_cancelled]
    covered = coverage(demands, today=today)
    numbers = _numbers(rows)
    days = work_days_of(row.warehouse_id for row in rows)
    differing = dates_that_differ(order, rows)
    return [
        GridRow(
            row=row,
            money=money.get(row.pk),
            total=_total(row, rows, money) if row.is_total else None,
            coverage=covered.get(row.demand_id),
            numbers=numbers.get(row.demand_id, []),
            warnings=date_warnings(row, today=today, days=days[row.warehouse_id]),
            error="Without partial delivery this date must be that of the first row." if row in differing else "",
            has_box=has_box(row.part),
        )
        for row in rows
    ]


def _total(row, rows, money):
    """What the rows come to that a total row sums."""
    return sum((money[other.pk].amount for other in rows if other.total_row_id == row.pk and other.pk in money), ZERO)


def _numbers(rows):
    """{demand id: the numbers of the M-order/P-order column}. A disconnected order is not shown there."""
    made = made_from([row.demand for row in rows if row.demand_id])
    oriented = {row.demand_id: row.part.is_order_oriented for row in rows if row.demand_id}
    shown = {
        demand: [found for found in founds if _is_shown(found, is_order_oriented=oriented[demand])]
        for demand, founds in made.items()
    }
    urls = urls_of({found.supply.pk: found.supply for founds in shown.values() for found in founds}.values())
    straight = _straight({found.supply.document_id for founds in shown.values() for found in founds})
    return {demand: [_number(found, urls, straight) for found in founds] for demand, founds in shown.items()}


def _straight(documents):
    """The purchase orders among these documents whose goods go straight to the customer."""
    if not documents:
        return set()
    orders = PurchaseOrder.objects.filter(document__in=documents, drop_shipment=True)
    return set(orders.values_list("document", flat=True))


def _is_shown(found, *, is_order_oriented):
    return found.is_linked or (not is_order_oriented and is_open_order(found))


def _number(found, urls, straight):
    supply: Supply = found.supply
    url = urls.get((supply.kind, supply.pk), "")
    return Number(str(supply.document), url, found.is_linked, supply.document_id in straight)


def date_warnings(row, *, today, days):
    """What may be saved but should be seen: a date in the past, on a day off, or inside the part's lead time."""
    date = row.delivery_date
    if row.is_closed or not row.is_dated or not row.order.is_open or (date is None and not row.is_part):
        return []
    if date is None:
        return ["No date: planning leaves this row out, and no order is made for it."]
    warnings = []
    if date < today:
        warnings.append("The date is in the past.")
    elif _is_waiting(row) and slack_between(days, today, date) < row.part.lead_time:
        warnings.append(f"The date is inside the lead time of {row.part.lead_time} work days.")
    if not days.is_work_day(date):
        warnings.append("The date is not a work day.")
    if row.row_status == RowStatus.MANUFACTURED:
        warnings.append("May be made, but not delivered yet.")
    return warnings


def _is_waiting(row):
    """Something of it still has to be made or bought, so the lead time matters."""
    return row.is_part and (not row.demand_id or row.demand.uncovered > 0)
