"""Purchase orders that a save made, row by row: a message with the way to them, and the dialog that opens with it.

The message stays until it is closed; without JavaScript it leads to the dialog's content as a page.
"""

from contextlib import contextmanager
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Max
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from erp.register.access import requires
from purchasing.models import PurchaseOrderRow
from sales.made import purchases_made as made_for
from sales.views.panels import order_or_404

MOST = 12  # a message names no more; the dialog has all


@contextmanager
def telling_purchases(request, order):
    """Say which purchase rows what happens inside has made for the rows of a sales order."""
    mark = _last_row()
    yield
    last = _last_row()
    made = made_for(order, first=mark + 1, last=last) if last > mark else []
    if not made:
        return
    lines = [_line(one) for one in made[:MOST]]
    if len(made) > MOST:
        lines.append(_("and %(n)s more") % {"n": len(made) - MOST})
    told = format_html(_("Purchase orders made: {}"), format_html_join(", ", "{}", [[line] for line in lines]))
    rows = [one.purchase_row.pk for one in made]
    where = reverse("sales:purchases_made", args=[order.pk])
    query = urlencode({"first": min(rows), "last": max(rows)})
    messages.info(request, told, extra_tags=f"dialog {where}?{query}")


def _last_row():
    return PurchaseOrderRow.objects.aggregate(last=Max("pk"))["last"] or 0


def _line(one):
    order = one.purchase_row.order
    pages = reverse("purchasing:order", args=[order.pk]), reverse("purchasing:paper", args=[order.pk])
    return format_html(
        '{}: <a href="{}">{}</a> (<a href="{}" target="_blank" rel="noopener">{}</a>)',
        one.row,
        pages[0],
        order,
        pages[1],
        _("PDF"),
    )


@require_GET
@requires("read")
def purchases_made(request, pk):
    """The purchase rows of one save (``first`` to ``last``) with the rows that they were made for."""
    order = order_or_404(request, pk)
    first, last = (_number(request.GET.get(name, "")) for name in ("first", "last"))
    made = made_for(order, first=first, last=last)
    template = "sales/_purchases_made.html" if request.htmx else "sales/purchases_made.html"
    return render(request, template, {"order": order, "made": made})


def _number(text):
    """An id of the address; whatever else stands there names no row."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
