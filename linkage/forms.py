"""Forms of the pages of links and stock; their fields are the arguments of the operations.

A form asks the rules (``linkage.checks``) before the operation does, so that a refusal with its figures stands beside
the field; the operation asks again under the lock.
"""

from datetime import timedelta
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from erp.exceptions import Refused
from erp.register.models import Part, Warehouse
from erp.register.units import check_fits
from erp.web.forms import IsoDateField, LookupChoiceField, OperationForm, QuantityFormField, TextFormField
from linkage.checks import check_linkable, check_no_circle, link_warnings
from linkage.models import Operation, Supply
from linkage.models.movements import MovementKind
from linkage.operations.pieces import pieces_leaving
from linkage.refusals import NotEnough
from linkage.serial_fields import SerialsField
from linkage.serials import numbers_in

REASON = {"label": _("Reason"), "required": False, "max_length": 200}


def active_warehouses():
    return Warehouse.objects.filter(is_active=True)


def stocked_parts():
    return Part.objects.filter(is_stock_updated=True).select_related("unit")


class AnsweredOnce(OperationForm):
    """A form that asks the rules first, except when it was sent before: then the operation answers as it did."""

    @property
    def was_sent(self):
        key = self.cleaned_data.get("operation_key")
        return bool(key) and Operation.objects.filter(key=key, result__isnull=False).exists()


class StockForm(AnsweredOnce):
    """What adjusting and moving have in common: a stock-updated part and a quantity that its unit allows."""

    part = LookupChoiceField(label=_("Part"), queryset=stocked_parts, lookup="parts")

    def check_pieces(self, warehouse, leaving):
        """What would be refused of the pieces that leave (a quantity) is said beside their numbers."""
        part, serials = self.cleaned_data.get("part"), self.cleaned_data.get("serials")
        if self.errors or self.was_sent or leaving <= 0:
            return
        shelf = Supply.objects.stock().select_related("part__unit", "warehouse").filter(part=part, warehouse=warehouse)
        try:
            pieces_leaving(shelf.get(), leaving, serials)
        except Supply.DoesNotExist:
            return
        except Refused as refusal:
            self.add_error("serials", str(refusal))

    def clean(self):
        part, quantity = self.cleaned_data.get("part"), self.cleaned_data.get("quantity")
        if part and quantity is not None:
            try:
                check_fits(part.unit, quantity)
            except Refused as refusal:
                self.add_error("quantity", str(refusal))
        return self.cleaned_data


class AdjustForm(StockForm):
    """A balance corrected by hand. The sign follows from the kind: waste is taken off, a count is what is there."""

    warehouse = LookupChoiceField(
        label=_("Warehouse"), queryset=active_warehouses, lookup="warehouses", to_field_name="code"
    )
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[
            (MovementKind.ADJUSTMENT, _("Adjustment: add, or take off with a minus")),
            (MovementKind.WASTE, _("Waste: take off")),
            (MovementKind.COUNT, _("Count: what is there")),
        ],
    )
    quantity = QuantityFormField(label=_("Quantity"), allow_negative=True, help_text=_("In the part's base unit."))
    serials = SerialsField(
        help_text=_("Of what comes or leaves, such as A-001..A-010, B-7; of a count, all that are there.")
    )
    reason = TextFormField(label=_("Reason"), max_length=200)

    def clean(self):
        super().clean()
        kind, quantity = self.cleaned_data.get("kind"), self.cleaned_data.get("quantity")
        if quantity is None or kind is None:
            return self.cleaned_data
        if kind == MovementKind.COUNT and quantity < 0:
            self.add_error("quantity", _("Enter what was counted: zero or more."))
        elif kind == MovementKind.WASTE and quantity <= 0:
            self.add_error("quantity", _("Enter how much is wasted: a quantity above zero."))
        elif kind == MovementKind.ADJUSTMENT and quantity == 0:
            self.add_error("quantity", _("Enter a quantity other than zero."))
        if kind != MovementKind.COUNT:
            leaving = quantity if kind == MovementKind.WASTE else -quantity
            self.check_pieces(self.cleaned_data.get("warehouse"), leaving)
        return self.cleaned_data


class MoveForm(StockForm):
    from_warehouse = LookupChoiceField(
        label=_("From warehouse"), queryset=active_warehouses, lookup="warehouses", to_field_name="code"
    )
    to_warehouse = LookupChoiceField(
        label=_("To warehouse"), queryset=active_warehouses, lookup="warehouses", to_field_name="code"
    )
    quantity = QuantityFormField(label=_("Quantity"), help_text=_("In the part's base unit; free goods only."))
    serials = SerialsField(help_text=_("Of the pieces that move, where they have any, such as A-001..A-010, B-7."))
    reason = TextFormField(**REASON)

    def clean_to_warehouse(self):
        if self.cleaned_data["to_warehouse"] == self.cleaned_data.get("from_warehouse"):
            raise ValidationError(_("Choose two different warehouses."))
        return self.cleaned_data["to_warehouse"]

    def clean(self):
        super().clean()
        self.check_pieces(self.cleaned_data.get("from_warehouse"), self.cleaned_data.get("quantity") or 0)
        return self.cleaned_data


class ReasonForm(OperationForm):
    """For actions that ask nothing but why."""

    reason = TextFormField(**REASON)


