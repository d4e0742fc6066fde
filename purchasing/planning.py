"""What would be ordered for which demand, from whom, how much and when: the dry run of ``create_orders_for``."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from erp.exceptions import Refused
from erp.register.models import LotSizing
from erp.register.units import Conversions, check_fits
from linkage.dates import work_days_of
from linkage.models import OPEN_STATUSES, Demand, DemandKind, Supply
from linkage.refusals import NotEnough
from purchasing.arithmetic import OrderQuantity, delivery_date, order_quantity
from purchasing.models import SupplierTerm
from purchasing.pricing import Price, price_for


class NotOrdered(Refused):
    """Some demands can't be bought for; ``problems`` has a sentence for each demand id."""

    def __init__(self, problems):
        self.problems = problems
        super().__init__(" ".join(problems.values()))


@dataclass(frozen=True)
class Wanted:
    """One row to be made: for which demand, how much of it, from whom, when and for how much."""

    demand: Demand
    need: Decimal
    term: SupplierTerm
    ordered: OrderQuantity
    due_date: date
    price: Price

    @property
    def surplus(self):
        """What is bought beyond the need (base unit); it is free."""
        return self.ordered.base - self.need


def plan_rows(*, demands, on, quantities=None, suppliers=None):
    """What ``create_orders_for`` would order on a day, by need date; raises NotOrdered with all problems at once."""
    demands = list(Demand.objects.filter(pk__in=[demand.pk for demand in demands]).for_list().by_need())
    terms = terms_for(demands)
    conversions = Conversions([demand.part for demand in demands])
    days = work_days_of(demand.warehouse_id for demand in demands)
    wanted, problems = [], {}
    for demand in demands:
        try:
            need = (quantities or {}).get(demand.pk, demand.uncovered)
            _check_wanted(demand, need)
            facts = {"terms": terms, "conversions": conversions, "days": days[demand.warehouse_id], "on": on}
            wanted += want(demand, need, supplier=(suppliers or {}).get(demand.pk), **facts)
        except Refused as refusal:
            problems[demand.pk] = str(refusal)
    if problems:
        raise NotOrdered(problems)
    return wanted


def terms_for(demands):
    """``terms_of_parts`` of the demands' parts."""
    return terms_of_parts({demand.part_id for demand in demands})


def terms_of_parts(parts):
    """{(part id, supplier id or None): term}; None stands for the default supplier, or the only one there is."""
    terms = defaultdict(list)
    found = SupplierTerm.objects.active().filter(part__in=parts)
    for term in found.for_list().with_prices():
        terms[term.part_id].append(term)
    chosen = {(part, term.supplier_id): term for part, offers in terms.items() for term in offers}
    for part, offers in terms.items():
        defaults = [term for term in offers if term.is_default]
        if defaults or len(offers) == 1:
            chosen[part, None] = (defaults or offers)[0]
        else:
            chosen[part, None] = None
    return chosen


def _check_wanted(demand, need):
    if not demand.part.is_bought:
        raise Refused(f"{demand}: {demand.part} is {demand.part.get_part_type_display().lower()}, not bought.")
    if demand.status not in OPEN_STATUSES or demand.kind == DemandKind.FORECAST:
        state = "a forecast" if demand.kind == DemandKind.FORECAST else demand.get_status_display().lower()
        raise Refused(f"{demand} is {state}; nothing is bought for it.")
    if demand.need_date is None:
        raise Refused(f"{demand} has no date.")
    if demand.uncovered <= 0:
        raise Refused(f"Nothing of {demand} is uncovered.")
    if need <= 0:
        raise Refused(f"{demand}: enter a quantity above 0.")
    check_fits(demand.part.unit, need)
    if need > demand.uncovered:
        raise NotEnough(demand, wanted=need, left=demand.uncovered, of="uncovered")


def want(demand, need, *, terms, conversions, days, on, supplier=None):
    """[Wanted] for so much of a demand, several above the supplier's maximum; refused without terms or a day for it."""
    term = term_of(demand, terms, supplier)
    due = delivery_date(need_date=demand.need_date, safety_time=demand.part.safety_time, term=term, days=days)
    found = []
    for ordered in order_quantity(need=need, term=term, conversions=conversions).rows:
        mine = min(need, ordered.base)
        need -= mine
        price = price_for(term, ordered.quantity, on)
        found.append(Wanted(demand=demand, need=mine, term=term, ordered=ordered, due_date=due, price=price))
    return found


def term_of(demand, terms, supplier=None):
    """The supplier's terms for a demand, out of ``terms_of_parts``; refused without any or without a default one."""
    key = demand.part_id, supplier.pk if supplier else None
    if key not in terms:
        who = f"{supplier} has no terms" if supplier else "no supplier has terms"
        raise Refused(f"{demand}: {who} for {demand.part}.")
    if terms[key] is None:
        raise Refused(f"{demand}: {demand.part} has several suppliers and no default one.")
    return terms[key]


def held_by_link(demand):
    """Order-oriented parts and services: what is bought for a need is promised to it."""
    return demand.part.lot_sizing in {LotSizing.LINKED, LotSizing.NONE}


@dataclass(frozen=True)
class TermsOfRow:
    """What a supplier's terms say of changes of one row."""

    term: SupplierTerm
    conversions: Conversions
    days: object

    def arrival(self, need_date):
        safety = self.term.part.safety_time
        return delivery_date(need_date=need_date, safety_time=safety, term=self.term, days=self.days)

    def size(self, quantity):
        return order_quantity(need=quantity, term=self.term, conversions=self.conversions).base


def terms_of(supply_ids):
    """{supply id: TermsOfRow} of the rows whose supplier has terms for the part."""
    supplies = Supply.objects.filter(pk__in=supply_ids)
    found = list(supplies.values_list("pk", "part", "warehouse", "document__partner"))
    terms = {
        (term.part_id, term.supplier_id): term
        for term in SupplierTerm.objects.active().filter(part__in={part for _, part, _, _ in found}).for_list()
    }
    conversions = Conversions([term.part for term in terms.values()])
    days = work_days_of({warehouse for _, _, warehouse, _ in found})
    return {
        pk: TermsOfRow(terms[part, supplier], conversions, days[warehouse])
        for pk, part, warehouse, supplier in found
        if (part, supplier) in terms
    }
