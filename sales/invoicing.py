"""What is delivered and not on an invoice basis yet, and what each delivery is worth. Nothing is written here."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Prefetch, Q

from erp.money import rounded
from erp.register.units import half_up
from sales.kit_invoicing import in_a_plan, kits_of, kits_to_look_at, plans_in_use, quantity_of, standing_lines
from sales.models import GOODS, DeliveryRow, InvoiceLine, Role, SalesOrderRow
from sales.money import ZERO, amount_of, net_of
from sales.vat import vat_of


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A delivery that is not on a basis: so much of a row, in its unit; below 0 one that was taken back.

    ``base`` is the same in the part's unit, of a fictitious part nothing; ``credits`` are the lines that it takes back.
    ``replaces`` is the line of what it is the rest of: it is priced as that was. Of a fictitious part ``share`` says
    how much of the row is invoiced with it, 1 is all, and ``lacks`` what never came. The one that ends it costs, where
    its parts are what counts, ``cost_share`` of them: what left and no earlier one has posted.
    """

    row: SalesOrderRow
    quantity: Decimal
    on: date
    base: Decimal = ZERO
    note: str = ""
    delivered: DeliveryRow | None = None
    turn: int | None = None
    credits: tuple[InvoiceLine, ...] = ()
    replaces: InvoiceLine | None = None
    share: Fraction | None = None
    cost_share: Fraction | None = None
    lacks: str = ""


def waiting_deliveries():
    """Rows of delivery notes that are on no basis. One that was taken back before it was exported never was.

    What an invoicing plan invoices is on none; what is on one already is credited all the same, and its rest is billed.
    """
    lines = InvoiceLine.objects.standing().filter(delivered=OuterRef("pk"))
    goods = DeliveryRow.objects.filter(row__row_type__in=GOODS).exclude(row__role=Role.PART)
    found = goods.annotate(
        has_line=Exists(lines.filter(is_credit=False)), has_credit=Exists(lines.filter(is_credit=True))
    )
    standing = Q(reversed_at=None, has_line=False) & (~in_a_plan("row__") | _rest_of_exported())
    credited = Q(reversed_at__isnull=False, has_line=True, has_credit=False)
    return found.filter(standing | credited).order_by("note__delivered_on", "pk")


def _rest_of_exported():
    """What stays of a delivery that was on a basis itself, or as an earlier rest."""
    first = OuterRef("rest_of")
    lines = InvoiceLine.objects.standing().filter(Q(delivered=first) | Q(delivered__rest_of=first), is_credit=False)
    return Exists(lines)


def waiting_kits(*, company=None, up_to=None):
    """[Waiting] of fictitious parts, of one company or all: what is complete by then, and what came back."""
    rows = kits_to_look_at().filter(**({"order__document__company": company} if company else {}))
    rows = rows.for_list().order_by("pk").prefetch_related(_standing_lines())
    plans = plans_in_use()
    return [one for kit in kits_of(rows) for one in _of_kit(kit, up_to, plans=plans)]


def waiting_of(*, company, up_to=None):
    """[Waiting] of a company, by order, position and day."""
    deliveries = waiting_deliveries().filter(note__company=company)
    if up_to:
        deliveries = deliveries.filter(note__delivered_on__lte=up_to)
    deliveries = list(deliveries.select_related("note").prefetch_related(_standing_lines()))
    rows = SalesOrderRow.objects.for_list().in_bulk([found.row_id for found in deliveries])
    replaced = _replaced(deliveries)
    found = [_of_note(rows[delivered.row_id], delivered, replaced.get(delivered.pk)) for delivered in deliveries]
    found += waiting_kits(company=company, up_to=up_to)
    return sorted(found, key=_place)


def _replaced(deliveries):
    """{delivery row id: the last line of what it is the rest of}, of those that were exported before."""
    firsts = {one.pk: one.rest_of_id for one in deliveries if one.rest_of_id and one.reversed_at is None}
    if not firsts:
        return {}
    wanted = Q(delivered__in=firsts.values()) | Q(delivered__rest_of__in=firsts.values())
    lines = InvoiceLine.objects.standing().filter(wanted, is_credit=False).select_related("delivered").order_by("pk")
    last = {line.delivered.rest_of_id or line.delivered_id: line for line in lines}
    return {pk: last.get(first) for pk, first in firsts.items()}


def _standing_lines():
    return Prefetch(
        "invoice_lines", InvoiceLine.objects.standing().select_related("basis").prefetch_related("postings")
    )


def _place(one):
    return one.row.order.document.serial, one.row.order_id, one.row.position or 0, one.turn or 0, one.on


def _of_note(row, delivered, replaces):
    back = delivered.reversed_at is not None
    sign = -1 if back else 1
    return Waiting(
        row=row,
        quantity=sign * delivered.quantity,
        base=sign * delivered.base_quantity,
        on=delivered.note.delivered_on,
        note=delivered.note.number,
        delivered=delivered,
        credits=tuple(delivered.invoice_lines.all()) if back else (),
        replaces=replaces,
    )


