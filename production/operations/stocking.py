"""Add to inventory: production that is completed at once, without an order."""

from collections import defaultdict
from decimal import Decimal

from erp.exceptions import Refused
from erp.register.models import Part
from erp.register.units import check_fits, plain
from linkage.locks import lock
from linkage.models.movements import MovementKind
from linkage.operation import operation
from linkage.operations import adjust_stock, balances
from production.queries.structures import structure_of

ZERO = Decimal(0)


@operation
def add_to_inventory(*, bom, quantity, warehouse, by, business_date, reason=""):
    """Put ``quantity`` of the BOM's part on stock and take its components from free stock; returns the movements.

    A negative quantity reverses it: the part goes out, the components come back, dated today like any adjustment.
    """
    if quantity == 0:
        raise Refused("Enter a quantity other than 0.")
    if not bom.is_active:
        raise Refused(f"The BOM of {bom} is not active.")
    check_fits(bom.part.unit, abs(quantity))
    needs = _needs(bom, abs(quantity), business_date)
    shelves = balances([(part.pk, warehouse.pk) for part in (bom.part, *needs)])
    fresh = {shelf.part_id: shelf for shelf in lock(*shelves.values())}
    _check_there(bom, quantity, needs, fresh, warehouse)

    sign = 1 if quantity > 0 else -1
    facts = {"warehouse": warehouse, "by": by, "effective_on": business_date}
    facts["reason"] = reason or f"{'made' if quantity > 0 else 'taken apart'} without an order: {bom}"
    made = [adjust_stock(part=bom.part, quantity=quantity, kind=MovementKind.FINISH, **facts)]
    for part, needed in needs.items():
        made.append(adjust_stock(part=part, quantity=-sign * needed, kind=MovementKind.ISSUE, **facts))
    return made


def _needs(bom, quantity, today):
    """{part: quantity} of the components that have a stock balance."""
    structure = structure_of([bom.part_id])
    recipe = structure.recipes[bom.part_id, bom.revision_id]
    needs = defaultdict(Decimal)
    for row in structure.rows(recipe, today):
        needs[row.component] += row.required(quantity, structure.parts[row.component].step)
    parts = Part.objects.filter(pk__in=needs, is_stock_updated=True).select_related("unit")
    return {part: needs[part.pk] for part in parts}


def _check_there(bom, quantity, needs, shelves, warehouse):
    out = needs if quantity > 0 else {bom.part: -quantity}
    missing = [
        f"{plain(needed - free)} of {part} ({plain(needed)} needed, {plain(free)} free)"
        for part, needed in out.items()
        if needed > (free := shelves[part.pk].free)
    ]
    if missing:
        raise Refused(f"Not enough free stock in {warehouse}: missing {'; '.join(missing)}.")
