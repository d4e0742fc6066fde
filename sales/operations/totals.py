"""Total rows: which rows each of them sums, and a total that somebody types.

A total row sums the part and additional main rows above it that no earlier total row sums. Rows may be left out from
the first one on. A typed total gives every row that it sums the same discount; what rounding leaves goes to the row
with the largest amount, so that the sum is what was typed.
"""

from decimal import ROUND_HALF_UP, Decimal, localcontext

from erp.exceptions import Refused
from erp.money import rounded
from erp.register.units import MILLIONTH
from linkage.operation import operation
from linkage.operations.updating import update
from sales.models import RowType
from sales.money import DIGITS, ZERO, amount_of
from sales.operations.alloys import follow_alloys
from sales.operations.kit_prices import roundings_by_parts
from sales.operations.taking import check_row_open, check_version, take_order


def offered(total, rows):
    """The rows of the order that the total row may sum, by position: those above it that no other total sums."""
    above = [row for row in rows if row.is_goods and row.position and row.position < total.position]
    standing = [row for row in above if not row.is_cancelled and row.total_row_id in (None, total.pk)]
    return sorted(standing, key=_position)


def sum_above(total):
    """A new total row sums what is offered to it."""
    above = total.order.rows.main().goods().filter(position__lt=total.position, total_row=None)
    above.standing().update(total_row=total)


def sum_below(row):
    """A row of goods that was put in above a total row is summed by it, as its neighbour is."""
    if not row.is_goods:
        return
    below = row.order.rows.main().filter(position__gt=row.position).order_by("position")
    neighbour = below.exclude(row_type=RowType.TEXT).values_list("pk", "row_type", "total_row").first()
    pk, row_type, summed_by = neighbour or (None, None, None)
    if row_type == RowType.TOTAL:
        row.total_row_id = pk
    elif summed_by and summed_by == below.filter(row_type=RowType.TOTAL).values_list("pk", flat=True).first():
        row.total_row_id = summed_by


def drop_rounding(rows):
    """Rows whose total is not typed any more are worth what they say, or their parts, without the cent for it."""
    _round_by_parts(rows)
    update(rows, ["rounding"])


def _round_by_parts(rows):
    by_parts = roundings_by_parts(rows)
    for row in rows:
        row.rounding = by_parts.get(row.pk, ZERO)


def _name_total(rows, total):
    for row in rows:
        row.total_row = total
    update(rows, ["total_row"])


def copy_totals(old, new):
    """The total rows of a copied order sum the copies of the same rows; a typed total stays typed.

    Its rows are rounded for it as they were; any other copy is worth what was reckoned when it was made.
    """
    copies = {before.pk: after for before, after in zip(old, new, strict=True)}
    typed = {row.pk for row in old if row.total_price is not None}
    for before, after in zip(old, new, strict=True):
        after.total_row, after.total_price = copies.get(before.total_row_id), before.total_price
        if before.total_row_id in typed:
            after.rounding = before.rounding
    update(new, ["total_row", "total_price", "rounding"])


@operation
def edit_total(*, row, total, by, included=None, version=None):
    """Type the total of a total row: the rows that it includes all get the discount that makes it so.

    ``included`` are rows above it from one of them on; None: all of them. Discount % = (1 - (total - setup prices) /
    sum of quantity x price) x 100, six decimals. Without ``total`` the rows keep their discounts and only what the
    total row sums is changed. Refused where the rows are worth nothing.
    """
    order, rows = take_order(row.order, rows=list(row.order.rows.all()))
    row = next((other for other in rows if other.pk == row.pk), row)
    if not row.is_total:
        raise Refused(f"{row} is not a total row.")
    check_row_open(row)
    check_version(row, version, {})
    above = offered(row, rows)
    summed = above if included is None else _fresh(included, above)
    check_from_first(summed, above)
    if total is not None:
        check_spread(summed)

    drop_rounding([other for other in rows if other.total_row_id == row.pk and not other.is_closed])
    _name_total([other for other in rows if other.total_row_id == row.pk and other not in summed], None)
    _name_total(summed, row)
    if total is not None:
        spread(rounded(total, order.currency), summed, order.currency)
        update(summed, ["discount", "rounding"])
        follow_alloys(summed)
    row.total_price = None if total is None else rounded(total, order.currency)
    row.save(update_fields=["total_price"])
    return row


def _fresh(included, above):
    """The included rows as they are now, each once."""
    now = {row.pk: row for row in above}
    if gone := [row for row in included if row.pk not in now]:
        raise Refused(f"{gone[0]} is not among the rows that this total row can sum.")
    return [now[row.pk] for row in sorted(set(included), key=_position)]


def check_from_first(included, above):
    """Rows are left out from the first one on: what stands below an included row is included."""
    if not included:
        raise Refused("Include at least one row.")
    left_out = [row for row in above[above.index(included[0]) :] if row not in included]
    if left_out:
        raise Refused(
            f"Rows are left out from the first one on: row {left_out[0].position} is not included, and row "
            f"{included[0].position} above it is."
        )


def check_spread(rows):
    """A typed total changes no row that is finished, and makes no discount of nothing."""
    if closed := [row for row in rows if row.is_closed]:
        raise Refused(f"{', '.join(map(str, closed))} delivered already and keeps its price: sum from a later row.")
    if not _gross(rows):
        raise Refused("The rows above are worth nothing, so no discount makes this total: give them prices first.")


def _gross(rows):
    return sum((row.quantity * row.unit_price for row in rows), ZERO)


def spread(total, rows, currency):
    """The rows get the discount that makes the total, the largest of them what rounding leaves; nothing is saved."""
    setup = sum((row.setup_price or ZERO for row in rows), ZERO)
    discount = discount_for(total, gross=_gross(rows), setup=setup)
    for row in rows:
        row.discount = discount
    _round_by_parts(rows)
    largest = max(rows, key=lambda row: abs(amount_of(row, currency=currency)))
    largest.rounding += total - sum((amount_of(row, currency=currency) for row in rows), ZERO)


def discount_for(total, *, gross, setup):
    """The discount % that makes the total; below 0 where the total is more than the rows."""
    with localcontext(prec=DIGITS):
        exact = (1 - (total - setup) / gross) * 100
        discount = exact.quantize(MILLIONTH, rounding=ROUND_HALF_UP)
    if not -1000 < discount <= 100:
        asked = discount.quantize(Decimal("0.01"))
        raise Refused(f"This total would need a discount of {asked} %: at most 100 %, and more than -1000 %.")
    return discount


def _position(row):
    return row.position
