"""Taking a delivery back: the goods lie on the shelf again, for whom they were."""

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from django.db.models import Q
from django.utils import timezone

from erp.exceptions import Refused
from erp.register.units import decimals_in_words, half_up, plain, quantity_fits
from linkage.dates import business_date
from linkage.operation import operation, settle
from linkage.operations import cancel_demand, change_demand, reverse
from linkage.operations.numbering import check_numbers
from linkage.serials import numbers_in
from sales.models import DeliveryMovement, DeliveryRow, Role, RowType, SalesOrderRow
from sales.operations.following import follow_status
from sales.operations.leaving import NamedPieces, bring_back
from sales.operations.noting import note_row
from sales.operations.picks import take_back_pick
from sales.operations.structures import settle_above
from sales.operations.taking import take_order
from sales.operations.types import check_goods
from sales.operations.weights import follow_weight
from sales.statuses import COMMON, LIVE, PARTLY


@dataclass(frozen=True)
class _Back:
    """So much of a delivery row that comes back, in the row's unit and in the base unit, with its pieces."""

    quantity: Decimal
    base: Decimal
    serials: tuple = ()


@operation
def reverse_delivery(*, delivered, by, quantity=None, serials="", effective_on=None, reason=""):
    """Take back what a delivery row says was delivered, or ``quantity`` of it (row's unit); returns the order's row.

    The goods return to the warehouse they left and to the links they came from, the latest first. ``serials`` names the
    pieces that come back; nothing is the last ones. What stays delivered stands on the note as a row anew, its
    packaging with it. Refused once it is invoiced, once the order is closed, and twice.
    """
    order, _rows = take_order(delivered.row.order)
    delivered = DeliveryRow.objects.for_list().get(pk=delivered.pk)
    delivered.row.order = order
    along = _goes_back_with(delivered)
    _check(delivered, along)
    back = back_of(delivered, quantity, serials)
    facts = {"by": by, "effective_on": effective_on or business_date(), "reason": reason}
    _take_back(delivered, back, **facts)
    for also in along:
        _take_back(also, _whole(also), **facts)
    if back.quantity == delivered.quantity:
        _packaging_goes_back(delivered, order, **facts)
    if delivered.row.is_of_kit:
        settle_above(delivered.row)
    _texts_go_back(delivered.note, by=by, reason=reason)
    follow_status(order)
    follow_weight(order)
    return SalesOrderRow.objects.for_list().get(pk=delivered.row_id)


def _whole(delivered):
    return _Back(delivered.quantity, delivered.base_quantity)


def back_of(delivered, quantity, serials):
    """How much comes back. What is not kept in stock, or packs other goods, comes back whole."""
    row, numbers = delivered.row, tuple(numbers_in(serials))
    back = _whole(delivered)
    if quantity is not None and quantity != delivered.quantity:
        if not 0 < quantity < delivered.quantity:
            raise Refused(
                f"{plain(delivered.quantity)} {row.unit or ''} of {row} left with {delivered.note}; "
                f"{plain(quantity)} cannot be taken back."
            )
        if row.demand_id is None or row.role == Role.PACKAGING:
            raise Refused(f"{row} comes back whole: {plain(delivered.quantity)} {row.unit or ''}".rstrip() + ".")
        back = _Back(quantity, _base_of(delivered, quantity))
    if not numbers:
        return back
    check_numbers(row.part, back.base, numbers)
    return replace(back, serials=numbers)


def _base_of(delivered, quantity):
    """So much of a delivery row in the base unit, as it was converted when it left: conversions change."""
    row, whole = delivered.row, delivered.base_quantity
    base = half_up(Fraction(quantity) * Fraction(whole) / Fraction(delivered.quantity))
    if not 0 < base < whole or not quantity_fits(row.part.unit, base):
        raise Refused(
            f"{plain(quantity)} {row.unit} of {row} is {plain(base)} of the {plain(whole)} {row.part.unit} that left "
            f"with {delivered.note}, but {row.part.unit} allows {decimals_in_words(row.part.unit)}."
        )
    return base


def _packaging_goes_back(delivered, order, *, by, effective_on, reason):
    for packed in DeliveryRow.objects.for_list().standing().filter(packs=delivered):
        packed.row.order = order
        _take_back(packed, _whole(packed), by=by, effective_on=effective_on, reason=reason)
        _call_off(packed.row, reason=f"{delivered.row} came back")
    if delivered.packs_id:
        _call_off(delivered.row, reason=reason or f"{delivered.row} came back")


