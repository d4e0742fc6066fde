"""The lists of sales."""

from functools import cached_property

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django_tables2 import Column, DateColumn

from erp.web.tables import AmountColumn, NumberColumn, PegboardTable, QuantityColumn, StatusColumn
from erp.web.templatetags.pegboard import badge
from sales import queries


class LateColumn(Column):
    def render(self, value):
        return badge("late", _now("Late")) if value else ""


def order_url(record):
    return reverse("sales:order", args=[record.pk])


class OrderTable(PegboardTable):
    number = Column(
        verbose_name=_("Order"), accessor="document__number", order_by="document__serial", linkify=order_url
    )
    customer = Column(verbose_name=_("Customer"), accessor="document__partner__name")
    customer_order_number = Column(verbose_name=_("Customer's no."))
    ordered_on = DateColumn(verbose_name=_("Ordered"), accessor="document__ordered_on", format="Y-m-d")
    status = StatusColumn()
    priority = NumberColumn()
    row_count = NumberColumn(verbose_name=_("Rows"))
    value = AmountColumn(verbose_name=_("Value"), orderable=False)
    currency = Column()
    next_date = DateColumn(verbose_name=_("Next delivery"), format="Y-m-d")
    is_late = LateColumn(verbose_name=_("Late"))
    short = Column(verbose_name=_("Short rows"), empty_values=(), orderable=False)

    class Meta(PegboardTable.Meta):
        order_by = "-number"
        empty_text = _("No sales order matches. Clear the filter, or open a new one.")

    def before_render(self, request):
        """What is short is one question for the whole page."""
        documents = [row.record.document_id for row in self.paginated_rows]
        self.short_rows = queries.short_by_order(documents)

    @cached_property
    def short_of_all(self):
        """The same for an export."""
        return queries.short_by_order([row.record.document_id for row in self.rows])

    def value_short(self, record):
        return self.short_of_all.get(record.document_id, 0)

    def render_short(self, record):
        count = self.short_rows.get(record.document_id)
        return badge("short", str(count)) if count else ""

    def render_priority(self, value):
        return value

    def render_row_count(self, value):
        return value


class RowTable(PegboardTable):
    row = Column(
        verbose_name=_("Row"),
        empty_values=(),
        order_by=("order__document__serial", "position"),
        linkify=lambda record: reverse("sales:row", args=[record.pk]),
    )
    customer = Column(verbose_name=_("Customer"), accessor="order__document__partner__name")
    part = Column(verbose_name=_("Part"), accessor="part__number")
    name = Column()
    quantity = QuantityColumn()
    unit = Column(accessor="unit__code")
    unit_price = QuantityColumn(verbose_name=_("Price"))
    discount = NumberColumn(verbose_name=_("Discount %"))
    amount = AmountColumn(verbose_name=_("Amount"))
    currency = Column(accessor="order__currency", verbose_name=_("Currency"))
    delivery_date = DateColumn(verbose_name=_("Delivery date"), format="Y-m-d")
    warehouse = Column(accessor="warehouse__code", verbose_name=_("Warehouse"))
    row_status = StatusColumn()
    uncovered = QuantityColumn(verbose_name=_("Uncovered"), accessor="demand__uncovered")
    is_late = LateColumn(verbose_name=_("Late"))

    class Meta(PegboardTable.Meta):
        order_by = "delivery_date"
        empty_text = _("No sales row matches. Clear the filter.")

    def render_row(self, record):
        return str(record)

    def value_row(self, record):
        return str(record)


def _row_url(record):
    return reverse("sales:row", args=[record.row_id])


def _line_row_url(record):
    return reverse("sales:row", args=[record.line.row_id])


class SerialTable(PegboardTable):
    number = Column(verbose_name=_("Serial number"))
    part = Column(
        accessor="part__number",
        verbose_name=_("Part"),
        linkify=lambda record: reverse("linkage:part", args=[record.part_id]),
    )
    name = Column(accessor="part__name", verbose_name=_("Name"))
    remark = Column()
    row = Column(verbose_name=_("Sales row"), empty_values=(), orderable=False)
    customer = Column(verbose_name=_("Customer"), accessor="of_row__row__order__document__partner__name")
    supply = Column(
        verbose_name=_("From order"),
        orderable=False,
        linkify=lambda record: reverse("linkage:supply", args=[record.supply_id]) if record.supply_id else None,
    )
    state = Column(verbose_name=_("State"), empty_values=(), orderable=False)
    warehouse = Column(verbose_name=_("Warehouse"), accessor="shelf__warehouse__code")
    arrived_on = DateColumn(verbose_name=_("Arrived"), accessor="arrival__effective_on", format="Y-m-d")
    left_on = DateColumn(verbose_name=_("Left"), accessor="departure__effective_on", format="Y-m-d")
    left_with = Column(verbose_name=_("Left with"), accessor="departure", orderable=False)

    class Meta(PegboardTable.Meta):
        order_by = "number"
        empty_text = _("No serial number matches. They are given on the page of a sales row, and when goods arrive.")

    def render_row(self, record):
        given = getattr(record, "of_row", None)
        return format_html('<a href="{}">{}</a>', reverse("sales:row", args=[given.row_id]), given.row) if given else ""

    def value_row(self, record):
        given = getattr(record, "of_row", None)
        return str(given.row) if given else ""

    def render_state(self, record):
        return badge(record.state.value, record.state.label)

    def value_state(self, record):
        return record.state.label

    def render_left_with(self, record):
        """The delivery note, or the order that used it."""
        gone = record.departure
        if noted := getattr(gone, "delivery", None):
            note = noted.delivery_row.note
            return format_html('<a href="{}">{}</a>', reverse("sales:delivery_note", args=[note.pk]), note)
        if gone.demand_id:
            return format_html('<a href="{}">{}</a>', reverse("linkage:demand", args=[gone.demand_id]), gone.demand)
        return gone.reason

    def value_left_with(self, record):
        gone = record.departure
        return gone and str(gone.reference or gone.demand or gone.reason)


