"""The form that configures a row: one choice for each question of its part."""

from django import forms
from django.utils.translation import gettext_lazy as _

from erp.register.units import plain
from erp.web.forms import OperationForm, VersionField
from sales.operations.configuring import chosen_of


class ConfigurationForm(OperationForm):
    """``options`` are what was chosen, one for each question."""

    version = VersionField()

    def __init__(self, data=None, *, row, questions, **kwargs):
        super().__init__(data, auto_id="id_configuration_%s", initial={"version": row.version}, **kwargs)
        self.questions, currency = questions, row.order.company_currency
        now = chosen_of(row, questions)
        for question in questions:
            self.fields[f"question-{question.pk}"] = forms.ChoiceField(
                label=question.text,
                choices=[(str(option.pk), _named(option, currency)) for option in question.options.all()],
                initial=str(now[question.pk].pk) if question.pk in now else None,
                widget=forms.RadioSelect,
                error_messages={"required": _("Choose an option."), "invalid_choice": _("Choose one of these.")},
            )

    def clean(self):
        answer = super().clean()
        options = {str(option.pk): option for question in self.questions for option in question.options.all()}
        picked = [answer.pop(f"question-{question.pk}", None) for question in self.questions]
        answer["options"] = [options[pk] for pk in picked if pk]
        return answer


def _named(option, currency):
    return f"{option.name} ({plain(option.price)} {currency})" if option.price else option.name
