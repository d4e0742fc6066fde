"""Upkeep of BOMs. A row that would put a part into itself is refused with the path, under the lock of the graph."""

from decimal import Decimal

from django.db.models import Max

from erp.exceptions import Gone, Refused, Stale
from erp.register.models import PartType
from erp.register.units import check_fits
from linkage.operation import operation
from production.explosion import Circle
from production.locks import lock_bom_graph
from production.models import Bom, BomRow
from production.queries.boms import path_down

STEP = 10
ZERO = Decimal(0)


@operation
def create_bom(*, part, by, revision=None):
    """Open an empty BOM for a part, or for one revision of it."""
    lock_bom_graph()
    if part.part_type not in {PartType.MANUFACTURED, PartType.FICTITIOUS}:
        raise Refused(f"{part} is {part.get_part_type_display().lower()}: only what is made has a BOM.")
    if revision is not None and revision.part_id != part.pk:
        raise Refused(f"{revision} is no revision of {part}.")
    if Bom.objects.active().filter(part=part, revision=revision).exists():
        raise Refused(f"{part} has an active BOM already.")

    return Bom.objects.create(part=part, revision=revision)


@operation
def set_active(*, bom, is_active, by, version=None):
    """Use a BOM for new orders, or no longer; orders that stand keep what they were exploded from."""
    bom = _fresh(bom, version)
    if is_active and not bom.is_active:
        if Bom.objects.active().filter(part=bom.part, revision=bom.revision).exists():
            raise Refused(f"{bom.part} has another active BOM for this revision.")
        for row in bom.rows.select_related("component"):
            _check_no_circle(bom, row.component)

    bom.is_active = is_active
    bom.save(update_fields=["is_active"])
    bom.refresh_from_db()
    return bom


@operation
def add_row(
    *,
    bom,
    component,
    quantity_per,
    by,
    fixed_quantity=ZERO,
    scrap=ZERO,
    valid_from=None,
    valid_to=None,
    variants="",
    version=None,
):
    """Add a component to a BOM, after its last row."""
    bom = _fresh(bom, version)
    facts = {"quantity_per": quantity_per, "fixed_quantity": fixed_quantity, "scrap": scrap}
    dates = {"valid_from": valid_from, "valid_to": valid_to}
    _check_row(bom, component, **facts, **dates)

    last = bom.rows.aggregate(last=Max("position"))["last"] or 0
    row = BomRow.objects.create(bom=bom, position=last + STEP, component=component, variants=variants, **facts, **dates)
    _touch(bom)
    return row


@operation
def change_row(*, row, by, version=None, **changes):
    """Change the component, quantities or dates of a BOM row. Orders keep their components until re-exploded."""
    bom = _fresh(row.bom, version)
    row = _row(row)
    for name, value in changes.items():
        setattr(row, name, value)
    facts = ("quantity_per", "fixed_quantity", "scrap", "valid_from", "valid_to")
    _check_row(bom, row.component, **{name: getattr(row, name) for name in facts})

    row.save(update_fields=list(changes))
    _touch(bom)
    return row


@operation
def remove_row(*, row, by, version=None):
    """Take a component out of a BOM. Orders keep their components until re-exploded."""
    bom = _fresh(row.bom, version)
    _row(row).delete()
    _touch(bom)
    return bom


def _fresh(bom, version):
    lock_bom_graph()
    bom = Bom.objects.select_related("part", "revision").filter(pk=bom.pk).first() or _gone(bom)
    if version is not None and version != bom.version:
        raise Stale(f"The BOM of {bom} was changed meanwhile. Look at it again before saving.")
    return bom


def _row(row):
    return BomRow.objects.select_related("component__unit").filter(pk=row.pk).first() or _gone(row)


def _gone(row):
    raise Gone(row)


def _touch(bom):
    """A change of a row is a change of its BOM: the version grows, and forms opened before are stale."""
    Bom.objects.filter(pk=bom.pk).update(is_active=bom.is_active)


def _check_row(bom, component, *, quantity_per, fixed_quantity, scrap, valid_from, valid_to):
    if quantity_per <= 0:
        raise Refused("Enter a quantity above 0.")
    if fixed_quantity < 0:
        raise Refused("A fixed quantity is at least 0.")
    if not 0 <= scrap < 1:
        raise Refused("Scrap is at least 0 % and below 100 %.")
    if valid_from and valid_to and valid_to < valid_from:
        raise Refused("The last day lies before the first.")
    check_fits(component.unit, fixed_quantity)
    if bom.is_active:
        _check_no_circle(bom, component)


def _check_no_circle(bom, component):
    if path := path_down(component, bom.part):
        raise Circle([bom.part.number, *path])
