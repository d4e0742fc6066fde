"""The settings of the product: name, type, default, who may change it, and what it does.

A setting that nobody changed has no row and is its default. Values are changed
by ``operations.change_setting`` only, which keeps the history.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from django import forms
from django.core.exceptions import ValidationError

from erp.exceptions import Refused
from erp.register.asking import once
from erp.register.models import Setting
from erp.register.roles import ADMIN
from erp.web.fields import QuantityFormField, TextFormField


class Kind(StrEnum):
    BOOL = "bool"
    INT = "int"
    DECIMAL = "decimal"
    CHOICE = "choice"
    TEXT = "text"


class InvalidSetting(Refused):
    """The value does not fit the setting."""


@dataclass(frozen=True, kw_only=True)
class Definition:
    """One setting as the product knows it. ``none`` says in words what an empty value means, where it may be empty."""

    name: str
    label: str
    group: str
    help: str
    kind: Kind = Kind.BOOL
    default: object = False
    role: str = ADMIN
    choices: tuple = ()
    minimum: int = 0
    maximum: int = 10**6
    none: str = ""

    def form_field(self):
        """The field that asks for the value; it also does all checking."""
        common = {"label": self.label, "required": not self.none}
        if self.kind is Kind.INT:
            return forms.IntegerField(**common, min_value=self.minimum, max_value=self.maximum)
        if self.kind is Kind.DECIMAL:
            return QuantityFormField(**common, allow_zero=True)
        if self.kind is Kind.TEXT:
            return TextFormField(**common, max_length=200)
        return forms.ChoiceField(label=self.label, choices=self.options)

    @property
    def options(self):
        return (("true", "On"), ("false", "Off")) if self.kind is Kind.BOOL else self.choices

    def clean(self, value):
        """The value in its type, from what a form or a program says; a sentence if it does not fit."""
        text = str(value).lower() if isinstance(value, bool) else value
        try:
            cleaned = self.form_field().clean(text)
        except ValidationError as error:
            raise InvalidSetting(f"{self.label}: {' '.join(error.messages)}") from error
        return cleaned == "true" if self.kind is Kind.BOOL else cleaned

    def to_json(self, value):
        return str(value) if isinstance(value, Decimal) else value

    def from_json(self, stored):
        return Decimal(stored) if self.kind is Kind.DECIMAL and stored is not None else stored

    def initial(self, value):
        """The value as the form shows it."""
        return str(value).lower() if self.kind is Kind.BOOL else value

    def in_words(self, value):
        if value is None:
            return self.none
        return dict(self.options).get(self.initial(value)) or f"{value}"


REGISTRY = {}


def register(**facts):
    definition = Definition(**facts)
    if definition.name in REGISTRY:
        raise ValueError(f"The setting {definition.name} is registered twice.")
    REGISTRY[definition.name] = definition
    return definition


def definition_of(name):
    try:
        return REGISTRY[name]
    except KeyError:
        raise Refused(f"There is no setting {name}.") from None


def get(name):
    """The value of a setting now. A name that is not registered is a mistake in the code."""
    return get_many(name)[name]


def get_many(*names):
    """The values of several settings, in one query; a page or an operation reads all of them once."""
    stored = once("settings", lambda: dict(Setting.objects.values_list("name", "value")))
    return {name: _value(REGISTRY[name], stored) for name in names}


def _value(definition, stored):
    return definition.from_json(stored[definition.name]) if definition.name in stored else definition.default


register(
    name="backorder_linking",
    label="Link backorders to purchase orders",
    group="Purchasing",
    help="When a purchase order is sent, its free quantity is linked to backordered sales rows, oldest row first. "
    "The nightly auto_link does the same.",
)
register(
    name="backorder_horizon",
    label="Backorder horizon",
    group="Purchasing",
    kind=Kind.INT,
    default=None,
    maximum=10_000,
    none="No limit",
    help="Sales rows up to so many work days after the purchase row's date are linked. Empty: no limit.",
)
register(
    name="p_order_box_default",
    label="P-order box ticked by default",
    group="Purchasing",
    help="New sales rows of purchased parts make their own purchase order, also those of a file and of kits.",
)
register(
    name="purchase_delivery_address",
    label="Purchase orders made from sales rows are delivered to",
    group="Purchasing",
    kind=Kind.CHOICE,
    default="company",
    choices=(("company", "Our warehouse"), ("customer", "The customer (drop shipment)")),
    help="With the second choice an order-oriented row's purchase order carries the sales order's delivery address, "
    "and receiving it delivers the row. Each order can be changed by hand.",
)
register(
    name="surplus_warning_quantity",
    label="Warn about a surplus quantity above",
    group="Purchasing",
    kind=Kind.DECIMAL,
    default=None,
    none="Never",
    help="The purchase targets mark a line where the supplier's minimum and multiple buy more than this beyond what is "
    "short (base unit). Empty: never.",
)
register(
    name="surplus_warning_value",
    label="Warn about a surplus value above",
    group="Purchasing",
    kind=Kind.DECIMAL,
    default=None,
    none="Never",
    help="The same, for what the surplus costs, in the supplier's currency. Empty: never.",
)
register(
    name="price_decimals",
    label="Decimals of prices",
    group="Sales",
    kind=Kind.INT,
    default=6,
    maximum=6,
    help="How many decimals a price or setup price on a sales row may have. What is suggested, reckoned or comes from "
    "a file is rounded to them. A price that stands on a row already stays as it is.",
)
register(
    name="show_structure",
    label="Show structure when registering orders",
    group="Sales",
    default=True,
    help="A fictitious part that is entered shows its whole structure, with the fictitious parts in it; parts can be "
    "added, left out and discounted. Off: only the quantities, units and variant codes of its parts are asked for.",
)
register(
    name="kit_price_from",
    label="Price of a fictitious part",
    group="Sales",
    kind=Kind.CHOICE,
    default="part",
    choices=(("part", "Its own"), ("parts", "The sum of its parts")),
    help="Where the price of its row comes from. With the second choice each part has a price and a discount, and the "
    "row costs what they come to; a price that somebody typed stays.",
)
register(
    name="configuration_price",
    label="Price of a configured part",
    group="Sales",
    kind=Kind.CHOICE,
    default="gross",
    choices=(("gross", "Gross: the customer's discount goes off it"), ("net", "Net: without a discount")),
    help="What the price from a configuration is: its part's price and what the chosen options add to it.",
)
register(
    name="kit_cost_from",
    label="Contribution margin of a fictitious part",
    group="Sales",
    kind=Kind.CHOICE,
    default="parts",
    choices=(("part", "From its own standard price"), ("parts", "From the standard prices of its parts")),
    help="What the margin of its row is reckoned with.",
)
register(
    name="sales_account_mandatory",
    label="Each sales row needs a sales account",
    group="Sales",
    help="An order is not registered or confirmed while a row has none, neither of its own nor by the posting matrix.",
)
register(
    name="posting_setup",
    label="Setup prices have an account of their own",
    group="Sales",
    help="They are posted apart from the rest of the amount; the posting matrix has lines of the type “Setup”.",
)
register(
    name="posting_material",
    label="Post the material of what is delivered",
    group="Sales",
    help="An invoice basis also posts standard price x quantity, to accounts of the type “Material”.",
)
register(
    name="posting_stock",
    label="Post the stock change of what is delivered",
    group="Sales",
    help="An invoice basis also takes standard price x quantity off accounts of the type “Stock”.",
)
register(
    name="invoicing_plans",
    label="Invoicing plans are in use",
    group="Sales",
    help="Sales rows have the box “Included in invoicing plan”; what is delivered of those is on no invoice basis.",
)
register(
    name="default_delivery_date",
    label="Delivery date of a new row",
    group="Sales",
    kind=Kind.CHOICE,
    default="today",
    choices=(("today", "Today; below another row, its date"), ("lead-time", "Today and the lead time of the part")),
    help="The lead time is the one of the customer link, else the part's lead time to customers, else none. Either day "
    "is moved to a work day on which the customer takes deliveries. Without partial delivery it is the first row's.",
)
register(
    name="dates_after_freezing",
    label="Desired and initial date when a confirmed row gets another date",
    group="Sales",
    kind=Kind.CHOICE,
    default="keep",
    choices=(("keep", "Stay"), ("ask", "Ask"), ("follow", "Change with it")),
    help="They follow the delivery date until the order is confirmed; from then on they are frozen, and this says what "
    "a later change of the delivery date does to them.",
)
register(
    name="at_customer_shown",
    label="Show the date at the customer",
    group="Sales",
    help="Rows show, and take, the day on which they are at the customer: the delivery date and the transport time.",
)
register(
    name="check_package_quantity",
    label="Check the quantity per package",
    group="Sales",
    help="Rows whose quantity is not a whole number of the part's packages are marked.",
)
register(
    name="check_warehouse_minimum",
    label="Check the minimum quantity of the warehouse",
    group="Sales",
    help="Rows of less than is sold of the part from their warehouse at once are marked.",
)
register(
    name="check_lead_time_quantity",
    label="Check the quantity for the lead time",
    group="Sales",
    help="Rows of more than the part's lead time holds for are marked.",
)
register(
    name="balances_shown",
    label="Rows show stock and disposable balance of",
    group="Sales",
    kind=Kind.CHOICE,
    default="stock",
    choices=(("stock", "Stock-updated parts"), ("all", "Every part, whatever its type"), ("none", "No part")),
    help="What is called disposable says the setting “Disposable balance”; at a date it is the row's delivery date.",
)
register(
    name="shipping_weight_update",
    label="A changed weight of rows updates the shipping information",
    group="Sales",
    kind=Kind.CHOICE,
    default="dialog",
    choices=(("dialog", "After a question on the order"), ("automatic", "By itself"), ("never", "Not at all")),
    help="The line of the shipping information that follows the rows gets their total net weight. With the question "
    "the order says that the two differ and offers to update it.",
)
register(
    name="receipt_distribution",
    label="Goods that arrive are given to",
    group="Stock",
    kind=Kind.CHOICE,
    default="need-date",
    choices=(("need-date", "The earliest need date"), ("priority", "The highest priority"), ("equal", "Equal shares")),
    help="Bound links come first in any case; the receiver may change the quantities.",
)
register(
    name="disposable_balance_mode",
    label="Disposable balance",
    group="Stock",
    kind=Kind.CHOICE,
    default="at-date",
    choices=(
        ("at-date", "At a date"),
        ("reservations", "All reservations"),
        ("reservations-and-orders", "All reservations and orders"),
    ),
    help="Which figure sales rows and the page of a part call disposable: on hand less the open demands up to a date "
    "plus the open supply up to it; or on hand less all open demands; or that plus all open supply.",
)
register(
    name="component_issue",
    label="Components leave stock",
    group="Production",
    kind=Kind.CHOICE,
    default="completion",
    choices=(("completion", "When the order is completed"), ("reported", "When their issue is reported")),
    help="When the stock balance of a component goes down.",
)
register(
    name="m_order_box_default",
    label="M-order box ticked by default",
    group="Production",
    help="New sales rows of manufactured parts make their own production order, also those of a file and of kits.",
)
register(
    name="m_order_number_from",
    label="Numbers of production orders made from a sales row",
    group="Production",
    kind=Kind.CHOICE,
    default="series",
    choices=(("series", "Number series"), ("order-position", "Customer order number and position")),
    help="S-1001/20 instead of M-1042. A number that is taken gets -2.",
)
register(
    name="create_linked_orders_at_night",
    label="Make linked production orders at night",
    group="Production",
    help="The nightly run makes the production orders of order-oriented sales rows that have none.",
)
register(
    name="link_deletion_policy",
    label="Cancelling an order that is linked",
    group="Links",
    kind=Kind.CHOICE,
    default="prompt",
    choices=(
        ("prevent", "Prevent it"),
        ("prompt", "Ask what happens to each link"),
        ("auto-close", "Release all links without asking"),
    ),
    help="With the last choice the demands go to the worklist of short demands.",
)
register(
    name="suggestion_window",
    label="Window of link suggestions",
    group="Links",
    kind=Kind.INT,
    default=20,
    maximum=10_000,
    none="No limit",
    help="A supply is suggested for needs at most so many work days before or after its due date; stock counts as due "
    "today. Empty: no limit.",
)
register(
    name="suggestion_window_free",
    label="Everybody may look through another window",
    group="Links",
    default=True,
    help="Planners and buyers may enter another window on the page of suggestions. Off: this one counts for all.",
)
