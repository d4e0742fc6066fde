"""Forms of every split: how a quantity is to be cut, and the table of parts x links. Each app adds its own dates."""

import re
from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from erp.exceptions import Refused
from erp.register.units import plain
from erp.web.fields import IsoDateField, QuantityFormField, parse_number
from erp.web.forms import OperationForm, VersionField
from linkage.cutting import MOST_PARTS, equal_parts, listed_parts, parts_of_size

MOVE = re.compile(r"move-([0-9]{1,18})-([0-9]{1,2})", re.ASCII)


class QuantityListField(forms.CharField):
    """Quantities with spaces between them: ``4 3.5 2``."""

    default_error_messages = {"list": _("Enter the parts with spaces between them, such as 4 3.5 2.")}

    def __init__(self, **kwargs):
        super().__init__(max_length=400, **kwargs)

    def clean(self, value):
        numbers = [parse_number(text) for text in super().clean(value).replace(";", " ").split()]
        if not all(isinstance(number, Decimal) for number in numbers):
            raise forms.ValidationError(self.error_messages["list"], code="list")
        return numbers


class CutForm(forms.Form):
    """How a quantity is to be cut, read from the URL: equal parts, parts of a size, a list."""

    ways = forms.ChoiceField(choices=[("equal", ""), ("size", ""), ("list", "")])
    count = forms.IntegerField(min_value=1, max_value=MOST_PARTS, required=False)
    off = QuantityFormField(required=False)
    size = QuantityFormField(required=False)
    list = QuantityListField(required=False)

    def quantities(self, whole, unit, *, kept=Decimal(0)):
        """(the parts, a sentence where they cannot be cut so). ``kept`` of the whole cannot move: the first part's."""
        if not self.is_valid():
            return [whole], " ".join(error for errors in self.errors.values() for error in errors)
        try:
            first, *rest = self._cut(whole - kept, unit, **self.cleaned_data)
        except Refused as refusal:
            return [whole], str(refusal)
        return [kept + first, *rest], ""

    def _cut(self, whole, unit, *, ways, count, off, size, list):
        if ways == "size" and size:
            return parts_of_size(whole, size, count=count)
        if ways == "list" and list:
            return listed_parts(whole, list, unit)
        return equal_parts(whole, count or 2, unit, off=off)


class PartsForm(OperationForm):
    """The parts, their dates, and which part gets how much of each link. Empty lines are left out.

    ``DATES`` are the dates of a part, ``CHOICES`` what else is chosen for it; ``part_of(quantity, facts)`` makes one of
    the answer's ``parts``.
    """

    DATES = {"date": _("Date")}
    CHOICES = {}
    version = VersionField()
    by_hand = forms.ChoiceField(
        label=_("Links"),
        choices=[("", _("the earliest need gets the earliest supply")), ("yes", _("as in the table"))],
        required=False,
    )

    def __init__(self, data=None, *, whole, version, links, parts=(), moves=None, **kwargs):
        """``parts``: [(quantity, {date name: date})]; ``moves``: {(link id, place): quantity}; both to begin with.

        ``whole`` is what they add up to and ``version`` that of the row as it is now: a form that was opened before it
        changed is left to the operation, which refuses it, or knows its key and answers as it did the first time.
        """
        super().__init__(data, initial={"version": version}, **kwargs)
        self.whole, self.now, self.links = whole, version, links
        self.link_ids = [link.pk for link in links]
        self.link_ids += sorted({pk for pk, _ in _moves_in(data)} - set(self.link_ids))
        words = {link.pk: f"{link.supply} → {link.demand}" for link in links}
        self.count = min(max(_lines_of(data), len(parts), 2), MOST_PARTS)
        for place in range(self.count):
            quantity, dates = parts[place] if place < len(parts) else (None, {})
            self._add(f"quantity-{place}", QuantityFormField(required=False, allow_zero=True, initial=quantity), place)
            for name in self.DATES:
                self._add(f"{name}-{place}", IsoDateField(required=False, initial=dates.get(name)), place)
            for name in self.CHOICES:
                self._add(f"{name}-{place}", self.choice_field(name, place, dates.get(name)), place)
            for pk in self.link_ids if place else ():
                moved = (moves or {}).get((pk, place))
                field = QuantityFormField(required=False, allow_zero=True, initial=moved or None)
                self._add(f"move-{pk}-{place}", field, place, words.get(pk, ""))

    def _add(self, name, field, place, what=""):
        kind = name.split("-")[0]
        field.widget.attrs["aria-label"] = f"{what or kind.capitalize()}, part {place + 1}"
        self.fields[name] = field

    @property
    def lines(self):
        """Per part: its place, quantity, dates and choices, and a cell per link (None for the part that stays)."""
        for place in range(self.count):
            cells = [self[f"move-{link.pk}-{place}"] if place else None for link in self.links]
            yield place, self[f"quantity-{place}"], [self[f"{name}-{place}"] for name in self.facts], cells

    @property
    def headings(self):
        return [self.heading(link) for link in self.links]

    @staticmethod
    def heading(link):
        """What stands above the column of a link."""
        need = f", needed {link.demand.need_date}" if link.demand.need_date else ""
        return f"{link.demand}: {plain(link.to_come)}{need}"

    @property
    def facts(self):
        return self.DATES | self.CHOICES

    @property
    def date_names(self):
        return self.facts.values()

    def choice_field(self, name, place, value):
        """The field of one of ``CHOICES`` for the part at ``place``."""
        raise NotImplementedError

    def clean(self):
        answer = super().clean()
        if self.errors:
            return answer
        given = [place for place in range(self.count) if answer.get(f"quantity-{place}")]
        together = sum((answer[f"quantity-{place}"] for place in given), Decimal(0))
        if answer["version"] == self.now and len(given) < 2:
            raise forms.ValidationError(
                _("Enter at least 2 parts; together they are %(whole)s."), params={"whole": plain(self.whole)}
            )
        if answer["version"] == self.now and together != self.whole:
            raise forms.ValidationError(
                _("The %(n)s parts add up to %(together)s; there are %(whole)s to divide."),
                params={"together": plain(together), "n": len(given), "whole": plain(self.whole)},
            )
        kept = {name: value for name, value in answer.items() if "-" not in name and name != "by_hand"}
        parts = [self._part(answer, place) for place in given]
        return kept | {"parts": parts, "moves": self._moves(answer, given) if answer["by_hand"] else None}

    def _part(self, answer, place):
        facts = {name: answer[f"{name}-{place}"] for name in self.facts}
        return self.part_of(answer[f"quantity-{place}"], facts)

    def _moves(self, answer, given):
        return {
            (pk, index): answer[f"move-{pk}-{place}"]
            for index, place in enumerate(given)
            for pk in self.link_ids
            if index and answer.get(f"move-{pk}-{place}")
        }


def _lines_of(data):
    """How many lines were posted."""
    return len((data or {}).keys() & {f"quantity-{place}" for place in range(MOST_PARTS)})


def _moves_in(data):
    """(link id, place) of every cell of the table that was posted."""
    found = (MOVE.fullmatch(name) for name in data or {})
    return {(int(match[1]), int(match[2])) for match in found if match}
