"""The waiting demands of a purchase row: whom it is promised to and who waits for the part, oldest first."""

from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import F, Q
from django.db.models.functions import Coalesce

from linkage.models import Demand, OrderLink, Supply
from linkage.operations.auto_link import RULE

ZERO = Decimal(0)
MOST = 200


@dataclass
class WaitingLine:
    """One demand: what of the row is to come for it, and the most that could be."""

    demand: Demand
    supply: Supply
    links: list = field(default_factory=list)

    @property
    def to_come(self):
        """What may be changed here; contract links are changed by a disconnect."""
        return sum((link.to_come for link in self.links if not link.contract), ZERO)

    @property
    def most(self):
        """What it has of the row and what it still lacks."""
        return self.to_come + self.demand.uncovered

    @property
    def contract(self):
        return sum((link.to_come for link in self.links if link.contract), ZERO)

    @property
    def received(self):
        return sum((link.received for link in self.links), ZERO)


def waiting_lines(supply):
    """The demands linked to a supply, and those of its part and warehouse with something uncovered.

    In the total order of the backorder rule: order date, the order's serial number, position, id; what has no order
    comes last.
    """
    links = list(OrderLink.objects.filter(supply=supply, open__gt=0).with_ends().order_by("pk"))
    waiting = Demand.objects.linkable().filter(part=supply.part_id, warehouse=supply.warehouse_id, firm=True)
    demands = Demand.objects.for_list().filter(
        Q(pk__in=waiting.values("pk")) | Q(pk__in={link.demand_id for link in links})
    )
    lines = {demand.pk: WaitingLine(demand, supply) for demand in oldest_first(demands)[:MOST]}
    for link in links:
        if link.demand_id in lines:
            lines[link.demand_id].links.append(link)
    return list(lines.values())


def oldest_first(demands):
    ordered_on = Coalesce("ordered_on", "document__ordered_on")
    return demands.order_by(
        ordered_on.asc(nulls_last=True), F("document__serial").asc(nulls_last=True), "position", "pk"
    )


def backorder_links(order):
    """{(row, demand): quantity} that the backorder rule holds of an order now."""
    links = OrderLink.objects.filter(supply__document=order.document_id, rule=RULE, open__gt=0).with_ends()
    return {(link.supply, link.demand): link.open for link in links.order_by("supply__position", "pk")}
