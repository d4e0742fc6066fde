"""What configured rows must be before their order goes on, and what they are reckoned to cost."""

from fractions import Fraction

from erp.exceptions import Refused
from erp.register.fields import QUANTITY_LIMIT
from erp.register.units import half_up
from linkage.dates import business_date
from sales.configuring import calculation_of, default_variants, waits_for_configuration
from sales.models import Calculation
from sales.units import UnitsOfRows


def load_defaults(rows):
    """Give unsaved rows of configured parts the default configuration; somebody has to confirm it all the same."""
    bare = [row for row in rows if row.is_part and not row.variant and not row.parent_id]
    found = default_variants([row.part for row in bare]) if bare else {}
    for row in bare:
        row.variant = found.get(row.part_id, "")


def calculate(row):
    """Save what a configured row is reckoned to cost for its quantity; its margin is reckoned with that.

    A standard price that somebody typed stays.
    """
    base = UnitsOfRows([row.part]).to_base(part=row.part, quantity=row.quantity, unit=row.unit)
    found = calculation_of(row, base, on=row.delivery_date or business_date())
    if found is None:
        return
    if found.cost.total >= QUANTITY_LIMIT:
        raise Refused(f"What {row} costs us is too large: at most 11 digits before the decimals.")
    cost = {name: half_up(Fraction(getattr(found.cost, name))) for name in ("material", "time", "outside")}
    made, _is_new = Calculation.objects.update_or_create(row=row, defaults=cost | {"quantity": base})
    if not row.standard_price_locked:
        row.standard_price = half_up(Fraction(made.total) / Fraction(base))
        row.save(update_fields=["standard_price"])


def check_configured(rows):
    """Refuse the next step of an order with a row that nobody has configured."""
    waiting = [str(row) for row in rows if waits_for_configuration(row)]
    if waiting:
        raise Refused(f"Configure {', '.join(waiting)} first: nobody has confirmed what is wanted of it.")