class BasisTable(PegboardTable):
    number = Column(
        verbose_name=_("Invoice basis"), order_by="pk", linkify=lambda record: reverse("sales:basis", args=[record.pk])
    )
    company = Column(accessor="company__name", verbose_name=_("Company"))
    created_on = DateColumn(verbose_name=_("Exported"), format="Y-m-d")
    created_by = Column(verbose_name=_("By"), orderable=False)
    line_count = NumberColumn(verbose_name=_("Lines"))
    approved_on = DateColumn(verbose_name=_("Approved"), format="Y-m-d")
    approved_by = Column(verbose_name=_("Approved by"), orderable=False)
    withdrawn_on = DateColumn(verbose_name=_("Withdrawn"), format="Y-m-d")
    withdrawn_by = Column(verbose_name=_("Withdrawn by"), orderable=False)

    class Meta(PegboardTable.Meta):
        order_by = "-number"
        empty_text = _("Nothing is exported yet. Export what is delivered.")

    def render_line_count(self, value):
        return value


class WaitingTable(PegboardTable):
    delivered_on = DateColumn(verbose_name=_("Delivered"), accessor="note__delivered_on", format="Y-m-d")
    note = Column(verbose_name=_("Delivery note"), accessor="note__number")
    row = Column(verbose_name=_("Sales row"), orderable=False, linkify=_row_url)
    customer = Column(accessor="note__order__document__partner__name", verbose_name=_("Customer"))
    part = Column(accessor="row__part__number", verbose_name=_("Part"))
    name = Column(accessor="row__name", verbose_name=_("Name"))
    quantity = QuantityColumn()
    unit = Column(accessor="row__unit__code", verbose_name=_("Unit"))
    reversed_at = DateColumn(verbose_name=_("Taken back"), format="Y-m-d")

    class Meta(PegboardTable.Meta):
        order_by = "delivered_on"
        empty_text = _("Everything that is delivered is on an invoice basis.")


class InvoicePostingTable(PegboardTable):
    """The lines of a basis; its export is the file for the bookkeeping."""

    order = Column(accessor="line__row__order", verbose_name=_("Sales order"), orderable=False)
    position = Column(accessor="line__row", verbose_name=_("Row"), orderable=False, linkify=_line_row_url)
    customer_number = Column(accessor="line__row__order__document__partner__number", verbose_name=_("Customer no."))
    customer = Column(accessor="line__row__order__document__partner__name", verbose_name=_("Customer"))
    customer_order_number = Column(verbose_name=_("Customer's order"), empty_values=(), orderable=False)
    customer_row_position = Column(accessor="line__row__customer_row_position", verbose_name=_("Customer's row"))
    part = Column(verbose_name=_("Part"), empty_values=(), orderable=False)
    name = Column(accessor="line__row__name", verbose_name=_("Name"))
    delivered_on = DateColumn(accessor="line__delivered_on", verbose_name=_("Delivered"), format="Y-m-d")
    delivery_note = Column(accessor="line__delivery_note", verbose_name=_("Delivery note"))
    quantity = QuantityColumn(accessor="line__quantity", verbose_name=_("Quantity"))
    unit = Column(accessor="line__row__unit__code", verbose_name=_("Unit"))
    unit_price = QuantityColumn(accessor="line__unit_price", verbose_name=_("Price"))
    discount = NumberColumn(accessor="line__discount", verbose_name=_("Discount %"))
    setup_price = AmountColumn(accessor="line__setup_price", verbose_name=_("Setup price"))
    currency = Column(accessor="line__row__order__currency", verbose_name=_("Currency"))
    exchange_rate = NumberColumn(accessor="line__row__order__exchange_rate", verbose_name=_("Rate"))
    account_type = Column(accessor="get_account_type_display", verbose_name=_("Type"), orderable=False)
    account = Column(accessor="account__number", verbose_name=_("Account"))
    dimensions = Column(verbose_name=_("Dimensions"), orderable=False)
    share = NumberColumn(verbose_name=_("Share %"))
    amount = AmountColumn(verbose_name=_("Amount"))
    vat_code = Column(accessor="line__vat_code", verbose_name=_("VAT code"))
    vat_percent = NumberColumn(accessor="line__vat_percent", verbose_name=_("VAT %"))
    vat = AmountColumn(verbose_name=_("VAT"))
    cost = AmountColumn(verbose_name=_("Cost"))
    specification = Column()
    priced_by = Column(accessor="line__priced_by", verbose_name=_("Priced by total row"))
    text = Column(accessor="line__text", verbose_name=_("Texts"), orderable=False)

    class Meta(PegboardTable.Meta):
        order_by = "pk"
        sequence = ["position", "customer", "part", "name", "delivered_on", "quantity", "unit", "unit_price", "amount"]
        sequence += ["currency", "vat_percent", "vat", "account", "dimensions", "share", "..."]
        empty_text = _("Nothing is on this basis.")

    def render_customer_order_number(self, record):
        row = record.line.row
        return row.customer_order_number or row.order.customer_order_number

    def render_part(self, record):
        return str(record.line.row.part or record.line.row.part_number)

    def render_dimensions(self, value):
        return ", ".join(f"{dimension} {code}" for dimension, code in value.items())

    value_customer_order_number, value_part = render_customer_order_number, render_part
    value_dimensions = render_dimensions


class InvoicePostingTableWithoutCosts(InvoicePostingTable):
    cost = None

    class Meta(InvoicePostingTable.Meta):
        pass
