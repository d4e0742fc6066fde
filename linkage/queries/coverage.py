"""What covers a demand, ready for the coverage cell: quantities, slack in work days and one honest sentence.

A whole list is answered in a constant number of statements.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from erp.register.units import plain
from linkage.dates import business_date, slack_between, work_days_of
from linkage.models import OrderLink, Status, SupplyKind
from linkage.queries.shortage import short
from linkage.queries.sql import named_rows

ZERO = Decimal(0)
# The parts of the bar, in the order of certainty; each has words, a colour is never alone.
SEGMENTS = (
    ("delivered", "delivered"),
    ("on_shelf", "on the shelf"),
    ("in_work", "in work"),
    ("ordered", "ordered"),
    ("planned", "planned"),
    ("from_free", "from free stock or supply"),
    ("short", "short"),
)


@dataclass(frozen=True)
class SuppliedBy:
    icon: str
    words: str


BY_STOCK = SuppliedBy("box-seam", "by stock")
BY_ORDER = SuppliedBy("link-45deg", "by an existing order")
MUST_BE_MADE = SuppliedBy("hammer", "must be made")
MUST_BE_BOUGHT = SuppliedBy("cart3", "must be bought")

LIMITS = """
with recursive reach(root, supply_id, level) as (
  select demand_id, supply_id, 1 from linkage_orderlink where demand_id = any(%(demands)s) and to_come > 0
  union
  select r.root, l.supply_id, r.level + 1 from reach r
    join linkage_demand d on d.for_supply_id = r.supply_id
    join linkage_orderlink l on l.demand_id = d.id and l.to_come > 0
  where r.level < 50),
edges as (
  select root, 1 as level, root as demand_id from unnest(%(demands)s::bigint[]) root
  union
  select r.root, r.level + 1, d.id from reach r join linkage_demand d on d.for_supply_id = r.supply_id)
select distinct on (e.root, l.id) e.root, e.level, l.supply_id, s.due_date, d.need_date, s.warehouse_id,
  o.number, s.position, p.number part
