"""What ordering the ticked lines would make, for the page before it: rows by supplier, surplus and who would use it."""

from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _

from erp.register.models import BOUGHT_TYPES
from erp.register.units import plain
from linkage.dates import work_days_of
from linkage.models import Demand
from linkage.queries.shortage import short
from purchasing.models import PurchaseOrder
from purchasing.planning import NotOrdered, terms_for
from purchasing.statuses import PurchaseStatus
from purchasing.target_plan import Ask, PlannedRow, plan_targets
from purchasing.targets import is_too_much, surplus_limits


@dataclass
class ReviewRow:
    """One purchase row to be made, and its lines with their boxes where they stand first."""

    row: PlannedRow
    late: int
    lines: list = field(default_factory=list)
    users: list = field(default_factory=list)
    warn_surplus: bool = False

    @property
    def late_in_words(self):
        return _("%(n)s work days too late") % {"n": self.late}

    @property
    def surplus_in_words(self):
        figures = {"n": plain(self.row.surplus), "unit": self.row.wanted.demand.part.unit}
        return _("%(n)s %(unit)s more than needed") % figures


@dataclass
class ReviewGroup:
    """What would be ordered from one supplier."""

    supplier: object
    currency: str
    order_box: object
    rows: list = field(default_factory=list)

    @property
    def value(self):
        return sum((shown.row.value for shown in self.rows), Decimal(0))


def lines_of(ids, *, today):
    """([(demand, short, its terms, the default one)], [(demand, why it can't be ordered)]) of ticked ids, by need."""
    missing = short(today=today, demands=ids)
    demands = list(Demand.objects.filter(pk__in=missing, part__part_type__in=BOUGHT_TYPES).for_list().by_need())
    terms = terms_for(demands)
    lines, without = [], []
    for demand in demands:
        offers = [term for (part, supplier), term in terms.items() if part == demand.part_id and supplier]
        if offers:
            lines.append((demand, missing[demand.pk], offers, terms[demand.part_id, None]))
        else:
            without.append((demand, _("No supplier has terms for %(part)s.") % {"part": demand.part}))
    return lines, without


def drafts_of(user, lines):
    """The user's own drafts at the suppliers of the lines that come to our warehouse: the demands are served there."""
    suppliers = {term.supplier_id for _, _, terms, _ in lines for term in terms}
    drafts = PurchaseOrder.objects.filter(status=PurchaseStatus.DRAFT, buyer=user, document__partner__in=suppliers)
    drafts = drafts.filter(delivery_address="", drop_shipment=False)
    return list(drafts.for_list().order_by("-document__serial")[:200])


def review_of(form, *, today):
    """([ReviewGroup], {demand id: problem}): what the form would make, with defaults where a box is wrong."""
    asks, boxes = [], {}
    for demand, missing, terms, default in form.lines:
        supplier = int(form.value_of(f"supplier_{demand.pk}", default.supplier_id if default else 0))
        term = next((offer for offer in terms if offer.supplier_id == supplier), None)
        boxes[demand.pk] = [form[f"{name}_{demand.pk}"] for name in ("quantity", "supplier", "seen")]
        if term:
            asks.append(Ask(demand, missing, form.value_of(f"quantity_{demand.pk}", missing), term))
    try:
        rows, problems = plan_targets(asks, on=today, combine=bool(form.value_of("combine", None))), {}
    except NotOrdered as refusal:
        rows, problems = [], refusal.problems
    return _groups(rows, form, boxes, today=today), _unplaced(form, boxes, problems)


def _groups(rows, form, boxes, *, today):
    groups, limits = {}, surplus_limits() if rows else {}
    days = work_days_of({row.wanted.demand.warehouse_id for row in rows})
    users = _users(rows, today=today)
    for row in rows:
        term = row.term
        calendar = days[row.wanted.demand.warehouse_id]
        late = calendar.between(row.order_by, today) if row.order_by < today else 0
        shown = ReviewRow(row, late, users=users.get(id(row), []))
        shown.warn_surplus = row.surplus > 0 and is_too_much(
            row.surplus, value=row.value, base=row.ordered.base, limits=limits
        )
        shown.lines = [(ask, quantity, boxes.pop(ask.demand.pk, None)) for ask, quantity in row.shares]
        if term.supplier_id not in groups:
            box = form[f"order_{term.supplier_id}"]
            groups[term.supplier_id] = ReviewGroup(term.supplier, term.currency, box)
        groups[term.supplier_id].rows.append(shown)
    return list(groups.values())


def _users(rows, *, today):
    """{id of a row: [(another short demand, what it would use of the surplus)]} of demands that were not ticked."""
    giving = [row for row in rows if row.surplus > 0]
    mine = {ask.demand.pk for row in rows for ask, _ in row.shares}
    parts = {row.wanted.demand.part_id for row in giving}
    others = (
        Demand.objects.linkable().filter(part__in=parts).exclude(pk__in=mine).for_list().by_need() if giving else []
    )
    missing = short(today=today, demands=others) if others else {}
    return {id(row): list(_used(row, others, missing)) for row in giving}


def _used(row, others, missing):
    left, mine = row.surplus, row.wanted.demand
    for other in others:
        fits = (other.part_id, other.warehouse_id) == (mine.part_id, mine.warehouse_id)
        if fits and left > 0 and (taken := min(left, missing.get(other.pk, 0))):
            missing[other.pk] -= taken
            left -= taken
            yield other, taken


def _unplaced(form, boxes, problems):
    """Lines that no row serves yet, with their boxes and why: no supplier is chosen, or it never delivers."""
    choose = _("Choose the supplier.")
    return [
        (demand, missing, boxes[demand.pk], problems.get(demand.pk, choose))
        for demand, missing, *_ in form.lines
        if demand.pk in boxes
    ]
