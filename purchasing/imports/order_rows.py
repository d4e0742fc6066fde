"""Rows of purchase orders as files name them: P-1042/10 in one column, or order and position in two."""

from collections import defaultdict

from erp.staging.kinds import Column
from purchasing.models import PurchaseOrder, PurchaseOrderRow
from purchasing.operations.receipts import hold_for_receipts
from purchasing.operations.steps import hold_orders, words

ORDER = Column(
    name="order",
    title="Order",
    others=("purchase order", "order number", "our order", "our order number", "po", "po number", "bestellung"),
    longest=40,
    help="Our number. Empty where the row says it: P-1042/10.",
    example="P-1042",
)
ROW = Column(
    name="row",
    title="Row",
    others=("position", "row position", "order row", "order line", "line", "pos", "item position", "rad"),
    longest=50,
    required=True,
    help="Its position in the order, or both: P-1042/10.",
    example=10,
)
PART = Column(
    name="part",
    title="Part",
    others=("part number", "our part number", "article", "article number", "artikel"),
    longest=120,
    help="If it is there it must be that of the row: our number or the supplier's.",
)


def named_in(lines):
    """{line number: (order number, position)} of the lines that name a row."""
    named = {}
    for line in lines:
        order, _, position = (line["row"] or "").rpartition("/")
        order = order or line["order"] or ""
        if order and position.isdecimal() and position.isascii() and len(position) < 9:
            named[line.number] = order, int(position)
    return named


class OrderRows:
    """The rows that the lines of a file name, found in two queries."""

    def __init__(self, lines):
        self.named = named_in(lines)
        self.rows, self.positions, self.companies = {}, defaultdict(list), defaultdict(set)
        numbers = {order for order, _ in self.named.values()}
        found = PurchaseOrderRow.objects.for_list().filter(order__document__number__in=numbers)
        for row in found.order_by("position"):
            number = row.order.document.number
            self.rows[number, row.position] = row
            self.positions[number].append(row.position)
            self.companies[number].add(row.order.document.company_id)
        self._lines = {}

    def of(self, line):
        """The row of a line, open and at the supplier; None and a problem where there is none."""
        row = self._find(line)
        if row is None:
            return None
        if not row.order.is_at_supplier:
            line.wrong(ROW.title, f"{row.order} is {words(row.order)} and not at the supplier.", read=line["row"])
        elif not row.is_open:
            state = row.supply.get_status_display().lower()
            line.wrong(ROW.title, f"{row} is {state}.", read=line["row"])
        elif line["part"] and line["part"] not in {row.supply.part.number, row.supplier_part_number}:
            line.wrong(PART.title, f"{row} is {row.supply.part}.", read=line["part"])
        else:
            return row
        return None

    def of_order(self, order):
        """All rows of one of the orders that are named."""
        number = order.document.number
        return [self.rows[number, position] for position in self.positions[number]]

    def _find(self, line):
        if line["row"] is None:
            return None
        order, position = self.named.get(line.number, ("", None))
        if not order and not line["order"] and "/" not in line["row"]:
            line.wrong(ORDER.title, "Say which order: a column Order, or a row such as P-1042/10.")
        elif not order:
            line.wrong(ROW.title, "This is not a row such as 10 or P-1042/10.", read=line["row"])
        elif order not in self.positions:
            line.wrong(ORDER.title, "There is no purchase order with this number.", read=order)
        elif len(self.companies[order]) > 1:
            line.wrong(ORDER.title, "Two companies have an order with this number. Enter it by hand.", read=order)
        elif (order, position) not in self.rows:
            there = ", ".join(map(str, self.positions[order][:20]))
            line.wrong(ROW.title, f"{order} has no such row; it has {there}.", read=line["row"])
        return self.rows.get((order, position)) if len(self.companies[order]) == 1 else None

    def once(self, line, row, *more):
        """Note a row that stands in two lines (or with the same ``more``); whether it was the first."""
        earlier = self._lines.setdefault((row.pk, *more), line.number)
        if earlier != line.number:
            what = " and ".join([str(row), *map(str, more)])
            line.wrong(ROW.title, f"{what} already stands in line {earlier}.", read=line["row"])
        return earlier == line.number


def lock_named(lines):
    """Lock the orders that the lines name, all their rows, and whatever a receipt of these locks, in one call."""
    rows = list(PurchaseOrderRow.objects.for_list().filter(order__document__number__in=_numbers(lines)).order_by("pk"))
    if rows:
        hold_for_receipts(rows)


def lock_orders_named(lines):
    """Lock the orders that the lines name and all their rows."""
    hold_orders(list(PurchaseOrder.objects.for_list().filter(document__number__in=_numbers(lines)).order_by("pk")))


def _numbers(lines):
    return {order for order, _ in named_in(lines).values()}
