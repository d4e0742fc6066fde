"""How much of a purchase row counts in sums and amounts: what was received and what is still to come, in its own unit.

An open row counts what it orders. What ended short, or brought more than was ordered, counts what came; what was
cancelled counts nothing.
"""

from decimal import Decimal

from django.db.models import Case, DecimalField, ExpressionWrapper, F, OuterRef, Q, Subquery, When
from django.db.models.functions import Cast, Coalesce, Round

from erp.money import WITH_THREE, WITHOUT_DECIMALS, rounded
from erp.register.models import UnitConversion
from erp.register.units import Conversions
from linkage.models import Status

UP = ("numerator", "denominator")
ENDED = (Status.CLOSED, Status.CANCELLED)
EXACT = DecimalField(max_digits=40, decimal_places=16)
ZERO = Decimal(0)


def counted_of(rows):
    """{row id: what counts of it}; no statement unless an ended row is in another unit than its part."""
    other = [row.supply.part for row in rows if _is_other(row) and row.unit_id != row.supply.part.unit_id]
    conversions = Conversions(other) if other else None
    return {row.pk: _counted(row, conversions) for row in rows}


def _is_other(row):
    """Whether the row's quantity is not what came or comes of it."""
    supply = row.supply
    return supply.status in ENDED and (supply.cancelled > 0 or supply.done > supply.quantity)


def _counted(row, conversions):
    if not _is_other(row):
        return row.quantity
    came, part = row.supply.done, row.supply.part
    return came if row.unit_id == part.unit_id else conversions.from_base(part=part, quantity=came, unit=row.unit)


def amount_of(row, counted):
    """What so much of a row costs, in the order's currency."""
    return rounded(counted * row.price * (100 - row.discount) / 100, row.order.currency)


def counted(path=""):
    """The same as an expression of rows, or of what has rows at ``path`` (``rows__``)."""
    came = F(f"{path}supply__done")
    ended = Q(**{f"{path}supply__status__in": ENDED})
    other = Q(**{f"{path}supply__cancelled__gt": 0}) | Q(**{f"{path}supply__done__gt": F(f"{path}supply__quantity")})
    same_unit = Q(**{f"{path}unit": F(f"{path}supply__part__unit")})
    in_unit = ExpressionWrapper(came * _per_base_unit(path), output_field=EXACT)
    return Case(
        When(ended & other & same_unit, then=came),
        When(ended & other, then=Round(in_unit, precision=6)),
        default=F(f"{path}quantity"),
        output_field=EXACT,
    )


def _per_base_unit(path):
    """How many of the row's unit one base unit is: the part's own conversion before the general one."""
    unit, base = OuterRef(f"{path}unit"), OuterRef(f"{path}supply__part__unit")
    mine = UnitConversion.objects.filter(part=OuterRef(f"{path}supply__part"))
    known = mine, UnitConversion.objects.filter(part=None)
    ways = ({"unit": unit, "base": base}, "denominator", "numerator"), ({"unit": base, "base": unit}, *UP)
    return Coalesce(*(_ratio(found.filter(**ends), *ratio) for found in known for ends, *ratio in ways))


def _ratio(found, above, below):
    exact = ExpressionWrapper(Cast(above, EXACT) / Cast(below, EXACT), output_field=EXACT)
    return Subquery(found.order_by().values(_ratio=exact)[:1])


def amounts(path, currency):
    """The amount of each row at ``path``, rounded to the decimals of the currency (a field's name)."""
    exact = ExpressionWrapper(
        counted(path) * F(f"{path}price") * (100 - F(f"{path}discount")) / 100, output_field=EXACT
    )
    return Case(
        When(**{f"{currency}__in": WITHOUT_DECIMALS}, then=Round(exact, precision=0)),
        When(**{f"{currency}__in": WITH_THREE}, then=Round(exact, precision=3)),
        default=Round(exact, precision=2),
    )
