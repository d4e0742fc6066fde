"""What an order takes up on the road, and what its rows say about that."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, Sum

from erp.exceptions import Refused
from erp.register import settings_registry
from erp.register.fields import QUANTITY_LIMIT
from erp.register.units import MILLIONTH, plain
from sales.models import Role

ZERO, ONE = Decimal(0), Decimal(1)
DIALOG, AUTOMATIC = "dialog", "automatic"  # of the setting shipping_weight_update


@dataclass(frozen=True, kw_only=True)
class ShippingTotals:
    lines: int
    quantity: int
    weight: Decimal
    volume: Decimal
    loading_metres: Decimal


def shipping_totals(order):
    """The sums of the shipping information of an order."""
    lines = list(order.shipping_lines.all())
    return ShippingTotals(
        lines=len(lines),
        quantity=sum(line.quantity for line in lines),
        weight=sum((line.weight for line in lines), ZERO),
        volume=sum((line.volume for line in lines), ZERO),
        loading_metres=sum((line.loading_metres for line in lines), ZERO),
    )


def weight_of_rows(order):
    """Net weight in kg of all rows of an order that are not cancelled and whose weight is known.

    A fictitious part that has a weight weighs that; its parts are not weighed again.
    """
    standing = order.rows.goods().standing().exclude(role=Role.PART, parent__net_weight__gt=0)
    return standing.aggregate(weight=Sum(F("net_weight") * F("quantity")))["weight"] or ZERO


def check_reckoned(figure, says, unit):
    """Refuse a reckoned figure that is more than the shipping information can hold."""
    if figure >= QUANTITY_LIMIT:
        raise Refused(f"{says} {plain(figure)} {unit}: the shipping information holds less than {QUANTITY_LIMIT}.")


def weigh(rows, units):
    """Give rows of parts the net weight of their part, in the row's unit; later changes of the part stay away."""
    for row in rows:
        if row.part_id:
            row.net_weight = weight_in_unit(row.part, row.unit, units)


def weight_in_unit(part, unit, units):
    """The part's weight of one ``unit``; nothing where it has none or cannot be converted."""
    if not part.weight or unit is None:
        return None
    try:
        return (part.weight * units.to_base(part=part, quantity=ONE, unit=unit)).quantize(MILLIONTH)
    except Refused:  # less than the base unit counts: nobody knows what a piece of it weighs
        return None


def reweighed(row, old_unit, units):
    """The row's weight after its unit was changed: the same goods weigh the same."""
    if row.net_weight is None:
        return None
    try:
        return (row.net_weight * units.convert(part=row.part, quantity=ONE, unit=row.unit, to=old_unit)).quantize(
            MILLIONTH
        )
    except Refused:
        return None


def weights_differ(order):
    """(what the rows weigh, what the following line says) where the two differ; nothing where no line follows."""
    said = order.shipping_lines.filter(follows_rows=True).values_list("weight", flat=True).first()
    if said is None:
        return None
    weighs = weight_of_rows(order)
    return (weighs, said) if said != weighs else None


def asks_about_weight(order):
    """The same, where the setting says that the order asks."""
    return weights_differ(order) if settings_registry.get("shipping_weight_update") == DIALOG else None
