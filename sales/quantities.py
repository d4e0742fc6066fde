"""The optional checks of a row's quantity: whole packages, the least sold from a warehouse, what a lead time is for.

They warn; a row is saved all the same. Quantities are compared in the base unit.
"""

from erp.register import settings_registry
from erp.register.models import WarehouseMinimum
from erp.register.units import plain
from sales.units import UnitsOfRows, parts_of

CHECKS = ("check_package_quantity", "check_warehouse_minimum", "check_lead_time_quantity")


def quantity_warnings(rows):
    """{row id: sentences} of open rows of parts, as far as the settings ask for these checks."""
    asked = [name for name, is_on in settings_registry.get_many(*CHECKS).items() if is_on]
    rows = [row for row in rows if row.is_part and not row.is_closed and row.order.is_open]
    if not asked or not rows:
        return {}
    units = UnitsOfRows(parts_of(rows))
    bases = {row: base for row in rows if (base := units.base_of(row)) is not None}
    minimums = _minimums(rows) if "check_warehouse_minimum" in asked else {}
    return {
        row.pk: [words for name in asked if (words := SAYS[name](row, base, minimums))] for row, base in bases.items()
    }


def _minimums(rows):
    found = WarehouseMinimum.objects.filter(part__in={row.part_id for row in rows})
    return {(part, warehouse): least for part, warehouse, least in found.values_list("part", "warehouse", "quantity")}


def _packages(row, base, minimums):
    package = row.part.package_quantity
    if not package or not base % package:
        return ""
    return f"{plain(base)} {row.part.unit} are not whole packages of {plain(package)} {row.part.unit}."


def _least(row, base, minimums):
    least = minimums.get((row.part_id, row.warehouse_id), 0)
    if base >= least:
        return ""
    return f"{plain(base)} {row.part.unit} are less than the {plain(least)} that {row.warehouse} sells at least."


def _for_lead_time(row, base, minimums):
    most = row.part.quantity_for_lead_time
    if not most or base <= most:
        return ""
    return f"The lead time of {row.part.lead_time} work days is for up to {plain(most)} {row.part.unit}."


SAYS = dict(zip(CHECKS, (_packages, _least, _for_lead_time), strict=True))
