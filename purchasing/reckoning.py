"""What terms make of short demands: plain tuples and figures, because the target list reckons tens of thousands."""

from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from django.db.models import prefetch_related_objects

from erp.exceptions import Refused
from erp.register.models import Partner, Unit
from erp.register.units import Conversions
from purchasing.arithmetic import (
    OrderQuantity,
    amount,
    in_turn,
    last_delivery,
    latest_order_date,
    needs_conversion,
    sizer,
)
from purchasing.models import SupplierTerm
from purchasing.pricing import Price, pricer

ZERO = Decimal(0)


class Short(NamedTuple):
    """One short demand as the database tells it."""

    pk: int
    short: Decimal
    part_id: int
    warehouse_id: int
    revision_id: int | None
    kind: str
    need_date: date
    priority: int
    serial: int
    position: int
    part: str
    name: str
    lot_sizing: str
    safety_time: int
    unit_id: int
    warehouse: str

    @property
    def pool(self):
        return self.part_id, self.warehouse_id, self.revision_id


class Offer:
    """The terms on which a part is bought today, as plain facts: a model's fields take four times as long to read."""

    __slots__ = (
        *("converts", "currency", "dates", "lead_time", "pk", "price", "size"),
        *("supplier", "supplier_id", "term", "unit"),
    )

    def __init__(self, term, *, converts):
        self.term, self.pk, self.supplier, self.unit = term, term.pk, term.supplier, term.unit
        self.supplier_id, self.currency, self.lead_time = term.supplier_id, term.currency, term.lead_time
        self.converts = converts
        self.size = self.price = self.dates = None  # what its lines share, made for the first


class Line(NamedTuple):
    """One short demand and what would be ordered for it; without ``term`` or dates nothing can be."""

    facts: Short
    term: Offer | None = None
    taken: Decimal = ZERO
    ordered: OrderQuantity | None = None
    price: Price | None = None
    value: Decimal | None = None
    due_date: date | None = None
    order_by: date | None = None
    late: int | None = None

    @property
    def surplus(self):
        """What rounding buys beyond the need (base unit)."""
        return self.ordered.base + self.taken - self.facts.short if self.ordered else ZERO

    @property
    def supplier(self):
        return self.term.supplier if self.term else None

    @property
    def supplier_id(self):
        return self.term.supplier_id if self.term else None


class Sizes:
    """What each need of a pool orders; those ``refused`` (places) order nothing, and the others do not suffer."""

    def __init__(self, offer):
        self.offer, self.refused = offer, set()

    def __call__(self, place, rest):
        try:
            return self.offer.size(rest) if rest else None
        except Refused:
            self.refused.add(place)
            return None


class Reckoner:
    """What terms make of short demands today; what many lines ask alike is reckoned once."""

    def __init__(self, offers, *, days, today, limits):
        self.offers, self.days, self.today, self.limits = offers, days, today, limits
        self.dates = {}

    def lines_of(self, pool):
        """The lines of a pool (short demands of one part, in the order of need): a surplus serves the next ones."""
        offer = self.offers.get(pool[0].part_id)
        if offer is None:
            return [Line(short) for short in pool]
        try:
            self._prepare(offer, pool[0].unit_id)
        except Refused:
            return [Line(short, offer) for short in pool]
        sizes = Sizes(offer)
        turns = in_turn([short.short for short in pool], sizes)
        return [
            Line(short, offer) if place in sizes.refused else self._line(short, offer, *turn)
            for place, (short, turn) in enumerate(zip(pool, turns, strict=True))
        ]

    def _prepare(self, offer, base_unit):
        if offer.size is None:
            offer.dates = self.dates.setdefault((offer.lead_time, offer.term.delivery_pattern), {})
            offer.price = pricer(offer.term, self.today)
            conversions = self.conversions if offer.converts else None
            offer.size = sizer(offer.term, base_unit=base_unit, conversions=conversions)

    @cached_property
    def conversions(self):
        """Of the parts whose terms need them; read when the first asks."""
        return Conversions([offer.term.part for offer in self.offers.values() if offer.converts])

    def _line(self, short, offer, takes, ordered):
        try:
            due, order_by, late = self._dates(short, offer)
        except Refused:
            return Line(short, offer)
        taken = sum([quantity for _, quantity in takes], ZERO) if takes else ZERO
        if due is None:
            return Line(short, offer, taken)
        if ordered is None:
            return Line(short, offer, taken, None, None, ZERO, due, order_by, late)
        price = offer.price(ordered.rows[0].quantity)
        value = ZERO
        for row in ordered.rows:
            each = offer.price(row.quantity)
            value += amount(quantity=row.quantity, price=each.price, discount=each.discount, currency=offer.currency)
        return Line(short, offer, taken, ordered, price, value, due, order_by, late)

    def _dates(self, short, offer):
        """(due date, last order date, work days late or None); nothing where the supplier never delivers."""
        asked = short.warehouse_id, short.need_date, short.safety_time
        found = offer.dates.get(asked)
        if found is None:
            found = offer.dates[asked] = self._reckon(short, offer, self.days[short.warehouse_id])
        return found

    def _reckon(self, short, offer, days):
        due = last_delivery(need_date=short.need_date, safety_time=short.safety_time, term=offer.term, days=days)
        if due is None:
            return None, None, None
        order_by = latest_order_date(due_date=due, lead_time=offer.lead_time, days=days)
        return due, order_by, days.between(order_by, self.today) if order_by < self.today else None


def offers_of(found):
    """{part id: Offer}: the terms alone, because thousands of them share some suppliers and units."""
    base_units = {short.part_id: short.unit_id for short in found}
    chosen = SupplierTerm.objects.chosen().filter(part__in=list(base_units)).with_prices().order_by()
    terms = list(chosen)
    suppliers = Partner.objects.in_bulk({term.supplier_id for term in terms})
    units = Unit.objects.in_bulk({term.unit_id for term in terms})
    for term in terms:
        term.supplier, term.unit = suppliers[term.supplier_id], units[term.unit_id]
    converted = {term.pk for term in terms if needs_conversion(term, base_units[term.part_id])}
    prefetch_related_objects([term for term in terms if term.pk in converted], "part__unit")
    return {term.part_id: Offer(term, converts=term.pk in converted) for term in terms}
