"""Form fields that take what people type and paste, and say in one sentence what is wrong with the rest."""

import re
import unicodedata
from datetime import date
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy
from django.utils import formats, timezone
from django.utils.translation import gettext_lazy as _

from erp.web.numbers import show_input

EARLIEST, LATEST = date(1990, 1, 1), date(2199, 12, 31)
SPACES = str.maketrans("", "", " \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}'")
PLAIN = re.compile(r"([+-]?)([0-9]+|[0-9]*[.,][0-9]+|[0-9]+[.,])", re.ASCII)
GROUPED = re.compile(r"([+-]?)([0-9]{1,3}(?:([.,])[0-9]{3})+)([.,][0-9]+)", re.ASCII)
LOOKS_LIKE_THOUSANDS = re.compile(r"[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}", re.ASCII)
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class QuantityFormField(forms.Field):
    """A quantity: above zero, below a hundred thousand million, at most six decimals, comma or point.

    Exactly three digits after a sign that groups thousands in the user's language is refused, not guessed.
    """

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "maxlength": 40})
    digits, decimals = 11, 6
    default_error_messages = {
        "required": _("Enter a quantity."),
        "invalid": _("Enter a quantity such as 12 or 12.5; at most six decimals."),
        "decimals": _("Enter a quantity such as 12 or 12.5; at most six decimals."),
        "ambiguous": _("“%(value)s” can be read in two ways. Write it without a sign for thousands."),
        "large": _("That is too large: at most 11 digits before the decimals."),
        "positive": _("Enter a quantity above zero."),
        "negative": _("Enter zero or more."),
    }

    def __init__(self, *, allow_zero=False, allow_negative=False, **kwargs):
        self.allow_zero, self.allow_negative = allow_zero or allow_negative, allow_negative
        super().__init__(**kwargs)

    def prepare_value(self, value):
        return value if isinstance(value, str) else show_input(value)

    def to_python(self, value):
        text = str(value if value is not None else "").strip()
        if not text:
            return None
        number = parse_number(text)
        if number is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        if number is AMBIGUOUS:
            raise ValidationError(self.error_messages["ambiguous"], code="ambiguous", params={"value": text})
        return number

    def validate(self, value):
        super().validate(value)
        if value is None:
            return
        if abs(value) >= 10**self.digits:
            raise ValidationError(self.error_messages["large"], code="large")
        if -value.as_tuple().exponent > self.decimals:
            facts = {"decimals": self.decimals}
            raise ValidationError(self.error_messages["decimals"], code="decimals", params=facts)
        if value == 0 and not self.allow_zero:
            raise ValidationError(self.error_messages["positive"], code="positive")
        if value < 0 and not self.allow_negative:
            code = "negative" if self.allow_zero else "positive"
            raise ValidationError(self.error_messages[code], code=code)

    def has_changed(self, initial, data):
        try:
            return self.to_python(data) != initial
        except ValidationError:
            return True


class AmountFormField(QuantityFormField):
    """A price: zero or more, at most six decimals."""

    default_error_messages = {
        "required": _("Enter a price."),
        "invalid": _("Enter a price such as 12 or 12.50; at most six decimals."),
        "decimals": _("Enter a price such as 12 or 12.50; at most six decimals."),
    }

    def __init__(self, **kwargs):
        super().__init__(allow_zero=True, **kwargs)


class PercentFormField(QuantityFormField):
    """A percentage of at most 100; with ``allow_negative`` it may be below 0, as a discount that raises a price.

    ``decimals``: how many are kept.
    """

    digits = 3
    default_error_messages = {
        "required": _("Enter a percentage; 0 is none."),
        "invalid": _("Enter a percentage such as 5 or 12.5."),
        "decimals": _("Enter a percentage such as 5 or 12.5; at most %(decimals)s decimals."),
        "large": _("Enter a percentage of at most 100."),
        "much": _("Enter a percentage of at most 100."),
    }

    def __init__(self, *, decimals=6, **kwargs):
        self.decimals = decimals
        super().__init__(allow_zero=True, **kwargs)

    def validate(self, value):
        super().validate(value)
        if value is not None and value > 100:
            raise ValidationError(self.error_messages["much"], code="much")


class RateFormField(QuantityFormField):
    """An exchange rate: above zero, at most eight decimals."""

    digits, decimals = 9, 8
    default_error_messages = {
        "required": _("Enter a rate; 1 where the currencies are the same."),
        "invalid": _("Enter a rate such as 11.25; at most eight decimals."),
        "decimals": _("Enter a rate such as 11.25; at most eight decimals."),
        "large": _("That is too large: at most 9 digits before the decimals."),
        "positive": _("Enter a rate above zero."),
    }


AMBIGUOUS = object()


