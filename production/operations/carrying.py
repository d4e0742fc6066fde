"""What production keeps of its lines beside the ledger, after a change of the chain moved their supplies."""

from django.db import connection
from django.db.models import F

from linkage.dates import work_days_of
from linkage.models import Status
from linkage.queries.sql import among, array
from production.models import OrderStatus, ProductionOrder, ProductionOrderLine
from production.operations.exploding import make_anew

STARTS = """
update production_productionorderline l set start_date = n.start_date
from unnest(%s::bigint[], %s::date[]) n(supply_id, start_date) where l.supply_id = n.supply_id
"""


def carry_lines(changed):
    """A step: another revision takes its BOM, start dates follow the finish dates, and an order whose lines are all
    cancelled is cancelled.

    Forms of the orders that were opened before are stale then.
    """
    lines = ProductionOrderLine.objects.filter(supply__in=among(supply.pk for supply in changed))
    ProductionOrder.objects.filter(pk__in=lines.values("order")).update(hold_reason=F("hold_reason"))
    for supply in sorted(changed, key=lambda supply: supply.pk):
        if supply.recipe:
            make_anew(supply.recipe.own)
    _carry_dates([supply for supply in changed if supply.new_due != supply.due and supply.new_due])
    ended = [supply.pk for supply in changed if supply.is_cancelled]
    if ended:
        _cancel_empty(ended)


def _carry_dates(moved):
    if not moved:
        return
    days = work_days_of({supply.warehouse_id for supply in moved})
    starts = [days[supply.warehouse_id].subtract(supply.new_due, supply.lead_time) for supply in moved]
    with connection.cursor() as cursor:
        cursor.execute(STARTS, [array(supply.pk for supply in moved), array(starts)])


def _cancel_empty(supply_ids):
    orders = ProductionOrder.objects.filter(lines__supply__in=supply_ids).exclude(
        lines__supply__status__in=[status for status in Status if status != Status.CANCELLED]
    )
    ProductionOrder.objects.filter(pk__in=list(orders.values_list("pk", flat=True))).update(
        status=OrderStatus.CANCELLED
    )
