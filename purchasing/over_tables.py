"""The worklist of receipts beyond the tolerance."""

from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, ChoiceFilter, FilterSet
from django_tables2 import Column, DateColumn

from erp.register.units import plain
from erp.web.tables import PegboardTable, QuantityColumn, StatusColumn
from purchasing.models import OverReceipt, Verdict


class OverReceiptFilter(FilterSet):
    status = ChoiceFilter(choices=Verdict, label=_("Status"), empty_label=_("All"))
    q = CharFilter(field_name="row__order__document__number", lookup_expr="icontains", label=_("Order"), max_length=40)

    class Meta:
        model = OverReceipt
        fields = []


class OverReceiptTable(PegboardTable):
    row = Column(
        order_by=("row__order__document__serial", "row__position"),
        linkify=lambda record: f"{reverse('purchasing:order', args=[record.row.order_id])}#receipts",
    )
    supplier = Column(
        accessor="row__order__document__partner",
        order_by="row__order__document__partner__name",
        verbose_name=_("Supplier"),
    )
    part = Column(accessor="row__supply__part", order_by="row__supply__part__number", verbose_name=_("Part"))
    quantity = QuantityColumn(verbose_name=_("Came"))
    unit = Column(accessor="row__unit", order_by="row__unit__code", verbose_name=_("Unit"))
    to_come = Column(accessor="row__supply", verbose_name=_("To come (base)"), orderable=False)
    reason = Column(attrs={"td": {"class": "wrap"}})
    reference = Column(verbose_name=_("Delivery note"))
    created_by = Column(verbose_name=_("Asked by"), order_by="created_by__username")
    created_at = DateColumn(format="Y-m-d H:i", verbose_name=_("Asked"))
    status = StatusColumn()
    decided_by = Column(verbose_name=_("Decided by"), order_by="decided_by__username")
    verdict = Column(verbose_name=_("Why"), attrs={"td": {"class": "wrap"}})
    decide = Column(empty_values=(), orderable=False, exclude_from_export=True, verbose_name=_("Actions"))

    class Meta(PegboardTable.Meta):
        model = OverReceipt
        fields = []
        order_by = "created_at"
        empty_text = _("Nothing waits. The warehouse asks on the page that receives a row.")

    def __init__(self, *args, decides=False, asker=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.decides, self.asker = decides, asker

    def render_to_come(self, value):
        return f"{plain(value.open)} {value.part.unit}"

    def render_decide(self, record):
        if not record.is_waiting:
            return ""
        actions = []
        if self.decides:
            actions += [("approve_over", gettext("Look and post")), ("decline_over", gettext("Decline"))]
        if self.asker is not None and record.created_by_id == self.asker.pk:
            actions.append(("withdraw_over", gettext("Withdraw")))
        links = [(reverse(f"purchasing:{name}", args=[record.pk]), words) for name, words in actions]
        return format_html_join(" ", '<a class="row-action" href="{}">{}</a>', links)
