"""The rehearsal of a receipt: who would get what of a row if so much arrived, before anything is posted."""

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from erp.register.fields import QUANTITY_LIMIT
from erp.register.settings_registry import get
from erp.register.units import Conversions, half_up
from erp.web.fields import parse_number
from linkage.dates import Slack
from linkage.models import OrderLink
from linkage.operations.sharing import plan_shares
from purchasing.labels import whom
from purchasing.models import PurchaseOrderRow

ZERO = Decimal(0)


@dataclass(frozen=True)
class Taker:
    """One link that goods of the row would go to. ``slack``: work days to spare if they arrive today."""

    link: OrderLink
    share: Decimal
    slack: int | None

    @property
    def waits(self):
        """What would still be to come for it."""
        return max(self.link.to_come - self.share, ZERO)

    @property
    def whom(self):
        return whom(self.link.demand)


@dataclass(frozen=True)
class Rehearsal:
    """Quantities in the base unit, but ``quantity`` in the row's; ``gone`` was rejected and is not replaced."""

    row: PurchaseOrderRow
    quantity: Decimal
    base: Decimal
    takers: list
    gone: Decimal = ZERO

    @property
    def given(self):
        return sum((taker.share for taker in self.takers), ZERO)

    @property
    def free(self):
        return self.base - self.given

    @property
    def still(self):
        """What would still be to come of the row."""
        supply = self.row.supply
        return max(supply.quantity - supply.cancelled - supply.done - self.base - self.gone, ZERO)

    @property
    def over(self):
        """How much more than ordered it would be; never for a link."""
        supply = self.row.supply
        return max(supply.done + self.base - (supply.quantity - supply.cancelled), ZERO)

    @property
    def allowed_over(self):
        supply = self.row.supply
        return (supply.quantity - supply.cancelled) * supply.over_tolerance / 100

    @property
    def contracts(self):
        """The contract links among them, which a final receipt cuts by what they wait for."""
        return [taker for taker in self.waiting if taker.link.contract]

    @property
    def is_within(self):
        """So little is missing that a final receipt closes the row as received, and nobody is asked about links."""
        supply = self.row.supply
        ordered = supply.quantity - supply.cancelled - self.gone
        return self.still <= ordered * self.row.under_tolerance / 100

    @property
    def waiting(self):
        """The takers that a final receipt would leave with less than they were promised."""
        return [taker for taker in self.takers if taker.waits > 0]

    @property
    def standing(self):
        """What is posted back, so that the receipt is refused when it has moved since: {link id: to come}, 0 = free."""
        return {taker.link.pk: taker.link.to_come for taker in self.takers} | {0: self.row.supply.free}


def rehearse(row, *, typed="", policy=None, shares=None, gone=ZERO):
    """The rehearsal of ``typed`` (row's unit); of all that is to come when it is no sensible quantity.

    ``shares`` {link id: base quantity} are what the receiver says; without them ``policy`` shares out. ``gone`` (row's
    unit) was rejected and leaves the order.
    """
    [found] = rehearse_all([row], typed={row.pk: typed}, policy=policy, shares=shares)
    if not gone:
        return found
    ratio = Conversions([row.supply.part]).ratio(part=row.supply.part, unit=row.unit)
    return replace(found, gone=half_up(Fraction(gone) * ratio))


def rehearse_all(rows, *, typed, policy=None, shares=None):
    """The rehearsals of rows, ``typed`` {row id: text}, in the same number of statements however many they are."""
    policy = policy or get("receipt_distribution")
    conversions = Conversions([row.supply.part for row in rows])
    slack = Slack({row.supply.warehouse_id for row in rows})
    waiting = {row.supply_id: [] for row in rows}
    links = OrderLink.objects.filter(supply__in=waiting, to_come__gt=0).with_ends()
    for link in links.select_related("demand__document__partner").order_by("pk"):
        waiting[link.supply_id].append(link)

    def one(row):
        links = _in_order(waiting[row.supply_id], row, policy)
        quantity = _quantity(row, typed.get(row.pk, ""), conversions)
        base = half_up(Fraction(quantity) * conversions.ratio(part=row.supply.part, unit=row.unit))
        given = shares
        if given is None:
            planned = plan_shares(links, base, unit=row.supply.part.unit, policy=policy)
            given = {link.pk: share for link, share in planned.items()}
        takers = [Taker(link, given.get(link.pk, ZERO), _room(slack, link.demand)) for link in links]
        return Rehearsal(row=row, quantity=quantity, base=base, takers=takers)

    return [one(row) for row in rows]


def _quantity(row, typed, conversions):
    quantity = parse_number(typed) if typed else None
    if isinstance(quantity, Decimal) and 0 <= quantity < QUANTITY_LIMIT:
        return quantity
    return conversions.from_base(part=row.supply.part, quantity=row.supply.open, unit=row.unit)


def _in_order(links, row, policy):
    """The links as the policy serves them one after the other: plan_shares keeps the order that it gives in."""
    all_of_it = sum((link.to_come for link in links), ZERO)
    way = "priority" if policy == "priority" else "need-date"
    return list(plan_shares(links, all_of_it, unit=row.supply.part.unit, policy=way))


def _room(slack, demand):
    return slack.room(demand.warehouse_id, demand.need_date) if demand.need_date else None
