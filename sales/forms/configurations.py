"""The form that configures a row: one choice for each question of its part."""

from django import forms
from django.utils.translation import gettext_lazy as _

from erp.register.units import plain
from erp.web.forms import OperationForm, VersionField
from sales.configuring import chosen_in, option_prices
from sales.pricing import prices_for


class ConfigurationForm(OperationForm):
    """``options`` are what was chosen, one for each question."""

    version = VersionField()

    def __init__(self, data=None, *, row, questions, **kwargs):
        facts = {"auto_id": "id_configuration_%s", "label_suffix": "", "initial": {"version": row.version}}
        super().__init__(data, **facts, **kwargs)
        self.questions, currency = questions, row.order.currency
        now = chosen_in(questions, row.variant)
        every = [option for question in questions for option in question.options.all()]
        prices = option_prices(row, every, prices_for([row]))
        for question in questions:
            self.fields[f"question-{question.pk}"] = forms.ChoiceField(
                label=question.text,
                choices=[(str(one.pk), _named(one, prices[one.pk], currency)) for one in question.options.all()],
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


def _named(option, price, currency):
    sign = "+" if price > 0 else ""
    return f"{option.name} ({sign}{plain(price)} {currency})" if price else option.name
