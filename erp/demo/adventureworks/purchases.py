"""Purchase orders with what arrived: received rows closed, short ones closed short, rejects never on stock.

The orders are written as sent; what came goes through the operation that receives a file, a thousand orders at once.
AdventureWorks' own statuses: 1 pending, 2 approved, 3 rejected, 4 complete. A complete or rejected order is ended; of
the others a row that is short, or of which something was rejected, is still open for the rest. What was received and
rejected is no receipt, but a reject: of an ended order nothing more comes for it. The files give no day of receipt and
no reason of a reject: it is the due date.
"""

from collections import defaultdict
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import NamedTuple

from django.utils import timezone

from erp.demo.adventureworks import files
from erp.demo.adventureworks.register import CURRENCY
from erp.demo.adventureworks.reports import TableReport
from erp.demo.adventureworks.writing import (
    LOADED,
    batches,
    insert,
    known_numbers,
    our_warehouse,
    partners_by_id,
    parts_by_id,
    units_by_code,
)
from erp.exceptions import Refused
from erp.register.models import Unit
from erp.register.units import Conversions
from linkage.models import Status, Supply, SupplyKind
from linkage.models.positions import DocumentKind
from linkage.operation import operation
from linkage.operations import add_supplies, balances, open_documents
from purchasing.models import PurchaseOrder, PurchaseOrderRow, RejectReason
from purchasing.operations import Arriving, Rejected, receive_all
from purchasing.operations.courses import end_rows
from purchasing.operations.steps import move_all, read_orders, statuses_from_rows
from purchasing.statuses import PurchaseStatus

REJECTED, COMPLETE = 3, 4
ENDED = (REJECTED, COMPLETE)
STEP = 10
NOTES = {1: "Pending in AdventureWorks", REJECTED: "Rejected in AdventureWorks"}
SHORT = "Completed short in AdventureWorks"
SIZE = 1000


class Line(NamedTuple):
    """One row to be made: what the file says, and the same in base units."""

    row: object
    unit: Unit
    lead_time: int
    quantity: Decimal
    ended: bool

    def arriving(self, row, note):
        """What came of the row, as a line of a file of receipts; None where nothing came."""
        if not self.row.received:
            return None
        rejected = Decimal(self.row.rejected)
        facts = {"code": RejectReason.OTHER, "note": f"{LOADED}: rejected on receipt", "owed": not self.ended}
        return Arriving(
            row=row,
            quantity=self.row.received - rejected,
            rejected=Rejected(rejected, **facts) if rejected else None,
            effective_on=self.row.due_on,
            reference=note,
            reason=LOADED,
        )


@operation
def load_purchase_orders(*, by, source, tick):
    report = TableReport("purchase_orders")
    vendors = partners_by_id(source.rows(files.VENDORS))
    orders = _new(report, source, vendors)

    writer = _Writer(by=by, source=source, vendors=vendors)
    done = 0
    for batch in batches(orders, SIZE):
        writer.write(batch, report)
        done += len(batch)
        tick(done, len(orders))
    return report


def number_of(header):
    return f"PO{header.id}"


def _new(report, source, vendors):
    """The orders that are not here yet: (header, its lines) each."""
    headers = source.rows(files.PURCHASES)
    lines = defaultdict(list)
    for row in source.rows(files.PURCHASE_LINES):
        lines[row.order].append(row)
    known = known_numbers(DocumentKind.PURCHASE, map(number_of, headers))
    new, there, strangers, empty = [], [], [], []
    for header in headers:
        rows = lines.pop(header.id, [])
        of_known_vendor = new if rows else empty
        where = there if number_of(header) in known else of_known_vendor if header.vendor in vendors else strangers
        where.append((header, rows))
    for header, rows in there:
        report.keep(files.PURCHASES, [header])
        report.keep(files.PURCHASE_LINES, rows)
    for reason, orders in (("its vendor is not loaded", strangers), ("the order has no lines", empty)):
        report.leave_out(files.PURCHASES, [header for header, _rows in orders], reason)
        report.leave_out(files.PURCHASE_LINES, [row for _header, rows in orders for row in rows], reason)
    report.leave_out(files.PURCHASE_LINES, [row for rows in lines.values() for row in rows], "there is no such order")
    return new


