"""The table of swaps that help somebody and harm nobody."""

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, FilterSet
from django_tables2 import Column, DateColumn

from erp.register.roles import may
from erp.web.tables import PegboardTable, QuantityColumn, TickColumn
from linkage.models import SwapProposal
from linkage.tables import ISO_DAY


def _demand(link):
    return reverse("linkage:demand", args=[link.demand_id])


def _supply(link):
    return reverse("linkage:supply", args=[link.supply_id])


class ProposalTable(PegboardTable):
    tick = TickColumn()
    late = Column(
        verbose_name=_("Late row"),
        accessor="row",
        order_by=("row__document__number", "row"),
        linkify=lambda record: reverse("linkage:demand", args=[record.row_id]),
    )
    customer = Column(verbose_name=_("Customer"), accessor="row__document__partner", orderable=False)
    part = Column(
        verbose_name=_("Part"),
        accessor="late_link__part",
        order_by="late_link__part__number",
        linkify=lambda record: reverse("linkage:part", args=[record.late_link.part_id]),
    )
    quantity = QuantityColumn(verbose_name=_("Quantity"))
    days = Column(verbose_name=_("Work days late"), accessor="days_before", order_by="days_before")
    demand = Column(
        verbose_name=_("Demand"),
        accessor="late_link__demand",
        order_by="late_link__demand__document__number",
        linkify=lambda record: _demand(record.late_link),
    )
    now = Column(
        verbose_name=_("Has now"),
        accessor="late_link__supply",
        orderable=False,
        linkify=lambda record: _supply(record.late_link),
    )
    gets = Column(
        verbose_name=_("Would get"),
        accessor="early_link__supply",
        orderable=False,
        linkify=lambda record: _supply(record.early_link),
    )
    gives = Column(
        verbose_name=_("From, who can wait"),
        accessor="early_link__demand",
        order_by="early_link__demand__document__number",
        linkify=lambda record: _demand(record.early_link),
    )
    needed = DateColumn(verbose_name=_("Needed by"), accessor="early_link__demand__need_date", format=ISO_DAY)
    act = Column(verbose_name=_("Action"), accessor="pk", orderable=False, exclude_from_export=True)

    class Meta(PegboardTable.Meta):
        order_by = ("-days", "late")
        empty_text = _("No swap helps anybody without making somebody later. The night looks again.")

    def __init__(self, *args, user=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    def render_days(self, record):
        days = {"before": record.days_before, "after": record.days_after}
        return render_to_string("linkage/_late_change.html", days)

    def render_act(self, record):
        if not may(self.user, "link"):
            return ""
        url = reverse("linkage:swap_with", args=[record.late_link_id, record.early_link_id])
        label = gettext("The proof of %(swap)s") % {"swap": record}
        link = '<a href="{0}" hx-get="{0}" hx-target="#dialog-body" hx-swap="innerHTML" aria-label="{1}">{2}</a>'
        return format_html(link, url, label, gettext("Proof"))


class ProposalFilter(FilterSet):
    part = CharFilter(label=_("Part"), field_name="late_link__part__number", lookup_expr="icontains", max_length=60)
    warehouse = CharFilter(
        label=_("Warehouse"), field_name="late_link__warehouse__code", lookup_expr="iexact", max_length=20
    )
    order = CharFilter(
        label=_("Late order"), field_name="row__document__number", lookup_expr="icontains", max_length=40
    )

    class Meta:
        model = SwapProposal
        fields = []
