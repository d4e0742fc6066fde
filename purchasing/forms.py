"""Forms of purchasing: field names are the operations' argument names."""

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from erp.register.models import Company, Part, Partner, Unit, User, Warehouse
from erp.register.roles import BUYER
from erp.register.units import check_fits, plain
from erp.web.fields import PercentFormField
from erp.web.forms import (
    AmountFormField,
    IsoDateField,
    LookupChoiceField,
    OperationForm,
    QuantityFormField,
    TextFormField,
)
from erp.web.forms import VersionField as Version
from purchasing.differences import line_difference, unasked
from purchasing.field_checks import refused_at
from purchasing.headers import in_words
from purchasing.models import Answer, PurchaseOrderType
from purchasing.operations.orders import check_address
from purchasing.operations.rows import check_quantity, troubles_of_new_row


def order_type_field(**facts):
    """The kinds that a new order may have."""
    active = PurchaseOrderType.objects.active()
    return forms.ModelChoiceField(queryset=active, required=False, label=_("Order type"), **facts)


def terms_field():
    return TextFormField(
        required=False, max_length=200, label=_("Terms"), help_text=_("Of delivery and payment, for the document.")
    )


class OrderForm(OperationForm):
    """A new draft; rows follow on its page."""

    supplier = LookupChoiceField(queryset=Partner.objects.suppliers, lookup="suppliers", label=_("Supplier"))
    company = forms.ModelChoiceField(queryset=Company.objects.none(), empty_label=None, label=_("Company"))
    ordered_on = IsoDateField(label=_("Order date"))
    order_type = order_type_field(help_text=_("Empty: your own."))
    goods_label = TextFormField(required=False, max_length=60, label=_("Goods label"))
    delivery_address = TextFormField(
        required=False,
        max_length=400,
        multiline=True,
        label=_("Delivery address"),
        help_text=_("Empty: the address of our warehouse. For a drop shipment the customer's."),
    )
    drop_shipment = forms.BooleanField(required=False, label=_("Drop shipment: straight to this address"))
    terms = terms_field()
    note = TextFormField(required=False, max_length=2000, multiline=True, label=_("Note"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["company"].queryset = Company.objects.all()

    def clean(self):
        return _with_address(self, super().clean())


HEADER = [
    "order_type",
    "buyer",
    "supplier_reference",
    "terms",
    "goods_label",
    "delivery_address",
    "drop_shipment",
    "note",
    "version",
]


class HeaderForm(OperationForm):
    order_type = order_type_field()
    ordered_on = IsoDateField(required=False, label=_("Order date"), help_text=_("Empty: as it is."))
    buyer = forms.ModelChoiceField(queryset=User.objects.none(), required=False, label=_("Our reference"))
    supplier_reference = TextFormField(required=False, max_length=60, label=_("Supplier's reference"))
    goods_label = TextFormField(required=False, max_length=60, label=_("Goods label"))
    delivery_address = TextFormField(required=False, max_length=400, multiline=True, label=_("Delivery address"))
    drop_shipment = forms.BooleanField(required=False, label=_("Drop shipment: straight to this address"))
    terms = terms_field()
    note = TextFormField(required=False, max_length=2000, multiline=True, label=_("Note"))
    version = Version(required=False)

    @classmethod
    def of(cls, order, data=None):
        initial = {name: getattr(order, name) for name in HEADER} | {"ordered_on": order.document.ordered_on}
        form = cls(data, initial=initial, auto_id="header-%s")
        buyers = Q(is_active=True, groups__name=BUYER) | Q(pk=order.buyer_id)
        form.fields["buyer"].queryset = User.objects.filter(buyers).distinct().order_by("first_name", "username")
        form.fields["order_type"].queryset |= PurchaseOrderType.objects.filter(pk=order.order_type_id)
        return form

    def clean(self):
        return _with_address(self, super().clean())


def _with_address(form, facts):
    """A drop shipment needs the customer's address; said where it is typed."""
    if "delivery_address" not in form.errors:
        refused_at(form, "delivery_address", check_address, facts.get("drop_shipment"), facts.get("delivery_address"))
    return facts


class RowForm(OperationForm):
    """A new row; what is left empty comes from the supplier's terms."""

    part = LookupChoiceField(queryset=Part.objects.active, lookup="parts", label=_("Part"))
    quantity = QuantityFormField(label=_("Quantity"))
    unit = LookupChoiceField(
        queryset=Unit.objects.all, lookup="units", to_field_name="code", required=False, label=_("Unit")
    )
    due_date = IsoDateField(required=False, label=_("Due date"))
    price = AmountFormField(required=False, label=_("Price"))
    warehouse = LookupChoiceField(
        queryset=lambda: Warehouse.objects.filter(is_active=True),
        lookup="warehouses",
        to_field_name="code",
        required=False,
        label=_("Warehouse"),
    )
    goods_label = TextFormField(required=False, max_length=60, label=_("Goods label"))
    project = TextFormField(required=False, max_length=60, label=_("Project"))

    def __init__(self, *args, order, **kwargs):
        super().__init__(*args, **kwargs)
        self.order = order

    def clean(self):
        """What ``add_row`` would refuse is said at the field that it is about."""
        facts = super().clean()
        if not self.errors:
            for field, words in troubles_of_new_row(self.order, **facts):
                self.add_error(field, words)
        return facts


class ChangeRowForm(OperationForm):
    """One row, edited in place."""

    quantity = QuantityFormField(label=_("Quantity"))
    due_date = IsoDateField(required=False, label=_("Due date"))
    price = AmountFormField(label=_("Price"))
    discount = PercentFormField(decimals=2, label=_("Discount %"))
    goods_label = TextFormField(required=False, max_length=60, label=_("Goods label"))
    project = TextFormField(required=False, max_length=60, label=_("Project"))
    version = Version(required=False)

    @classmethod
    def of(cls, row, data=None):
        names = ["quantity", "price", "discount", "goods_label", "project", "version"]
        initial = {name: getattr(row, name) for name in names}
        form = cls(data, initial=initial | {"due_date": row.supply.due_date}, auto_id=f"row-{row.pk}-%s")
        form.row = row
        for name, field in form.fields.items():
            field.widget.attrs |= {"form": f"edit-{row.pk}", "aria-label": field.label or name}
        form.fields["due_date"].required = not row.order.is_not_sent
        return form

    def clean_quantity(self):
        quantity = self.cleaned_data["quantity"]
        refused_at(self, "quantity", check_quantity, self.row.supply.part, quantity, self.row.unit)
        return quantity


def _answer_field(what):
    return forms.ChoiceField(
        choices=[(Answer.ACCEPTED, _("Accepted")), (Answer.DECLINED, _("Declined"))],
        widget=forms.RadioSelect,
        initial=Answer.ACCEPTED,
        label=_("Answer for %s") % what,
    )


class AnswerForm(OperationForm):
    """What the supplier says of each change that it was asked for."""

    supplier_reference = TextFormField(required=False, max_length=60, label=_("Supplier's reference"))

    def __init__(self, *args, lines, facts=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.asked, self.asked_facts = lines, facts
        for fact in facts:
            self.fields[f"fact_{fact.pk}"] = _answer_field(fact)
        for line in lines:
            self.fields[f"line_{line.pk}"] = _answer_field(line.row)

    @property
    def lines(self):
        return [(line, line_difference(line), self[f"line_{line.pk}"]) for line in self.asked]

    @property
    def facts(self):
        """(HeaderDifference, its answer) of what was asked of the header."""
        shown = in_words([(fact.name, fact.old, fact.new) for fact in self.asked_facts])
        return [(one, self[f"fact_{fact.pk}"]) for one, fact in zip(shown, self.asked_facts, strict=True)]

    def arguments(self):
        facts = self.cleaned_data
        no = [fact.pk for fact in self.asked_facts if facts[f"fact_{fact.pk}"] == Answer.DECLINED]
        declined = [line.pk for line in self.asked if facts[f"line_{line.pk}"] == Answer.DECLINED]
        return {"declined": declined, "declined_facts": no, "supplier_reference": facts["supplier_reference"]}


class ConfirmForm(OperationForm):
    """The supplier's confirmation: its reference; of each ticked row a quantity (row's unit) and a date."""

    supplier_reference = TextFormField(required=False, max_length=60, label=_("Supplier's reference"))

    def __init__(self, *args, rows, **kwargs):
        super().__init__(*args, **kwargs)
        self.rows = rows
        for row in rows:
            waits = not row.is_confirmed and not unasked(row)
            tick = forms.BooleanField(required=False, initial=waits, label=_("%s confirmed") % row)
            self.fields[f"tick_{row.pk}"] = tick
            quantity = QuantityFormField(required=False, initial=row.quantity, label=_("Quantity of %s") % row)
            self.fields[f"quantity_{row.pk}"] = quantity
            date = IsoDateField(required=False, initial=row.supply.due_date, label=_("Date of %s") % row)
            self.fields[f"date_{row.pk}"] = date
            self.fields[f"version_{row.pk}"] = Version(required=False, initial=row.version)

    @property
    def lines(self):
        """(row, its tick, quantity, date and version) in the order of the rows."""
        return [
            (row, *(self[f"{name}_{row.pk}"] for name in ["tick", "quantity", "date", "version"])) for row in self.rows
        ]

    def clean(self):
        facts = super().clean()
        for row in self.rows:
            quantity = facts.get(f"quantity_{row.pk}")
            if quantity and facts.get(f"tick_{row.pk}"):
                refused_at(self, f"quantity_{row.pk}", check_quantity, row.supply.part, quantity, row.unit)
        if self.rows and not any(facts.get(f"tick_{row.pk}") for row in self.rows):
            raise forms.ValidationError(_("Tick the rows that the supplier confirmed."))
        return facts

    def arguments(self):
        """What was left empty is confirmed as asked."""
        facts = self.cleaned_data
        ticked = [row.pk for row in self.rows if facts[f"tick_{row.pk}"]]
        return {
            "dates": {pk: facts[f"date_{pk}"] for pk in ticked if facts[f"date_{pk}"]},
            "quantities": {pk: facts[f"quantity_{pk}"] for pk in ticked if facts[f"quantity_{pk}"]},
            "waiting": [row.pk for row in self.rows if row.pk not in ticked],
            "versions": {pk: facts[f"version_{pk}"] for pk in ticked if facts[f"version_{pk}"] is not None},
            "supplier_reference": facts["supplier_reference"],
        }


class ReasonForm(OperationForm):
    reason = TextFormField(required=False, max_length=200, label=_("Reason"))


class ReleaseForm(ReasonForm):
    """Ends what may be promised to somebody."""

    release = forms.BooleanField(required=False, label=_("Leave these demands uncovered"))


class ShortCloseForm(ReasonForm):
    cut_contract = forms.BooleanField(required=False, label=_("Cut contract links too"))


class ComponentForm(OperationForm):
    """How much of the row a component gets (base unit)."""

    quantity = QuantityFormField(label=_("Quantity"))
    reason = TextFormField(required=False, max_length=200, label=_("Reason"))
    wider = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, row, component, **kwargs):
        super().__init__(*args, **kwargs)
        self.row, self.component = row, component

    def clean_quantity(self):
        """No more than the component lacks and the row has free, in whole steps of the unit."""
        quantity, unit = self.cleaned_data["quantity"], self.row.supply.part.unit
        if refused_at(self, "quantity", check_fits, unit, quantity):
            return quantity
        for left, words in (
            (self.component.uncovered, _("%(left)s %(unit)s of %(component)s are uncovered.")),
            (self.row.supply.free, _("%(left)s %(unit)s of %(row)s are free.")),
        ):
            if quantity > left:
                facts = {"left": plain(left), "unit": unit, "component": self.component, "row": self.row}
                raise forms.ValidationError(words % facts)
        return quantity


class WaitingForm(OperationForm):
    """A waiting demand takes from a row's free quantity (base unit)."""

    quantity = QuantityFormField(label=_("Quantity"))
    accept_warnings = forms.BooleanField(required=False, widget=forms.HiddenInput)
