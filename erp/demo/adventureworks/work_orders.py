"""Finished work orders: closed production orders, each with the report and the movement of what it made.

AdventureWorks records no issue of material, so these orders come without components; how much lies on the shelf is
set at the end by the table stock.
"""

from collections import defaultdict

from django.utils import timezone

from erp.demo.adventureworks import files
from erp.demo.adventureworks.reports import TableReport
from erp.demo.adventureworks.writing import (
    LOADED,
    batches,
    insert,
    known_numbers,
    our_warehouse,
    parts_by_id,
)
from linkage.models import Status, StockMovement, Supply, SupplyKind
from linkage.models.movements import MovementKind
from linkage.models.positions import DocumentKind
from linkage.operation import operation, settle
from linkage.operations import add_supplies, balances, open_documents
from production.models import Bom, OrderStatus, ProductionOrder, ProductionOrderLine, Report


@operation
def load_work_orders(*, by, source, tick):
    report = TableReport("work_orders")
    rows = source.rows(files.WORK_ORDERS)
    parts = parts_by_id(source.rows(files.PRODUCTS))
    scrap_reasons = {row.id: row.name for row in source.rows(files.SCRAP_REASONS)}
    boms = dict(Bom.objects.active().filter(revision=None).values_list("part", "pk"))
    new = _new(report, rows, parts, boms)
    report.load(files.WORK_ORDERS, new)

    writer = _Writer(by=by, parts=parts, boms=boms, scrap_reasons=scrap_reasons)
    done = len(rows) - len(new)
    for batch in batches(new):
        writer.write(batch)
        done += len(batch)
        tick(done, len(rows))
    return report


def number_of(row):
    return f"WO{row.id}"


def _new(report, rows, parts, boms):
    known = known_numbers(DocumentKind.PRODUCTION, map(number_of, rows))
    report.keep(files.WORK_ORDERS, [row for row in rows if number_of(row) in known])
    reasons = defaultdict(list)
    for row in rows:
        if number_of(row) not in known:
            reasons[_why_not(row, parts, boms)].append(row)
    new = reasons.pop(None, [])
    for reason, lines in reasons.items():
        report.leave_out(files.WORK_ORDERS, lines, reason)
    return new


def _why_not(row, parts, boms):
    if row.product not in parts:
        return "its product is not loaded"
    if parts[row.product].pk not in boms:
        return "its product has no BOM"
    if row.finished_on is None:
        return "is not finished"
    if row.stocked + row.scrapped != row.quantity:
        return "stocked and scrapped quantity are not the ordered one"
    return None


class _Writer:
    """Every table of a batch in one statement."""

    def __init__(self, *, by, parts, boms, scrap_reasons):
        self.by, self.parts, self.boms, self.scrap_reasons = by, parts, boms, scrap_reasons
        self.warehouse = our_warehouse()
        pairs = [(part.pk, self.warehouse.pk) for part in parts.values() if part.is_made]
        self.shelves = {part: shelf for (part, _warehouse), shelf in balances(pairs).items()}
        self.now = timezone.now()

    def write(self, rows):
        headers = [(row.started_on, None, number_of(row)) for row in rows]
        documents = open_documents(company=self.warehouse.company, kind=DocumentKind.PRODUCTION, headers=headers)
        supplies = add_supplies(self._each(self._supply, rows, documents))
        orders = insert(ProductionOrder, [self._order(document) for document in documents])
        lines = insert(ProductionOrderLine, self._each(self._line, rows, orders, supplies))
        reports = insert(Report, self._each(self._report, rows, lines))
        made = [each for each in zip(rows, supplies, reports, strict=True) if each[0].stocked]
        insert(StockMovement, [self._movement(*each) for each in made])
        settle()

    def _each(self, build, *columns):
        return [build(*row) for row in zip(*columns, strict=True)]

    def _supply(self, row, document):
        """What was scrapped will not come: it counts as cancelled."""
        return Supply(
            document=document,
            position=1,
            kind=SupplyKind.PRODUCTION,
            part=self.parts[row.product],
            warehouse=self.warehouse,
            quantity=row.quantity,
            cancelled=row.scrapped,
            due_date=row.due_on,
            lead_time=self.parts[row.product].lead_time,
            status=Status.CLOSED,
        )

    def _order(self, document):
        return ProductionOrder(
            document=document,
            status=OrderStatus.CLOSED,
            site=self.warehouse,
            created_by=self.by,
            created_at=self.now,
        )

    def _line(self, row, order, supply):
        return ProductionOrderLine(
            order=order,
            position=1,
            bom_id=self.boms[supply.part_id],
            supply=supply,
            start_date=row.started_on,
            scrapped=row.scrapped,
        )

    def _report(self, row, line):
        scrapped = self.scrap_reasons.get(row.scrap_reason, "No reason given") if row.scrapped else ""
        return Report(
            line=line,
            quantity=row.stocked,
            scrapped=row.scrapped,
            reason=scrapped,
            effective_on=row.finished_on,
            created_by=self.by,
            created_at=self.now,
        )

    def _movement(self, row, supply, report):
        return StockMovement(
            kind=MovementKind.FINISH,
            part=supply.part,
            quantity=row.stocked,
            supply=supply,
            to_stock=self.shelves[supply.part_id],
            effective_on=row.finished_on,
            reason=LOADED,
            reference=report.reference,
            created_by=self.by,
            created_at=self.now,
        )