class _Writer:
    """Every table of a batch in one statement."""

    def __init__(self, *, by, source, vendors):
        self.by, self.vendors = by, vendors
        self.parts = parts_by_id(source.rows(files.PRODUCTS))
        self.conversions = Conversions(list(self.parts.values()))
        units = units_by_code()
        self.terms = {(row.product, row.vendor): (units[row.unit], row.lead_time) for row in source.rows(files.TERMS)}
        self.warehouse = our_warehouse()
        pairs = [(part.pk, self.warehouse.pk) for part in self.parts.values() if part.is_bought]
        self.shelves = {part: shelf for (part, _warehouse), shelf in balances(pairs).items()}
        self.now = timezone.now()

    def write(self, orders, report):
        usable = [(header, self._lines(report, header, rows)) for header, rows in orders]
        report.leave_out(files.PURCHASES, [h for h, lines in usable if not lines], "none of its lines can be loaded")
        usable = [(header, lines) for header, lines in usable if lines]
        report.load(files.PURCHASES, [header for header, _lines in usable])

        made = self._orders(usable)
        pairs = [(order, line) for order, (_header, lines) in zip(made, usable, strict=True) for line in lines]
        report.load(files.PURCHASE_LINES, [line.row for _order, line in pairs])
        positions = [place * STEP for _header, lines in usable for place, _line in enumerate(lines, start=1)]
        supplies = add_supplies(
            [self._supply(*pair, position) for pair, position in zip(pairs, positions, strict=True)]
        )
        rows = insert(PurchaseOrderRow, [self._row(*pair, s) for pair, s in zip(pairs, supplies, strict=True)])
        self._receive([(row, line) for row, (_order, line) in zip(rows, pairs, strict=True)])

    def _receive(self, rows):
        """What came goes the way of every receipt; then the rest of ended orders is closed short, and these orders."""
        came = [arriving for row, line in rows if (arriving := line.arriving(row, str(row.order)))]
        if came:
            receive_all(lines=came, by=self.by)
        ended = [row for row, line in rows if line.ended]
        still = PurchaseOrderRow.objects.open().for_list().filter(pk__in=[row.pk for row in ended])
        end_rows(list(still), cut_contract=False, reason=SHORT)
        orders = read_orders(list(dict.fromkeys(row.order_id for row in ended)))
        statuses_from_rows(orders)
        received = [order for order, _rows in orders if order.status == PurchaseStatus.RECEIVED]
        move_all(received, PurchaseStatus.CLOSED)

    def _lines(self, report, header, rows):
        lines = []
        for row in rows:
            try:
                lines.append(self._line(header, row))
            except Refused as refusal:
                report.leave_out(files.PURCHASE_LINES, [row], str(refusal))
        return lines

    def _line(self, header, row):
        part = self.parts.get(row.product)
        if part is None or part.pk not in self.shelves:
            raise Refused("its product is not loaded as a bought one")
        if not row.rejected <= row.received <= row.quantity:
            raise Refused("received more than was ordered, or rejected more than was received")
        unit, lead_time = self.terms.get((row.product, header.vendor), (part.unit, part.lead_time))
        base = self.conversions.to_base(part=part, quantity=Decimal(row.quantity), unit=unit)
        return Line(row, unit, lead_time, base, header.status in ENDED)

    def _orders(self, usable):
        headers = [(header.ordered_on, self.vendors[header.vendor], number_of(header)) for header, _lines in usable]
        documents = open_documents(company=self.warehouse.company, kind=DocumentKind.PURCHASE, headers=headers)
        orders = [
            PurchaseOrder(
                document=document,
                status=PurchaseStatus.SENT,
                currency=CURRENCY,
                note=NOTES.get(header.status, ""),
                sent_at=datetime.combine(header.ordered_on, time(), UTC),
                created_at=self.now,
            )
            for document, (header, _lines) in zip(documents, usable, strict=True)
        ]
        return insert(PurchaseOrder, orders)

    def _supply(self, order, line, position):
        return Supply(
            document=order.document,
            position=position,
            kind=SupplyKind.PURCHASE,
            part=self.parts[line.row.product],
            warehouse=self.warehouse,
            quantity=line.quantity,
            due_date=line.row.due_on,
            lead_time=line.lead_time,
            status=Status.FIRM,
        )

    def _row(self, order, line, supply):
        return PurchaseOrderRow(
            order=order,
            position=supply.position,
            supply=supply,
            quantity=line.row.quantity,
            unit=line.unit,
            price=line.row.price,
            price_by_hand=True,
            wanted_on=line.row.due_on,
            wanted_quantity=line.row.quantity,
            agreed_quantity=line.row.quantity,
            agreed_on=line.row.due_on,
            agreed_price=line.row.price,
            agreed_discount=0,
        )
