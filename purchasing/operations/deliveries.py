"""One delivery of a supplier: several rows taken in with one note, all of them or none."""

from dataclasses import dataclass
from decimal import Decimal

from erp.exceptions import Refused
from linkage.locks import lock
from linkage.models import Demand, Supply
from linkage.operation import operation
from purchasing.models import PurchaseOrderRow
from purchasing.operations.receipts import receive, shelf_of
from purchasing.operations.straight import customers_of


@dataclass(frozen=True)
class Arriving:
    """So much (row's unit) of a row that stands on the note; ``seen`` is what the page showed of it."""

    row: PurchaseOrderRow
    quantity: Decimal
    final: bool = False
    seen: dict | None = None


@operation
def receive_delivery(*, lines, by, effective_on, reference="", policy=None):
    """Take in several rows, of one or several orders, as ``receive`` does each; returns the rows.

    All of it is posted or nothing: a refusal names the row that it is about.
    """
    if not lines:
        raise Refused("Choose the rows that have come.")
    if len({line.row.pk for line in lines}) < len(lines):
        raise Refused("A row stands twice in this delivery.")
    _lock([line.row for line in lines])
    facts = {"by": by, "effective_on": effective_on, "reference": reference, "policy": policy}
    return [receive(row=line.row, quantity=line.quantity, final=line.final, seen=line.seen, **facts) for line in lines]


def _lock(rows):
    """The rows' orders, all their supplies, the shelves, the demands promised and their customers', in one call."""
    orders = {row.order_id: row.order for row in rows}.values()
    supplies = list(Supply.objects.filter(document__in=[order.document_id for order in orders]))
    demands = Demand.objects.filter(links__supply__in=supplies, links__open__gt=0).distinct()
    shelves = [shelf for row in rows for shelf in shelf_of(row)]
    customers = [document for row in rows for document in customers_of(row)]
    lock(*[order.document for order in orders], *customers, *supplies, *shelves, *demands)
