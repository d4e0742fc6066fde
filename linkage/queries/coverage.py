"""What covers a demand, ready for the coverage cell: quantities, slack in work days and one honest sentence.

A whole list is answered in a constant number of statements.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from erp.register.units import plain
from linkage.dates import business_date
from linkage.lateness import Standing
from linkage.models import OrderLink, Status, SupplyKind
from linkage.queries.elsewhere import MadeElsewhere
from linkage.queries.limits import standings

ZERO = Decimal(0)
# The parts of the bar, in the order of certainty; each has words, a colour is never alone.
SEGMENTS = (
    ("delivered", "delivered"),
    ("on_shelf", "on the shelf"),
    ("in_work", "in work"),
    ("ordered", "ordered"),
    ("unconfirmed", "ordered, not confirmed"),
    ("planned", "planned"),
    ("overdue", "overdue"),
    ("from_free", "from free stock or supply"),
    ("elsewhere", "made by another company"),
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


@dataclass(frozen=True)
class Segment:
    """One part of the coverage bar; x and width in hundredths of it."""

    name: str
    words: str
    quantity: Decimal
    x: Decimal
    width: Decimal


ON_TIME = Standing()


@dataclass(frozen=True)
class Coverage:
    """One demand and what covers it, all in base units."""

    demand: object
    links: list
    today: date
    short: Decimal = ZERO
    standing: Standing = ON_TIME
    not_confirmed: frozenset = frozenset()
    made: MadeElsewhere | None = None

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
        return self._to_come("in_work")

    @property
    def ordered(self):
        """Ordered and confirmed by the supplier, or arrived in part."""
        return self._to_come("ordered")

    @property
    def unconfirmed(self):
        return self._to_come("unconfirmed")

    @property
    def planned(self):
        return self._to_come("planned")

    @property
    def overdue(self):
        """To come from supply whose due date has passed, whatever its status: it never counts as safe."""
        return self._to_come("overdue")

    @property
    def from_free(self):
        """Uncovered, but served from free stock or supply in time; 0 where planning leaves the demand out."""
        return self.uncovered - self.short - self.elsewhere if self.is_planned else ZERO

    @property
    def elsewhere(self):
        """Uncovered here because another company of ours makes it, on an order of its own."""
        return self.made.quantity if self.made else ZERO

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
        if self.short > 0 or self.uncovered > self.from_free + self.elsewhere:
            return MUST_BE_MADE if self.demand.part.is_made else MUST_BE_BOUGHT
        if self.made:
            return SuppliedBy("building", f"made by {self.made.company}")
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
                shown.append(Segment(name, self.made.words if name == "elsewhere" else words, quantity, x, width))
                x += width
        return shown

    @property
    def slack(self):
        """The smallest slack of the demand's chain in work days; None while nothing is to come."""
        return self.standing.slack

    @property
    def is_late(self):
        return self.standing.is_late

    @property
    def sentence(self):
        """One honest sentence: what decides, what comes next, what would help; nothing for a row on time."""
        if self.demand.need_date is None and self.uncovered > 0:
            return "No date, so it is not planned."
        return self.standing.sentence

    def _to_come(self, certainty):
        return sum((link.to_come for link in self.links if self._certainty(link.supply) == certainty), ZERO)

    def _certainty(self, supply):
        """How safe it is that the supply comes: the name of its segment."""
        if supply.due_date is not None and supply.due_date < self.today:
            return "overdue"
        if supply.status in {Status.FIRM, Status.STARTED}:
            ordered = "unconfirmed" if supply.pk in self.not_confirmed else "ordered"
            return ordered if supply.kind == SupplyKind.PURCHASE else "in_work"
        return "planned"


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
    waiting = standings(ids, today=today)
    return {
        demand.pk: Coverage(
            demand=demand,
            links=links.get(demand.pk, []),
            today=today,
            short=waiting.short.get(demand.pk, ZERO),
            standing=waiting.of[demand.pk],
            not_confirmed=waiting.unconfirmed,
            made=waiting.elsewhere.get(demand.pk),
        )
        for demand in demands
    }


def coverage_of(demand, *, today=None):
    """The Coverage of one demand."""
    return coverage([demand], today=today)[demand.pk]
