"""What is delivered and not on an invoice basis yet, and what each delivery is worth. Nothing is written here."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Exists, F, OuterRef, Prefetch, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from erp.money import rounded
from erp.register.models import PartType
from sales.models import GOODS, DeliveryRow, InvoiceLine, Role, SalesOrderRow
from sales.money import ZERO, amount_of, net_of
from sales.statuses import OrderStatus
from sales.vat import vat_of


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A delivery that is not on a basis: so much of a row, in its unit; below 0 one that was taken back.

    ``base`` is the same in the part's unit, of a fictitious part nothing; ``credits`` are the lines that it takes back.
    ``replaces`` is the line of what it is the rest of: it is priced as that was.
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


def waiting_deliveries():
    """Rows of delivery notes that are on no basis. One that was taken back before it was exported never was."""
    lines = InvoiceLine.objects.standing().filter(delivered=OuterRef("pk"))
    goods = DeliveryRow.objects.filter(row__row_type__in=GOODS).exclude(row__role=Role.PART)
    found = goods.annotate(
        has_line=Exists(lines.filter(is_credit=False)), has_credit=Exists(lines.filter(is_credit=True))
    )
    standing = Q(reversed_at=None, has_line=False)
    credited = Q(reversed_at__isnull=False, has_line=True, has_credit=False)
    return found.filter(standing | credited).order_by("note__delivered_on", "pk")


def waiting_kits():
    """Rows of fictitious parts of which more or less is delivered than ``exported``, with the day of the last part."""
    lines = InvoiceLine.objects.standing().filter(row=OuterRef("pk"), delivered=None).order_by().values("row")
    exported = Coalesce(Subquery(lines.annotate(total=Sum("quantity")).values("total")), ZERO)
    parts = DeliveryRow.objects.standing().filter(row__parent=OuterRef("pk"), row__role=Role.PART)
    last = Subquery(parts.order_by("-note__delivered_on").values("note__delivered_on")[:1])
    kits = SalesOrderRow.objects.filter(parent=None, part__part_type=PartType.FICTITIOUS)
    kits = kits.annotate(exported=exported, last_delivered_on=last)
    noted = DeliveryRow.objects.filter(row=OuterRef("pk"), reversed_at=None)
    done = Q(closed_at__isnull=False, called_off=False) & ~Q(order__status=OrderStatus.CANCELLED)
    return kits.filter(done & ~Q(exported=F("quantity")) | ~done & ~Q(exported=0)).exclude(Exists(noted))


def waiting_of(*, company, up_to=None):
    """[Waiting] of a company, by order, position and day."""
    deliveries = waiting_deliveries().filter(note__company=company)
    if up_to:
        deliveries = deliveries.filter(note__delivered_on__lte=up_to)
    deliveries = list(deliveries.select_related("note").prefetch_related(_standing_lines()))
    rows = SalesOrderRow.objects.for_list().in_bulk([found.row_id for found in deliveries])
    kits = waiting_kits().filter(order__document__company=company).for_list().order_by("pk")
    replaced = _replaced(deliveries)
    found = [_of_note(rows[delivered.row_id], delivered, replaced.get(delivered.pk)) for delivered in deliveries]
    found += [one for row in kits.prefetch_related(_standing_lines()) if (one := _of_kit(row, up_to))]
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
    return Prefetch("invoice_lines", InvoiceLine.objects.standing().prefetch_related("postings"))


def _place(one):
    return one.row.order.document.serial, one.row.order_id, one.row.position or 0, one.on


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


def _of_kit(row, up_to):
    """A fictitious part is delivered whole on the day its last part was; reopened, it is credited."""
    lines = list(row.invoice_lines.all())
    day = (row.last_delivered_on or row.closed_at.date()) if row.closed_at else lines[-1].delivered_on
    if up_to and day > up_to:
        return None
    taken_back = _standing(lines) if row.delivered == 0 else ()
    return Waiting(row=row, quantity=row.delivered - row.exported, on=day, turn=len(lines) + 1, credits=taken_back)


def _standing(lines):
    """The lines of a fictitious part since it was last taken back: a credit undoes all of them."""
    standing, so_far = [], ZERO
    for line in lines:
        standing, so_far = [*standing, line], so_far + line.quantity
        if so_far == 0:
            standing = []
    return tuple(standing)


def worth_of(one, earlier):
    """What a delivery is worth in the order's currency; ``earlier`` are the (quantity, price, discount, amount) of the
    row's deliveries on bases.

    Each stands by itself: quantity x price less discount, with the setup price on the first. The one that makes the row
    complete takes what rounding has left, so that together they are the row's amount, if its price did not change. What
    stays of a delivery costs what that did.
    """
    row, currency, terms = one.row, one.row.order.currency, one.replaces or one.row
    if one.credits:
        return -sum((line.amount for line in one.credits), ZERO)
    before = sum((quantity for quantity, *_rest in earlier), ZERO)
    prices = {(price, discount) for _quantity, price, discount, _amount in earlier}
    same = prices | {(terms.unit_price, terms.discount)} == {(row.unit_price, row.discount)}
    if before + one.quantity == row.quantity and same:
        return amount_of(row, currency=currency) - sum((amount for *_rest, amount in earlier), ZERO)
    setup = (row.setup_price or ZERO) if before == 0 else ZERO
    return rounded(net_of(terms, one.quantity) + setup, currency)


def setup_in(one, earlier):
    """How much of a delivery's worth is the setup price."""
    before = sum((quantity for quantity, *_rest in earlier), ZERO)
    return ZERO if before else rounded(one.row.setup_price or ZERO, one.row.order.currency)


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
