"""A seller takes another price for a row, or gives back to the suggestions what somebody typed."""

from erp.exceptions import Refused
from linkage.operation import operation
from sales.models import PriceSource
from sales.operations.alloys import follow_alloy
from sales.operations.calculating import calculate
from sales.operations.kit_prices import price_kit, roundings_by_parts
from sales.operations.structures import kit_rows, settle_above
from sales.operations.taking import check_row_open, check_version, take_row
from sales.operations.types import check_part, check_row
from sales.pricing import TAKEN, price_row, prices_for, take
from sales.units import UnitsOfRows


@operation
def take_price(*, row, choice, by, version=None):
    """The row takes one of its price alternatives and keeps it; ``choice`` is the key of a Price."""
    row, prices = _row_and_prices(row, version, every_list=True)
    offered = prices.alternatives(order=row.order, part=row.part, unit=row.unit, quantity=row.quantity)
    chosen = next((price for price in offered if price.key == choice), None)
    if chosen is None:
        raise Refused(f"{row} has no such price any more; open its prices again.")

    take(row, chosen)
    row.price_locked, row.priced_in = True, ""
    return _save(row)


@operation
def keep_price(*, row, by, price=False, setup=False, version=None):
    """A typed figure counts in the currency and at the rate that the order has now: it is not marked any more."""
    row = _open_row(row, version)
    row.priced_in = "" if price else row.priced_in
    row.setup_priced_in = "" if setup else row.setup_priced_in
    row.save(update_fields=["priced_in", "setup_priced_in"])
    return row


@operation
def unlock_price(*, row, by, price=False, discount=False, standard=False, version=None):
    """Take the padlock off price, discount or standard price: the row gets what is suggested, also after later changes.

    What is not named stays as it is.
    """
    row, prices = _row_and_prices(row, version)

    price_unlocked(row, prices, kit_rows(row), price=price, discount=discount)
    if price:
        row.priced_in = ""
    if standard:
        row.standard_price, row.standard_price_locked = None, False
    row = _save(row)
    if standard and row.configured_at:
        calculate(row)
    return row


def price_unlocked(row, prices, parts, *, price=False, discount=False):
    """Write what a row, fictitious with ``parts``, costs without the named padlocks; the row is not saved."""
    row.price_locked, row.discount_locked = row.price_locked and not price, row.discount_locked and not discount
    price_row(row, prices, price=price, discount=discount)
    price_kit(row, parts, anew=price)
    if discount and row.price_source == PriceSource.PARTS:
        row.discount = 0  # those of its parts are in its price


def _row_and_prices(row, version, *, every_list=False):
    row = _open_row(row, version)
    check_part(row, "price")
    return row, prices_for([row], every_list=every_list)


def _open_row(row, version):
    row = take_row(row)
    check_row_open(row)
    check_version(row, version, {})
    return row


def _save(row):
    row.rounding = roundings_by_parts([row]).get(row.pk, 0)
    check_row(row, units=UnitsOfRows([row.part]))
    row.save(
        update_fields=[
            *TAKEN,
            "price_locked",
            "priced_in",
            "standard_price",
            "standard_price_locked",
            "discount",
            "discount_locked",
            "rounding",
        ]
    )
    follow_alloy(row)
    if row.is_of_kit:
        settle_above(row)
    return row
