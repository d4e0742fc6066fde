"""What the lists of purchasing can be filtered by."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, ChoiceFilter, FilterSet, ModelChoiceFilter

from linkage.models import OrderLink
from linkage.queries.order_links import late_links
from purchasing.models import Dispatch, PurchaseOrder, PurchaseOrderRow, PurchaseOrderType, SupplierTerm
from purchasing.queries import untold_orders
from purchasing.statuses import OPEN, PurchaseStatus

STATES = [("open", _("All open")), *PurchaseStatus.choices]


def yes_or_no(label, **options):
    return ChoiceFilter(label=label, choices=[("1", _("Yes")), ("0", _("No"))], empty_label=_("All"), **options)


def of_order_type(field):
    types = PurchaseOrderType.objects.all()
    return ModelChoiceFilter(
        field_name=field, queryset=types, to_field_name="code", label=_("Order type"), empty_label=_("All")
    )


class PurchaseFilter(FilterSet):
    """``state`` is one status or all open ones; supplier and part are numbers or parts of names."""

    def by_state(self, rows, _name, value):
        return rows.filter(**{f"{self.order}status__in": OPEN if value == "open" else [value]})

    def by_supplier(self, rows, _name, text):
        partner = f"{self.order}document__partner"
        return rows.filter(Q(**{f"{partner}__number__iexact": text}) | Q(**{f"{partner}__name__icontains": text}))


class OrderFilter(PurchaseFilter):
    order = ""
    q = CharFilter(field_name="document__number", lookup_expr="icontains", label=_("Order"), max_length=40)
    state = ChoiceFilter(method="by_state", choices=STATES, label=_("Status"), empty_label=_("All"))
    supplier = CharFilter(method="by_supplier", label=_("Supplier"), max_length=100)
    part = CharFilter(method="by_part", label=_("Part"), max_length=40)
    order_type = of_order_type("order_type")
    overdue = yes_or_no(_("Overdue"))
    contract_linked = yes_or_no(_("Contract-linked"))
    untold = yes_or_no(_("Change not agreed"), method="by_change")
    unsent_mail = yes_or_no(_("Mail not sent"), method="by_mail")

    class Meta:
        model = PurchaseOrder
        fields = []

    def by_change(self, orders, _name, value):
        changed = Q(pk__in=untold_orders().values("pk"))
        return orders.filter(changed if value == "1" else ~changed)

    def by_mail(self, orders, _name, value):
        stuck = Q(pk__in=Dispatch.objects.undone().values("order"))
        return orders.filter(stuck if value == "1" else ~stuck)

    def by_part(self, orders, _name, text):
        holding = PurchaseOrderRow.objects.filter(supply__part__number__iexact=text).values("order")
        return orders.filter(pk__in=holding)


class RowFilter(PurchaseFilter):
    order = "order__"
    q = CharFilter(field_name="order__document__number", lookup_expr="icontains", label=_("Order"), max_length=40)
    state = ChoiceFilter(method="by_state", choices=STATES, label=_("Status"), empty_label=_("All"))
    supplier = CharFilter(method="by_supplier", label=_("Supplier"), max_length=100)
    part = CharFilter(field_name="supply__part__number", lookup_expr="iexact", label=_("Part"), max_length=40)
    order_type = of_order_type("order__order_type")
    overdue = yes_or_no(_("Overdue"))
    contract_linked = yes_or_no(_("Contract-linked"), method="by_contract")
    has_free = yes_or_no(_("Not fully linked"), method="by_free")
    orphan = yes_or_no(_("Orphan"), method="by_orphan")
    late = yes_or_no(_("Late for a link"), method="by_late")

    class Meta:
        model = PurchaseOrderRow
        fields = []

    def by_free(self, rows, _name, value):
        open_and_free = Q(order__status__in=OPEN, supply__free__gt=0)
        return rows.filter(open_and_free if value == "1" else ~open_and_free)

    def by_orphan(self, rows, _name, value):
        return rows.filter(supply__orphaned_at__isnull=value == "0")

    def by_late(self, rows, _name, value):
        late = Q(supply__in=OrderLink.objects.filter(late_links()).values("supply"))
        return rows.filter(late if value == "1" else ~late)

    def by_contract(self, rows, _name, value):
        return rows.filter(contract__gt=0) if value == "1" else rows.filter(contract=0)


class TermFilter(FilterSet):
    part = CharFilter(field_name="part__number", lookup_expr="icontains", label=_("Part"), max_length=40)
    supplier = CharFilter(field_name="supplier__name", lookup_expr="icontains", label=_("Supplier"), max_length=100)
    is_default = yes_or_no(_("Default supplier"))

    class Meta:
        model = SupplierTerm
        fields = []
