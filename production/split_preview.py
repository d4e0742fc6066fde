"""What a split makes of an order: the operation itself, run, looked at and taken back."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import Q

from erp.exceptions import Refused
from linkage.models import OPEN_STATUSES, OrderLink, Status
from linkage.preview import preview
from production import operations
from production.models import Component, Operation, ProductionOrderLine
from production.operations.splitting import check_splittable

ZERO = Decimal(0)


@dataclass(frozen=True)
class PartPicture:
    """One part: what it makes, where and when, and whom it serves, as (row, quantity, need date)."""

    number: str
    status: str
    status_words: str
    quantity: Decimal
    start_date: date | None
    finish_date: date | None
    links: list
    site: object = None


@dataclass(frozen=True)
class ComponentPicture:
    """A component over the parts: (quantity, [(supply, quantity)]) each; the sum is what the order needed."""

    part: object
    shares: list

    @property
    def total(self):
        return sum((quantity for quantity, _ in self.shares), ZERO)


@dataclass(frozen=True)
class SplitPicture:
    parts: list
    components: list
    moves: dict = field(default_factory=dict)


def links_above(line):
    """What is to come from a line for others, the earliest need first."""
    links = OrderLink.objects.filter(supply=line.supply_id, to_come__gt=0).with_ends()
    return sorted(links, key=lambda link: (link.demand.need_date or date.max, link.pk))


def why_not(line):
    """The sentence that says why a line cannot be split at all; empty if it can."""
    try:
        check_splittable(line)
    except Refused as refusal:
        return str(refusal)
    return ""


def has_fixed_quantities(line):
    components = Component.objects.filter(line=line, fixed_quantity__gt=0, demand__status__in=OPEN_STATUSES)
    return components.exists()


def picture_of_split(line, **arguments):
    """(SplitPicture or None, the sentence of what is refused): the operation itself, run and taken back."""
    links = {(link.demand_id, link.kind): link.pk for link in links_above(line)}
    try:
        return preview(_split_and_look, line=line, links=links, **arguments).result, ""
    except Refused as refusal:
        return None, str(refusal)


def _split_and_look(*, line, links, **arguments):
    orders = operations.split_order(line=line, **arguments)
    lines = ProductionOrderLine.objects.filter(Q(pk=line.pk) | Q(order__in=orders[1:])).for_list()
    lines = sorted(lines, key=lambda found: [order.pk for order in orders].index(found.order_id))
    promised = OrderLink.objects.filter(supply__in=[found.supply_id for found in lines], to_come__gt=0).with_ends()
    by_supply = grouped(promised.order_by("demand__need_date", "pk"), lambda link: link.supply_id)
    moves = {
        (links[link.demand_id, link.kind], place): link.to_come
        for place, found in enumerate(lines)
        for link in by_supply.get(found.supply_id, ())
        if place
    }
    parts = [part_picture(found, by_supply.get(found.supply_id, ())) for found in lines]
    return SplitPicture(parts, component_pictures(lines), moves)


def grouped(rows, key):
    found = {}
    for row in rows:
        found.setdefault(key(row), []).append(row)
    return found


def part_picture(line, links):
    return PartPicture(
        number=str(line.order),
        status=line.order.status,
        status_words=line.order.get_status_display(),
        quantity=line.supply.quantity,
        start_date=line.start_date,
        finish_date=line.supply.due_date,
        links=[(str(link.demand), link.to_come, link.demand.need_date) for link in links],
        site=line.order.site,
    )


def component_pictures(lines):
    """Components and subcontracted operations, place by place, over the lines."""
    needs = [*Component.objects.filter(line__in=lines).for_list()]
    needs += Operation.objects.filter(line__in=lines).subcontracted().for_list()
    needs = [need for need in needs if need.demand.status != Status.CANCELLED]
    links = OrderLink.objects.open().filter(demand__in=[need.demand_id for need in needs]).with_ends()
    fed = grouped(links.order_by("supply__due_date", "pk"), lambda link: link.demand_id)
    by_place = grouped(needs, lambda need: (isinstance(need, Operation), need.position))
    pictures = []
    for place in sorted(by_place):
        own = {need.line_id: need for need in by_place[place]}
        shares = [_share(own.get(line.pk), fed) for line in lines]
        pictures.append(ComponentPicture(by_place[place][0].demand.part, shares))
    return pictures


def _share(need, fed):
    if need is None:
        return ZERO, []
    links = fed.get(need.demand_id, ())
    return need.demand.quantity - need.demand.cancelled, [(str(link.supply), link.open) for link in links]