from edges e
join linkage_demand d on d.id = e.demand_id and d.need_date is not null
join linkage_orderlink l on l.demand_id = d.id and l.to_come > 0
join linkage_supply s on s.id = l.supply_id and s.due_date is not null
join linkage_document o on o.id = s.document_id
join register_part p on p.id = s.part_id
order by e.root, l.id, e.level
"""


@dataclass(frozen=True)
class Limit:
    """One supply that a demand waits for: due, needed, and the work days between (negative = late)."""

    supply_id: int
    label: str
    part: str
    level: int
    due: date
    needed: date
    slack: int


@dataclass(frozen=True)
class Segment:
    """One part of the coverage bar; x and width in hundredths of it."""

    name: str
    words: str
    quantity: Decimal
    x: Decimal
    width: Decimal


@dataclass(frozen=True)
class Coverage:
    """One demand and what covers it, all in base units."""

    demand: object
    links: list
    short: Decimal = ZERO
    limits: list = field(default_factory=list)

    @property
    def quantity(self):
        return self.demand.quantity

    @property
    def delivered(self):
        return self.demand.done

    @property
    def uncovered(self):
        return self.demand.uncovered

    @property
    def linked(self):
        return sum((link.open for link in self.links), ZERO)

    @property
    def on_shelf(self):
        return sum((link.on_shelf for link in self.links), ZERO)

    @property
    def in_work(self):
        return self._to_come(SupplyKind.PRODUCTION, {Status.FIRM, Status.STARTED})

    @property
    def ordered(self):
        return self._to_come(SupplyKind.PURCHASE, {Status.FIRM, Status.STARTED})

    @property
    def planned(self):
        return self.linked - self.on_shelf - self.in_work - self.ordered

    @property
    def from_free(self):
        """Uncovered, but served from free stock or supply in time; 0 where planning leaves the demand out."""
        return self.uncovered - self.short if self.is_planned else ZERO

    @property
    def is_planned(self):
        return self.demand.need_date is not None and self.demand.firm and self.demand.kind != "forecast"

    @property
    def percent(self):
        """Coverage %: linked and delivered of the demand's quantity."""
        return (self.linked + self.delivered) / self.quantity * 100 if self.quantity else ZERO

    @property
    def words(self):
        """The bar in words, for people who read and for screen readers."""
        parts = [f"{plain(part.quantity)} {part.words}" for part in self.segments]
        return ", ".join(parts) or ("nothing open" if self.demand.open == 0 else f"{plain(self.uncovered)} uncovered")

    @property
    def supplied_by(self):
        """How the demand is supplied, as the symbol in front of the bar."""
        if self.short > 0 or self.uncovered > self.from_free:
            return MUST_BE_MADE if self.demand.part.is_made else MUST_BE_BOUGHT
        if self.linked > self.on_shelf:
            return BY_ORDER
        return BY_STOCK

    @property
    def segments(self):
        shown, x = [], ZERO
        for name, words in SEGMENTS:
            quantity = getattr(self, name)
            if quantity > 0 and self.quantity > 0:
                width = (quantity / self.quantity * 100).quantize(Decimal("0.1"))
                shown.append(Segment(name, words, quantity, x, width))
                x += width
        return shown

    @property
    def slack(self):
        """The smallest slack of the demand's chain in work days; None while nothing is to come."""
        return self.limits[0].slack if self.limits else None

    @property
    def is_late(self):
        return self.slack is not None and self.slack < 0

    @property
    def sentence(self):
        """One honest sentence: what decides, and what comes next."""
        if self.short > 0:
            return f"{plain(self.short)} of {plain(self.quantity)} has no supply by the need date."
        if self.demand.need_date is None and self.uncovered > 0:
            return "No date, so it is not planned."
        return self._dates_in_words()

    def _dates_in_words(self):
        if not self.limits:
            return ""
        first = self.limits[0]
        which = f"{first.label} ({first.part}, level {first.level})"
        where = f"{which} is due {first.due:%-d %b} and needed {first.needed:%-d %b}"
        if first.slack >= 0:
            return f"On time with {first.slack} work days of slack: {where}."
        others = [limit for limit in self.limits[1:] if limit.slack < 0 and limit.supply_id != first.supply_id]
        following = f" Next limit: {others[0].label}, {-others[0].slack} work days." if others else ""
        return f"Late by {-first.slack} work days because {where}.{following}"

    def _to_come(self, kind, statuses):
        return sum(
            (link.to_come for link in self.links if link.supply.kind == kind and link.supply.status in statuses), ZERO
        )


def coverage(demands, *, today=None):
    """{demand id: Coverage} of many demands: links, short and slack, in a constant number of statements."""
    demands = list(demands)
    if not demands:
        return {}
    today = today or business_date()
    ids = [demand.pk for demand in demands]
    links = {}
    for link in OrderLink.objects.open().filter(demand__in=ids).with_ends().order_by("supply__due_date", "pk"):
        links.setdefault(link.demand_id, []).append(link)
    missing = short(today=today, demands=ids)
    limits = _limits(ids, today)
    return {
        demand.pk: Coverage(
            demand=demand,
            links=links.get(demand.pk, []),
            short=missing.get(demand.pk, ZERO),
            limits=limits.get(demand.pk, []),
        )
        for demand in demands
    }


def coverage_of(demand, *, today=None):
    """The Coverage of one demand."""
    return coverage([demand], today=today)[demand.pk]


def _limits(ids, today):
    """{demand id: its Limits, least slack first}; a supply overdue today counts as due on the next work day."""
    found = named_rows("Edge", LIMITS, {"demands": ids})
    days = work_days_of(row.warehouse_id for row in found)
    limits = {}
    for row in found:
        calendar = days[row.warehouse_id]
        due = row.due_date if row.due_date >= today else calendar.add(today, 1)
        slack = slack_between(calendar, due, row.need_date)
        label = f"{row.number}/{row.position}"
        limits.setdefault(row.root, []).append(
            Limit(row.supply_id, label, row.part, row.level, row.due_date, row.need_date, slack)
        )
    for found_limits in limits.values():
        found_limits.sort(key=lambda limit: (limit.slack, limit.supply_id))
    return limits
