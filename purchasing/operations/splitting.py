"""Splitting a purchase row: what has not arrived becomes rows of its own, and the links move with it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from erp.exceptions import Refused
from erp.register.history import because
from erp.register.units import Conversions, check_fits, plain
from linkage.cutting import check_parts
from linkage.numbering import positions_between
from linkage.operation import operation
from linkage.operations import change_supply, close_supply, like, split_supply
from purchasing.models import PurchaseOrderRow
from purchasing.operations.agreeing import AGREED
from purchasing.operations.ordering import next_position
from purchasing.operations.rows import status_of_new_row
from purchasing.operations.steps import check_open, check_version, lock_order, status_from_rows, words
from purchasing.statuses import PurchaseStatus

ZERO, STEP = Decimal(0), 10


@dataclass(frozen=True, kw_only=True)
class NewPart:
    """One part of a split, in the row's unit; without a date it keeps the row's."""

    quantity: Decimal
    due_date: date | None = None


@operation
def split_row(*, row, parts, by, moves=None, version=None, reason=""):
    """Divide a row; the first part stays the row and keeps what has arrived, the others become rows after it.

    Returns all rows. ``moves`` is {(link id, part index from 1): base quantity}; without it the earliest need gets the
    earliest supply. Contract flag and kind stay with the links. A row of which all that is left is taken away has been
    received in full.
    """
    order, rows = lock_order(row.order)
    row = next((fresh for fresh in rows if fresh.pk == row.pk), None) or _gone(row)
    check_splittable(row)
    check_version(row, version, {})
    bases = _bases(row, [part.quantity for part in parts])
    because(_in_words(row, parts, reason))

    _set_date(row, parts[0])
    supplies = _supplies(row, parts[1:], bases[1:], _positions(row, rows, len(parts) - 1))
    made = split_supply(row.supply, supplies, by=by, moves=moves)
    row.quantity = parts[0].quantity
    row.save(update_fields=["quantity", "wanted_on"])
    new = [_row_of(row, part, supply) for part, supply in zip(parts[1:], made, strict=True)]
    PurchaseOrderRow.objects.bulk_create(new)
    if row.supply.open == 0:
        close_supply(row.supply)
        status_from_rows(*lock_order(order))
    return list(PurchaseOrderRow.objects.for_list().filter(pk__in=[row.pk, *(r.pk for r in new)]).order_by("position"))


def _gone(row):
    raise Refused(f"{row} no longer exists.")


def check_splittable(row):
    """Refuse a row that cannot be split, whatever the parts."""
    if row.order.status == PurchaseStatus.SUGGESTED:
        raise Refused(f"{row.order} is suggested; make it a draft before its rows are split.")
    if not row.order.is_open:
        raise Refused(f"{row.order} is {words(row.order)}; its rows cannot be split.")
    check_open(row)
    if row.supply.open <= 0:
        raise Refused(f"All of {row} has arrived; nothing is left to split.")


def _bases(row, quantities):
    """The parts in the base unit; the last takes what rounding leaves."""
    supply, part = row.supply, row.supply.part
    for quantity in quantities:
        check_fits(row.unit, quantity)
    check_parts(row.quantity, quantities)
    units = Conversions([part])
    bases = [units.to_base(part=part, quantity=quantity, unit=row.unit) for quantity in quantities[:-1]]
    bases.append(supply.quantity - supply.cancelled - sum(bases, ZERO))
    if min(bases) <= 0:
        raise Refused(f"A part is too small to be counted in {part.unit}.")
    if bases[0] < supply.done:
        raise Refused(
            f"{plain(supply.done)} {part.unit} of {row} have arrived and stay with it: its part must be at least that "
            f"much, {plain(bases[0])} is less."
        )
    return bases


def _in_words(row, parts, reason):
    shares = " + ".join(plain(part.quantity) for part in parts)
    what = f"{row} split: {plain(row.quantity)} {row.unit} = {shares}"
    return f"{reason.strip()}: {what}" if reason.strip() else what


def _set_date(row, part):
    """The original takes its date first, because dates decide who gets what."""
    if part.due_date not in (None, row.supply.due_date):
        row.supply = change_supply(row.supply, due_date=part.due_date)
        row.wanted_on = part.due_date if row.order.is_not_sent else row.wanted_on


def _positions(row, rows, count):
    """Right after the row; where no number is free between two rows, after the last: the supplier knows the numbers."""
    after = next((other.position for other in rows if other.position > row.position), None)
    free = positions_between(row.position, after, count)
    last = next_position(row.order)
    return free or [last + STEP * place for place in range(count)]


def _supplies(row, parts, bases, positions):
    status = status_of_new_row(row.order)
    return [
        like(
            row.supply,
            position=position,
            quantity=base,
            due_date=part.due_date or row.supply.due_date,
            status=status,
        )
        for part, base, position in zip(parts, bases, positions, strict=True)
    ]


def _row_of(row, part, supply):
    """What the supplier reads stays; the date that was confirmed only where it is still the date."""
    confirmed = row.confirmed_on if row.confirmed_on == supply.due_date else None
    wanted = supply.due_date if row.order.is_not_sent else row.wanted_on
    unknown = dict.fromkeys([*AGREED, "wanted_quantity"])  # the supplier has not heard of the new row
    facts = {**unknown, "confirmed_on": confirmed, "wanted_on": wanted, "version": 0, "short_closed": False}
    return like(
        row, supply_id=supply.pk, position=supply.position, quantity=part.quantity, short_closed_reason="", **facts
    )
