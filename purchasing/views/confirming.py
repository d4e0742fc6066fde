"""The supplier's confirmation, row by row."""

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from erp.register.access import requires
from erp.web.answers import go, say_done
from erp.web.previewing import ask_change, asked
from linkage.changes.asking import save_or_ask
from purchasing import operations
from purchasing.forms import ConfirmForm
from purchasing.views.orders import order_or_404, posted
from purchasing.views.telling import Told


@require_http_methods(["GET", "POST"])
@requires("purchase.write")
def confirm(request, pk):
    """A later date or a smaller quantity shows first what it does to the demands that wait for the row."""
    shown = order_or_404(request, pk)
    rows = [row for row in shown.rows.for_list().order_by("position") if row.is_open]
    form = ConfirmForm(posted(request), rows=rows, initial={"supplier_reference": shown.supplier_reference})
    if request.method == "GET" or not form.is_valid():
        template = "purchasing/_confirm.html" if request.htmx else "purchasing/confirm.html"
        return render(request, template, {"order": shown, "form": form}, status=422 if form.is_bound else 200)
    with Told(request, shown):
        order, report = save_or_ask(
            operations.confirm, asked=asked(request), order=shown, **form.arguments(), by=request.user, key=form.key
        )
    if report:
        title, back = _("Confirm %(order)s") % {"order": shown}, reverse("purchasing:order", args=[pk])
        return ask_change(request, report, title=title, action=request.path, back=back)
    say_done(request, _sentence(order))
    return go(request, "purchasing:order", pk)


def _sentence(order):
    rows = [row for row in order.rows.for_list() if row.is_open]
    waiting = sum(not row.is_confirmed for row in rows)
    if not waiting:
        return _("%(order)s is confirmed.") % {"order": order}
    words = ngettext("%(n)s row of %(order)s waits.", "%(n)s rows of %(order)s wait.", waiting)
    return _("The confirmation is noted.") + " " + words % {"n": waiting, "order": order}