def _check(delivered, along):
    row = delivered.row
    check_goods(row, "take back")
    if delivered.is_reversed:
        raise Refused(_already_back(delivered))
    if row.role == Role.ALLOY:
        raise Refused(f"{row} comes back with row {row.parent.position}: take that back.")
    for one in (delivered, *along):
        if one.invoiced_at:
            raise Refused(f"{one.row} of {one.note} is invoiced since {one.invoiced_at:%Y-%m-%d}; credit it first.")
    if row.order.status not in LIVE:
        raise Refused(f"{row.order} is {row.order.get_status_display().lower()}; its deliveries stand.")
    if row.is_cancelled:
        raise Refused(f"{row} is cancelled.")


def _already_back(delivered):
    """Of what left at first, how much was taken back and how much still stands on the note."""
    row, first = delivered.row, delivered.rest_of or delivered
    rest = first.rests.standing().first()
    if rest is None:
        return f"{row} of {delivered.note} is already taken back."
    back, left = (
        f"{plain(figure)} {row.unit or ''}".rstrip() for figure in (first.quantity - rest.quantity, first.quantity)
    )
    return (
        f"{back} of the {left} of {row} that left with {delivered.note} are already taken back; "
        f"{plain(rest.quantity)} still stand on the note."
    )


def _goes_back_with(delivered):
    """What costs something below the row, where it was delivered with it; metal of a fictitious part with any part."""
    standing = DeliveryRow.objects.for_list().standing().filter(row__demand=None, row__closed_at__isnull=False)
    below = Q(row__parent=delivered.row_id, row__row_type=RowType.ADDITIONAL)
    if delivered.row.is_of_kit:
        below |= Q(row__parent=delivered.row.parent_id, row__role=Role.ALLOY)
    return list(standing.filter(below))


def _take_back(delivered, back, *, by, effective_on, reason):
    row = delivered.row
    kept = _goods_come_back(delivered, back, by=by, effective_on=effective_on, reason=reason) if row.demand_id else []
    take_back_pick(delivered.pick_row, back.base)
    SalesOrderRow.objects.filter(pk=row.pk).update(closed_at=None)
    _mark(DeliveryRow.objects.filter(pk=delivered.pk), by=by, reason=reason)
    if back.quantity != delivered.quantity:
        _stays(delivered, back, kept)


def _stays(delivered, back, kept):
    """What stays delivered stands on the note anew, with its movements and what it is packed in."""
    rest = {"quantity": delivered.quantity - back.quantity, "base": delivered.base_quantity - back.base}
    rest |= {"pick_row": delivered.pick_row, "packs": delivered.packs, "rest_of": delivered.rest_of or delivered}
    stays = note_row(delivered.note, delivered.row, **rest)
    DeliveryMovement.objects.filter(movement__in=kept).update(delivery_row=stays)
    known = set(DeliveryMovement.objects.filter(movement__in=kept).values_list("movement", flat=True))
    new = [movement for movement in kept if movement.pk not in known]
    DeliveryMovement.objects.bulk_create([DeliveryMovement(delivery_row=stays, movement=movement) for movement in new])
    DeliveryRow.objects.filter(packs=delivered).update(packs=stays)


def _call_off(row, *, reason):
    """Nobody ordered packaging: when it came back its row is over."""
    if row.demand:
        row.demand = cancel_demand(row.demand, reason=reason)
    facts = {"closed_at": timezone.now(), "called_off": row.demand is None}
    SalesOrderRow.objects.filter(pk=row.pk).update(**facts)


def _goods_come_back(delivered, back, *, by, effective_on, reason):
    """Reverse movements, the latest first, as far as it goes; returns those that stay."""
    row = delivered.row
    row.demand = change_demand(row.demand, status=COMMON[row.order.before_delivery], cancelled=0)
    left, kept = back.base, []
    named = NamedPieces(delivered, back.serials)
    for done in delivered.movements.select_related("movement__part__unit", "movement__link").order_by("-movement"):
        movement, takes = done.movement, min(left, done.movement.quantity)
        left -= takes
        if takes:
            facts = {"quantity": takes, "by": by, "effective_on": effective_on, "reason": reason}
            movement = reverse(movement=movement, **facts).stays
        kept += [movement] if movement else []
    named.come_back()
    settle()
    row.demand.refresh_from_db()
    bring_back(row)
    if row.demand.done:
        row.demand = change_demand(row.demand, status=COMMON[PARTLY])
    return kept


def _texts_go_back(note, *, by, reason):
    """Texts of a note of which no goods are left are told again with the next delivery."""
    if not note.rows.standing().exclude(row__row_type=RowType.TEXT).exists():
        _mark(note.rows.standing(), by=by, reason=reason)


def _mark(rows, *, by, reason):
    rows.update(reversed_at=timezone.now(), reversed_by=by, reason=reason[:200])
