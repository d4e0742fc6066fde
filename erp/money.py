"""Money: how many decimals a currency has, and amounts rounded in one place. Nothing here is a float."""

from decimal import ROUND_HALF_UP, Decimal
from functools import cache

# ISO 4217: all other currencies have two.
AFRICA = {"BIF", "DJF", "GNF", "KMF", "RWF", "UGX", "XAF", "XOF"}
WITHOUT_DECIMALS = frozenset({"CLP", "ISK", "JPY", "KRW", "PYG", "UYI", "VND", "VUV", "XPF", *AFRICA})
WITH_THREE = frozenset(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"])


def decimals_of(currency):
    """How many decimals an amount in the currency has."""
    if currency in WITHOUT_DECIMALS:
        return 0
    return 3 if currency in WITH_THREE else 2


@cache
def _step(currency):
    return Decimal(1).scaleb(-decimals_of(currency))


def rounded(amount, currency):
    """The amount rounded half up to the currency's decimals."""
    return amount.quantize(_step(currency), rounding=ROUND_HALF_UP)


def in_currency(amount, *, rate, currency):
    """An amount in another currency, of which ``rate`` is the price of one unit of the amount's own."""
    return rounded(amount * rate, currency)
