"""Splitting a sales row: the parts add up to the original, and the links move with them."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.db import transaction

from erp.exceptions import Refused
from erp.money import rounded
from erp.register.units import plain
from linkage.cutting import check_parts
from linkage.models import Demand, Status
from linkage.operation import operation
from linkage.operations import change_demand, split_demand
from linkage.operations.updating import update
from sales.models import PriceSource, RowType, SalesOrderRow, Transfer
from sales.models.further import REFERENCES
from sales.models.rows import COPIED
from sales.money import ZERO, amount_of
from sales.nesting import times
from sales.operations.alloys import split_alloy
from sales.operations.commenting import text_below
from sales.operations.dates import Following, check_one_date, dates_of, fill_dates
from sales.operations.demands import meaning_of
from sales.operations.kit_prices import price_kits, sum_of_parts, typed_totals
from sales.operations.ordering import behind_row, make_room, take_place
from sales.operations.picks import check_not_picked
from sales.operations.posting import copy_postings
from sales.operations.rows import mirror_dates
from sales.operations.serials import divide_serials
from sales.operations.structures import kit_rows, parts_below, shares_of
from sales.operations.taking import check_row_open, check_version
from sales.operations.types import check_goods
from sales.pricing import TAKEN
from sales.units import UnitsOfRows, parts_of

KEPT = [
    *COPIED,
    "customer_order_number",
    "desired_date",
    "initial_date",
    "ordered_on",
    "total_row",
    *REFERENCES,
]


@dataclass(frozen=True, kw_only=True)
class NewPart:
    """One part of a split, in the row's unit; without a date it keeps the row's.

    ``serials``: which of the row's serial numbers it gets, such as ``A-001..A-005``; nothing is the next in order.
    """

    quantity: Decimal
    delivery_date: date | None = None
    serials: str = ""


@operation
def split_row(*, row, parts, by, moves=None, version=None, reason=""):
    """Divide a row; the first part stays the row, the others become rows right after it. Returns all rows.

    ``moves`` is {(link id, part index from 1): base quantity}; without it the earliest need gets the earliest supply.
    What is delivered stays with the original.
    """
    _check_main(row)
    order, [row, *kits], place = take_place(
        row.order, behind_row(row), count=len(parts) - 1, rows=[row, *kit_rows(row)]
    )
    row.order = order
    check_row_open(row)
    check_goods(row, "split")
    check_not_picked([row], "split")
    check_version(row, version, {})
    check_parts(row.quantity, [part.quantity for part in parts])
    units = UnitsOfRows(parts_of([row, *kits]))
    bases = _bases(row, parts, units)

    before_split, amount = (row.quantity, row.unit_id), amount_of(row, currency=order.currency)
    made = [_copy(row, part) for part in parts[1:]]
    fill_dates(made)
    make_room(order, place, made)
    if row.demand:
        _split_demand(row, made, bases[1:], first=parts[0], moves=moves, by=by)
    before = dates_of(row)
    _divide_nested([row, *made], parts)
    row.quantity, row.delivery_date = parts[0].quantity, parts[0].delivery_date or row.delivery_date
    row.save(update_fields=["quantity", "nested", "delivery_date", *Following(order, [row]).road(row, before)])
    if not order.partial_delivery_allowed:
        check_one_date(order, [*order.rows.main(), *made])
    SalesOrderRow.objects.bulk_create(made)
    _copy_texts(row, made)
    copy_postings(row, made)
    divide_serials(row, [row, *made], bases, [part.serials for part in parts])
    split_alloy(row, made)
    for kit in kits:
        _split_part(kit, made, parts, row=row, units=units, by=by)
    if kits:
        _price_parts([row, *made], amount=amount)
    mirror_dates([row], by=by, reason=reason)
    _split_there(row, made, parts, was=before_split, by=by, reason=reason)
    return list(SalesOrderRow.objects.for_list().filter(pk__in=[row.pk, *(new.pk for new in made)]).in_order())


def _split_there(row, made, parts, *, was, by, reason):
    """What another company has for the row is split in the same way, so that each part keeps a row there with its date.

    Where it cannot be, or is of another quantity, it stays whole and with the first part: the others are not
    transferred.
    """
    transfer = Transfer.objects.filter(row=row).exclude(there=None).first()
    there = transfer and SalesOrderRow.objects.for_list().get(pk=transfer.there_id)
    if there is None or (there.quantity, there.unit_id) != was:
        return
    days = [one.delivery_date for one in (row, *made)]
    wanted = [NewPart(quantity=part.quantity, delivery_date=day) for part, day in zip(parts, days, strict=True)]
    try:
        with transaction.atomic():
            _first, *others = split_row(row=there, parts=wanted, by=by, reason=reason or f"{row} is split")
    except Refused:
        return
    for mine, other in zip(made, others, strict=True):
        other.customer_row_position = str(mine.position)
    SalesOrderRow.objects.bulk_update(others, ["customer_row_position"])
    pairs = zip(made, others, strict=True)
    Transfer.objects.bulk_create(
        [Transfer(row=mine, profile_id=transfer.profile_id, there=other) for mine, other in pairs]
    )


def _divide_nested(rows, parts):
    """How many nested fictitious parts are in each row, in proportion."""
    whole, text = sum(part.quantity for part in parts), rows[0].nested
    for row, part in zip(rows, parts, strict=True):
        row.nested = times(text, Fraction(part.quantity) / Fraction(whole))


def _check_main(row):
    if row.parent_id:
        raise Refused(f"{row} stands below row {row.parent.position}: split that row, its parts go with it.")


def _split_part(part, mains, parts, *, row, units, by):
    """Divide a part of a fictitious part as its main row was divided; a finished one stays with the first."""
    if part.is_closed:
        return
    shares = shares_of(part, [one.quantity for one in parts])
    bases = [units.to_base(part=part.part, quantity=share, unit=part.unit) for share in shares]
    made = [_copy_below(part, main, share) for main, share in zip(mains, shares[1:], strict=True)]
    if part.demand:
        first = NewPart(quantity=shares[0], delivery_date=row.delivery_date)
        _split_demand(part, made, bases[1:], first=first, moves=None, by=by)
    part.quantity, part.delivery_date = shares[0], row.delivery_date
    part.save(update_fields=["quantity", "delivery_date"])
    SalesOrderRow.objects.bulk_create(made)
    divide_serials(part, [part, *made], bases, [""] * len(bases))


def _price_parts(divided, *, amount):
    """Parts are divided in what their units hold: each row costs what stands below it now.

    Where somebody typed their total the rows still come to the ``amount`` that was divided.
    """
    found, below = SalesOrderRow.objects.for_list().in_bulk([row.pk for row in divided]), defaultdict(list)
    rows = [found[row.pk] for row in divided]
    for part in parts_below(rows):
        below[part.parent_id].append(part)
    price_kits([(row, below[row.pk], False) for row in rows if not row.is_closed], keeps_total=False)
    if rows[0].price_source == PriceSource.PARTS and typed_totals(rows):
        _divide_amount(rows, amount, below)
    update(rows, [*TAKEN, "rounding"])


def _divide_amount(rows, amount, below):
    """Divide an amount by what the parts of each row come to; the first row takes what rounding leaves."""
    currency = rows[0].order.currency
    worths = [sum_of_parts(below[row.pk], currency=currency) for row in rows]
    goods, whole = amount - (rows[0].setup_price or ZERO), sum(worths)
    for row, worth in zip(rows[1:], worths[1:], strict=True):
        share = goods * worth / whole if whole else ZERO
        row.rounding += rounded(share, currency) - amount_of(row, currency=currency)
    rows[0].rounding += amount - sum(amount_of(row, currency=currency) for row in rows)


def _copy_below(part, main, share):
    copy = _copy(part, NewPart(quantity=share, delivery_date=main.delivery_date))
    copy.parent, copy.line, copy.total_row = main, part.line, None
    return copy


def _bases(row, parts, units):
    """The parts in the base unit; the last takes what rounding leaves. An additional row has its own unit alone."""
    if row.part is None:
        return [part.quantity for part in parts]
    to_base = [units.to_base(part=row.part, quantity=part.quantity, unit=row.unit) for part in parts[:-1]]
    whole = units.to_base(part=row.part, quantity=row.quantity, unit=row.unit)
    bases = [*to_base, whole - sum(to_base, Decimal(0))]
    if min(bases) <= 0:
        least = plain(min(part.quantity for part in parts))
        raise Refused(f"{row}: {least} {row.unit} of {row.part} is too small to be counted in {row.part.unit}.")
    if bases[0] < row.delivered:
        raise Refused(
            f"{plain(row.delivered)} {row.part.unit} of {row} are delivered and stay with it: its part must be at "
            "least that much."
        )
    return bases


def _copy(row, part):
    """The new row: the customer still finds it by the old row position; boxes are not ticked again."""
    kept = {name: getattr(row, name) for name in KEPT}
    day = part.delivery_date or row.delivery_date
    there = row.at_customer_date if day == row.delivery_date else None
    return SalesOrderRow(order=row.order, quantity=part.quantity, delivery_date=day, at_customer_date=there, **kept)


def _copy_texts(row, made):
    """What is said below the row is said below each of its parts."""
    texts = list(row.sub_rows.filter(row_type=RowType.TEXT).order_by("line"))
    copies = [text_below(new, text, line=text.line) for new in made for text in texts]
    SalesOrderRow.objects.bulk_create(copies)


def _split_demand(row, made, bases, *, first, moves, by):
    """Divide the demand; the original takes its new date first, because dates decide who gets what."""
    if first.delivery_date and first.delivery_date != row.delivery_date:
        row.demand = change_demand(row.demand, need_date=first.delivery_date)
    parts = [_part_of(row, new, base) for new, base in zip(made, bases, strict=True)]
    for new, demand in zip(made, split_demand(row.demand, parts, by=by, moves=moves), strict=True):
        new.demand = demand


def _part_of(row, new, base):
    old = row.demand
    return Demand(
        document_id=old.document_id,
        position=(new.parent or new).position,
        line=new.line,
        part_id=old.part_id,
        warehouse_id=old.warehouse_id,
        revision_id=old.revision_id,
        variant=old.variant,
        quantity=base,
        need_date=new.delivery_date,
        ordered_on=new.ordered_on,
        priority=old.priority,
        status=Status.FIRM,
        **meaning_of(row.row_status),
    )
