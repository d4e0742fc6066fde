"""What the lists of sales can be filtered by."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_filters import BooleanFilter, CharFilter, ChoiceFilter, FilterSet
from django_filters.widgets import BooleanWidget

from linkage.filters import DayFilter
from linkage.models import Demand, PieceState, SerialNumber
from sales import queries
from sales.models import InvoiceBasis, SalesOrder, SalesOrderRow
from sales.statuses import OrderStatus, RowStatus


class AllYesNo(BooleanWidget):
    def __init__(self, attrs=None):
        super().__init__(attrs)
        self.choices = [("", _("All")), ("true", _("Yes")), ("false", _("No"))]


class YesOrNo(BooleanFilter):
    """All rows, or those where it is so, or those where it is not."""

    def __init__(self, **options):
        super().__init__(widget=AllYesNo, **options)


class OrderFilter(FilterSet):
    q = CharFilter(label=_("Number or customer"), method="by_text", max_length=100)
    status = ChoiceFilter(label=_("Status"), choices=OrderStatus, empty_label=_("All"))
    customer = CharFilter(label=_("Customer no."), field_name="document__partner__number", max_length=20)
    ordered_from = DayFilter(label=_("Ordered from"), field_name="document__ordered_on", lookup_expr="gte")
    ordered_to = DayFilter(label=_("to"), field_name="document__ordered_on", lookup_expr="lte")
    is_late = YesOrNo(label=_("Late"))
    is_short = YesOrNo(label=_("Short"), method="by_short")

    class Meta:
        model = SalesOrder
        fields = []

    def by_text(self, orders, _name, text):
        return queries.matching_orders(orders, text)

    def by_short(self, orders, _name, value):
        found = {"document__demands__in": queries.short_demand_ids()}
        wanted = SalesOrder.objects.filter(**found).values("pk")
        return orders.filter(pk__in=wanted) if value else orders.exclude(pk__in=wanted)


class RowFilter(FilterSet):
    part = CharFilter(label=_("Part"), field_name="part__number", lookup_expr="istartswith", max_length=40)
    customer = CharFilter(label=_("Customer no."), field_name="order__document__partner__number", max_length=20)
    row_status = ChoiceFilter(label=_("Row status"), choices=RowStatus, empty_label=_("All"))
    date_from = DayFilter(label=_("Delivery from"), field_name="delivery_date", lookup_expr="gte")
    date_to = DayFilter(label=_("to"), field_name="delivery_date", lookup_expr="lte")
    is_late = YesOrNo(label=_("Late"))
    is_short = YesOrNo(label=_("Short"), method="by_short")
    is_uncovered = YesOrNo(label=_("Not fully linked"), method="by_uncovered")
    is_finished = YesOrNo(label=_("Finished"), field_name="closed_at", lookup_expr="isnull", exclude=True)

    class Meta:
        model = SalesOrderRow
        fields = []

    def by_uncovered(self, rows, _name, value):
        wanted = Demand.objects.linkable().values("pk")
        return rows.filter(demand__in=wanted) if value else rows.exclude(demand__in=wanted)

    def by_short(self, rows, _name, value):
        wanted = queries.short_demand_ids()
        return rows.filter(demand__in=wanted) if value else rows.exclude(demand__in=wanted)


class SerialFilter(FilterSet):
    number = CharFilter(label=_("Serial number"), lookup_expr="istartswith", max_length=40)
    part = CharFilter(label=_("Part"), field_name="part__number", lookup_expr="istartswith", max_length=40)
    order = CharFilter(label=_("Sales order"), field_name="of_row__row__order__document__number", max_length=40)
    made_by = CharFilter(label=_("From order"), field_name="supply__document__number", max_length=40)
    customer = CharFilter(label=_("Customer"), method="by_customer", max_length=40)
    warehouse = CharFilter(
        label=_("Warehouse"), field_name="shelf__warehouse__code", lookup_expr="iexact", max_length=20
    )
    state = ChoiceFilter(label=_("State"), choices=PieceState.choices, method="by_state", empty_label=_("All"))

    class Meta:
        model = SerialNumber
        fields = []

    def by_customer(self, numbers, _name, text):
        name = Q(of_row__row__order__document__partner__name__icontains=text)
        return numbers.filter(name | Q(of_row__row__order__document__partner__number__istartswith=text))

    def by_state(self, numbers, _name, state):
        return numbers.in_state(state)


class BasisFilter(FilterSet):
    number = CharFilter(label=_("Number"), lookup_expr="istartswith", max_length=20)
    order = CharFilter(label=_("Sales order"), method="by_order", max_length=40)
    approved = YesOrNo(label=_("Approved"), field_name="approved_on", lookup_expr="isnull", exclude=True)

    class Meta:
        model = InvoiceBasis
        fields = []

    def by_order(self, bases, _name, number):
        return bases.filter(pk__in=InvoiceBasis.objects.filter(lines__row__order__document__number=number))
