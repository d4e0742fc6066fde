"""The list of holds."""

from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, FilterSet
from django_tables2 import Column, DateColumn

from erp.web.tables import PegboardTable, QuantityColumn
from linkage.models import Hold
from linkage.rights import may_link
from linkage.tables import ISO_DAY

DIALOG = '<a href="{0}" hx-get="{0}" hx-target="#dialog-body" hx-swap="innerHTML" aria-label="{2}">{1}</a>'
BUTTON = (
    '<form method="post" action="{0}" hx-post="{0}" hx-swap="none" class="d-inline">'
    '<input type="hidden" name="csrfmiddlewaretoken" value="{1}"><button aria-label="{3}">{2}</button></form>'
)


class HoldTable(PegboardTable):
    customer = Column(verbose_name=_("Customer"), accessor="partner", order_by="partner__name")
    part = Column(
        verbose_name=_("Part"),
        accessor="demand__part",
        order_by="demand__part__number",
        linkify=lambda record: reverse("linkage:part", args=[record.demand.part_id]),
    )
    name = Column(verbose_name=_("Name"), accessor="demand__part__name", orderable=False)
    warehouse = Column(verbose_name=_("Warehouse"), accessor="demand__warehouse", orderable=False)
    kept = QuantityColumn(
        verbose_name=_("Kept"),
        accessor="demand__allocated",
        linkify=lambda record: reverse("linkage:demand", args=[record.demand_id]),
    )
    unit = Column(verbose_name=_("Unit"), accessor="demand__part__unit", orderable=False)
    until = DateColumn(verbose_name=_("Until"), format=ISO_DAY)
    supplies = Column(verbose_name=_("Of"), accessor="pk", orderable=False)
    by = Column(verbose_name=_("Kept by"), accessor="pk", orderable=False)
    act = Column(verbose_name=_("Action"), accessor="pk", orderable=False, exclude_from_export=True)

    class Meta(PegboardTable.Meta):
        order_by = ("until", "customer")
        empty_text = _("Nothing is kept for anybody. Disconnect a row, or keep free supply for a customer.")

    def __init__(self, *args, user=None, request=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.user, self.http_request = user, request

    def render_supplies(self, record):
        links = [(reverse("linkage:supply", args=[link.supply_id]), link.supply) for link in _links(record)]
        return format_html_join(", ", '<a href="{}">{}</a>', links)

    def render_by(self, record):
        return ", ".join(dict.fromkeys(str(link.created_by) for link in _links(record)))

    def render_act(self, record):
        links = _links(record)
        if not all(may_link(self.user, link.supply) for link in links):
            return ""
        handing = [_dialog("linkage:hand_over", link.pk, gettext("Hand over"), link) for link in links]
        prolong = _dialog("linkage:hold_prolong", record.pk, gettext("Prolong"), record)
        end = reverse("linkage:hold_end", args=[record.pk])
        ending = format_html(
            BUTTON, end, get_token(self.http_request), gettext("End now"), f"{gettext('End now')}: {record}"
        )
        return format_html_join(" ", "{}", ((action,) for action in [*handing, prolong, ending]))


def _links(record):
    """Prefetched with the list."""
    return record.demand.links.all()


def _dialog(name, pk, words, what):
    return format_html(DIALOG, reverse(name, args=[pk]), words, f"{words}: {what}")


class HoldFilter(FilterSet):
    customer = CharFilter(label=_("Customer"), field_name="partner__name", lookup_expr="icontains", max_length=100)
    part = CharFilter(label=_("Part"), field_name="demand__part__number", lookup_expr="icontains", max_length=60)

    class Meta:
        model = Hold
        fields = []