class PairForm(AnsweredOnce):
    """A quantity of one supply for one demand; warnings are shown once and then accepted or not."""

    quantity = QuantityFormField(label=_("Quantity"))
    accept_warnings = forms.BooleanField(label=_("Link anyway"), required=False)
    reason = TextFormField(**REASON)

    def __init__(self, data=None, *, demand, supply, quantity=None):
        self.demand, self.supply, self.warnings = demand, supply, []
        super().__init__(data, initial={"quantity": quantity}, auto_id=f"id_{demand.pk}_{supply.pk}_%s")

    def clean(self):
        quantity = self.cleaned_data.get("quantity")
        if quantity is None or self.was_sent:
            return self.cleaned_data
        try:
            self.check(quantity)
        except Refused as refusal:
            self.add_error("quantity", str(refusal))
            return self.cleaned_data
        self.warnings = link_warnings(demand=self.demand, supply=self.supply)
        if self.warnings and not self.cleaned_data.get("accept_warnings"):
            self.add_error("accept_warnings", " ".join(self.warnings))
        return self.cleaned_data

    def check(self, quantity):
        check_linkable(demand=self.demand, supply=self.supply, quantity=quantity)
        check_no_circle(demand=self.demand, supply=self.supply)


class HandOverForm(PairForm):
    """A link's quantity, or part of it, for another demand."""

    def clean(self):
        """The warnings are settled here: who hands over says whom the goods go to."""
        super().clean()
        self.cleaned_data.pop("accept_warnings", None)
        return self.cleaned_data

    def __init__(self, data=None, *, link, demand):
        self.link = link
        super().__init__(data, demand=demand, supply=link.supply, quantity=min(link.open, demand.uncovered))

    def check(self, quantity):
        check_linkable(demand=self.demand, supply=self.supply, quantity=quantity, supply_side=False)
        check_no_circle(demand=self.demand, supply=self.supply)
        check_open(self.link, quantity)


class LinkForm(AnsweredOnce):
    """What is done with a link that stands; ``quantity`` begins as all that is open."""

    quantity = QuantityFormField(label=_("Quantity"))
    reason = TextFormField(**REASON)

    def __init__(self, data=None, *, link, auto_id="id_%s"):
        self.link = link
        super().__init__(data, initial={"quantity": link.open}, auto_id=auto_id)

    def clean_quantity(self):
        quantity = self.cleaned_data["quantity"]
        if self.was_sent:
            return quantity
        try:
            check_fits(self.link.supply.part.unit, quantity)
            self.check(quantity)
        except Refused as refusal:
            raise ValidationError(str(refusal)) from refusal
        return quantity

    def check(self, quantity):
        raise NotImplementedError


class ChangeLinkForm(LinkForm):
    """The open quantity that the link should have."""

    quantity = QuantityFormField(label=_("Open quantity"))
    accept_warnings = forms.BooleanField(label=_("Link more anyway"), required=False)

    def __init__(self, data=None, *, link, auto_id="id_%s"):
        self.warnings = []
        super().__init__(data, link=link, auto_id=auto_id)

    def check(self, quantity):
        if quantity > self.link.open:
            more = quantity - self.link.open
            check_linkable(demand=self.link.demand, supply=self.link.supply, quantity=more)
            self.warnings = link_warnings(demand=self.link.demand, supply=self.link.supply)

    def clean(self):
        if self.warnings and not self.cleaned_data.get("accept_warnings"):
            self.add_error("accept_warnings", " ".join(self.warnings))
        return self.cleaned_data


def check_open(link, quantity):
    if quantity > link.open:
        raise NotEnough(link, wanted=quantity, left=max(link.open, Decimal(0)), of="open")


class DateForm(forms.Form):
    """The date of the disposable balance on a part's page."""

    on = IsoDateField(label=_("Disposable on"), required=False)


class AsOfForm(forms.Form):
    """The chain as it stood at a time, and whether what is different now is listed."""

    at = forms.DateTimeField(
        label=_("As of"),
        required=False,
        widget=forms.DateTimeInput(
            format="%Y-%m-%dT%H:%M",
            attrs={"type": "datetime-local", "class": "form-control form-control-sm", "autocomplete": "off"},
        ),
        error_messages={"invalid": _("Enter a date and time such as 2026-03-18 14:30.")},
    )
    compare = forms.BooleanField(label=_("Compare with now"), required=False)

    def clean_at(self):
        """A date alone means the end of that day."""
        at = self.cleaned_data["at"]
        if at is None:
            return None
        if at > timezone.now() + timedelta(minutes=1):
            raise ValidationError(_("That time is still to come; the history ends now."))
        if at.year < 1900:
            raise ValidationError(_("That is before any history."))
        return at if ":" in self.data["at"] else at + timedelta(days=1, microseconds=-1)


class NumberArrivalForm(OperationForm):
    """Numbers of pieces that came without."""

    serials = SerialsField(required=True, help_text=_("One for each piece, such as A-001..A-010, B-7."))

    def __init__(self, *args, without, **kwargs):
        super().__init__(*args, **kwargs)
        self.without = without

    def clean_serials(self):
        count = len(numbers_in(self.cleaned_data["serials"]))
        if count > self.without:
            raise ValidationError(
                _("%(count)s serial numbers; %(without)s pieces are without one."),
                params={"count": count, "without": self.without},
            )
        return self.cleaned_data["serials"]
