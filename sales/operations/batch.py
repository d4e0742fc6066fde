"""Linked production orders for everything that was ordered in a time, one tree per row.

A batch of rows is one transaction: killed half-way, the next run makes the rest; run twice, the second run makes none.
"""

from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Sum

from linkage.locks import lock_ids
from linkage.models import Supply
from linkage.operation import operation
from production.operations import plan_orders_for
from sales.operations.linked import make_for_rows
from sales.queries import rows_without_linked_order

BATCH = 200


@dataclass
class Made:
    """What a run made, or would make: orders, their quantities by part, and a sentence for each row without one."""

    orders: int = 0
    by_part: dict = field(default_factory=dict)
    refused: list = field(default_factory=list)

    @property
    def quantity(self):
        return sum(self.by_part.values(), Decimal(0))

    def add(self, number, quantity):
        self.by_part[number] = self.by_part.get(number, Decimal(0)) + quantity


def create_linked_orders(*, by, date_from=None, date_to=None, order=None, command="", on_batch=None):
    """Make them for order dates from ``date_from`` to ``date_to``, both included, or for one sales order."""
    made = Made()
    waiting = rows_without_linked_order(date_from=date_from, date_to=date_to, order=order)
    ids = list(waiting.values_list("pk", flat=True))
    for start in range(0, len(ids), BATCH):
        chunk = ids[start : start + BATCH]
        refused = {}
        orders = _make_batch(ids=chunk, by=by, refused=refused, command=command)
        made.orders += len(orders)
        made.refused += refused.values()
        for number, quantity in _quantities(orders):
            made.add(number, quantity)
        if on_batch:
            on_batch(start + len(chunk), len(ids))
    return made


@operation
def _make_batch(*, ids, by, refused):
    """The rows that still have none once their orders are locked; one that cannot have any never stops the others."""
    rows = rows_without_linked_order().filter(pk__in=ids)
    lock_ids(documents={row.order.document_id for row in rows})
    return make_for_rows(list(rows.all()), by=by, refused=refused)


def _quantities(orders):
    lines = Supply.objects.filter(document__in=[order.document_id for order in orders])
    return lines.values_list("part__number").annotate(Sum("quantity")).order_by("part__number")


def plan_linked_orders(*, date_from=None, date_to=None, order=None):
    """What a run would make now; nothing is written."""
    made = Made()
    rows = rows_without_linked_order(date_from=date_from, date_to=date_to, order=order)
    planned = plan_orders_for(demands=[row.demand for row in rows])
    below = (component.why for component in planned.short if component.why)
    made.refused = list(dict.fromkeys([*planned.refusals.values(), *below]))
    for found in planned.orders:
        made.orders += 1
        made.add(found.facts.number, found.quantity)
    return made
