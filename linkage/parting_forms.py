"""Forms of disconnecting, holds and orphans: how much, and where the freed supply goes."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.exceptions import Refused
from erp.register.models import Partner
from erp.web.forms import IsoDateField, LookupChoiceField
from linkage.checks import check_reducible
from linkage.forms import AnsweredOnce, LinkForm, check_open
from linkage.models import Demand
from linkage.operations.disconnecting import Goes
from linkage.owners import owner_of
from linkage.statuses import Allows, allowed

MOST_EACH = 200  # links that are decided on one by one in one save
NOT_YOURS = gettext_lazy("Only who may change the order itself, a planner or for purchases a buyer, decides that.")


class Destinations(forms.RadioSelect):
    """Radios of which some are not offered: ``why_not`` holds their values."""

    why_not = ()

    def create_option(self, name, value, *args, **kwargs):
        option = super().create_option(name, value, *args, **kwargs)
        if value in self.why_not:
            option["attrs"]["disabled"] = True
        return option


class DisconnectForm(LinkForm):
    """All that is open, or part of it; a destination that is not offered says why."""

    goes = forms.ChoiceField(
        label=gettext_lazy("The freed supply"), choices=Goes.choices, widget=Destinations, required=False
    )
    give_to = forms.ModelChoiceField(
        label=gettext_lazy("Demand"), queryset=Demand.objects.none(), required=False, empty_label=None
    )
    partner = LookupChoiceField(
        label=gettext_lazy("Customer"), queryset=Partner.objects.customers, lookup="customers", required=False
    )
    until = IsoDateField(label=gettext_lazy("Until"), required=False)

    def __init__(self, data=None, *, link, user, takers):
        super().__init__(data, link=link)
        self.takers = takers
        self.why_not = {} if takers else {Goes.TAKER: _("No other demand of the part here is uncovered.")}
        if why := why_not_reduced(user, link.supply, link.to_come):
            self.why_not[Goes.REDUCE] = why
        self.fields["goes"].widget.why_not = self.why_not
        known = {taker.demand.pk: str(taker) for taker in takers}
        self.fields["give_to"].queryset = Demand.objects.filter(pk__in=known)
        self.fields["give_to"].widget.choices = list(known.items())
        self.initial |= {"goes": Goes.FREE, "partner": customer_of(link)}

    def check(self, quantity):
        check_open(self.link, quantity)

    def clean_goes(self):
        goes = self.cleaned_data["goes"] or Goes.FREE
        if goes in self.why_not and not self.was_sent:
            raise forms.ValidationError(self.why_not[goes])
        return goes

    def clean(self):
        """Only what belongs to the chosen destination counts."""
        goes = self.cleaned_data.get("goes")
        wanted = {Goes.TAKER: ["give_to"], Goes.HOLD: ["partner", "until"]}.get(goes, [])
        for name in ("give_to", "partner", "until"):
            if name not in wanted:
                self.cleaned_data.pop(name, None)
                self.errors.pop(name, None)
            elif not self.cleaned_data.get(name) and name not in self.errors:
                self.add_error(name, self.fields[name].error_messages["required"])
        return self.cleaned_data


class DisconnectManyForm(AnsweredOnce):
    """Where the supply of many links goes that are ended at once; each destination as the single question has it."""

    goes = forms.ChoiceField(
        label=gettext_lazy("The freed supply"), choices=Goes.choices, widget=forms.RadioSelect, initial=Goes.FREE
    )
    partner, until = DisconnectForm.base_fields["partner"], DisconnectForm.base_fields["until"]
    reason = LinkForm.base_fields["reason"]

    def __init__(self, data=None, *, count, customer):
        super().__init__(data, initial={"goes": Goes.FREE, "partner": customer})
        self.count = count

    def clean_goes(self):
        goes = self.cleaned_data["goes"]
        if goes != Goes.FREE and self.count > MOST_EACH:
            sentence = _("%(n)s links are more than %(most)s: leave their supply free, or tick fewer rows.")
            raise forms.ValidationError(sentence % {"n": self.count, "most": MOST_EACH})
        return goes

    def clean(self):
        answer = self.cleaned_data
        for name in ("partner", "until"):
            if answer.get("goes") != Goes.HOLD:
                answer.pop(name, None)
                self.errors.pop(name, None)
            elif not answer.get(name) and name not in self.errors:
                self.add_error(name, self.fields[name].error_messages["required"])
        return answer


def why_not_reduced(user, supply, quantity):
    """Why an order is neither reduced nor cancelled from here; empty where it can be."""
    try:
        check_reducible(supply, quantity)
    except Refused as refusal:
        return str(refusal)
    return "" if owner_of(supply).may(user, supply, "change") else str(NOT_YOURS)


def needs_asking(supply):
    """The status table says *ask*: nothing is done to the order without a word with those who work on it."""
    return allowed(supply).less is Allows.ASK


def customer_of(link):
    """Whom the goods are kept for unless somebody else is named: the demand's customer, else whom it was made for."""
    if link.demand.document_id and link.demand.document.partner_id:
        return link.demand.document.partner
    made_for = link.supply.provenance.filter(demand__document__partner__isnull=False)
    first = made_for.select_related("demand__document__partner").order_by("pk").first()
    return first and first.demand.document.partner


class SwapForm(LinkForm):
    """As much as both links hold, or less."""

    def __init__(self, data=None, *, link, other):
        super().__init__(data, link=link)
        self.other = other
        self.initial["quantity"] = min(link.open, other.open)

    def check(self, quantity):
        for link in (self.link, self.other):
            check_open(link, quantity)
