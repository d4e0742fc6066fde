"""The list of order links: table, filter, and what a ticked row can be used for."""

from functools import cached_property

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, ChoiceFilter
from django_tables2 import Column, DateColumn, DateTimeColumn

from erp.web.tables import PegboardTable, QuantityColumn, SlackColumn, TickColumn
from erp.web.templatetags.pegboard import badge
from linkage.dates import Slack
from linkage.filters import DayFilter, DocumentFilter, PartAndWarehouseFilter, yes_or_no
from linkage.models import DemandKind, OrderLink, SupplyKind
from linkage.models.links import LinkKind
from linkage.owners import rejected
from linkage.queries.order_links import STATES, late_links
from linkage.tables import ISO_DAY, part_page

BY_HAND = "by hand"
RULES = [
    (BY_HAND, _("By hand")),
    ("suggestion", _("Suggestion")),
    ("backorder", _("Backorder rule")),
    ("purchase order", _("Purchase order made for it")),
    ("taken first", _("Taken before making")),
]


def _page(kind):
    return lambda value: reverse(f"linkage:{kind}", args=[value.pk])


class OrderLinkTable(PegboardTable):
    """Order link tracking: who gives, who takes, how much, and how it stands."""

    tick = TickColumn()
    supply = Column(
        verbose_name=_("Supply"), order_by=("supply__document__serial", "supply__position"), linkify=_page("supply")
    )
    purchase = Column(verbose_name=_("Purchase order"), accessor="supply", orderable=False)
    demand = Column(
        verbose_name=_("Demand"),
        order_by=("demand__document__serial", "demand__position", "demand__line"),
        linkify=_page("demand"),
    )
    production = Column(verbose_name=_("Production order"), accessor="demand", orderable=False)
    component = Column(verbose_name=_("Component line"), accessor="demand", orderable=False)
    part = Column(verbose_name=_("Part"), order_by="part__number", linkify=part_page)
    quantity = QuantityColumn(verbose_name=_("Quantity"))
    received = QuantityColumn(verbose_name=_("Received"))
    rejected = QuantityColumn(verbose_name=_("Rejected"), accessor="supply", orderable=False)
    open = QuantityColumn(verbose_name=_("Open"))
    unit = Column(verbose_name=_("Unit"), accessor="supply__part__unit", orderable=False)
    due = DateColumn(verbose_name=_("Due"), accessor="supply__due_date", format=ISO_DAY)
    needed = DateColumn(verbose_name=_("Needed by"), accessor="demand__need_date", format=ISO_DAY)
    slack = SlackColumn(verbose_name=_("Slack"), accessor="pk", orderable=False)
    status = Column(verbose_name=_("Status"), orderable=False)
    kind = Column(verbose_name=_("Kind"))
    contract = Column(verbose_name=_("Contract"))
    rule = Column(verbose_name=_("Rule"), empty_values=())
    reason = Column(verbose_name=_("Reason"))
    created_by = Column(verbose_name=_("By"), order_by="created_by__username")
    created_at = DateTimeColumn(verbose_name=_("At"), format="Y-m-d H:i")

    class Meta(PegboardTable.Meta):
        model = OrderLink
        fields = []
        order_by = ("needed", "supply")
        empty_text = _(
            "No link matches. Clear the filter; links are made on orders, on the bench and from suggestions."
        )

    @cached_property
    def slack_of(self):
        return Slack({row.record.warehouse_id for row in self.paginated_rows} if self.page else None)

    @cached_property
    def rejected_of(self):
        """What was rejected or scrapped of the supplies on the page; of all of them for an export."""
        ends = (row.record.supply for row in self.paginated_rows) if self.page else None
        return rejected(ends and [(supply.kind, supply.pk) for supply in ends])

    def render_rejected(self, value):
        found = self.value_rejected(value)
        return QuantityColumn.render(self.columns["rejected"].column, found) if found else ""

    def value_rejected(self, value):
        return self.rejected_of.get(value.pk, "")

    def render_purchase(self, value):
        return value if value.kind == SupplyKind.PURCHASE else "—"

    def value_purchase(self, value):
        return str(value) if value.kind == SupplyKind.PURCHASE else ""

    def render_production(self, record, value):
        return self.value_production(record, value) or "—"

    def value_production(self, record, value):
        if value.for_supply_id:
            return str(value.document)
        return str(record.supply.document) if record.supply.kind == SupplyKind.PRODUCTION else ""

    def render_component(self, value):
        return self.value_component(value) or "—"

    def value_component(self, value):
        return f"{value.for_supply.position}/{value.position}" if value.for_supply_id else ""

    def render_slack(self, record):
        if record.to_come <= 0:
            return ""
        return SlackColumn.render(self.columns["slack"].column, self.value_slack(record))

    def value_slack(self, record):
        return self.slack_of.of(record.supply, record.demand, waiting=record.to_come > 0)

    def render_status(self, value):
        return badge(value)

    def render_contract(self, value):
        return badge("good", gettext("Contract-linked")) if value else ""

    def value_contract(self, value):
        return value

    def render_rule(self, value):
        return dict(RULES).get(value or BY_HAND, value)


class OrderLinkFilter(PartAndWarehouseFilter):
    """``gives`` and ``takes`` are the documents whose smart buttons lead here; nobody types them."""

    order = CharFilter(label=_("Order"), method="by_order", max_length=40)
    state = ChoiceFilter(
        label=_("Status"),
        method="by_state",
        choices=[("all", _("All, ended too")), *((name, name.capitalize()) for name in STATES)],
        empty_label=_("Open"),
    )
    kind = ChoiceFilter(label=_("Kind"), choices=LinkKind.choices, empty_label=_("All"))
    contract = yes_or_no(_("Contract"), field_name="contract")
    late = yes_or_no(_("Late"), method="by_late")
    rule = ChoiceFilter(label=_("Rule"), method="by_rule", choices=RULES, empty_label=_("All"))
    supplied = ChoiceFilter(
        label=_("Supply"), field_name="supply__kind", choices=SupplyKind.choices, empty_label=_("All")
    )
    needs = ChoiceFilter(label=_("Demand"), field_name="demand__kind", choices=DemandKind.choices, empty_label=_("All"))
    needed_to = DayFilter(label=_("Needed by"), field_name="demand__need_date", lookup_expr="lte")
    gives = DocumentFilter(field_name="supply__document")
    takes = DocumentFilter(field_name="demand__document")

    class Meta:
        model = OrderLink
        fields = []

    def filter_queryset(self, queryset):
        found = super().filter_queryset(queryset)
        return found if self.form.cleaned_data.get("state") else found.open()

    def by_order(self, links, _name, text):
        return links.filter(Q(supply__document__number__icontains=text) | Q(demand__document__number__icontains=text))

    def by_state(self, links, _name, state):
        return links if state == "all" else links.filter(STATES[state])

    def by_late(self, links, _name, wanted):
        return links.filter(late_links() if wanted == "1" else ~late_links())

    def by_rule(self, links, _name, rule):
        return links.filter(rule="" if rule == BY_HAND else rule)
