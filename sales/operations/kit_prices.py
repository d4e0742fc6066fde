"""What the row of a fictitious part costs where it costs its parts: their amounts together, to the last cent.

Its price is that of one, rounded to the decimals of prices; what that leaves is the ``rounding`` of the row, so
that its amount is the sum of what its parts show. A discount of its own is taken off that sum.
"""

from decimal import ROUND_HALF_UP, localcontext

from erp.money import rounded
from sales.models import PriceSource, RowType, SalesOrderRow
from sales.money import DIGITS, ZERO, net_of, price_step
from sales.pricing import costs_its_parts


def price_kit(row, parts, *, anew=False, keeps_total=True):
    """Write what the parts come to as the price of an unsaved or locked row; the columns that it changes.

    A price that came from elsewhere stays, unless the row is priced ``anew``. The discounts of the parts are in what
    they come to, so that the row gets none of its own by itself. What a typed total has rounded on it stays as long as
    its price does, if it ``keeps_total``.
    """
    if not (_has_parts_price(row, parts, anew=anew) and costs_its_parts()):
        return []
    typed = typed_totals([row]) if keeps_total else ()
    return _priced_as(row, parts, step=price_step(), typed=typed)


def price_kits(kits, *, keeps_total=True):
    """The same for many rows, (row, parts, whether it is priced anew) each; the setting is asked once."""
    priced = [(row, parts) for row, parts, anew in kits if _has_parts_price(row, parts, anew=anew)]
    if priced and costs_its_parts():
        step, typed = price_step(), typed_totals([row for row, _parts in priced]) if keeps_total else ()
        for row, parts in priced:
            _priced_as(row, parts, step=step, typed=typed)


def typed_totals(rows):
    """The ids of the total rows that sum some of the rows and whose total somebody typed."""
    totals = {row.total_row_id for row in rows} - {None}
    typed = SalesOrderRow.objects.filter(pk__in=totals, row_type=RowType.TOTAL, total_price__isnull=False)
    return set(typed.values_list("pk", flat=True)) if totals else set()


def sum_of_parts(parts, *, currency):
    """What the parts come to, each rounded by itself, as people see them."""
    return sum((rounded(net_of(part), currency) for part in parts if not part.is_cancelled), ZERO)


def roundings_by_parts(rows):
    """{row id: what its amount is off so that it is what its parts come to}, of rows that cost their parts.

    One whose price is not theirs (any more) is not among them: all parts are gone, or the row is of another quantity.
    """
    kits = [row for row in rows if row.price_source == PriceSource.PARTS and row.is_kit]
    below = {row.pk: [] for row in kits}
    parts = SalesOrderRow.objects.for_list().filter(parent__in=below).of_kits() if kits else ()
    for part in parts:
        below[part.parent_id].append(part)
    step = price_step() if kits else None
    worths = {row: sum_of_parts(below[row.pk], currency=row.order.currency) for row in kits if _stands(below[row.pk])}
    return {row.pk: _rounding(row, worth) for row, worth in worths.items() if _each(row, worth, step) == row.unit_price}


def _stands(parts):
    return any(not part.is_cancelled for part in parts)


def _each(row, worth, step):
    """What one of the row costs, in steps of a price."""
    with localcontext(prec=DIGITS):
        return (worth / row.quantity).quantize(step, rounding=ROUND_HALF_UP)


def _rounding(row, worth):
    """What is between the sum of the parts, less the row's own discount, and quantity x price."""
    setup, currency = row.setup_price or ZERO, row.order.currency
    with localcontext(prec=DIGITS):
        exact = rounded(worth * (100 - row.discount) / 100 + setup, currency)
        return exact - rounded(net_of(row) + setup, currency)


def _priced_as(row, parts, *, step, typed):
    """Write what the parts come to, in steps of a price; the columns that it changes."""
    worth = sum_of_parts(parts, currency=row.order.currency)
    price = _each(row, worth, step)
    keeps_rounding = row.total_row_id in typed and price == row.unit_price
    changed = {"unit_price": price, "price_source": PriceSource.PARTS}
    changed |= {"price_currency": "", "price_comment": ""}
    if row.price_source != PriceSource.PARTS and not row.discount_locked:
        changed["discount"] = ZERO
    for name, value in changed.items():
        setattr(row, name, value)
    if keeps_rounding:
        return list(changed)
    row.rounding = _rounding(row, worth)
    return [*changed, "rounding"]


def _has_parts_price(row, parts, *, anew):
    """Whether a row may cost what its parts do: it did before, or nobody has agreed on a price of its own."""
    if not _stands(parts):
        return False
    had_none = not (row.unit_price or row.price_source)
    follows = anew or had_none or row.price_source == PriceSource.PARTS
    return row.is_kit and not row.price_locked and follows
