"""What the lists of linkage can be filtered by."""

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, ChoiceFilter, DateFilter, FilterSet, NumberFilter

from erp.register.models import LotSizing
from erp.web.forms import IsoDateField
from linkage.models import Demand, DemandKind, OrderLink, Status, StockMovement, Supply, SupplyKind
from linkage.models.movements import MovementKind
from linkage.queries import worklists
from linkage.queries.order_links import late_links, supplied_by, supplying


class DocumentFilter(NumberFilter):
    """The order whose smart button led to the list: in its address, nobody types it."""

    def __init__(self, **options):
        super().__init__(widget=forms.HiddenInput, max_value=2**62, **options)


class DayFilter(DateFilter):
    """A date of this business; nonsense in the URL filters nothing."""

    field_class = IsoDateField


LINKED_BY = [("bound", _("Bound")), ("claimed", _("Claimed")), ("contract", _("Under contract"))]


def _linked(how):
    """Open links of a kind, or under contract."""
    return OrderLink.objects.open().filter(**({"contract": True} if how == "contract" else {"kind": how}))


def yes_or_no(label, **options):
    """All rows, or those where it is so, or those where it is not; the method gets "1" or "0"."""
    choices = [("1", _("Yes")), ("0", _("No"))]
    return ChoiceFilter(label=label, choices=choices, empty_label=_("All"), **options)


class PartAndWarehouseFilter(FilterSet):
    part = CharFilter(label=_("Part"), method="by_part", max_length=100)
    warehouse = CharFilter(label=_("Warehouse"), field_name="warehouse__code", lookup_expr="iexact", max_length=20)

    def by_part(self, rows, _name, text):
        return rows.filter(Q(part__number__icontains=text) | Q(part__name__icontains=text))


class StockFilter(PartAndWarehouseFilter):
    in_stock = yes_or_no(_("On hand"), method="by_stock")

    class Meta:
        model = Supply
        fields = []

    def by_stock(self, rows, _name, wanted):
        return rows.filter(quantity__gt=0) if wanted == "1" else rows.filter(quantity=0)


class DemandFilter(PartAndWarehouseFilter):
    """``supplied_by`` is the document whose smart button leads here; nobody types it."""

    kind = ChoiceFilter(label=_("Kind"), choices=DemandKind.choices, empty_label=_("All"))
    order = CharFilter(label=_("Order"), field_name="document__number", lookup_expr="icontains", max_length=40)
    needed_to = DayFilter(label=_("Needed by"), field_name="need_date", lookup_expr="lte")
    status = ChoiceFilter(label=_("Status"), choices=Status.choices, empty_label=_("All"))
    is_uncovered = yes_or_no(_("Not fully linked"), method="by_uncovered")
    linked_by = ChoiceFilter(label=_("Linked"), method="by_link", choices=LINKED_BY, empty_label=_("All"))
    is_late = yes_or_no(_("Late"), method="by_late")
    is_order_oriented = yes_or_no(_("Order-oriented"), method="by_lot_sizing")
    supplied_by = DocumentFilter(method="by_giver")

    class Meta:
        model = Demand
        fields = []

    def by_uncovered(self, rows, _name, wanted):
        return (
            rows.linkable().made_here() if wanted == "1" else rows.filter(Q(uncovered=0) | Q(elsewhere__quantity__gt=0))
        )

    def by_giver(self, rows, _name, document):
        return supplied_by(rows, document)

    def by_late(self, rows, _name, wanted):
        late = Q(pk__in=list(worklists.late()))
        return rows.filter(late if wanted == "1" else ~late)

    def by_link(self, rows, _name, how):
        return rows.filter(pk__in=_linked(how).values("demand"))

    def by_lot_sizing(self, rows, _name, wanted):
        linked = Q(part__lot_sizing=LotSizing.LINKED)
        return rows.filter(linked if wanted == "1" else ~linked)


class SupplyFilter(PartAndWarehouseFilter):
    """``supplies`` is the document whose smart button leads here; nobody types it."""

    kind = ChoiceFilter(label=_("Kind"), choices=SupplyKind.choices, empty_label=_("All"))
    order = CharFilter(label=_("Order"), field_name="document__number", lookup_expr="icontains", max_length=40)
    due_to = DayFilter(label=_("Due by"), field_name="due_date", lookup_expr="lte")
    status = ChoiceFilter(label=_("Status"), choices=Status.choices, empty_label=_("All"))
    has_free = yes_or_no(_("Not fully linked"), method="by_free")
    orphan = yes_or_no(_("Orphan"), method="by_orphan")
    linked_by = ChoiceFilter(label=_("Linked"), method="by_link", choices=LINKED_BY, empty_label=_("All"))
    is_late = yes_or_no(_("Late for a link"), method="by_late")
    supplies = DocumentFilter(method="by_taker")

    class Meta:
        model = Supply
        fields = []

    def by_free(self, rows, _name, wanted):
        return rows.with_free() if wanted == "1" else rows.exclude(pk__in=Supply.objects.with_free().values("pk"))

    def by_taker(self, rows, _name, document):
        return supplying(rows, document)

    def by_orphan(self, rows, _name, wanted):
        return rows.filter(orphaned_at__isnull=wanted == "0")

    def by_link(self, rows, _name, how):
        return rows.filter(pk__in=_linked(how).values("supply"))

    def by_late(self, rows, _name, wanted):
        late = Q(pk__in=OrderLink.objects.filter(late_links()).values("supply"))
        return rows.filter(late if wanted == "1" else ~late)


class OrphanFilter(SupplyFilter):
    """Also by the order that a supply was made for."""

    made_for = CharFilter(
        label=_("Made for"), field_name="provenance__demand__document__number", lookup_expr="icontains", distinct=True
    )


class MovementFilter(FilterSet):
    part = CharFilter(label=_("Part"), method="by_part", max_length=100)
    kind = ChoiceFilter(label=_("Kind"), choices=MovementKind.choices, empty_label=_("All"))
    order = CharFilter(label=_("Order"), method="by_order", max_length=40)
    warehouse = CharFilter(label=_("Warehouse"), method="by_warehouse", max_length=20)
    first = DayFilter(label=_("From"), field_name="effective_on", lookup_expr="gte")
    last = DayFilter(label=_("To"), field_name="effective_on", lookup_expr="lte")

    class Meta:
        model = StockMovement
        fields = []

    def by_part(self, rows, _name, text):
        return rows.filter(Q(part__number__icontains=text) | Q(part__name__icontains=text))

    def by_order(self, rows, _name, text):
        return rows.filter(Q(supply__document__number__icontains=text) | Q(demand__document__number__icontains=text))

    def by_warehouse(self, rows, _name, text):
        return rows.filter(Q(from_stock__warehouse__code__iexact=text) | Q(to_stock__warehouse__code__iexact=text))
