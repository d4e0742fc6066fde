"""The purchase target list: every bought demand that is short, with what would be ordered for it.

All lines are reckoned as plain tuples and figures, because sorting, filters and totals need all of them; only the lines
of a page become objects with names, stock and the demands that would use a surplus.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from erp.exceptions import Refused
from erp.register.models import BOUGHT_TYPES, LotSizing
from erp.register.settings_registry import get_many
from erp.register.units import Conversions, plain
from linkage.dates import work_days_of
from linkage.models import OPEN_STATUSES, Demand, Supply
from linkage.queries.shortage import SHORT, short_asked
from linkage.queries.sql import rows
from purchasing.planning import terms_for, want
from purchasing.reckoning import Line, Reckoner, Short, offers_of

ORDER_ORIENTED = {LotSizing.LINKED, LotSizing.NONE}
ZERO = Decimal(0)
AT_ONCE = 1000  # lines that become objects at once in an export
LINES = f"""
select d.id, s.short, d.part_id, d.warehouse_id, d.revision_id, d.kind, d.need_date, d.priority,
  coalesce(o.serial, 0), d.position, p.number, p.name, p.lot_sizing, p.safety_time, p.unit_id, w.code
from ({SHORT}) s join linkage_demand d on d.id = s.demand_id
join register_part p on p.id = d.part_id join register_warehouse w on w.id = d.warehouse_id
left join linkage_document o on o.id = d.document_id
where p.part_type = any(%(types)s)
order by d.need_date, d.priority, d.id
"""


def target_lines(*, today, limits=None):
    """All lines, in the order of need; ``limits`` of ``surplus_limits`` where the caller has read them."""
    days = work_days_of()
    found = [Short._make(row) for row in rows(LINES, short_asked(today=today, types=BOUGHT_TYPES, days=days))]
    offers = offers_of(found)
    reckoner = Reckoner(offers, days=days, today=today, limits=limits or surplus_limits())
    pools = defaultdict(list)
    for short in found:
        pools[short.pool].append(short)
    lines = {line.facts.pk: line for pool in pools.values() for line in reckoner.lines_of(pool)}
    return TargetLines([lines[short.pk] for short in found], reckoner=reckoner)


@dataclass(frozen=True)
class Group:
    """The lines of one supplier: how many there are, how many are late, since when the first is needed."""

    supplier: object
    count: int
    late: int
    first: date

    def __str__(self):
        name = f"{self.supplier.number} {self.supplier}" if self.supplier else _("No supplier yet")
        facts = [ngettext("%(n)s line", "%(n)s lines", self.count) % {"n": self.count}]
        if self.late:
            facts.append(_("%(n)s too late to order in time") % {"n": self.late})
        return f"{name} · {', '.join(facts)}"


@dataclass(frozen=True)
class Target:
    """One line of a page."""

    line: Line
    demand: Demand
    group: Group
    on_hand: Decimal
    free: Decimal
    users: list = field(default_factory=list)
    problem: str = ""
    warn_surplus: bool = False

    @property
    def pk(self):
        return self.demand.pk

    def __str__(self):
        return str(self.demand)

    @property
    def surplus(self):
        return self.line.surplus

    @property
    def surplus_in_words(self):
        """How much more than needed is bought, and which other short demands would use it."""
        figures = {"n": plain(self.surplus), "unit": self.demand.part.unit}
        words = _("%(n)s %(unit)s more than needed") % figures
        used = ", ".join(f"{plain(quantity)} {user}" for user, quantity in self.users)
        return f"{words}; {_('would serve')} {used}" if used else words


NEVER = date.max
ORDERINGS = {
    "demand": lambda line: (line.facts.serial, line.facts.position),
    "kind": lambda line: line.facts.kind,
    "part": lambda line: line.facts.part,
    "name": lambda line: line.facts.name,
    "warehouse": lambda line: line.facts.warehouse,
    "need_date": lambda line: line.facts.need_date,
    "short": lambda line: line.facts.short,
    "surplus": lambda line: line.surplus,
    "value": lambda line: line.value or ZERO,
    "lead_time": lambda line: line.term.lead_time if line.term else -1,
    "due_date": lambda line: line.due_date or NEVER,
    "order_by": lambda line: line.order_by or NEVER,
    "late": lambda line: line.late or 0,
}


class TargetLines:
    """The lines as a list page wants them: counted, sorted and sliced like a queryset; a slice becomes Targets."""

    model = Demand

    def __init__(self, lines, *, reckoner, every=None):
        self.lines, self.reckoner, self.every = lines, reckoner, lines if every is None else every

    def count(self):
        return len(self.lines)

    __len__ = count

    def all(self):
        return self

    def narrowed(self, keep):
        return TargetLines([line for line in self.lines if keep(line)], reckoner=self.reckoner, every=self.every)

    def order_by(self, *names):
        """Sorted by these names of ``ORDERINGS``, or by ``supplier``: whose first need is the oldest."""
        lines = list(self.lines)
        for name in reversed(names):
            bare = name.lstrip("-")
            key = self._by_supplier() if bare == "supplier" else ORDERINGS[bare]
            lines.sort(key=key, reverse=name.startswith("-"))
        return TargetLines(lines, reckoner=self.reckoner, every=self.every)

    def _by_supplier(self):
        """A key: the supplier with the oldest need first, lines without a supplier last."""
        places = {}
        for line in sorted(self.lines, key=lambda line: (line.facts.need_date, line.facts.priority, line.facts.pk)):
            places.setdefault(line.supplier_id, len(places))
        places[None] = len(places)
        return lambda line: places[line.supplier_id]

    def __iter__(self):
        for start in range(0, len(self.lines), AT_ONCE):
            yield from self._targets(self.lines[start : start + AT_ONCE])

    def __getitem__(self, place):
        some = self.lines[place]
        return self._targets(some) if isinstance(place, slice) else self._targets([some])[0]

    @property
    def value(self):
        """{currency: what all lines together cost}."""
        sums = defaultdict(Decimal)
        for line in self.lines:
            if line.value:
                sums[line.term.currency] += line.value
        return dict(sums)

    @property
    def short(self):
        """What is short of all lines; None where their parts have different units."""
        units = {line.facts.unit_id for line in self.lines}
        return sum((line.facts.short for line in self.lines), ZERO) if len(units) == 1 else None

    def _targets(self, lines):
        if not lines:
            return []
        users = _users(lines, self.every)
        ids = {line.facts.pk for line in lines} | {pk for used in users.values() for pk, _ in used}
        demands = with_stock(Demand.objects.for_list()).in_bulk(ids)
        problems = _problems([demands[line.facts.pk] for line in lines if not line.due_date], self.reckoner)
        limits, groups = self.reckoner.limits, self._groups()
        return [
            Target(
                line,
                demands[line.facts.pk],
                groups[line.supplier_id],
                demands[line.facts.pk].on_hand,
                demands[line.facts.pk].free,
                users=[(demands[pk], quantity) for pk, quantity in users.get(line.facts.pk, [])],
                problem=problems.get(line.facts.pk, ""),
                warn_surplus=line.facts.pk in users
                and is_too_much(line.surplus, value=line.value, base=line.ordered.base, limits=limits),
            )
            for line in lines
            if line.facts.pk in demands
        ]

    def _groups(self):
        found = defaultdict(list)
        for line in self.lines:
            found[line.supplier_id].append(line)
        return {
            pk: Group(lines[0].supplier, len(lines), sum(bool(line.late) for line in lines), lines[0].facts.need_date)
            for pk, lines in found.items()
        }


def _problems(demands, reckoner):
    """{demand id: why nothing can be ordered for it}, in the words of who would order."""
    if not demands:
        return {}
    facts = {"terms": terms_for(demands), "conversions": Conversions([demand.part for demand in demands])}
    problems = {}
    for demand in demands:
        try:
            want(demand, demand.uncovered, days=reckoner.days[demand.warehouse_id], on=reckoner.today, **facts)
        except Refused as refusal:
            problems[demand.pk] = str(refusal)
    return problems


def _users(lines, every):
    """{demand id: [(another short demand of the pool, what it would use of the surplus)]} of lines with a surplus."""
    left = {line.facts.pk: line.surplus for line in lines if line.surplus > 0}
    pools = {line.facts.pool for line in lines if line.facts.pk in left}
    waiting = defaultdict(list)
    for line in every:
        if line.facts.pool in pools:
            waiting[line.facts.pool].append(line.facts)
    return {
        line.facts.pk: list(_used(line.facts, left[line.facts.pk], waiting[line.facts.pool]))
        for line in lines
        if line.facts.pk in left
    }


def _used(mine, surplus, waiting):
    for other in waiting:
        if other.pk != mine.pk and surplus > 0:
            taken = min(surplus, other.short)
            surplus -= taken
            yield other.pk, taken


LIMITS = ("surplus_warning_quantity", "surplus_warning_value")


def surplus_limits():
    return get_many(*LIMITS)


def is_too_much(surplus, *, value, base, limits):
    """Whether a surplus of a row is above one of the settings; what it costs is its share of the row's value."""
    most, most_value = limits["surplus_warning_quantity"], limits["surplus_warning_value"]
    cost = value * surplus / base
    return (most is not None and surplus > most) or (most_value is not None and cost > most_value)


def with_stock(demands):
    """Demands with what of their part and warehouse is on hand, and free: of stock and of open orders."""
    same = Supply.objects.filter(part=OuterRef("part"), warehouse=OuterRef("warehouse")).order_by()
    free = same.filter(status__in=OPEN_STATUSES).values("part").annotate(sum=Sum("free")).values("sum")
    return demands.annotate(
        on_hand=Coalesce(Subquery(same.stock().values("quantity")), ZERO), free=Coalesce(Subquery(free), ZERO)
    )
