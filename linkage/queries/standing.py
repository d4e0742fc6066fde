"""Links as rows of a page: of a demand, of a supply, and what a demand or supply could be linked to."""

import re
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q

from linkage.dates import Slack
from linkage.models import Demand, OrderLink, Supply, SupplyKind
from linkage.models.links import LinkKind
from linkage.owners import rejected, unconfirmed
from linkage.queries.lists import free_supplies, linkable_demands

MOST = 500
CHOICES = 100


@dataclass(frozen=True)
class LinkRow:
    """One link as its page shows it. ``is_overdue``, ``is_unconfirmed``: how sure it is that its supply comes.

    ``rejected``: what was rejected or scrapped of its supply, for whomever it was meant.
    """

    link: OrderLink
    slack: int | None
    is_overdue: bool = False
    is_unconfirmed: bool = False
    rejected: Decimal = Decimal(0)

    @property
    def is_open(self):
        return self.link.open > 0

    @property
    def is_other_revision(self):
        """Its ends are of different revisions or variants: the row was changed, or what was linked is not the same."""
        supply, demand = self.link.supply, self.link.demand
        revisions, variants = (supply.revision_id, demand.revision_id), (supply.variant, demand.variant)
        is_other = None not in revisions and revisions[0] != revisions[1]
        # an order of ours that was made for it may lack the variant, or have one too many
        is_other |= variants[0] != variants[1] and (all(variants) or self._is_made_for_it)
        return self.is_open and is_other

    @property
    def _is_made_for_it(self):
        return self.link.kind == LinkKind.BOUND and self.link.supply.kind == SupplyKind.PRODUCTION

    @property
    def allocated(self):
        """What the link holds: its quantity without what was released."""
        return self.link.quantity - self.link.released

    @property
    def ratio(self):
        """Allocated ratio %: of the supply's quantity; orders only."""
        supply = self.link.supply
        return None if supply.is_stock or not supply.quantity else self.allocated / supply.quantity * 100

    @property
    def coverage(self):
        """Coverage %: of the demand's quantity."""
        demand = self.link.demand
        return self.allocated / demand.quantity * 100 if demand.quantity else None


@dataclass(frozen=True)
class Choice:
    """A supply for a demand, or a demand for a supply, and the most that fits."""

    demand: Demand
    supply: Supply
    fits: Decimal
    slack: int | None

    @property
    def pair(self):
        return self.demand.pk, self.supply.pk


def link_rows(links, *, today=None):
    """LinkRows of links that came ``with_ends``, in a constant number of queries."""
    links = list(links)
    slack = Slack((link.warehouse_id for link in links), today=today)
    unsure = unconfirmed({link.supply_id: link.supply for link in links if link.to_come > 0}.values())
    bad = rejected((link.supply.kind, link.supply_id) for link in links)
    return [_link_row(link, slack, unsure, bad) for link in links]


def _link_row(link, slack, unsure, bad):
    supply, waiting = link.supply, link.to_come > 0
    return LinkRow(
        link,
        slack.of(supply, link.demand, waiting=waiting),
        is_overdue=waiting and supply.due_date is not None and supply.due_date < slack.today,
        is_unconfirmed=waiting and supply.pk in unsure,
        rejected=bad.get(supply.pk, Decimal(0)),
    )


def planned_row(supply, demand, quantity, *, today=None):
    """The LinkRow of a link that is not made yet."""
    link = OrderLink(supply=supply, demand=demand, quantity=quantity)
    return LinkRow(link, Slack([supply.warehouse_id], today=today).of(supply, demand))


def links_of(position):
    """All links of a demand or supply, open ones first."""
    side = "demand" if isinstance(position, Demand) else "supply"
    found = OrderLink.objects.filter(**{side: position.pk}).with_ends().select_related("demand__document")
    order = "supply__due_date" if side == "demand" else "demand__need_date"
    rows = list(found.order_by(order, "pk")[:MOST])
    return sorted(rows, key=lambda link: link.open <= 0)


def choices_for_demand(demand, *, only_purchases=False, today=None):
    """Free supplies of the demand's part and warehouse, stock first, then by due date."""
    supplies = free_supplies(demand.part_id, demand.warehouse_id)
    if only_purchases:
        supplies = supplies.filter(kind=SupplyKind.PURCHASE)
    slack = Slack([demand.warehouse_id], today=today)
    return [
        Choice(demand, supply, min(demand.uncovered, supply.free), slack.of(supply, demand))
        for supply in supplies[:CHOICES]
    ]


def choices_for_supply(supply, *, fits=None, without=None, today=None):
    """Demands with something uncovered, the most urgent first: that is also the order of lateness."""
    fits = supply.free if fits is None else fits
    slack = Slack([supply.warehouse_id], today=today)
    demands = linkable_demands(supply.part_id, supply.warehouse_id).exclude(pk=without)
    return [
        Choice(demand, supply, min(demand.uncovered, fits), slack.of(supply, demand)) for demand in demands[:CHOICES]
    ]


def demands_called(text, *, part, warehouse):
    """The linkable demands that a person means by M-1042/1/30, S-1001/20, S-1001/20.1 or an order number alone.

    Order numbers may hold a slash themselves, so the text is divided from its end.
    """
    linkable = linkable_demands(part, warehouse)
    meant = Q(document__number__iexact=text)
    order, *positions = _numbers_at_the_end(text, 1)
    if positions:
        meant |= Q(document__number__iexact=order, position=positions[0], for_supply=None)
    order, *positions = _numbers_at_the_end(text, 2)
    if positions:
        meant |= Q(document__number__iexact=order, for_supply__position=positions[0], position=positions[1])
    if below := re.fullmatch(r"(.+)/([0-9]{1,9})\.([0-9]{1,4})", text):
        order, position, line = below.groups()
        meant |= Q(document__number__iexact=order, position=position, line=line, for_supply=None)
    return list(linkable.filter(meant)[:20])


def _numbers_at_the_end(text, count):
    """The order number and that many positions after it, or the text alone."""
    order, *positions = (part.strip() for part in text.rsplit("/", count))
    good = len(positions) == count and all(re.fullmatch("[0-9]{1,9}", number) for number in positions)
    return [order, *map(int, positions)] if good else [text]
