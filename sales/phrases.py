"""What may be inserted into a text row: the phrases of the register, and the signature of who writes it."""

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from sales.models import Phrase, Signature

SIGNATURE = "signature"


class InsertSelect(forms.Select):
    """Each choice carries its text, so that the page can put it where the cursor is."""

    texts: dict = {}

    def create_option(self, name, value, *args, **kwargs):
        option = super().create_option(name, value, *args, **kwargs)
        if text := self.texts.get(str(value)):
            option["attrs"]["data-text"] = text
        return option


def insert_field():
    return forms.ChoiceField(
        label=_("Insert phrase or signature"), required=False, widget=InsertSelect(attrs={"data-inserts": "text"})
    )


def texts_for(order, user):
    """{value: (label, text)}: phrases in the customer's language and those for all, then the user's signature."""
    found = Phrase.objects.filter(language__in=["", order.customer.language])
    offered = {str(phrase.pk): (str(phrase), phrase.text) for phrase in found}
    if signature := Signature.objects.filter(user=user).first():
        offered[SIGNATURE] = (_now("My signature"), signature.text)
    return offered


def offer_texts(form, order, user):
    """Let a form of a text row insert them; without any there is nothing to choose."""
    offered = texts_for(order, user)
    if not offered:
        del form.fields["insert"]
        return form
    field = form.fields["insert"]
    field.choices = [("", _now("Insert phrase…")), *((value, label) for value, (label, _text) in offered.items())]
    field.widget.texts = {value: text for value, (_label, text) in offered.items()}
    form.offered = offered
    return form
