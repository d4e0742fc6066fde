"""The lists of pick lists and delivery notes."""

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, ChoiceFilter, FilterSet
from django_tables2 import Column, DateColumn, DateTimeColumn

from erp.web.tables import NumberColumn, PegboardTable, StatusColumn, TickColumn
from linkage.filters import DayFilter
from sales.models import DeliveryNote, PickList, PickStatus, RowType


def pick_lists_for_list(*, user):
    return (
        PickList.objects.visible_to(user)
        .for_list()
        .annotate(row_count=Count("rows"), open_count=Count("rows", filter=Q(rows__open__gt=0)))
    )


def notes_for_list(*, user):
    goods = ~Q(rows__row__row_type=RowType.TEXT)
    standing = goods & Q(rows__reversed_at=None)
    notes = DeliveryNote.objects.visible_to(user).for_list()
    return notes.annotate(row_count=Count("rows", filter=goods), standing=Count("rows", filter=standing))


class PickListTable(PegboardTable):
    number = Column(
        verbose_name=_("Pick list"),
        order_by="serial",
        linkify=lambda record: reverse("sales:pick_list", args=[record.pk]),
    )
    warehouse = Column(accessor="warehouse__code", verbose_name=_("Warehouse"))
    status = StatusColumn()
    until = DateColumn(verbose_name=_("Due until"), format="Y-m-d")
    row_count = NumberColumn(verbose_name=_("Rows"))
    open_count = NumberColumn(verbose_name=_("Still to deliver"))
    note = Column()
    created_by = Column(verbose_name=_("By"))
    created_at = DateTimeColumn(verbose_name=_("Made"), format="Y-m-d H:i")

    class Meta(PegboardTable.Meta):
        order_by = "-number"
        empty_text = _("No pick list matches. Plan deliveries to make one.")

    def render_row_count(self, value):
        return value

    def render_open_count(self, value):
        return value


class PickFilter(FilterSet):
    number = CharFilter(label=_("Number"), lookup_expr="istartswith", max_length=40)
    status = ChoiceFilter(label=_("Status"), choices=PickStatus, empty_label=_("All"))
    warehouse = CharFilter(label=_("Warehouse"), field_name="warehouse__code", max_length=20)

    class Meta:
        model = PickList
        fields = []


class NoteTable(PegboardTable):
    tick = TickColumn()
    number = Column(
        verbose_name=_("Delivery note"),
        order_by="serial",
        linkify=lambda record: reverse("sales:delivery_note", args=[record.pk]),
    )
    order = Column(verbose_name=_("Order"), linkify=lambda record: reverse("sales:order", args=[record.order_id]))
    customer = Column(verbose_name=_("Customer"), accessor="order__document__partner__name")
    delivered_on = DateColumn(verbose_name=_("Date"), format="Y-m-d")
    reference = Column()
    pick_list = Column(verbose_name=_("Pick list"))
    row_count = NumberColumn(verbose_name=_("Rows"))
    standing = NumberColumn(verbose_name=_("Not taken back"))
    created_by = Column(verbose_name=_("By"))

    class Meta(PegboardTable.Meta):
        order_by = "-number"
        empty_text = _("No delivery note matches. Deliver an order, or report a pick list.")

    def render_row_count(self, value):
        return value

    def render_standing(self, value):
        return value


class NoteFilter(FilterSet):
    number = CharFilter(label=_("Number"), lookup_expr="istartswith", max_length=40)
    order = CharFilter(label=_("Order"), field_name="order__document__number", lookup_expr="istartswith", max_length=40)
    customer = CharFilter(label=_("Customer no."), field_name="order__document__partner__number", max_length=20)
    date_from = DayFilter(label=_("Delivered from"), field_name="delivered_on", lookup_expr="gte")
    date_to = DayFilter(label=_("to"), field_name="delivered_on", lookup_expr="lte")

    class Meta:
        model = DeliveryNote
        fields = []
