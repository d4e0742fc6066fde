"""Receiving goods and taking a receipt back."""

from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from erp.register.access import requires
from erp.register.units import plain
from erp.web.answers import go, say_done
from linkage.dates import business_date
from linkage.models import StockMovement
from purchasing import operations, queries
from purchasing.forms import ReceiveForm, ReverseForm
from purchasing.views.orders import ask, posted, rights_on
from purchasing.views.rows import row_or_404

KEPT = ["effective_on", "reference", "final", "reason", "approve_over", "cut_contract"]


@require_http_methods(["GET", "POST"])
@requires("stock.receive")
def receive(request, pk):
    """Who gets what is shown before anything is posted; *Share out* counts the shares again for another quantity."""
    shown = row_or_404(request, pk)
    sharing = "share_out" in request.POST
    arrival = queries.arrival(shown, request.POST.get("quantity", "") if sharing else request.GET.get("quantity", ""))
    form = receive_form(request, arrival, sharing=sharing)
    if form.is_bound and form.is_valid():
        row = operations.receive(row=shown, **form.arguments(), by=request.user, key=form.key)
        received = plain(form.cleaned_data["quantity"])
        say_done(request, _("%(n)s %(unit)s of %(row)s received.") % {"n": received, "unit": row.unit, "row": row})
        return go(request, "purchasing:order", shown.order_id)
    template = "purchasing/_receive.html" if request.htmx else "purchasing/receive.html"
    context = {"row": shown, "form": form, "arrival": arrival, **rights_on(request.user)}
    return render(request, template, context, status=422 if form.is_bound else 200)


def receive_form(request, arrival, *, sharing):
    """The posted form; a fresh one on a GET, and with the shares counted anew when it was only shared out again."""
    if request.method == "POST" and not sharing:
        return ReceiveForm(request.POST, links=arrival.links)
    kept = {name: request.POST[name] for name in KEPT if name in request.POST}
    facts = {"quantity": arrival.quantity, "effective_on": business_date()}
    return ReceiveForm(initial=facts | kept, links=arrival.links, shares=arrival.shares)


@require_http_methods(["GET", "POST"])
@requires("stock.write")
def reverse(request, pk):
    receipts = StockMovement.objects.filter(supply__purchase_row__isnull=False, quantity__gt=0)
    movement = get_object_or_404(receipts.select_related("supply__purchase_row", "part__unit"), pk=pk)
    shown = row_or_404(request, movement.supply.purchase_row.pk)
    form = ReverseForm(posted(request), initial={"effective_on": business_date()})
    if request.method == "POST" and form.is_valid():
        operations.reverse_receipt(row=shown, movement=movement, **form.cleaned_data, by=request.user, key=form.key)
        say_done(request, _("The receipt on %(row)s is reversed.") % {"row": shown})
        return go(request, "purchasing:order", shown.order_id)
    facts = {"n": plain(movement.quantity), "unit": movement.part.unit, "row": shown}
    title = _("Reverse the receipt of %(n)s %(unit)s on %(row)s") % facts
    return ask(request, shown.order, form, title=title, button=_("Reverse"))
