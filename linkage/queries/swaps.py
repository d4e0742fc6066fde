"""What a link could be swapped with, and the proof of a swap: how late both demands are before and after."""

from dataclasses import dataclass
from decimal import Decimal

from linkage.chains import ids_below
from linkage.dates import Slack
from linkage.models import Demand, OrderLink, SupplyKind
from linkage.preview import preview
from linkage.queries.proof import days_late, late_by

MOST = 50
LOOKED_AT = 2000


@dataclass(frozen=True)
class Partner:
    """A link that could be swapped with another one: how late its goods are for each, before and after."""

    link: OrderLink
    quantity: Decimal
    mine_before: int
    mine_after: int
    theirs_before: int
    theirs_after: int

    @property
    def helps(self):
        """One of the two gets its goods less late, and neither later."""
        gains = (self.mine_before - self.mine_after, self.theirs_before - self.theirs_after)
        return min(gains) >= 0 and max(gains) > 0

    @property
    def rank(self):
        harm = max(self.theirs_after - self.theirs_before, 0) + max(self.mine_after - self.mine_before, 0)
        return harm, self.mine_after - self.mine_before, self.theirs_after - self.theirs_before, self.link.pk


def partners_of(link, *, today=None):
    """The links of other demands of the part and warehouse, best swap first: nobody later, then the most days won."""
    found = OrderLink.objects.open().filter(part=link.part_id, warehouse=link.warehouse_id, issued=0)
    found = found.exclude(demand=link.demand_id).with_ends().select_related("demand__document__partner")
    slack = Slack([link.warehouse_id], today=today)
    partners = [_partner(link, other, slack) for other in found.order_by("supply__due_date", "pk")[:LOOKED_AT]]
    return sorted((each for each in partners if each), key=lambda each: each.rank)[:MOST]


def _partner(link, other, slack):
    if other.supply_id == link.supply_id and (other.to_come > 0) == (link.to_come > 0):
        return None  # both wait for the same goods
    return Partner(
        link=other,
        quantity=min(link.open, other.open),
        mine_before=_late(slack, link, link.demand),
        mine_after=_late(slack, other, link.demand),
        theirs_before=_late(slack, other, other.demand),
        theirs_after=_late(slack, link, other.demand),
    )


def _late(slack, link, demand):
    """How late the goods of a link would be for a demand; what lies on the shelf is there."""
    return late_by(slack.of(link.supply, demand, waiting=link.to_come > 0))


@dataclass(frozen=True)
class Line:
    """One demand of a proof: whose, what it has before and after, and how many work days late it is."""

    demand: Demand
    supply_before: object
    supply_after: object
    late_before: int
    late_after: int

    @property
    def is_later(self):
        return self.late_after > self.late_before


@dataclass(frozen=True)
class Proof:
    """``lines``: the two demands. ``later``: others that become late or later, with their days before and after."""

    lines: list
    later: list

    @property
    def harms(self):
        return bool(self.later) or any(line.is_later for line in self.lines)

    @property
    def helps(self):
        return any(line.late_after < line.late_before for line in self.lines)


def proof_of(deed, *, link, other, today=None, **arguments):
    """The proof of a swap, found by running ``deed`` (the operation) and taking it back; raises what it raises."""
    pair = [link.demand_id, other.demand_id]
    made = [each.supply_id for each in (link, other) if each.supply.kind == SupplyKind.PRODUCTION]
    below = set(ids_below(made)[1]) if made else set()
    asked = [*pair, *sorted(below - set(pair))]
    before = days_late(asked, today=today)
    shown = preview(_look_after, deed=deed, asked=asked, today=today, link=link, other=other, **arguments)
    after = shown.result
    lines = [
        Line(link.demand, link.supply, other.supply, before[pair[0]], after[pair[0]]),
        Line(other.demand, other.supply, link.supply, before[pair[1]], after[pair[1]]),
    ]
    worse = [pk for pk in asked[2:] if after[pk] > before[pk]]
    names = Demand.objects.for_list().in_bulk(worse)
    return Proof(lines, [(names[pk], before[pk], after[pk]) for pk in worse])


def _look_after(*, deed, asked, today, **arguments):
    deed(**arguments)
    return days_late(asked, today=today)
