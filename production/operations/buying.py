"""Create purchase order: what a production order's bought components lack, bought for them alone."""

from erp.exceptions import Refused
from linkage.models import OPEN_STATUSES, Demand
from linkage.operation import operation
from linkage.queries.shortage import short
from purchasing.operations import create_orders_for as buy_for


def short_bought_components(order, *, today):
    """[(demand, short quantity)] of the order's bought components and subcontracted operations that are short."""
    demands = Demand.objects.filter(for_supply__production_line__order=order, status__in=OPEN_STATUSES).for_list()
    bought = [demand for demand in demands.order_by("for_supply", "position") if demand.part.is_bought]
    missing = short(today=today, demands=bought)
    return [(demand, missing[demand.pk]) for demand in bought if demand.pk in missing]


def uncovered_made_components(order):
    """Demands of the order's made components that still lack something; refused where there is none."""
    demands = Demand.objects.filter(component__line__order=order).linkable().filter(part__part_type="manufactured")
    found = list(demands.for_list().order_by("for_supply", "position"))
    if not found:
        raise Refused(f"No made component of {order} is uncovered.")
    return found


@operation
def create_purchase_orders(*, order, by, business_date, quantities=None, suppliers=None):
    """Draft purchase orders for the order's short bought components, contract-linked to them; returns the rows.

    ``quantities`` and ``suppliers`` ({demand id: ...}) say which components, how much and from whom; without
    quantities everything that is short, from the default suppliers.
    """
    missing = dict(short_bought_components(order, today=business_date))
    wanted = {demand.pk: quantity for demand, quantity in missing.items()} if quantities is None else quantities
    demands = [demand for demand in missing if demand.pk in wanted]
    if not demands:
        raise Refused(f"No bought component of {order} is short.")
    return buy_for(
        demands=demands,
        by=by,
        business_date=business_date,
        quantities={demand.pk: wanted[demand.pk] for demand in demands},
        suppliers=suppliers,
        contract=True,
    )
