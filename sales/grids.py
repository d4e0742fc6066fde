"""The row grid of an order, ready for its template: what covers each row, what was made for it, what to look at."""

from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache

from django.db.models import Count
from django.urls import reverse

from linkage.dates import business_date
from linkage.models import Supply
from linkage.owners import urls_of
from linkage.queries import Coverage, coverage, made_from
from purchasing.models import PurchaseOrder
from sales.formatting import blocks_of
from sales.marks import marks_of
from sales.models import SalesOrderRow
from sales.money import RowMoney, money_of
from sales.operations.boxes import has_box, is_open_order
from sales.sums import sums_of_totals


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
    marks: list = field(default_factory=list)
    has_box: bool = False
    cells: list = field(default_factory=list)
    below: int = 0  # how many rows stand below it
    is_folded: bool = False

    @property
    def pk(self):
        return self.row.pk

    @property
    def url(self):
        """The row's own page; its actions are below it."""
        return f"{_rows_url()}{self.pk}/"

    @property
    def box(self):
        """Which box in the column head ticks the row: of the made (M) or of the bought (P) ones without an order."""
        if not self.has_box or self.numbers or not self.may_change:
            return ""
        return "M" if self.row.part.is_made else "P"

    @property
    def warnings(self):
        return [mark.words for mark in self.marks if not mark.blocks]

    @property
    def error(self):
        return " ".join(mark.words for mark in self.marks if mark.blocks)

    @property
    def waits_for_configuration(self):
        return any(mark.column == "configuration" and mark.blocks for mark in self.marks)

    @property
    def blocks(self):
        """A formatted text, line by line."""
        return blocks_of(self.row.formatted)

    @property
    def is_linked(self):
        return bool(self.coverage and self.coverage.links)

    @property
    def typed_total_is_off(self):
        """Somebody typed the total of the row, and a row that it sums was changed since."""
        return self.row.total_price is not None and self.row.total_price != self.total

    @property
    def may_tick(self):
        """Main rows of goods, and the parts of fictitious ones."""
        return self.row.is_goods and (not self.row.parent_id or self.row.is_of_kit)

    @property
    def may_change(self):
        return not self.row.is_closed and self.row.order.is_open

    @property
    def has_menu(self):
        """A sub-row has nothing but edit and delete, unless it is linked or has an order."""
        return not self.row.parent_id or self.is_linked or bool(self.procedure)

    @property
    def procedure(self):
        """The address of the order made for the row, of several the first."""
        return self.numbers[0].url if self.numbers else ""


@cache
def _rows_url():
    return reverse("sales:row_list")


def grid(order, *, page=None, today=None, folding=None, keep=()):
    """The rows of an order, or of a page of it, in a constant number of statements.

    What the ``folding`` holds is not read, but for the rows in ``keep`` (ids).
    """
    found = page.rows_of(order) if page else order.rows.all()
    found = folding.shown(found, keep=keep) if folding else found
    return grid_rows(list(found.for_list().select_related("parent__part").in_order()), order=order, today=today)


def grid_row(row, *, today=None):
    """One row of the grid, as the grid would show it."""
    [shown] = grid_rows([row], order=row.order, today=today)
    return shown


def grid_rows(rows, *, order, today=None):
    today = today or business_date()
    money = money_of(rows, order=order)
    demands = [row.demand for row in rows if row.demand_id and not row.is_cancelled]
    covered = coverage(demands, today=today)
    numbers = _numbers(rows)
    totals = sums_of_totals(order, [row for row in rows if row.is_total])
    below = dict(
        SalesOrderRow.objects.filter(parent__in=[row.pk for row in rows]).values_list("parent").annotate(n=Count("pk"))
    )
    marks = marks_of(rows, order=order, today=today)
    return [
        GridRow(
            row=row,
            money=money.get(row.pk),
            total=totals.get(row.pk),
            coverage=covered.get(row.demand_id),
            numbers=numbers.get(row.demand_id, []),
            marks=marks[row.pk],
            below=below.get(row.pk, 0),
            has_box=has_box(row.part),
        )
        for row in rows
    ]


def without_order(order, *, is_made):
    """The open rows of an order that a box in the column head ticks: made or bought, and no order for them yet."""
    rows = order.rows.for_list().filter(closed_at=None, demand__isnull=False).in_order()
    fitting = [row for row in rows if has_box(row.part) and row.part.is_made == is_made]
    made = _made_for(fitting)
    return [row for row in fitting if not made.get(row.demand_id)]


def _made_for(rows):
    """{demand id: the orders of the M-order/P-order column}. A disconnected order is not shown there."""
    made = made_from([row.demand for row in rows if row.demand_id])
    oriented = {row.demand_id: row.part.is_order_oriented for row in rows if row.demand_id}
    return {
        demand: [found for found in founds if _is_shown(found, is_order_oriented=oriented[demand])]
        for demand, founds in made.items()
    }


def _numbers(rows):
    """{demand id: the numbers of the M-order/P-order column}."""
    shown = _made_for(rows)
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
