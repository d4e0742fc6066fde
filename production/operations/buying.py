"""What the components of a production order lack: made for them, or bought for them alone."""

from decimal import Decimal

from django.db.models import Q

from erp.exceptions import Refused
from linkage.models import OPEN_STATUSES, Demand
from linkage.operation import operation
from linkage.queries.shortage import short
from production.operations.making import create_orders_for
from purchasing.operations import create_orders_for as buy_for

ZERO = Decimal(0)


def short_bought_components(order, *, today, asked=()):
    """[(demand, short quantity)] of the order's bought components and subcontracted operations that are short.

    Those of ``asked`` (demand ids) are there in any case, with 0 where nothing is short any more.
    """
    demands = Demand.objects.filter(
        Q(status__in=OPEN_STATUSES) | Q(pk__in=asked), for_supply__production_line__order=order
    )
    found = demands.for_list().order_by("for_supply", "position")
    bought = [demand for demand in found if demand.part.is_bought]
    missing = short(today=today, demands=bought)
    shown = missing.keys() | set(asked)
    return [(demand, missing.get(demand.pk, ZERO)) for demand in bought if demand.pk in shown]


def uncovered_made_components(order):
    """Demands of the order's made components that still lack something; refused where there is none."""
    demands = Demand.objects.filter(component__line__order=order).linkable().filter(part__part_type="manufactured")
    found = list(demands.for_list().order_by("for_supply", "position"))
    if not found:
        raise Refused(f"No made component of {order} is uncovered.")
    return found


@operation
def make_components(*, order, by, business_date):
    """Make orders for the made components of an order that still lack something, with everything below."""
    return create_orders_for(demands=uncovered_made_components(order), by=by, business_date=business_date)


@operation
def create_purchase_orders(*, order, by, business_date, quantities=None, suppliers=None):
    """Draft purchase orders for the order's short bought components, contract-linked to them; returns the rows.

    ``quantities`` and ``suppliers`` ({demand id: ...}) say which components, how much and from whom; without
    quantities everything that is short, from the default suppliers.
    """
    missing = dict(short_bought_components(order, today=business_date, asked=quantities or ()))
    wanted = {demand.pk: quantity for demand, quantity in missing.items()} if quantities is None else quantities
    demands = [demand for demand in missing if demand.pk in wanted]
    if not missing:
        raise Refused(f"No bought component of {order} is short.")
    if not demands:
        raise Refused("Enter a quantity for what is to be bought.")
    if served := [demand for demand in demands if not missing[demand]]:
        raise Refused(f"Not short any more: {', '.join(str(demand.part) for demand in served)}.")
    return buy_for(
        demands=demands,
        by=by,
        business_date=business_date,
        quantities={demand.pk: wanted[demand.pk] for demand in demands},
        suppliers=suppliers,
        contract=True,
    )