def parse_number(text):
    """The number that a person typed; None if it is none, AMBIGUOUS if it may be two different ones."""
    compact = text.replace("\N{MINUS SIGN}", "-").translate(SPACES)
    if len(compact) > 40:
        return None
    if grouped := GROUPED.fullmatch(compact):
        sign, whole, separator, fraction = grouped.groups()
        if fraction[0] == separator or len(set(re.findall("[.,]", whole))) > 1:
            return None
        return _trim(Decimal(f"{sign}{whole.replace(separator, '')}.{fraction[1:]}"))
    if not PLAIN.fullmatch(compact):
        return None
    if formats.get_format("DECIMAL_SEPARATOR") not in compact and LOOKS_LIKE_THOUSANDS.fullmatch(compact):
        return AMBIGUOUS
    return _trim(Decimal(compact.replace(",", ".")))


def _trim(number):
    """Without trailing zeros and without a negative zero: 1.50 is 1.5, -0 is 0."""
    if number == 0:
        return Decimal(0)
    trimmed = number.normalize()
    return trimmed.quantize(Decimal(1)) if trimmed.as_tuple().exponent > 0 and trimmed.adjusted() < 20 else trimmed


class TextFormField(forms.CharField):
    """Text in Unicode's composed form, without control characters."""

    default_error_messages = {"control": _("Remove the control characters from this text.")}

    def __init__(self, *, max_length=200, multiline=False, **kwargs):
        if multiline:
            kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 3}))
        super().__init__(max_length=max_length, **kwargs)

    def to_python(self, value):
        text = unicodedata.normalize("NFC", super().to_python(value))
        if CONTROL.search(text):
            raise ValidationError(self.error_messages["control"], code="control")
        return text


class CurrencyFormField(TextFormField):
    """A currency by its three letters."""

    default_error_messages = {"letters": _("Enter the three letters of a currency, such as EUR.")}

    def __init__(self, **kwargs):
        super().__init__(max_length=3, **kwargs)

    def to_python(self, value):
        code = super().to_python(value).upper()
        if code and not re.fullmatch("[A-Z]{3}", code, re.ASCII):
            raise ValidationError(self.error_messages["letters"], code="letters")
        return code


class IsoDateField(forms.DateField):
    """A date of this business: the browser's own date picker, from 1990 to 2199."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    default_error_messages = {
        "required": _("Enter a date."),
        "invalid": _("Enter a date such as 2026-03-31."),
        "range": _("Enter a date between 1990 and 2199."),
    }

    def __init__(self, **kwargs):
        super().__init__(input_formats=["%Y-%m-%d"], **kwargs)

    def to_python(self, value):
        if isinstance(value, str) and not value.isascii():
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        day = super().to_python(value)
        if day is not None and not EARLIEST <= day <= LATEST:
            raise ValidationError(self.error_messages["range"], code="range")
        return day


class PostingDateField(IsoDateField):
    """The day that something happened on: today or before. What has not happened yet cannot be reported."""

    default_error_messages = {"future": _("This day is still to come: enter today or a day before.")}

    def to_python(self, value):
        day = super().to_python(value)
        if day is not None and day > timezone.localdate():
            raise ValidationError(self.error_messages["future"], code="future")
        return day


class LookupChoiceField(forms.CharField):
    """A row of the register, chosen by its exact number.

    The box is a plain text input: without JavaScript one types the number, with it ``erp.js`` offers matches from
    ``/lookup/<lookup>/``. Either way the number is what is posted.
    """

    default_error_messages = {
        "required": _("Choose one or type its number."),
        "unknown": _("There is no “%(value)s” to choose. Type an exact number or pick one from the list."),
    }

    def __init__(self, *, queryset, lookup, to_field_name="number", **kwargs):
        self.queryset, self.lookup, self.to_field_name = queryset, lookup, to_field_name
        kwargs.setdefault("max_length", 100)
        super().__init__(**kwargs)

    def widget_attrs(self, widget):
        return super().widget_attrs(widget) | {
            "data-lookup-url": reverse_lazy("web:lookup", args=[self.lookup]),
            "autocomplete": "off",
        }

    def prepare_value(self, value):
        return getattr(value, self.to_field_name, value)

    def clean(self, value):
        if value is not None and not isinstance(value, str):
            return value  # of a field that can only be read: its row, whatever it is by now
        text = super().clean(unicodedata.normalize("NFC", value) if value else value)
        if not text:
            return None
        queryset = self.queryset() if callable(self.queryset) else self.queryset
        for match in ("exact", "iexact"):
            found = list(queryset.filter(**{f"{self.to_field_name}__{match}": text})[:2])
            if len(found) == 1:
                return found[0]
        raise ValidationError(self.error_messages["unknown"], code="unknown", params={"value": text})
