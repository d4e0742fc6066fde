"""The lists of linkage."""

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_tables2 import Column, DateColumn, DateTimeColumn

from erp.web.tables import PegboardTable, QuantityColumn
from erp.web.templatetags.pegboard import icon
from linkage.models.movements import MovementKind

ISO_DAY = "Y-m-d"
# The order apps undo their own reports, with the status of the order; the rest is undone in the list.
REVERSED_IN_THE_LIST = {MovementKind.ADJUSTMENT, MovementKind.WASTE, MovementKind.COUNT, MovementKind.MOVE}


def part_page(record):
    return reverse("linkage:part", args=[record.part_id])


class StockTable(PegboardTable):
    part = Column(verbose_name=_("Part"), order_by="part__number", linkify=part_page)
    name = Column(verbose_name=_("Name"), accessor="part__name")
    warehouse = Column(verbose_name=_("Warehouse"), order_by="warehouse__code")
    quantity = QuantityColumn(verbose_name=_("On hand"))
    allocated = QuantityColumn(
        verbose_name=_("Reserved"), linkify=lambda record: reverse("linkage:supply", args=[record.pk])
    )
    free = QuantityColumn(verbose_name=_("Free"))
    unit = Column(verbose_name=_("Unit"), accessor="part__unit")

    class Meta(PegboardTable.Meta):
        order_by = ("part", "warehouse")
        empty_text = _("No balance matches. Clear the filter, receive goods, or adjust the stock of a part.")


class MovementTable(PegboardTable):
    effective_on = DateColumn(verbose_name=_("Date"), format=ISO_DAY)
    kind = Column(verbose_name=_("Kind"))
    part = Column(verbose_name=_("Part"), order_by="part__number", linkify=part_page)
    quantity = QuantityColumn(verbose_name=_("Quantity"))
    unit = Column(verbose_name=_("Unit"), accessor="part__unit", orderable=False)
    from_stock = Column(verbose_name=_("From"), accessor="from_stock__warehouse__code")
    to_stock = Column(verbose_name=_("To"), accessor="to_stock__warehouse__code")
    supply = Column(verbose_name=_("Supply"), order_by="supply__document__number")
    demand = Column(verbose_name=_("Demand"), order_by="demand__document__number")
    reason = Column(verbose_name=_("Reason"))
    reference = Column(verbose_name=_("Reference"))
    created_by = Column(verbose_name=_("By"), order_by="created_by__username")
    created_at = DateTimeColumn(verbose_name=_("At"), format="Y-m-d H:i")
    serials = Column(verbose_name=_("Numbers"), accessor="pk", orderable=False, exclude_from_export=True)
    undo = Column(verbose_name=_("Undo"), accessor="pk", orderable=False, exclude_from_export=True)

    class Meta(PegboardTable.Meta):
        order_by = "-created_at"
        empty_text = _("No movement matches. Clear the filter; receipts, issues and adjustments appear here.")

    def __init__(self, *args, may_reverse=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.may_reverse = may_reverse

    def render_supply(self, value):
        return format_html('<a href="{}">{}</a>', reverse("linkage:supply", args=[value.pk]), value)

    def render_demand(self, value):
        return format_html('<a href="{}">{}</a>', reverse("linkage:demand", args=[value.pk]), value)

    def render_serials(self, record):
        """Pieces of a traced part that came from outside can be named."""
        came = record.to_stock_id and not record.from_stock_id and record.quantity > 0
        if not (self.may_reverse and record.part.is_serial_traced and came) or hasattr(record, "reversed_by"):
            return ""
        url = reverse("linkage:movement_serials", args=[record.pk])
        label = gettext("Serial numbers of %(movement)s") % {"movement": record}
        button = '<a href="{0}" hx-get="{0}" hx-target="#dialog-body" hx-swap="innerHTML" aria-label="{1}">{2}</a>'
        return format_html(button, url, label, gettext("Serial numbers"))

    def render_undo(self, record):
        if record.reverses_id:
            return gettext("reversal")
        if hasattr(record, "reversed_by"):
            return gettext("reversed")
        if not self.may_reverse or record.kind not in REVERSED_IN_THE_LIST:
            return ""
        url = reverse("linkage:movement_reverse", args=[record.pk])
        label = gettext("Reverse %(movement)s") % {"movement": record}
        button = '<a href="{0}" hx-get="{0}" hx-target="#dialog-body" hx-swap="innerHTML" aria-label="{1}">{2} {3}</a>'
        return format_html(button, url, label, icon("arrow-counterclockwise"), gettext("Reverse"))
