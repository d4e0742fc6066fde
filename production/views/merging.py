"""Merging the ticked orders of the list: first what comes of it, then the button."""

from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from erp.register.access import requires
from erp.web.answers import go, say_done
from production import operations
from production.forms.orders import ReasonForm
from production.merge_preview import picture_of_merge
from production.views.shared import ticked_lines


@require_http_methods(["GET", "POST"])
@requires("production.write")
def merge(request):
    """Posted by the list it shows what the merge makes, with ``confirm`` it merges; opened by hand it says how."""
    if request.method == "GET":
        return render(request, "production/merge.html", {"lines": []})
    lines = ticked_lines(request, nothing=_("Tick at least two orders."))
    orders = list({line.order_id: line.order for line in lines}.values())
    form = ReasonForm(request.POST)
    if "confirm" in request.POST and form.is_valid():
        kept = operations.merge_orders(orders=orders, **form.cleaned_data, by=request.user, key=form.key)
        say_done(request, _("%(n)d orders are merged into %(order)s.") % {"n": len(orders), "order": kept})
        return go(request, "production:order", kept.pk)
    form = form if "confirm" in request.POST else ReasonForm()
    picture, trouble = picture_of_merge(orders, by=request.user)
    context = {"lines": lines, "form": form, "picture": picture, "trouble": trouble}
    return render(request, "production/merge.html", context, status=status_of(form, trouble))


def status_of(form, trouble):
    if form.is_bound:
        return 422
    return 409 if trouble else 200
