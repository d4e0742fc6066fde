"""What the list does with the ticked orders: release, cancel after a look at what would be refused, print."""

from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from erp.register.access import requires
from erp.web.answers import go, pdf_answer
from erp.web.ticking import say_each
from linkage.dates import business_date
from linkage.preview import preview
from production import operations
from production.forms.orders import ReasonForm
from production.models import ProductionOrder
from production.printing import pdf_of
from production.queries.orders import order_view
from production.queries.papers import paper_of
from production.views.shared import ticked_lines

MOST_PRINTED = 50


@require_POST
@requires("production.write")
def release_ticked(request):
    orders = ticked_orders(request)
    released, refused = operations.release_orders(orders=orders, by=request.user, key=ReasonForm(request.POST).key)
    sentence = ngettext("%(n)d order is released.", "%(n)d orders are released.", len(released))
    say_each(request, sentence % {"n": len(released)} if released else "", refused)
    return redirect("production:order_list")


@require_POST
@requires("production.write")
def cancel_ticked(request):
    """Posted by the list it shows what would be cancelled and what refused, posted with ``confirm`` it cancels."""
    orders = ticked_orders(request)
    form = ReasonForm(request.POST)
    if "confirm" in request.POST and form.is_valid():
        done, refused = operations.cancel_orders(orders=orders, **form.cleaned_data, by=request.user, key=form.key)
        sentence = ngettext("%(n)d order is cancelled.", "%(n)d orders are cancelled.", len(done))
        say_each(request, sentence % {"n": len(done)} if done else "", refused)
        return go(request, "production:order_list")
    form = form if "confirm" in request.POST else ReasonForm()
    shown = preview(operations.cancel_orders, orders=orders, by=request.user)
    done, refused = shown.result
    context = {"form": form, "rows": request.POST.getlist("rows"), "done": done, "refused": refused}
    context["freed"] = [change for change in shown.of("supply") if change.after["free"] > change.before["free"]]
    return render(request, "production/cancel_many.html", context, status=422 if form.is_bound else 200)


@require_POST
@requires("read")
def print_ticked(request):
    """The papers of the ticked orders in one PDF, each in its layout."""
    orders = ticked_orders(request, most=MOST_PRINTED)
    today = business_date()
    papers = [
        paper_of(order, order_view(order, today=today), printed_on=today)
        | {"layout": order.layout, "url": request.build_absolute_uri(reverse("production:order", args=[order.pk]))}
        for order in orders
    ]
    return pdf_answer(pdf_of(papers), "orders")


def ticked_orders(request, **options):
    """The orders of the ticked lines, each once, in the order of their numbers."""
    lines = ticked_lines(request, nothing=_("Tick at least one order."), **options)
    ids = list(dict.fromkeys(line.order_id for line in lines))
    found = ProductionOrder.objects.for_list().in_bulk(ids)
    return [found[pk] for pk in ids]
