"""How quantities, amounts and percentages are shown. One place, so a page, a title and a tooltip never differ."""

from decimal import Decimal, InvalidOperation

from django.utils import formats, timezone

from erp.money import decimals_of

NOTHING = ""


def show_quantity(value, *, at_least=2, at_most=6):
    """Two decimals, up to six where they exist, grouped and with the decimal sign of the user's language."""
    number = _decimal(value)
    if number is None:
        return NOTHING
    rounded = round(number, at_most)
    places = min(max(-rounded.normalize().as_tuple().exponent, at_least), at_most)
    return formats.number_format(rounded + 0, decimal_pos=places, use_l10n=True, force_grouping=True)


def show_amount(value):
    """Money: always two decimals."""
    number = _decimal(value)
    if number is None:
        return NOTHING
    return formats.number_format(round(number, 2) + 0, decimal_pos=2, use_l10n=True, force_grouping=True)


def show_money(value, decimals):
    """An amount with the decimals of its currency."""
    number = _decimal(value)
    if number is None:
        return NOTHING
    shown = round(number, decimals) + 0
    return formats.number_format(shown, decimal_pos=decimals, use_l10n=True, force_grouping=True)


def money_in_words(value, currency):
    """``1,234.50 EUR``, with the decimals of the currency."""
    shown = show_money(value, decimals_of(currency))
    return f"{shown}\N{NO-BREAK SPACE}{currency}" if shown else shown


def show_input(value):
    """A number as somebody would type it: no grouping, no trailing zeros."""
    number = _decimal(value)
    if number is None:
        return NOTHING
    places = max(-number.normalize().as_tuple().exponent, 0)
    return formats.number_format(number, decimal_pos=places, use_l10n=True, force_grouping=False)


def show_moment(moment):
    """Day and time where we are, to the minute."""
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"


def _decimal(value):
    if value is None or value == "":
        return None
    try:
        number = value if isinstance(value, Decimal) else Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
