"""How many of a fictitious part are to be invoiced: the complete ones at the customer, day by day.

When nothing more of it comes, as many as its delivered parts are worth: 10 of which a twentieth never came are 9.5. So
nobody pays for a part that was ended short, and before the end no more is invoiced than has left.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.db.models import Exists, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from erp.money import rounded
from erp.register import settings_registry
from erp.register.models import PartType
from erp.register.units import half_up, plain
from sales.kits import complete_share, waited_for
from sales.models import DeliveryRow, InvoiceLine, PriceSource, Role, SalesOrderRow
from sales.money import ZERO, net_of, standard_price_of
from sales.statuses import OrderStatus

ALL = Fraction(1)


def plans_in_use():
    return settings_registry.get("invoicing_plans")


def in_a_plan(row=""):
    """Rows that an invoicing plan invoices, where plans are in use; ``row`` is the way to them."""
    return Q(**{f"{row}in_invoicing_plan": True}) if plans_in_use() else Q(pk__in=[])


def kits_to_look_at():
    """Rows of fictitious parts of which something may wait: parts left, or more or less is ``exported`` than the row.

    Those that stand on delivery notes themselves, having no parts, wait as any row does.
    """
    lines = InvoiceLine.objects.standing().filter(row=OuterRef("pk"), delivered=None).order_by().values("row")
    exported = Coalesce(Subquery(lines.annotate(total=Sum("quantity")).values("total")), ZERO)
    left = DeliveryRow.objects.standing().filter(row__parent=OuterRef("pk"), row__role=Role.PART)
    noted = DeliveryRow.objects.filter(row=OuterRef("pk"), reversed_at=None)
    kits = SalesOrderRow.objects.filter(parent=None, part__part_type=PartType.FICTITIOUS).annotate(exported=exported)
    over = Q(called_off=True) | Q(order__status=OrderStatus.CANCELLED)
    more, less = (
        Exists(left) & ~Q(exported=F("quantity")) & ~over & ~in_a_plan(),
        ~Q(exported=0) & (over | Q(closed_at=None)),
    )
    return kits.filter(more | less).exclude(Exists(noted))


@dataclass(kw_only=True)
class Kit:
    """A row with its parts that stand, and ``left``: [(day, part id, base quantity, delivery row id)].

    ``back``: the days on which some of its goods came back.
    """

    row: SalesOrderRow
    parts: list = field(default_factory=list)
    left: list = field(default_factory=list)
    back: list = field(default_factory=list)

    @property
    def is_over(self):
        return self.row.is_cancelled

    def by_day(self):
        """[(day, how much of the row is to be invoiced by then, exactly: 1 is all)], the later the more."""
        done, found = defaultdict(Decimal), {}
        last = self.left[-1][0] if self.left else None
        for day, part, base, _pk in self.left:
            done[part] += base
            found[day] = self._share(done, is_last=day == last)
        return [] if self.is_over else list(found.items())

    def _share(self, done, *, is_last):
        worth = self._worth(done)
        if is_last and self.row.is_closed:
            return worth
        return min(worth, complete_share(self.row, waited_for(self.parts), done))

    def cost_share(self):
        """How much of what all parts cost at standard price left for the customer."""
        done = defaultdict(Decimal)
        for _day, part, base, _pk in self.left:
            done[part] += base
        return self._worth(done, _standard)

    def ends_on(self, day):
        """Whether nothing more comes after a day."""
        return self.row.is_closed and day == self.left[-1][0]

    def _worth(self, done, value=None):
        """How much of what all parts are worth is at the customer; without any worth each part counts as much."""
        values = [(value or self._value)(part) for part in self.parts]
        values = values if any(values) else [ALL for _part in self.parts]
        came = (value * min(_came(part, done), ALL) for part, value in zip(self.parts, values, strict=True))
        return sum(came) / sum(values)

    def _value(self, part):
        """What it costs, where the row costs its parts; else its standard price."""
        if self.row.price_source == PriceSource.PARTS:
            return max(Fraction(rounded(net_of(part), self.row.order.currency)), Fraction(0))
        return _standard(part)

    def left_for(self, invoiced):
        """The ids of the delivery rows that so many of the row need, the earliest first; the end takes all."""
        days = self.by_day()
        if self.row.is_closed and days and quantity_of(self.row, days[-1][1]) <= invoiced:
            return [pk for *_came, pk in self.left]
        share, done, found = Fraction(invoiced) / Fraction(self.row.quantity), defaultdict(Decimal), []
        wanted = {part.pk: Fraction(part.demand.quantity) * share for part in self.parts if part.demand_id}
        for _day, part, base, pk in self.left:
            if done[part] < wanted.get(part, 0):
                found.append(pk)
            done[part] += base
        return found

    def firm_share(self, lines):
        """How much of the row its ``lines`` bill for good: nothing came back after them, or before they were approved.

        A part that is added or raised later makes fewer complete, but the customer has what these lines are for.
        """
        firm = [] if self.is_over else standing_lines(lines)
        while firm and self._came_back_since(firm[-1].basis):
            firm.pop()
        billed = sum((line.quantity for line in firm), ZERO)
        return min(Fraction(billed) / Fraction(self.row.quantity), ALL)

    def _came_back_since(self, basis):
        until = basis.approved_on or date.max
        return any(basis.created_on <= day <= until for day in self.back)

    def lacks(self):
        """What never came of a row that is finished, in words."""
        short = [] if not self.row.is_closed else [part for part in self.parts if part.demand_id]
        missing = [(part, part.demand.quantity - part.demand.done) for part in short]
        named = [f"{plain(count)} {part.part.unit} {part.part}" for part, count in missing if count > 0]
        return f"Not delivered: {', '.join(named)}." if named else ""


def _standard(part):
    return Fraction(standard_price_of(part)) * Fraction(part.demand.quantity if part.demand_id else part.quantity)


def _came(part, done):
    """How much of a part is at the customer; one without stock comes whole."""
    if not part.demand_id:
        return ALL if part.pk in done else Fraction(0)
    return Fraction(done[part.pk]) / Fraction(part.demand.quantity)


def kits_of(rows):
    """The Kit of each row, by row and in their order, in two queries."""
    kits = {row.pk: Kit(row=row) for row in rows}
    parts = SalesOrderRow.objects.for_list().filter(parent__in=kits).of_kits().order_by("parent", "line")
    for part in parts if kits else ():
        if not part.is_cancelled:
            kits[part.parent_id].parts.append(part)
    left = DeliveryRow.objects.filter(row__parent__in=kits, row__role=Role.PART).order_by("note__delivered_on", "pk")
    facts = "row__parent", "reversed_at", "note__delivered_on", "row", "base_quantity", "pk"
    for kit, back, *came in left.values_list(*facts):
        if back:
            kits[kit].back.append(timezone.localdate(back))
        else:
            kits[kit].left.append(tuple(came))
    return list(kits.values())


def quantity_of(row, share):
    """So much of a row, in its unit."""
    return half_up(Fraction(row.quantity) * share)


def standing_lines(lines):
    """The lines of a fictitious part that nobody credited: a credit takes back the last one that stands."""
    standing = []
    for line in lines:
        if line.quantity > 0:
            standing.append(line)
        else:
            standing.pop()
    return standing
