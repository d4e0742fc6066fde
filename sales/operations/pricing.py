"""A seller takes another price for a row, or gives back to the suggestions what somebody typed."""

from erp.exceptions import Refused
from linkage.operation import operation
from sales.models import PriceSource
from sales.operations.alloys import follow_alloy
from sales.operations.structures import kit_rows, price_kit, settle_above
from sales.operations.taking import check_row_open, check_version, take_row
from sales.operations.types import check_part, check_row
from sales.pricing import price_row, prices_for, take
from sales.units import UnitsOfRows


@operation
def take_price(*, row, source, by, version=None):
    """The row takes one of its price alternatives and keeps it; ``source`` is a PriceSource."""
    row, prices = _row_and_prices(row, version)
    offered = prices.alternatives(order=row.order, part=row.part, unit=row.unit, quantity=row.quantity)
    chosen = next((price for price in offered if price.source == source), None)
    if chosen is None:
        raise Refused(f"{row} has no such price any more; open its prices again.")

    take(row, chosen)
    row.price_locked = True
    return _save(row)


@operation
def unlock_price(*, row, by, price=False, discount=False, version=None):
    """Take the padlock off the price, the discount or both: the row gets what is suggested, also after later changes.

    The other one stays as it is.
    """
    row, prices = _row_and_prices(row, version)
    row.price_locked, row.discount_locked = row.price_locked and not price, row.discount_locked and not discount

    price_row(row, prices, price=price, discount=discount)
    price_kit(row, kit_rows(row), anew=price)
    if discount and row.price_source == PriceSource.PARTS:
        row.discount = 0  # those of its parts are in its price
    return _save(row)


def _row_and_prices(row, version):
    row = take_row(row)
    check_row_open(row)
    check_part(row, "price")
    check_version(row, version, {})
    return row, prices_for([row])


def _save(row):
    row.rounding = 0
    check_row(row, units=UnitsOfRows([row.part]))
    row.save(
        update_fields=[
            "unit_price",
            "price_locked",
            "price_source",
            "price_currency",
            "discount",
            "discount_locked",
            "rounding",
        ]
    )
    follow_alloy(row)
    if row.is_of_kit:
        settle_above(row)
    return row
