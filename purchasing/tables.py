"""The lists of purchasing."""

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_tables2 import BooleanColumn, Column, DateColumn

from erp.register.units import plain
from erp.web.tables import AmountColumn, NumberColumn, PegboardTable, QuantityColumn, StatusColumn, TickColumn
from erp.web.templatetags.pegboard import badge, icon
from purchasing.models import PurchaseOrder, PurchaseOrderRow, SupplierTerm


class DueColumn(DateColumn):
    """A date; an overdue one says so in words."""

    def __init__(self, **kwargs):
        super().__init__(format="Y-m-d", **kwargs)


class OrderTable(PegboardTable):
    tick = TickColumn()
    number = Column(
        accessor="document__number",
        order_by="document__serial",
        verbose_name=_("Order"),
        linkify=lambda record: reverse("purchasing:order", args=[record.pk]),
    )
    supplier = Column(
        accessor="document__partner",
        verbose_name=_("Supplier"),
        order_by="document__partner__name",
        linkify=lambda record: reverse("purchasing:supplier", args=[record.document.partner_id]),
    )
    status = StatusColumn()
    order_type = Column(order_by="order_type__code", verbose_name=_("Order type"))
    ordered_on = DateColumn(accessor="document__ordered_on", format="Y-m-d", verbose_name=_("Ordered"))
    next_due = DueColumn(verbose_name=_("Next due"))
    overdue = Column(verbose_name=_("Overdue"), empty_values=())
    row_count = NumberColumn(verbose_name=_("Rows"))
    contract_linked = Column(verbose_name=_("Contract"), empty_values=())
    amount = AmountColumn(verbose_name=_("Amount received and to come"))
    currency = Column()
    worth = AmountColumn(verbose_name=_("The same in our currency"))
    goods_label = Column()
    buyer = Column(order_by="buyer__username")

    class Meta(PegboardTable.Meta):
        model = PurchaseOrder
        fields = []
        order_by = "-number"
        empty_text = _("No purchase order matches. Clear the filter, or make orders from the purchase targets.")

    def render_row_count(self, value):
        return value

    def render_overdue(self, record):
        return badge("overdue", gettext("Overdue")) if record.overdue else ""

    def value_overdue(self, record):
        return record.overdue

    def render_contract_linked(self, record):
        return badge("linked", gettext("Contract-linked")) if record.contract_linked else ""


class OrderTableWithoutCosts(OrderTable):
    amount = None
    worth = None

    class Meta(OrderTable.Meta):
        pass


class RowTable(PegboardTable):
    number = Column(
        accessor="supply",
        order_by=("order__document__serial", "position"),
        verbose_name=_("Row"),
        linkify=lambda record: f"{reverse('purchasing:order', args=[record.order_id])}#row-{record.pk}",
    )
    supplier = Column(
        accessor="order__document__partner", order_by="order__document__partner__name", verbose_name=_("Supplier")
    )
    part = Column(accessor="supply__part", order_by="supply__part__number")
    name = Column(accessor="supply__part__name")
    status = StatusColumn(accessor="order__status", verbose_name=_("Status"))
    due_date = DueColumn(accessor="supply__due_date", verbose_name=_("Due"))
    quantity = QuantityColumn(verbose_name=_("Ordered"))
    counted = QuantityColumn(verbose_name=_("Received and to come"))
    unit = Column(order_by="unit__code")
    to_come = QuantityColumn(verbose_name=_("To come (base)"))
    free = QuantityColumn(accessor="supply__free", verbose_name=_("Free (base)"))
    contract = Column(verbose_name=_("Contract-linked"))
    price = AmountColumn()
    goods_label = Column()
    order_type = Column(accessor="order__order_type", order_by="order__order_type__code", verbose_name=_("Order type"))
    project = Column()
    priority = Column()
    extra = ("order_type", "project", "priority")

    class Meta(PegboardTable.Meta):
        model = PurchaseOrderRow
        fields = []
        order_by = "due_date"
        empty_text = _("No purchase row matches. Clear the filter.")

    def render_due_date(self, record, value):
        return format_html("{} {}", value, certainty_badge(record))

    def value_due_date(self, value):
        return value

    def render_status(self, record):
        return badge(record.order.status, record.order.get_status_display())

    def value_status(self, record):
        return record.order.get_status_display()

    def render_contract(self, record):
        return contract_badge(record.contract, record.supply.quantity) if record.contract else ""


class RowTableWithoutCosts(RowTable):
    price = None

    class Meta(RowTable.Meta):
        pass


class TermTable(PegboardTable):
    part = Column(
        order_by="part__number", linkify=lambda record: reverse("purchasing:part_terms", args=[record.part_id])
    )
    supplier = Column(
        order_by="supplier__name", linkify=lambda record: reverse("purchasing:supplier", args=[record.supplier_id])
    )
    supplier_part_number = Column()
    is_default = BooleanColumn(verbose_name=_("Default"), yesno="yes,no")
    price = AmountColumn()
    discount = QuantityColumn(verbose_name=_("Discount %"))
    breaks = Column(verbose_name=_("Price breaks"), orderable=False, attrs={"td": {"class": "wrap"}})
    currency = Column()
    unit = Column(order_by="unit__code")
    minimum = QuantityColumn()
    maximum = QuantityColumn()
    multiple = QuantityColumn()
    lead_time = NumberColumn(verbose_name=_("Lead time (work days)"))
    delivery_days = Column(orderable=False, verbose_name=_("Delivers on"))
    over_tolerance = QuantityColumn(verbose_name=_("Over %"))
    under_tolerance = QuantityColumn(verbose_name=_("Under %"))

    class Meta(PegboardTable.Meta):
        model = SupplierTerm
        fields = []
        order_by = ("part", "supplier")
        empty_text = _("No supplier terms. An administrator adds or imports them in the administration.")

    def render_lead_time(self, value):
        return value

    def render_breaks(self, record):
        return "; ".join(map(break_in_words, record.breaks))

    value_breaks = render_breaks


class TermTableWithoutCosts(TermTable):
    price = None
    discount = None
    breaks = None

    class Meta(TermTable.Meta):
        pass


def break_in_words(step):
    """From 100: 2.10, less 5 %, 2026-01-01 to 2026-12-31."""
    words = gettext("from %(n)s: %(price)s") % {"n": plain(step.from_quantity), "price": AmountColumn.show(step.price)}
    if step.discount:
        words += ", " + gettext("less %(n)s %%") % {"n": plain(step.discount)}
    if step.valid_from:
        words += ", " + gettext("since %(day)s") % {"day": step.valid_from.isoformat()}
    if step.valid_until:
        words += ", " + gettext("until %(day)s") % {"day": step.valid_until.isoformat()}
    return words


def contract_badge(linked, quantity):
    """How much of a row is under contract, in words."""
    words = gettext("Contract-linked %(linked)s of %(quantity)s")
    figures = {"linked": QuantityColumn.show(linked, at_least=0), "quantity": QuantityColumn.show(quantity, at_least=0)}
    return format_html("{}", badge("linked", words % figures))


def certainty_badge(row):
    """How sure an open row of a sent order is: overdue, not confirmed, or a tick."""
    if not row.is_open:
        return ""
    if row.overdue:
        return badge("overdue", gettext("Overdue"))
    if not row.order.is_at_supplier:
        return ""
    return (
        icon("check-lg", gettext("Confirmed")) if row.is_confirmed else badge("unconfirmed", gettext("Not confirmed"))
    )
