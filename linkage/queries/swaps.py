"""What a link could be swapped with, and the proof of a swap: how late rows are by their chains, before and after."""

from dataclasses import dataclass
from decimal import Decimal

from linkage.chains import ids_below
from linkage.dates import Slack, business_date
from linkage.models import Demand, OrderLink, SupplyKind
from linkage.preview import preview
from linkage.queries.exchanges import Exchanges
from linkage.queries.felt import Late, how_late, rows_above
from linkage.queries.proof import late_by
from linkage.swapping import ON_SHELF, Held, Swap

MOST = 50
LOOKED_AT = 2000


@dataclass(frozen=True)
class Partner:
    """A link that could be swapped with another: how late the rows of both are by their chains, before and after."""

    link: OrderLink
    quantity: Decimal
    mine_before: int
    mine_after: int
    theirs_before: int
    theirs_after: int
    harms: bool
    helps: bool

    @property
    def rank(self):
        harm = max(self.theirs_after - self.theirs_before, 0) + max(self.mine_after - self.mine_before, 0)
        return (
            self.harms,
            harm,
            self.mine_after - self.mine_before,
            self.theirs_after - self.theirs_before,
            self.link.pk,
        )


def partners_of(link, *, today=None):
    """The links of other demands of the part and warehouse, best swap first: no row later, then the most days won.

    Those whose goods fit the two need dates best are measured by the rows above both.
    """
    today = today or business_date()
    found = OrderLink.objects.open().filter(part=link.part_id, warehouse=link.warehouse_id, issued=0)
    found = found.exclude(demand=link.demand_id).with_ends().select_related("demand__document__partner")
    slack = Slack([link.warehouse_id], today=today)
    others = [other for other in found.order_by("supply__due_date", "pk")[:LOOKED_AT] if not _same_goods(link, other)]
    others = sorted(others, key=lambda other: _fit(slack, link, other))[:MOST]
    swaps = [Swap(_held(link), _held(other), min(link.open, other.open), 0, 0) for other in others]
    exchanges = Exchanges(swaps, today=today)
    partners = [_partner(exchanges, swap, other) for swap, other in zip(swaps, others, strict=True)]
    return sorted(partners, key=lambda each: each.rank)


def _same_goods(link, other):
    """Whether both wait for the same goods."""
    return other.supply_id == link.supply_id and (other.to_come > 0) == (link.to_come > 0)


def _fit(slack, link, other):
    """How the two links alone would stand: days lost, then days won."""
    mine = _late(slack, other, link.demand) - _late(slack, link, link.demand)
    theirs = _late(slack, link, other.demand) - _late(slack, other, other.demand)
    return max(mine, 0) + max(theirs, 0), mine, theirs, other.pk


def _late(slack, link, demand):
    return late_by(slack.of(link.supply, demand, waiting=link.to_come > 0))


def _held(link):
    comes = link.supply.due_date if link.to_come > 0 else ON_SHELF
    return Held(link.pk, link.supply_id, link.demand_id, link.open, comes, link.demand.need_date)


def _partner(exchanges, swap, other):
    mine, theirs = exchanges.worst_row(swap.late.demand), exchanges.worst_row(swap.early.demand)
    before = exchanges.do(swap)
    after = {row: exchanges.late[row] for row in before}
    exchanges.undo(swap)
    days = [kind.get(row, Late()).days for row in (mine, theirs) for kind in (before, after)]
    harms = any(after[row].is_worse_than(before[row]) for row in before)
    helps = not harms and any(after[row].days < before[row].days for row in before)
    return Partner(other, swap.quantity, *days, harms, helps)


@dataclass(frozen=True)
class Line:
    """One demand of a proof: what it has before and after, and how late it is by its chain."""

    demand: Demand
    supply_before: object
    supply_after: object
    late_before: int
    late_after: int


@dataclass(frozen=True)
class Felt:
    """A row that a swap makes later or less late, by its chain; ``unsure``: it would wait for goods without a date."""

    demand: Demand
    before: int
    after: int
    unsure: bool = False

    @property
    def is_later(self):
        return self.unsure or self.after > self.before


@dataclass(frozen=True)
class Proof:
    """``lines``: the two demands. ``others``: the other rows that the swap makes later or less late."""

    lines: list
    others: list
    harms: bool
    helps: bool


def proof_of(deed, *, link, other, today=None, **arguments):
    """The proof of a swap, found by running ``deed`` (the operation) and taking it back; raises what it raises.

    It helps when it makes some row at the top of a chain less late, and harms when it makes one later.
    """
    today, pair = today or business_date(), [link.demand_id, other.demand_id]
    made = [each.supply_id for each in (link, other) if each.supply.kind == SupplyKind.PRODUCTION]
    top = rows_above(pair, ids_below(made)[0] if made else [])
    asked = list(dict.fromkeys([*pair, *top]))
    before = how_late(asked, today=today)
    shown = preview(_look_after, deed=deed, asked=asked, today=today, link=link, other=other, **arguments)
    after = shown.result
    lines = [
        Line(link.demand, link.supply, other.supply, before[pair[0]].days, after[pair[0]].days),
        Line(other.demand, other.supply, link.supply, before[pair[1]].days, after[pair[1]].days),
    ]
    harms = any(after[pk].is_worse_than(before[pk]) for pk in top)
    helps = any(after[pk].days < before[pk].days for pk in top)
    return Proof(lines, _others([pk for pk in top if pk not in pair], before, after), harms, helps)


def _others(top, before, after):
    felt = [pk for pk in top if before[pk] != after[pk]][:MOST]
    names = Demand.objects.for_list().in_bulk(felt)
    unsure = {pk: after[pk].unsure > before[pk].unsure for pk in felt}
    return [Felt(names[pk], before[pk].days, after[pk].days, unsure[pk]) for pk in felt]


def _look_after(*, deed, asked, today, **arguments):
    deed(**arguments)
    return how_late(asked, today=today)
