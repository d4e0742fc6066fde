"""Sales orders: confirmed, and nothing of them delivered.

Two sources: the orders of resellers with their customers, or the sales lines of the transaction history, which have
those of the web shop too but name no customer.
"""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from erp.demo.adventureworks import files
from erp.demo.adventureworks.reports import TableReport
from erp.demo.adventureworks.writing import (
    UNKNOWN_CUSTOMER,
    batches,
    known_numbers,
    our_warehouse,
    partners_by_id,
    parts_by_id,
)
from erp.exceptions import Refused
from erp.register.models import Partner
from erp.register.units import MILLIONTH
from linkage.models.positions import DocumentKind
from linkage.operation import operation, settle
from sales.operations import NewOrder, NewRow, create_orders
from sales.statuses import CONFIRMED

SALE = "S"
KINDS = {"W": "is a work order (type W), not a sale", "P": "is a purchase (type P), not a sale"}
DELIVERY = timedelta(days=12)  # from order to due date on every order of AdventureWorks
SIZE = 500


@operation
def load_reseller_orders(*, by, source, tick, first=None, last=None):
    """Orders of resellers, with their customers; a blank customer becomes the one who is not named."""
    report = TableReport("sales_orders")
    lines = defaultdict(list)
    for row in source.rows(files.SALES_LINES):
        lines[row.order].append(row)
    headers = source.rows(files.SALES)
    customers = partners_by_id(source.rows(files.CUSTOMERS))
    chosen = [header for header in headers if _in_time(header, first, last)]
    _leave_out_orders(report, set(headers) - set(chosen), lines, "is ordered outside the dates asked for")
    without = [header for header in chosen if header.id not in lines]
    report.leave_out(files.SALES, without, "the order has no lines")
    ids = {header.id for header in headers}
    strays = [row for order, rows in lines.items() if order not in ids for row in rows]
    report.leave_out(files.SALES_LINES, strays, "there is no such order")

    nameless = [header for header in chosen if header.customer not in customers]
    if nameless:
        report.notes.append(f"{len(nameless)} orders name no customer that is loaded: {UNKNOWN_CUSTOMER} has them")
    writer = _Writer(report, source, layout=files.SALES_LINES, headers=files.SALES)
    orders = [(header, header.due_on, lines[header.id]) for header in chosen if header.id in lines]
    writer.write(orders, tick, by=by, customer_of=lambda header: customers.get(header.customer))
    return report


def _leave_out_orders(report, headers, lines, reason):
    report.leave_out(files.SALES, headers, reason)
    report.leave_out(files.SALES_LINES, [row for header in headers for row in lines.get(header.id, [])], reason)


@operation
def load_history_orders(*, by, source, tick, first=None, last=None):
    """Orders of the transaction history, of resellers and of the web shop; all for the customer who is not named."""
    report = TableReport("sales_orders")
    rows = source.rows(files.TRANSACTIONS)
    for kind in sorted({row.kind for row in rows} - {SALE}):
        others = [row for row in rows if row.kind == kind]
        report.leave_out(files.TRANSACTIONS, others, KINDS.get(kind, f"is of type {kind}, not a sale"))
    sales = [row for row in rows if row.kind == SALE]
    late = [row for row in sales if not _in_time(row, first, last)]
    report.leave_out(files.TRANSACTIONS, late, "is ordered outside the dates asked for")

    lines = defaultdict(list)
    for row in sales:
        if _in_time(row, first, last):
            lines[row.order].append(row)
    headers = [_Header(order, min(row.ordered_on for row in of_order)) for order, of_order in lines.items()]
    orders = [
        (header, header.ordered_on + DELIVERY, sorted(lines[header.id], key=lambda row: row.order_line))
        for header in headers
    ]
    writer = _Writer(report, source, layout=files.TRANSACTIONS)
    writer.write(orders, tick, by=by)
    return report


class _Header(NamedTuple):
    """The header that the transaction history does not have."""

    id: int
    ordered_on: date


def number_of(header):
    return f"SO{header.id}"


def _in_time(row, first, last):
    return (first is None or row.ordered_on >= first) and (last is None or row.ordered_on <= last)


class _Writer:
    def __init__(self, report, source, *, layout, headers=None):
        self.report, self.layout, self.headers = report, layout, headers
        self.parts = parts_by_id(source.rows(files.PRODUCTS))
        self.warehouse = our_warehouse()
        self.unknown = Partner.objects.filter(number=UNKNOWN_CUSTOMER).first()

    def write(self, orders, tick, *, by, customer_of=lambda header: None):
        """(header, due date, lines) each: those that are not here yet become orders, in batches."""
        known = known_numbers(DocumentKind.SALES, [number_of(header) for header, _due_on, _rows in orders])
        there = [order for order in orders if number_of(order[0]) in known]
        self._count(self.report.keep, there)
        new = [order for order in orders if number_of(order[0]) not in known]
        if new and self.unknown is None:
            raise Refused(f"Customer {UNKNOWN_CUSTOMER} is missing: load the table customers first.")
        done = len(there)
        for batch in batches(new, SIZE):
            usable = self._usable(batch)
            self._count(self.report.load, usable)
            create_orders(orders=[self._order(*order, customer_of(order[0])) for order in usable], by=by)
            settle()
            done += len(batch)
            tick(done, len(orders))

    def _count(self, how, orders):
        how(self.layout, [row for _header, _due_on, rows in orders for row in rows])
        if self.headers:
            how(self.headers, [header for header, _due_on, _rows in orders])

    def _usable(self, orders):
        """The orders with the lines whose product is loaded; one without any such line is left out."""
        found = [(header, due_on, self._known_products(rows)) for header, due_on, rows in orders]
        if self.headers:
            empty = [header for header, _due_on, rows in found if not rows]
            self.report.leave_out(self.headers, empty, "none of its lines can be loaded")
        return [order for order in found if order[2]]

    def _known_products(self, rows):
        strangers = [row for row in rows if row.product not in self.parts]
        self.report.leave_out(self.layout, strangers, "its product is not loaded")
        return [row for row in rows if row.product in self.parts]

    def _order(self, header, due_on, rows, customer):
        return NewOrder(
            customer=customer or self.unknown,
            warehouse=self.warehouse,
            ordered_on=header.ordered_on,
            status=CONFIRMED,
            number=number_of(header),
            rows=tuple(self._row(row, due_on) for row in rows),
        )

    def _row(self, row, due_on):
        part = self.parts[row.product]
        price = (row.price * (1 - getattr(row, "discount", 0))).quantize(MILLIONTH)
        quantity = Decimal(row.quantity)
        return NewRow(part=part, quantity=quantity, unit=part.unit, unit_price=price, delivery_date=due_on)
