"""Many plain rows called off at once: gone where nothing refers to them, else they stay as cancelled."""

from django.db.models import Q
from django.utils import timezone

from erp.exceptions import Refused
from linkage.changes import DemandWant
from linkage.models import Demand, OrderLink, Provenance, Status, StockMovement, Tombstone
from linkage.operation import settle
from linkage.operations import cancel_demands
from linkage.operations.updating import update
from sales.models import DeliveryRow, SalesOrderRow
from sales.operations.further import free_assets
from sales.operations.ordering import close_ranks
from sales.operations.rows import check_undelivered
from sales.operations.serials import free_serials
from sales.operations.taking import check_row_open
from sales.statuses import QUOTE

PAST = (OrderLink, Provenance, StockMovement, Tombstone)


class CallingOff:
    """Rows (locked) that go: (place, row, nothing) each. ``refused`` takes (place, refusal).

    ``wants``: what the chains of their demands follow, before ``write``.
    """

    def __init__(self, pairs, refused):
        self.rows = []
        for place, row, _changes in pairs:
            try:
                check_undelivered(row)
                check_row_open(row)
                self.rows.append(row)
            except Refused as refusal:
                refused.append((place, refusal))
        self.wants = [DemandWant(row.demand_id, is_cancelled=True) for row in self.rows if row.demand_id]

    def write(self, *, reason):
        """Once the chains have let go."""
        kept, gone = self._divided()
        settle()
        ids = [row.demand_id for row in kept if row.demand_id]
        cancel_demands(Demand.objects.filter(pk__in=ids).exclude(status=Status.CANCELLED), reason=reason)
        free_assets(kept)
        free_serials(self.rows)
        for row in kept:
            row.closed_at, row.called_off = timezone.now(), row.demand_id is None
        update(kept, ["closed_at", "called_off"])
        demands = [row.demand_id for row in gone if row.demand_id]
        SalesOrderRow.objects.filter(pk__in=[row.pk for row in gone]).delete()
        Demand.objects.filter(pk__in=demands).delete()
        for order in {row.order_id: row.order for row in self.rows if row.order.status == QUOTE}.values():
            close_ranks(order)

    def _divided(self):
        """(rows that something refers to, the others)"""
        demands = [row.demand_id for row in self.rows if row.demand_id]
        past = set()
        for model in PAST:
            past |= set(model.objects.filter(demand__in=demands).values_list("demand", flat=True))
        ids = [row.pk for row in self.rows]
        noted = DeliveryRow.objects.filter(Q(row__in=ids) | Q(row__parent__in=ids)).values_list("row", "row__parent")
        noted = {pk for pair in noted for pk in pair}
        stays = {row.pk for row in self.rows if row.demand_id in past or row.pk in noted}
        return [row for row in self.rows if row.pk in stays], [row for row in self.rows if row.pk not in stays]