def _of_kit(kit, up_to, *, plans):
    """More that is complete waits day by day; where less is, the last lines are credited and their rest is billed.

    More of what an invoicing plan invoices never waits, where ``plans`` are in use.
    """
    lines, days = list(kit.row.invoice_lines.all()), kit.by_day()
    share = max(days[-1][1] if days else Fraction(0), kit.firm_share(lines))
    if quantity_of(kit.row, share) < kit.row.exported:
        return _less(kit, lines, share) if not up_to or lines[-1].delivered_on <= up_to else []
    if plans and kit.row.in_invoicing_plan:
        return []
    return _more(kit, [day for day in days if not up_to or day[0] <= up_to], turn=len(lines))


def _more(kit, days, *, turn):
    found, billed = [], kit.row.exported
    for day, share in days:
        if more := max(quantity_of(kit.row, share) - billed, ZERO):
            facts = {"quantity": more, "on": day, "share": share, "turn": turn + len(found) + 1}
            if kit.ends_on(day):
                facts["cost_share"] = kit.cost_share() - Fraction(billed) / Fraction(kit.row.quantity)
            found.append(Waiting(row=kit.row, **facts, lacks=kit.lacks() if day == days[-1][0] else ""))
            billed += more
    return found


def _less(kit, lines, share):
    """A line is credited whole, with its VAT and postings; what stays of it costs what it did."""
    standing, billed, found = standing_lines(lines), kit.row.exported, []
    wanted = quantity_of(kit.row, share)
    while billed > wanted:
        line = standing.pop()
        facts = {"turn": len(lines) + len(found) + 1, "on": line.delivered_on}
        found.append(Waiting(row=kit.row, quantity=-line.quantity, credits=(line,), **facts))
        billed -= line.quantity
    if rest := wanted - billed:
        facts = {"turn": len(lines) + len(found) + 1, "on": line.delivered_on, "share": share, "replaces": line}
        found.append(Waiting(row=kit.row, quantity=rest, **facts, lacks=kit.lacks()))
    return found


class Billed(NamedTuple):
    """A line of a row on a basis; a credit is below 0."""

    quantity: Decimal
    unit_price: Decimal
    discount: Decimal
    amount: Decimal
    setup_price: Decimal


def worth_of(one, earlier):
    """What a delivery is worth in the order's currency; ``earlier`` are the Billed of its row.

    Each stands by itself: quantity x price less discount, with the setup price that it carries. The one that makes the
    row complete takes what rounding has left, so that together they are the row's amount, if its price did not change.
    What stays of a delivery costs what that did.
    """
    row, currency, terms = one.row, one.row.order.currency, one.replaces or one.row
    if one.credits:
        return -sum((line.amount for line in one.credits), ZERO)
    carries = setup_in(one, earlier)
    setup = carries or _carried(earlier)
    before = sum((line.quantity for line in earlier), ZERO)
    same = _prices(one, earlier) | {(terms.unit_price, terms.discount)} == {(row.unit_price, row.discount)}
    so_far = sum((line.amount for line in earlier), ZERO)
    if one.share is not None and same:
        return _amount_of_share(row, one.share, setup) - so_far
    if before + one.quantity == row.quantity and same:
        return amount_of(row, currency=currency, setup=setup) - so_far
    return rounded(net_of(terms, one.quantity) + carries, currency)


def _prices(one, earlier):
    """Price and discount of what is on bases already; of a fictitious part of what nobody credited."""
    lines = earlier if one.share is None else standing_lines(earlier)
    return {(line.unit_price, line.discount) for line in lines}


def _amount_of_share(row, share, setup):
    """So much of the row's amount, its setup price whole: cents are rounded on what left so far, not on each line."""
    currency = row.order.currency
    goods = Fraction(amount_of(row, currency=currency, setup=setup) - setup) * share
    return rounded(half_up(goods) + setup, currency)


def setup_in(one, earlier):
    """The setup price that a line carries: the first with one does, at the price that the row has then; others none.

    A credit takes it back, and the next line carries it anew: what stays of that delivery as it was.
    """
    if one.credits:
        return -sum((line.setup_price for line in one.credits), ZERO)
    if _carried(earlier):
        return ZERO
    was = one.replaces.setup_price if one.replaces else ZERO
    return was or one.row.setup_price or ZERO


def _carried(earlier):
    return sum((line.setup_price for line in earlier), ZERO)


def shares_of(amount, postings, currency):
    """[amount of each Posting]: its share of the whole, reckoned on the sum so far, so that together they are it."""
    taken, so_far, amounts = ZERO, ZERO, []
    for posting in postings:
        so_far += posting.share
        upto = rounded(amount * so_far / 100, currency)
        amounts.append(upto - taken)
        taken = upto
    return amounts


class VatSoFar:
    """The VAT of amounts one by one so that those of one order and rate are together what their sum comes to."""

    def __init__(self):
        self._sums = defaultdict(lambda: ZERO)

    def of(self, amount, *, order, percent):
        key = order.pk, percent
        before = vat_of(self._sums[key], percent, order.currency)
        self._sums[key] += amount
        return vat_of(self._sums[key], percent, order.currency) - before
