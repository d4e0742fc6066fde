"""What a configuration comes to before anybody confirms it: price, cost, and what it is made of. Nothing is written."""

from copy import copy
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from erp.register.models import Part
from linkage.dates import business_date
from production.queries.costs import Cost
from sales.configuring import calculation_of, default_variants
from sales.models.configurations import JOINT
from sales.money import ZERO, amount_of
from sales.pricing import costs_its_parts, price_row, prices_for
from sales.units import UnitsOfRows


@dataclass(frozen=True, kw_only=True)
class Reckoned:
    """Of a row: price and discount of one unit, amount in the order's currency, cost of all in the company's.

    ``changes``: (part, quantity in the default configuration, quantity now) of the components that differ.
    """

    variant: str
    unit_price: Decimal
    discount: Decimal
    amount: Decimal
    cost: Cost | None
    changes: list


def variant_of(options):
    """The codes of the chosen options (ConfigurationOption), in the order of their questions."""
    return JOINT.join(option.code for option in sorted(options, key=lambda option: option.question.position))


def price_configured(row):
    """Write what a configured row costs the customer into it; what was typed stays.

    A part of a fictitious part that has a price of its own costs nothing beside it.
    """
    if row.is_of_kit and not costs_its_parts():
        return
    before = row.unit_price, row.discount
    price_row(row, prices_for([row]))
    if (row.unit_price, row.discount) != before:
        row.rounding = ZERO


def reckon(row, options):
    """The Reckoned of a row if these options were chosen."""
    other = copy(row)
    other.variant, other.configured_at = variant_of(options), timezone.now()
    price_configured(other)
    found, changes = _made_of(other)
    return Reckoned(
        variant=other.variant,
        unit_price=other.unit_price,
        discount=other.discount,
        amount=amount_of(other, currency=row.order.currency),
        cost=found and found.cost,
        changes=changes,
    )


def _made_of(row):
    base = UnitsOfRows([row.part]).to_base(part=row.part, quantity=row.quantity, unit=row.unit)
    day = row.delivery_date or business_date()
    found = calculation_of(row, base, on=day)
    if found is None:
        return None, []
    usual = default_variants([row.part]).get(row.part_id, "")
    before, now = calculation_of(row, base, on=day, variant=usual).components, found.components
    differing = [part for part in before | now if before.get(part) != now.get(part)]
    parts = Part.objects.select_related("unit").in_bulk(differing)
    return found, [(parts[part], before.get(part, ZERO), now.get(part, ZERO)) for part in differing]
