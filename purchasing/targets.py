"""The purchase target list: every bought demand that is short, oldest need first, grouped by supplier."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from erp.exceptions import Refused
from erp.register.models import Partner, PartType
from erp.register.settings_registry import get_many
from erp.register.units import Conversions, plain
from linkage.dates import work_days_of
from linkage.models import Demand
from linkage.owners import urls_of
from linkage.queries import short
from purchasing.arithmetic import OrderQuantity, amount, latest_order_date
from purchasing.models import SupplierTerm
from purchasing.planning import terms_for, want


@dataclass(frozen=True)
class Target:
    """One short demand and what would be ordered for it; ``problem`` says why nothing can be."""

    demand: Demand
    short: Decimal
    url: str = ""
    term: SupplierTerm | None = None
    ordered: OrderQuantity | None = None
    due_date: date | None = None
    order_by: date | None = None
    problem: str = ""
    is_late: bool = False
    warn_surplus: bool = False
    suppliers: tuple = ()

    @property
    def surplus(self):
        """What rounding buys beyond the need (base unit)."""
        return self.ordered.base - self.short if self.ordered else Decimal(0)

    @property
    def surplus_in_words(self):
        return _("%(n)s %(unit)s more than needed") % {"n": plain(self.surplus), "unit": self.demand.part.unit}


@dataclass(frozen=True)
class TargetGroup:
    """The targets of one supplier, or of none."""

    supplier: Partner | None
    targets: list

    @property
    def late(self):
        return sum(target.is_late for target in self.targets)


def targets(*, today, ids=None, part="", supplier=""):
    """Targets by need date; all of them, or those of the demands ``ids``."""
    missing = short(today=today, demands=ids)
    demands = Demand.objects.filter(pk__in=missing, part__part_type__in=[PartType.PURCHASED, PartType.SERVICE])
    if part:
        demands = demands.filter(part__number__iexact=part)
    demands = list(demands.for_list().select_related("for_supply").by_need())
    terms = terms_for(demands)
    conversions = Conversions([demand.part for demand in demands])
    days = work_days_of(demand.warehouse_id for demand in demands)
    urls = urls_of(demands)
    limits = get_many("surplus_warning_quantity", "surplus_warning_value")
    found = [
        _target(
            demand,
            missing[demand.pk],
            terms=terms,
            conversions=conversions,
            days=days[demand.warehouse_id],
            url=urls.get((demand.kind, demand.pk), ""),
            today=today,
            limits=limits,
            suppliers=suppliers_of(demand.part_id, terms),
        )
        for demand in demands
    ]
    return [target for target in found if not supplier or (target.term and target.term.supplier.number == supplier)]


def suppliers_of(part_id, terms):
    """Who has terms for the part."""
    return tuple(term.supplier for (part, supplier), term in terms.items() if part == part_id and supplier)


def _target(demand, missing, *, terms, conversions, days, url, today, limits, suppliers):
    try:
        planned = want(demand, missing, terms=terms, conversions=conversions, days=days, on=today)
        order_by = latest_order_date(due_date=planned.due_date, lead_time=planned.term.lead_time, days=days)
    except Refused as refusal:
        return Target(demand=demand, short=missing, url=url, problem=str(refusal), suppliers=suppliers)
    return Target(
        demand=demand,
        short=missing,
        url=url,
        term=planned.term,
        ordered=planned.ordered,
        due_date=planned.due_date,
        order_by=order_by,
        is_late=order_by < today,
        warn_surplus=_is_too_much(planned, limits),
        suppliers=suppliers,
    )


def _is_too_much(planned, limits):
    """Whether the surplus is above one of the settings; what it costs is its share of the row's price."""
    most, most_value = limits["surplus_warning_quantity"], limits["surplus_warning_value"]
    whole = amount(quantity=planned.ordered.quantity, price=planned.price.price, discount=planned.price.discount)
    cost = whole * planned.surplus / planned.ordered.base
    return (most is not None and planned.surplus > most) or (most_value is not None and cost > most_value)


def grouped(found):
    """Groups in the order of their most urgent target; those without a supplier last."""
    groups = {}
    for target in found:
        groups.setdefault(target.term.supplier if target.term else None, []).append(target)
    ordered = sorted(groups.items(), key=lambda item: item[0] is None)
    return [TargetGroup(supplier=supplier, targets=rows) for supplier, rows in ordered]
