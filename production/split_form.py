"""The form of splitting a production order: the parts with both dates, the reason, what is repeated."""

from django import forms
from django.utils.translation import gettext as _say
from django.utils.translation import gettext_lazy as _

from erp.web.fields import TextFormField
from linkage.split_forms import PartsForm
from production.operations import NewPart

WHY = {"capacity": _("Capacity"), "batch": _("Batch size"), "site": _("Site"), "other": _("Other")}


class SplitForm(PartsForm):
    DATES = {"start": _("Start date"), "finish": _("Finish date")}
    why = forms.ChoiceField(label=_("Reason"), choices=list(WHY.items()))
    text = TextFormField(label=_("In words"), max_length=120, required=False)
    repeat_fixed = forms.BooleanField(label=_("Repeat fixed quantities on each part"), required=False)

    @staticmethod
    def part_of(quantity, dates):
        return NewPart(quantity=quantity, start_date=dates["start"], finish_date=dates["finish"])

    def clean(self):
        answer = super().clean()
        if self.errors:
            return answer
        why, text = answer.pop("why"), answer.pop("text").strip()
        if why == "other" and not text:
            self.add_error("text", _say("Say why the order is split."))
        named = "" if why == "other" else str(WHY[why])
        return answer | {"reason": ": ".join(filter(None, [named, text]))}
