"""The purchase target list: its columns, its filters, and the columns of the page that orders."""

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, ChoiceFilter, FilterSet
from django_tables2 import Column, DateColumn

from erp.web.tables import AmountColumn, NumberColumn, PegboardTable, QuantityColumn, TickColumn
from erp.web.templatetags.pegboard import badge
from linkage.filters import DayFilter, yes_or_no
from linkage.models import Demand, DemandKind
from purchasing.targets import ORDER_ORIENTED

ISO_DAY = "Y-m-d"
KINDS = [kind for kind in DemandKind.choices if kind[0] not in {DemandKind.FORECAST, DemandKind.HOLD}]


class TargetTable(PegboardTable):
    """Every bought demand that is short, what would be ordered for it, from whom, and by when.

    What decides stands first, so that it is seen without scrolling.
    """

    tick = TickColumn()
    demand = Column(verbose_name=_("Demand"), order_by="demand", linkify=lambda value: _page("demand", value.pk))
    part = Column(
        verbose_name=_("Part"), accessor="demand__part", order_by="part", linkify=lambda value: _page("part", value.pk)
    )
    name = Column(verbose_name=_("Name"), accessor="line__facts__name", order_by="name")
    need_date = DateColumn(
        verbose_name=_("Needed"), accessor="line__facts__need_date", order_by="need_date", format=ISO_DAY
    )
    order_by = DateColumn(verbose_name=_("Order by"), accessor="line__order_by", order_by="order_by", format=ISO_DAY)
    late = NumberColumn(verbose_name=_("Too late by"), accessor="line__late", order_by="late")
    short = QuantityColumn(verbose_name=_("Short"), accessor="line__facts__short", order_by="short")
    unit = Column(verbose_name=_("Unit"), accessor="demand__part__unit", orderable=False)
    to_order = QuantityColumn(
        verbose_name=_("To order"), accessor="line__ordered__quantity", orderable=False, empty_values=()
    )
    surplus = QuantityColumn(verbose_name=_("Surplus"), order_by="surplus", attrs={"td": {"class": "num wrap"}})
    on_hand = QuantityColumn(verbose_name=_("On hand"), orderable=False)
    free = QuantityColumn(verbose_name=_("Free supply"), orderable=False)
    price = AmountColumn(verbose_name=_("Price"), accessor="line__price__price", orderable=False)
    value = AmountColumn(verbose_name=_("Value"), accessor="line__value", order_by="value")
    currency = Column(verbose_name=_("Currency"), accessor="line__term__currency", orderable=False)
    lead_time = NumberColumn(verbose_name=_("Lead time"), accessor="line__term__lead_time", order_by="lead_time")
    due_date = DateColumn(verbose_name=_("Due"), accessor="line__due_date", order_by="due_date", format=ISO_DAY)
    supplier = Column(verbose_name=_("Supplier"), accessor="line__supplier", order_by="supplier")
    kind = Column(verbose_name=_("Kind"), accessor="demand__get_kind_display", order_by="kind")
    warehouse = Column(verbose_name=_("Warehouse"), accessor="line__facts__warehouse", order_by="warehouse")
    purchase_unit = Column(verbose_name=_("Purchase unit"), accessor="line__term__unit", orderable=False)
    discount = QuantityColumn(verbose_name=_("Discount %"), accessor="line__price__discount", orderable=False)
    problem = Column(verbose_name=_("Why not"), orderable=False, attrs={"td": {"class": "wrap"}})

    class Meta(PegboardTable.Meta):
        model = Demand
        fields = []
        order_by = "supplier"
        empty_text = _(
            "Nothing bought is short here. Demands appear when stock and orders do not suffice by their need date."
        )

    def __init__(self, lines, *, totals=None, **kwargs):
        value = lines.value
        sums = {"short": lines.short, "value": next(iter(value.values())) if len(value) == 1 else None}
        super().__init__(lines, totals={name: total for name, total in sums.items() if total is not None}, **kwargs)

    @property
    def grouped(self):
        """Headings stand where the lines of each supplier stand together."""
        return str(next(iter(self.order_by), "")).lstrip("-") == "supplier"

    def render_to_order(self, record, value):
        """An earlier line's surplus may be enough; a line without terms orders nothing."""
        if value is None:
            return gettext("the surplus above") if record.line.due_date else "—"
        parts = record.line.ordered.parts
        shown = QuantityColumn.show(value)
        return gettext("%(n)s in %(rows)s rows") % {"n": shown, "rows": len(parts)} if parts else shown

    def render_surplus(self, record, value):
        shown = QuantityColumn.show(value, at_least=0) if value else ""
        return badge("late", record.surplus_in_words) if record.warn_surplus else shown

    def value_surplus(self, value):
        return value

    def render_lead_time(self, value):
        return value

    def render_late(self, value):
        return badge("late", gettext("%(n)s work days") % {"n": value})

    def value_late(self, value):
        return value


class TargetTableWithoutCosts(TargetTable):
    price = None
    discount = None
    value = None
    currency = None

    class Meta(TargetTable.Meta):
        pass


def _page(kind, pk):
    return reverse(f"linkage:{kind}", args=[pk])


class TargetFilter(FilterSet):
    """Chosen in memory: the lines are there already, because a surplus is reckoned over all of them."""

    part = CharFilter(label=_("Part"), max_length=100)
    supplier = CharFilter(label=_("Supplier"), max_length=100)
    warehouse = CharFilter(label=_("Warehouse"), max_length=20)
    needed_to = DayFilter(label=_("Needed by"))
    late = yes_or_no(_("Too late"))
    order_oriented = yes_or_no(_("Order-oriented"))
    needs = ChoiceFilter(label=_("Demand"), choices=KINDS, empty_label=_("All"))
    problem = yes_or_no(_("Cannot be ordered"))

    class Meta:
        model = Demand
        fields = []

    @property
    def qs(self):
        if not self.is_bound:
            return self.queryset
        self.errors  # noqa: B018 - reading them cleans the form
        asked = {name: value for name, value in self.form.cleaned_data.items() if value}
        tests = [KEEP[name](value) for name, value in asked.items()]
        return self.queryset.narrowed(lambda line: all(test(line) for test in tests)) if tests else self.queryset


def _contains(text, *names):
    return any(text.casefold() in str(name).casefold() for name in names)


KEEP = {
    "part": lambda text: lambda line: _contains(text, line.facts.part, line.facts.name),
    "supplier": lambda text: (
        lambda line: line.supplier is not None and (line.supplier.number == text or _contains(text, line.supplier.name))
    ),
    "warehouse": lambda code: lambda line: line.facts.warehouse.casefold() == code.casefold(),
    "needed_to": lambda day: lambda line: line.facts.need_date <= day,
    "late": lambda wanted: lambda line: bool(line.late) is (wanted == "1"),
    "order_oriented": lambda wanted: lambda line: (line.facts.lot_sizing in ORDER_ORIENTED) is (wanted == "1"),
    "needs": lambda kind: lambda line: line.facts.kind == kind,
    "problem": lambda wanted: lambda line: (line.due_date is None) is (wanted == "1"),
}
