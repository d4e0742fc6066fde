"""What the header of a sent order says and its supplier knows of it: how they differ, and in which words.

As in ``purchasing.differences`` nothing is noted when the header changes: it is counted. The supplier's own reference
is its word, not ours, and is no change.
"""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from erp.register.models import User
from purchasing.models import HeaderFact


@dataclass(frozen=True)
class HeaderDifference:
    """One fact of the header: what the supplier knows and what it is now, as kept and in words."""

    name: str
    old: str
    new: str
    old_words: str = ""
    new_words: str = ""

    @property
    def label(self):
        return HeaderFact(self.name).label


def header_now(order):
    """{fact: text} of the header; the drop shipment comes along with the place that it belongs to."""
    return {
        HeaderFact.ORDERED_ON: order.document.ordered_on.isoformat(),
        HeaderFact.BUYER: str(order.buyer_id or ""),
        HeaderFact.GOODS_LABEL: order.goods_label,
        HeaderFact.TERMS: order.terms,
        HeaderFact.PLACE: order.delivery_address.replace("\r", ""),
        HeaderFact.NOTE: order.note.replace("\r", ""),
        "drop_shipment": "1" if order.drop_shipment else "",
    }


def header_differences(order):
    """[HeaderDifference] that the supplier of a sent order does not know."""
    if order.told is None or not order.is_at_supplier:
        return []
    now = header_now(order)
    found = [(name, order.told.get(name, ""), now[name]) for name in HeaderFact.values]
    return in_words([(name, old, new) for name, old, new in found if old != new])


def in_words(facts):
    """[HeaderDifference] of (fact, old, new)."""
    people = {int(text) for name, *texts in facts if name == HeaderFact.BUYER for text in texts if text}
    names = {str(pk): str(user) for pk, user in User.objects.in_bulk(people).items()} if people else {}
    return [
        HeaderDifference(name, old, new, _words(name, old, names), _words(name, new, names)) for name, old, new in facts
    ]


def _words(name, text, names):
    if name == HeaderFact.BUYER:
        return names.get(text, "")
    if name == HeaderFact.PLACE:
        return text or _("our warehouse")
    return text


def put_back(order, name, text):
    """Give a fact of the header the value that the supplier knows."""
    if name == HeaderFact.ORDERED_ON:
        order.document.ordered_on = date.fromisoformat(text)
    elif name == HeaderFact.BUYER:
        order.buyer_id = int(text) if text else None
    else:
        setattr(order, name, text)
    if name == HeaderFact.PLACE:
        order.drop_shipment = bool(order.told.get("drop_shipment")) and bool(text)
