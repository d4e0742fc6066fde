"""The form of splitting a production order: the parts with both dates, the reason, what is repeated."""

from django import forms
from django.utils.translation import gettext as _say
from django.utils.translation import gettext_lazy as _

from erp.register.models import Warehouse
from erp.web.fields import TextFormField
from linkage.split_forms import PartsForm
from production.operations import NewPart

WHY = {"capacity": _("Capacity"), "batch": _("Batch size"), "site": _("Site"), "other": _("Other")}


class SplitForm(PartsForm):
    DATES = {"start": _("Start date"), "finish": _("Finish date")}
    CHOICES = {"site": _("Site")}
    why = forms.ChoiceField(label=_("Reason"), choices=list(WHY.items()))
    text = TextFormField(label=_("In words"), max_length=120, required=False)
    repeat_fixed = forms.BooleanField(label=_("Repeat fixed quantities on each part"), required=False)

    def __init__(self, *args, order, **kwargs):
        self.site = order.site
        sites = Warehouse.objects.filter(is_active=True, company=order.document.company_id).order_by("code")
        self.sites = {str(site.pk): site for site in sites} | {str(order.site_id): order.site}
        super().__init__(*args, **kwargs)

    def choice_field(self, name, place, value):
        """Where a part is made; the first one stays where it is."""
        sites = self.sites if place else {str(self.site.pk): self.site}
        choices = [(key, str(site)) for key, site in sites.items()]
        return forms.TypedChoiceField(
            choices=choices, coerce=self.sites.get, required=False, empty_value=None, initial=str(self.site.pk)
        )

    @staticmethod
    def part_of(quantity, facts):
        dates = {"start_date": facts["start"], "finish_date": facts["finish"]}
        return NewPart(quantity=quantity, site=facts["site"], **dates)

    def clean(self):
        answer = super().clean()
        if self.errors:
            return answer
        why, text = answer.pop("why"), answer.pop("text").strip()
        if why == "other" and not text:
            self.add_error("text", _say("Say why the order is split."))
        named = "" if why == "other" else str(WHY[why])
        return answer | {"reason": ": ".join(filter(None, [named, text]))}
