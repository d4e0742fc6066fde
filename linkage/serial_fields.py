"""The form field of serial numbers, as people write them: A-001..A-010, B-7."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from erp.exceptions import Refused
from erp.web.fields import TextFormField
from linkage.models import SerialNumber, SupplyKind
from linkage.serials import in_words, numbers_in


class SerialsField(TextFormField):
    """Single numbers and intervals; the text goes to the operation, which reads it the same way."""

    def __init__(self, **kwargs):
        facts = {"label": _("Serial numbers"), "max_length": 4000, "required": False}
        super().__init__(**facts | kwargs)

    def clean(self, value):
        text = super().clean(value)
        try:
            numbers = numbers_in(text)
        except Refused as refusal:
            raise ValidationError(str(refusal), code="interval") from refusal
        if len(numbers) != len(set(numbers)):
            raise ValidationError(_("A serial number is named twice."), code="twice")
        return text


def ask_for_numbers(form, supplies, *, name="serials"):
    """Put a field for the numbers of what comes into a form, for each of the supplies whose pieces have such.

    ``supplies``: {suffix of the field: supply with its part}. One statement at most, whatever their number.
    """
    waiting = {}
    supplies = {suffix: supply for suffix, supply in supplies.items() if _may_have_numbers(supply)}
    if not supplies:
        return
    found = SerialNumber.objects.awaited().filter(supply__in=[supply.pk for supply in supplies.values()])
    for supply, number in found.order_by("pk").values_list("supply", "number"):
        waiting.setdefault(supply, []).append(number)
    for suffix, supply in supplies.items():
        if supply.part.is_serial_traced or supply.pk in waiting:
            form.fields[f"{name}{suffix}"] = SerialsField(help_text=_help(waiting.get(supply.pk)))


def _may_have_numbers(supply):
    """Traced parts, and production orders that carry the numbers of a sales row."""
    part = supply.part
    return part.is_stock_updated and (part.is_serial_traced or supply.kind == SupplyKind.PRODUCTION)


def _help(waiting):
    if waiting:
        return _("Waiting on the order: %(numbers)s. Left empty, the first of them come.") % {
            "numbers": in_words(waiting)
        }
    return _("One for each piece, such as A-001..A-010, B-7. Left empty, they can be named later on the movement.")
