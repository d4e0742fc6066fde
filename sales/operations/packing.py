"""Packaging at delivery reporting: what a delivery is packed in goes along as rows of its own, taken from stock."""

from decimal import ROUND_CEILING, Decimal

from sales.models import PartPackaging, Role
from sales.operations.building import NewRow, build_row
from sales.operations.demands import give_demands
from sales.operations.ordering import next_line
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
    parts = parts_for_rows({packaging.packaging_id for packaging in packagings.values()})
    units = UnitsOfRows(parts.values())
    made = {}
    for row, base in rows_and_bases:
        if packaging := packagings.get(row.part_id):
            part, count = parts[packaging.packaging_id], packages_for(packaging, base)
            made[row.pk] = _packaging_row(row, part, count, units), count
    return made


def _packaging_row(row, part, count, units):
    main = row.parent if row.parent_id else row
    new = NewRow(
        part=part,
        quantity=count,
        unit=part.unit,
        role=Role.PACKAGING,
        warehouse=row.warehouse,
        delivery_date=row.delivery_date,
        unit_price=Decimal(0),
    )
    packed = build_row(order=row.order, new=new, units=units, parent=main, line=next_line(main))
    give_demands([packed], units=units)
    give_vat_codes([packed])
    packed.save()
    return packed
