"""GLN: the thirteen digits by which electronic messages name a company or a place. The last one checks the others."""

from django.core.exceptions import ValidationError


def check_digit(twelve):
    """The digit that makes twelve digits a GLN: weights 1 and 3 in turn, up to the next ten."""
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(twelve))
    return str(-total % 10)


def is_gln(text):
    return len(text) == 13 and text.isascii() and text.isdigit() and check_digit(text[:12]) == text[12]


def check_gln(text):
    """A form's validator: one sentence with the digit that would fit."""
    if is_gln(text):
        return
    if len(text) != 13 or not (text.isascii() and text.isdigit()):
        raise ValidationError(f"A GLN has 13 digits; this has {len(text)} characters.")
    raise ValidationError(f"The last digit of this GLN must be {check_digit(text[:12])}, not {text[12]}.")
