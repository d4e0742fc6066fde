"""Purchase orders that a save made: said row by row, to be opened or printed. The message stays until it is closed."""

from contextlib import contextmanager

from django.contrib import messages
from django.db.models import Max
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from purchasing.models import PurchaseOrderRow
from sales.models import SalesOrderRow


@contextmanager
def telling_purchases(request, order):
    """Say which purchase rows what happens inside has made for the rows of a sales order."""
    mark = PurchaseOrderRow.objects.aggregate(last=Max("pk"))["last"] or 0
    yield
    mine = SalesOrderRow.objects.filter(order=order, demand__isnull=False).values("demand")
    new = PurchaseOrderRow.objects.filter(pk__gt=mark, supply__provenance__demand__in=mine)
    made = new.order_by("pk").values_list("supply__provenance__demand", "order", "order__document__number").distinct()
    if made:
        labels = dict(SalesOrderRow.objects.filter(order=order).values_list("demand", "position"))
        lines = [_line(order, labels[demand], pk, number) for demand, pk, number in made if demand in labels]
        messages.info(
            request, format_html(_("Purchase orders made: {}"), format_html_join(", ", "{}", [[x] for x in lines]))
        )


def _line(order, position, pk, number):
    pages = reverse("purchasing:order", args=[pk]), reverse("purchasing:paper", args=[pk])
    return format_html(
        '{}/{}: <a href="{}">{}</a> (<a href="{}" target="_blank" rel="noopener">{}</a>)',
        order,
        position,
        pages[0],
        number,
        pages[1],
        _("PDF"),
    )
