"""What is typed as a price of a row, and the choice among the prices that a row may take."""

from django import forms
from django.utils.translation import gettext_lazy as _

from erp.register import settings_registry
from erp.register.units import plain
from erp.web.fields import AmountFormField
from erp.web.forms import OperationForm, VersionField
from erp.web.numbers import show_quantity


class RowPriceField(AmountFormField):
    """A price with as many decimals as prices have by setting; the one that the row has already may have more.

    It may be older than the setting, and whoever edits something else of the row must not lose it.
    """

    kept = None

    def validate(self, value):
        if value is None or value != self.kept:
            super().validate(value)


def as_prices(form, *names, row=None):
    """Those of the fields that the form has take as many decimals as prices have by setting; ``row`` is edited."""
    decimals = settings_registry.get("price_decimals")
    sentence = _("A price has at most %(n)s decimals here.") % {"n": decimals}
    for name in form.fields.keys() & set(names):
        form.fields[name].decimals = decimals
        form.fields[name].error_messages["decimals"] = sentence
        form.fields[name].kept = row and getattr(row, name)


# Which typed figures count as they are, by the choice that says so
KEPT = {"kept": {"price": True}, "kept setup": {"setup": True}, "kept both": {"price": True, "setup": True}}
# What loses its padlock, by the choice that says so
UNLOCKED = {"suggested": {"price": True}, "discount": {"discount": True}, "standard": {"standard": True}}


class PriceForm(OperationForm):
    """Which of a row's price alternatives it takes; or what is suggested, without one of the padlocks."""

    source = forms.ChoiceField(
        label=_("Price"),
        widget=forms.RadioSelect,
        error_messages={
            "invalid_choice": _("The prices have changed. Choose again."),
            "required": _("Choose a price, or leave it."),
        },
    )
    version = VersionField()

    def __init__(self, *args, row, alternatives, suggested, **kwargs):
        super().__init__(*args, **kwargs)
        choices = [(price.key, _in_words(price, row.order.currency)) for price in alternatives]
        choices = _kept(row) + choices
        if row.is_part:
            choices.append(
                ("suggested", _("Price as suggested, without its padlock") + _figure(suggested, "unit_price"))
            )
        if row.is_part and row.discount_locked:
            choices.append(
                ("discount", _("Discount as suggested, without its padlock") + _figure(suggested, "discount"))
            )
        if row.is_part and row.standard_price_locked:
            choices.append(("standard", _("Standard price of the part or its calculation, without its padlock")))
        self.fields["source"].choices = choices


def _kept(row):
    """The typed figures that are marked may count as they are, each by itself or both."""
    figures = {"price": show_quantity(row.unit_price), "setup": show_quantity(row.setup_price)}
    figures["currency"] = row.order.currency
    choices = []
    if row.priced_in and row.setup_priced_in:
        words = _("Price and setup price as they were typed: %(price)s and %(setup)s %(currency)s")
        choices.append(("kept both", words % figures))
    if row.priced_in:
        choices.append(("kept", _("Price as it was typed: %(price)s %(currency)s") % figures))
    if row.setup_priced_in:
        choices.append(("kept setup", _("Setup price as it was typed: %(setup)s %(currency)s") % figures))
    return choices


def _figure(suggested, name):
    """What the row would get; nothing where it cannot be said, because an exchange rate is missing."""
    return f": {show_quantity(getattr(suggested, name))}" if suggested else ""


def _in_words(price, currency):
    facts = [f"{show_quantity(price.price)} {currency}: {price.label}"]
    if price.from_quantity:
        facts.append(_("from %(n)s") % {"n": plain(price.from_quantity)})
    if price.currency != currency:
        facts.append(_("agreed in %(currency)s") % {"currency": price.currency})
    return ", ".join([*facts, *filter(None, [price.comment])])
