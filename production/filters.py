"""What the lists of production can be filtered by."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, ChoiceFilter, FilterSet, ModelChoiceFilter

from production.models import OPEN_ORDER, Bom, BomRow, OrderStatus, ProductionOrderLine, ProductionOrderType, Routing

YES_NO = [("1", _("Yes")), ("0", _("No"))]
NOT_LINKED = [("output", _("What it makes is free")), ("components", _("Components are uncovered"))]


class LineFilter(FilterSet):
    q = CharFilter(label=_("Order or sales order"), method="by_number", max_length=40)
    state = ChoiceFilter(
        label=_("Status"),
        method="by_state",
        choices=[("open", _("All open")), *OrderStatus.choices],
        empty_label=_("All"),
    )
    part = CharFilter(label=_("Part"), method="by_part", max_length=40)
    order_type = ModelChoiceFilter(
        field_name="order__order_type",
        queryset=ProductionOrderType.objects.all(),
        to_field_name="code",
        label=_("Order type"),
        empty_label=_("All"),
    )
    late = ChoiceFilter(label=_("Late"), choices=YES_NO, empty_label=_("All"))
    starts_late = ChoiceFilter(label=_("Starts late"), choices=YES_NO, empty_label=_("All"))
    on_hold = ChoiceFilter(label=_("On hold"), method="by_hold", choices=YES_NO, empty_label=_("All"))
    orphan = ChoiceFilter(label=_("Orphan"), method="by_orphan", choices=YES_NO, empty_label=_("All"))
    linked = ChoiceFilter(label=_("Not fully linked"), method="by_link", choices=NOT_LINKED, empty_label=_("All"))

    class Meta:
        model = ProductionOrderLine
        fields = []

    def by_number(self, lines, _name, text):
        return lines.filter(
            Q(order__document__number__icontains=text) | Q(order__sales_document__number__icontains=text)
        )

    def by_state(self, lines, _name, value):
        return lines.filter(order__status__in=OPEN_ORDER if value == "open" else [value])

    def by_part(self, lines, _name, text):
        return lines.filter(Q(supply__part__number__iexact=text) | Q(supply__part__name__icontains=text))

    def by_hold(self, lines, _name, value):
        held = ~Q(order__hold_reason="") | Q(operation_on_hold=True)
        return lines.filter(held) if value == "1" else lines.exclude(held)

    def by_orphan(self, lines, _name, value):
        return lines.filter(supply__orphaned_at__isnull=value == "0")

    def by_link(self, lines, _name, value):
        lines = lines.filter(order__status__in=OPEN_ORDER)
        return lines.filter(supply__free__gt=0) if value == "output" else lines.filter(components_uncovered=True)


class RoutingFilter(FilterSet):
    q = CharFilter(label=_("Part"), method="by_part", max_length=100)
    centre = CharFilter(label=_("Work centre"), method="by_centre", max_length=20)
    is_active = ChoiceFilter(label=_("Active"), choices=YES_NO, empty_label=_("All"))

    class Meta:
        model = Routing
        fields = []

    def by_part(self, routings, _name, text):
        return routings.filter(Q(part__number__icontains=text) | Q(part__name__icontains=text))

    def by_centre(self, routings, _name, text):
        return routings.filter(operations__work_centre__code__iexact=text).distinct()


class BomFilter(FilterSet):
    q = CharFilter(label=_("Part"), method="by_part", max_length=100)
    component = CharFilter(label=_("Contains part"), method="by_component", max_length=40)
    is_active = ChoiceFilter(label=_("Active"), choices=YES_NO, empty_label=_("All"))

    class Meta:
        model = Bom
        fields = []

    def by_part(self, boms, _name, text):
        return boms.filter(Q(part__number__icontains=text) | Q(part__name__icontains=text))

    def by_component(self, boms, _name, text):
        # Not a join: it would count the rows once for each that matches.
        rows = BomRow.objects.filter(component__number__iexact=text)
        return boms.filter(pk__in=rows.values("bom").order_by())
