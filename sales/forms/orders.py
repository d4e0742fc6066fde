"""Forms of the header of a sales order; their fields are the arguments of the operations."""

from django import forms
from django.utils.translation import gettext_lazy as _

from erp.register.models import Address, Partner, Warehouse
from erp.web.fields import (
    CurrencyFormField,
    IsoDateField,
    LookupChoiceField,
    RateFormField,
    TextFormField,
)
from erp.web.forms import OperationForm, VersionField
from sales.models import OrderType
from sales.models.orders import LONGEST_TRANSPORT
from sales.operations.repricing import ANEW, KEPT
from sales.statuses import QUOTE, REGISTERED, OrderStatus


def customer_field(**kwargs):
    return LookupChoiceField(label=_("Customer"), queryset=Partner.objects.customers, lookup="customers", **kwargs)


def warehouse_field(**kwargs):
    return LookupChoiceField(
        label=_("Warehouse"),
        queryset=Warehouse.objects.filter(is_active=True).select_related("company"),
        lookup="warehouses",
        to_field_name="code",
        max_length=20,
        **kwargs,
    )


class HeaderForm(OperationForm):
    """What both a new and an old order say in their header."""

    warehouse = warehouse_field()
    customer_order_number = TextFormField(label=_("Customer's order number"), max_length=30, required=False)
    our_reference = TextFormField(label=_("Our reference"), max_length=60, required=False)
    goods_label = TextFormField(label=_("Goods label"), max_length=60, required=False)
    project = TextFormField(label=_("Project"), max_length=60, required=False)
    priority = forms.IntegerField(
        label=_("Priority"), min_value=1, max_value=9, initial=5, help_text=_("1 goes first.")
    )
    partial_delivery_allowed = forms.BooleanField(label=_("Partial delivery allowed"), required=False, initial=True)
    delivery_address = TextFormField(
        label=_("Delivery address"),
        max_length=400,
        multiline=True,
        required=False,
        help_text=_("Typed here, it stands instead of the customer's."),
    )
    transport_days = forms.IntegerField(
        label=_("Transport time"),
        required=False,
        min_value=0,
        max_value=LONGEST_TRANSPORT,
        help_text=_("Work days to the customer. Empty: those of its delivery address."),
    )
    order_type = forms.ModelChoiceField(label=_("Order type"), queryset=OrderType.objects.all(), required=False)
    currency = CurrencyFormField(label=_("Currency"))
    exchange_rate = RateFormField(
        label=_("Exchange rate"),
        required=False,
        help_text=_("What one unit of it is in the company's currency. Empty: the one of the table of exchange rates."),
    )
    note = TextFormField(label=_("Note"), max_length=2000, multiline=True, required=False)


class NewOrderForm(HeaderForm):
    customer = customer_field()
    currency = CurrencyFormField(label=_("Currency"), required=False, help_text=_("Empty: the customer's."))
    ordered_on = IsoDateField(label=_("Order date"))
    status = forms.ChoiceField(
        label=_("Status"), choices=[(value, OrderStatus(value).label) for value in (REGISTERED, QUOTE)]
    )
    field_order = ["customer", "warehouse", "ordered_on", "status"]

    def clean(self):
        """What is left empty is not said: the order takes it from its customer and from the table of rates."""
        answer = super().clean()
        given = ("currency", "order_type", "exchange_rate", "transport_days")
        return {name: value for name, value in answer.items() if value not in (None, "") or name not in given}


class OrderForm(HeaderForm):
    """``prices`` answers a question that is asked anew each time: no form that is drawn again repeats it."""

    delivery_place = forms.ModelChoiceField(
        label=_("Place of delivery"), queryset=Address.objects.none(), required=False, empty_label=_("the default one")
    )
    prices = forms.ChoiceField(choices=[("", ""), (ANEW, ANEW), (KEPT, KEPT)], required=False, widget=forms.HiddenInput)
    version = VersionField()
    field_order = [
        "warehouse",
        "customer_order_number",
        "our_reference",
        "goods_label",
        "project",
        "priority",
        "partial_delivery_allowed",
        "delivery_place",
    ]

    def __init__(self, *args, order, **kwargs):
        super().__init__(*args, **kwargs)
        places = Address.objects.filter(partner=order.customer, kind="delivery")
        self.fields["delivery_place"].queryset = places.select_related("partner").order_by("-is_default", "pk")

    def get_context(self):
        context = super().get_context()
        hidden = [field for field in context["hidden_fields"] if field.name != "prices"]
        return context | {"hidden_fields": hidden}
