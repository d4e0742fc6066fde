"""What configured rows must be before their order goes on, and what they are reckoned to cost."""

from erp.exceptions import Refused
from erp.register.units import MILLIONTH
from linkage.dates import business_date
from sales.configuring import cost_of, default_variants, waits_for_configuration
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
    cost = cost_of(row, base, on=row.delivery_date or business_date())
    if cost is None:
        return
    made, _is_new = Calculation.objects.update_or_create(row=row, defaults=cost | {"quantity": base})
    if not row.standard_price_locked:
        row.standard_price = (made.total / base).quantize(MILLIONTH)
        row.save(update_fields=["standard_price"])


def check_configured(rows):
    """Refuse the next step of an order with a row that nobody has configured."""
    waiting = [str(row) for row in rows if waits_for_configuration(row)]
    if waiting:
        raise Refused(f"Configure {', '.join(waiting)} first: nobody has confirmed what is wanted of it.")
