"""The form that gives a row serial numbers, says something about them, or takes them away."""

from django import forms
from django.utils.translation import gettext_lazy as _

from erp.web.fields import TextFormField
from erp.web.forms import OperationForm, VersionField
from linkage.serials import LONGEST, MOST

GIVE, DRAW, REMARK, REMOVE = "give", "draw", "remark", "remove"


class SerialForm(OperationForm):
    what = forms.ChoiceField(
        label=_("What to do"),
        choices=[
            (GIVE, _("Give numbers by hand, from the first one on")),
            (DRAW, _("Take numbers from the number series")),
            (REMARK, _("Put the remark on numbers of the row, from the first one on")),
            (REMOVE, _("Take numbers from the row, from the first one on")),
        ],
    )
    first = TextFormField(
        label=_("First number"), max_length=LONGEST, required=False, help_text=_("Its last digits count up.")
    )
    quantity = forms.IntegerField(label=_("Quantity"), min_value=1, max_value=MOST, initial=1)
    remark = TextFormField(label=_("Remark"), max_length=200, required=False)
    version = VersionField()

    def clean(self):
        answer = super().clean()
        if answer.get("what") in {GIVE, REMARK, REMOVE} and not answer.get("first") and "first" not in self.errors:
            self.add_error("first", _("Enter the first number."))
        return answer
