"""The lists of production."""

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_tables2 import BooleanColumn, Column, DateColumn, TemplateColumn

from erp.web.tables import AmountColumn, NumberColumn, PegboardTable, QuantityColumn, StatusColumn, TickColumn
from erp.web.templatetags.pegboard import badge
from production.models import Bom, Loss, OrderStatus, ProductionOrderLine, Routing, WorkCentre


class LineTable(PegboardTable):
    tick = TickColumn()
    number = Column(
        accessor="order__document__number",
        order_by="order__document__serial",
        verbose_name=_("Order"),
        linkify=lambda record: reverse("production:order", args=[record.order_id]),
    )
    status = StatusColumn(accessor="order__status", order_by="order__status", words=dict(OrderStatus.choices))
    part = Column(accessor="supply__part__number", verbose_name=_("Part"))
    name = Column(accessor="supply__part__name", verbose_name=_("Name"))
    quantity = QuantityColumn(accessor="supply__quantity")
    done = QuantityColumn(accessor="supply__done", verbose_name=_("Made"))
    free = QuantityColumn(accessor="supply__free", verbose_name=_("Free"))
    start_date = DateColumn(format="Y-m-d", verbose_name=_("Start"))
    due_date = DateColumn(accessor="supply__due_date", format="Y-m-d", verbose_name=_("Finish"))
    needed_on = DateColumn(format="Y-m-d", verbose_name=_("Needed"))
    late = Column(verbose_name=_("Late"), empty_values=())
    sales_order = Column(accessor="order__sales_document__number", verbose_name=_("Sales order"))
    customer = Column(accessor="order__customer", order_by="order__customer__name")
    employee = Column(accessor="order__employee", order_by="order__employee__username")
    order_type = Column(accessor="order__order_type", order_by="order__order_type__code", verbose_name=_("Order type"))
    extra = ("order_type",)

    class Meta(PegboardTable.Meta):
        model = ProductionOrderLine
        fields = []
        order_by = "-number"
        empty_text = _("No production order matches. Clear the filter, or make one from a BOM or a sales row.")

    def render_status(self, record):
        if record.order.is_on_hold:
            return badge("blocked", gettext("On hold"))
        if record.operation_on_hold:
            return badge("blocked", gettext("Operation on hold"))
        return badge(record.order.status, record.order.get_status_display())

    def render_late(self, record):
        if record.late:
            return badge("late", gettext("Late"))
        return badge("waiting", gettext("Starts late")) if record.starts_late else ""

    def value_late(self, record):
        return record.late


class LossTable(PegboardTable):
    demand = Column(
        accessor="demand__label",
        orderable=False,
        linkify=lambda record: reverse("linkage:demand", args=[record.demand_id]),
    )
    part = Column(accessor="demand__part__number", verbose_name=_("Part"))
    customer = Column(accessor="demand__document__partner", order_by="demand__document__partner__name")
    quantity = QuantityColumn(verbose_name=_("Lost"))
    uncovered = QuantityColumn(accessor="demand__uncovered", verbose_name=_("Uncovered"))
    need_date = DateColumn(accessor="demand__need_date", format="Y-m-d", verbose_name=_("Needed"))
    order = Column(
        accessor="report__line",
        orderable=False,
        verbose_name=_("Scrapped on"),
        linkify=lambda record: reverse("production:order", args=[record.report.line.order_id]),
    )
    reason = Column(accessor="report__reason", verbose_name=_("Reason"))
    on = DateColumn(accessor="report__effective_on", format="Y-m-d", verbose_name=_("Date"))
    seen = TemplateColumn(
        template_name="production/_see_loss.html", verbose_name="", orderable=False, exclude_from_export=True
    )

    class Meta(PegboardTable.Meta):
        model = Loss
        fields = []
        order_by = "need_date"
        empty_text = _("Nobody waits for anything that was scrapped.")


class WorkCentreTable(PegboardTable):
    code = Column()
    name = Column()
    is_active = BooleanColumn(verbose_name=_("In use"), yesno="yes,no")

    class Meta(PegboardTable.Meta):
        model = WorkCentre
        fields = []
        order_by = "code"
        empty_text = _("No work centre yet. Open the first one.")


class CostedWorkCentreTable(WorkCentreTable):
    """For those who see costs."""

    hourly_rate = AmountColumn(verbose_name=_("An hour costs"))

    class Meta(WorkCentreTable.Meta):
        pass  # a table without its own forgets its base's


class KeptWorkCentreTable(CostedWorkCentreTable):
    """For those who keep them: the code opens the form."""

    code = Column(linkify=lambda record: reverse("production:work_centre", args=[record.pk]))

    class Meta(WorkCentreTable.Meta):
        pass


class RoutingTable(PegboardTable):
    part = Column(
        accessor="part__number",
        order_by="part__number",
        linkify=lambda record: reverse("production:routing", args=[record.pk]),
    )
    name = Column(accessor="part__name")
    revision = Column(order_by="revision__code")
    operation_count = NumberColumn(verbose_name=_("Operations"))
    is_active = BooleanColumn(verbose_name=_("Active"), yesno="yes,no")

    class Meta(PegboardTable.Meta):
        model = Routing
        fields = []
        order_by = "part"
        empty_text = _("No routing matches. Clear the filter, or open a new one.")

    def render_operation_count(self, value):
        return value


class BomTable(PegboardTable):
    part = Column(
        accessor="part__number",
        order_by="part__number",
        linkify=lambda record: reverse("production:bom", args=[record.pk]),
    )
    name = Column(accessor="part__name")
    revision = Column(order_by="revision__code")
    part_type = Column(accessor="part__get_part_type_display", order_by="part__part_type", verbose_name=_("Type"))
    row_count = NumberColumn(verbose_name=_("Rows"))
    is_active = BooleanColumn(verbose_name=_("Active"), yesno="yes,no")

    class Meta(PegboardTable.Meta):
        model = Bom
        fields = []
        order_by = "part"
        empty_text = _("No BOM matches. Clear the filter, or open a new one.")

    def render_row_count(self, value):
        return value
