"""Packaging at delivery reporting: what a delivery is packed in goes along as rows of its own, taken from stock."""

from decimal import ROUND_CEILING, Decimal

from linkage.operations import insert
from sales.models import PartPackaging, Role
from sales.operations.building import NewRow, build_row
from sales.operations.demands import give_demands
from sales.operations.ordering import next_lines
from sales.operations.structures import parts_for_rows
from sales.units import UnitsOfRows
from sales.vat import give_vat_codes


def packaging_of(rows):
    """{part id: its PartPackaging} of the parts of rows, with the packaging part."""
    found = PartPackaging.objects.filter(part__in={row.part_id for row in rows if row.part_id})
    return {packaging.part_id: packaging for packaging in found}


def packages_for(packaging, base):
    """How many packages hold so much (base unit): each begun one counts."""
    return (base / packaging.per_package).to_integral_value(rounding=ROUND_CEILING)


def pack(rows_and_bases, packagings):
    """{row id: (its packaging row, how many)}: sub-rows of the main rows, saved, with demands of their own.

    A step inside a delivery, which delivers them at once; the balances they come from are locked.
    """
    wanted = [(row, base, packagings[row.part_id]) for row, base in rows_and_bases if row.part_id in packagings]
    if not wanted:
        return {}
    parts = parts_for_rows({packaging.packaging_id for packaging in packagings.values()})
    units = UnitsOfRows(parts.values())
    lines = next_lines([row.parent or row for row, _base, _packaging in wanted])
    made = {}
    for row, base, packaging in wanted:
        part, count = parts[packaging.packaging_id], packages_for(packaging, base)
        made[row.pk] = _packaging_row(row, part, count, units, lines), count
    packed = [row for row, _count in made.values()]
    give_demands(packed, units=units)
    give_vat_codes(packed)
    insert(packed)
    return made


def _packaging_row(row, part, count, units, lines):
    main = row.parent or row
    new = NewRow(
        part=part,
        quantity=count,
        unit=part.unit,
        role=Role.PACKAGING,
        warehouse=row.warehouse,
        delivery_date=row.delivery_date,
        unit_price=Decimal(0),
    )
    return build_row(order=row.order, new=new, units=units, parent=main, line=next(lines[main.pk]))
