"""The form of the window that makes production orders of rows."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from erp.register.models import User
from erp.register.units import plain
from erp.web.fields import IsoDateField, QuantityFormField, TextFormField
from erp.web.forms import OperationForm
from production.models import Layout
from sales.operations import Wish


class MakeOrdersForm(OperationForm):
    """How much to take of what is free and to make for each row, and when; asked before any order is made."""

    employee = forms.ModelChoiceField(label=_("Employee"), queryset=User.objects.none(), required=False)
    note = TextFormField(label=_("Note"), max_length=2000, multiline=True, required=False)
    layout = forms.ChoiceField(label=_("Layout of the printed order"), choices=Layout.choices, required=False)
    combine = forms.BooleanField(label=_("Combine rows of one part in one order"), required=False)
    buy = forms.BooleanField(label=_("Buy what is short below"), required=False)

    def __init__(self, *args, lines, **kwargs):
        super().__init__(*args, **kwargs)
        self.lines = lines
        self.fields["employee"].queryset = User.objects.filter(is_active=True).order_by("last_name", "username")
        for line in self.askable:
            self._add("take", line, QuantityFormField(allow_zero=True, required=False), _("Take first"))
            made = QuantityFormField(allow_zero=True, required=False, initial=line.uncovered)
            self._add("quantity", line, made, _("Make"))
            self._add("start", line, IsoDateField(required=False, initial=line.start), _("Start date"))
            self._add("finish", line, IsoDateField(required=False, initial=line.finish), _("Finish date"))

    def _add(self, name, line, field, label):
        field.widget.attrs["aria-label"] = f"{label}, {line.row}"
        self.fields[f"{name}-{line.pk}"] = field

    @property
    def askable(self):
        """The lines that an order can be made for."""
        return [line for line in self.lines if not line.why_not]

    @property
    def cells(self):
        """Per line: its four inputs, None where no order can be made."""
        asked = {line.pk for line in self.askable}
        for line in self.lines:
            names = ("take", "quantity", "start", "finish")
            yield line, [self[f"{name}-{line.pk}"] for name in names] if line.pk in asked else None

    @property
    def facts(self):
        return [self[name] for name in ("employee", "note", "layout", "combine", "buy")]

    def clean(self):
        answer = super().clean()
        for line in self.askable:
            self._check(line, answer)
        if not self.errors and not any(wish.take or wish.quantity for wish in self._wishes(answer).values()):
            raise forms.ValidationError(_("Nothing is to be made or taken: enter a quantity in at least one row."))
        return answer

    def _check(self, line, answer):
        take, start, finish = (answer.get(f"{name}-{line.pk}") for name in ("take", "start", "finish"))
        if take and take > line.takeable:
            sentence = _("Only %(free)s can be taken in time.") % {"free": plain(line.takeable)}
            self.add_error(f"take-{line.pk}", sentence)
        if start and finish and start > finish:
            self.add_error(f"finish-{line.pk}", _("The finish date lies before the start date."))

    def _wishes(self, answer):
        """{row id: Wish}; a quantity left empty makes nothing."""
        return {
            line.pk: Wish(
                take=answer.get(f"take-{line.pk}") or Decimal(0),
                quantity=answer.get(f"quantity-{line.pk}") or Decimal(0),
                start=answer.get(f"start-{line.pk}"),
                finish=answer.get(f"finish-{line.pk}"),
            )
            for line in self.askable
        }

    def arguments(self):
        """What the operation takes: the rows that something is made or taken for, and their wishes."""
        wishes = {pk: wish for pk, wish in self._wishes(self.cleaned_data).items() if wish.take or wish.quantity}
        facts = {name: self.cleaned_data[name] for name in ("employee", "note", "combine", "buy")}
        facts["layout"] = self.cleaned_data["layout"] or Layout.SHOP
        return facts | {"rows": [line.row for line in self.askable if line.pk in wishes], "wishes": wishes}
