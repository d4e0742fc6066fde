"""Bills of materials, with the dates from which and to which each row is valid."""

from collections import defaultdict

from erp.demo.adventureworks import files
from erp.demo.adventureworks.reports import TableReport
from erp.demo.adventureworks.writing import insert, parts_by_id
from linkage.operation import operation
from production.models import Bom, BomRow

STEP = 10


@operation
def load_boms(*, by, source, tick):
    """One BOM per assembly. A row without an assembly says only that a product is sold, and is left out."""
    report = TableReport("boms")
    products = source.rows(files.PRODUCTS)
    parts = parts_by_id(products)
    rows = _usable(report, source.rows(files.BILLS), parts)
    known = set(Bom.objects.active().filter(revision=None).values_list("part", flat=True))
    there = [row for row in rows if parts[row.assembly].pk in known]
    report.keep(files.BILLS, there)
    by_assembly = defaultdict(list)
    for row in rows:
        if parts[row.assembly].pk not in known:
            by_assembly[row.assembly].append(row)

    boms = insert(Bom, [Bom(part=parts[assembly]) for assembly in by_assembly])
    for lines in by_assembly.values():
        report.load(files.BILLS, lines)
    insert(
        BomRow,
        [
            _bom_row(bom, place, line, parts[line.component])
            for bom, lines in zip(boms, by_assembly.values(), strict=True)
            for place, line in enumerate(sorted(lines, key=lambda line: line.id), start=1)
        ],
    )
    _name_made_without(report, parts.values())
    return report


def _bom_row(bom, place, line, component):
    return BomRow(
        bom=bom,
        position=place * STEP,
        component=component,
        quantity_per=line.quantity,
        valid_from=line.valid_from,
        valid_to=line.valid_to,
    )


def _usable(report, rows, parts):
    reasons = defaultdict(list)
    for row in rows:
        reasons[_why_not(row, parts)].append(row)
    usable = reasons.pop(None, [])
    for reason, lines in reasons.items():
        report.leave_out(files.BILLS, lines, reason)
    return usable


def _why_not(row, parts):
    if row.assembly is None:
        return "names no assembly: a root of the structure"
    if row.assembly not in parts or row.component not in parts:
        return "its assembly or component is not loaded"
    if not parts[row.assembly].is_made:
        return "its assembly is bought, not made"
    if parts[row.component].unit.code != row.unit:
        return f"counts in {row.unit}, the part does not"
    if row.valid_to and row.valid_to < row.valid_from:
        return "ends before it begins"
    return None


def _name_made_without(report, parts):
    made = {part.pk: part.number for part in parts if part.is_made}
    with_bom = set(Bom.objects.active().filter(part__in=made).values_list("part", flat=True))
    for number in sorted(number for pk, number in made.items() if pk not in with_bom):
        report.notes.append(f"{number} is made but has no BOM")
