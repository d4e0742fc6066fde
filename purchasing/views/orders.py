"""Pages of whole purchase orders, in the order a buyer meets them."""

from functools import partial

from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from erp.register.access import requires
from erp.register.models import Company
from erp.register.roles import may
from erp.web.answers import go, say_done
from erp.web.listing import BulkAction, list_view
from erp.web.previewing import ask_change, asked
from linkage.changes.asking import save_or_ask
from linkage.dates import business_date
from linkage.queries.order_links import link_counts
from linkage.queries.timeline import timeline
from purchasing import operations, queries
from purchasing.filters import OrderFilter
from purchasing.forms import HeaderForm, OrderForm, ReasonForm, ReleaseForm, RowForm, ShortCloseForm
from purchasing.models import PurchaseOrder, order_type_of
from purchasing.operations.steps import links_to_come
from purchasing.tables import OrderTable, OrderTableWithoutCosts
from purchasing.timeline import histories


@require_GET
@requires("read")
def order_list(request):
    may_write = may(request.user, "purchase.write")
    table = OrderTable if may(request.user, "see costs") else OrderTableWithoutCosts
    return list_view(
        request,
        queryset=queries.orders_for_list(today=business_date()),
        table_class=partial(table, exclude=() if may_write else ("tick",)),
        actions=_actions() if may_write else [],
        filterset_class=OrderFilter,
        title=_("Purchase orders"),
        template="purchasing/order_list.html",
        context={"may_write": may_write},
    )


def _actions():
    """What can be done with ticked orders."""
    return [
        BulkAction(_("Send"), reverse("purchasing:send_ticked"), "send"),
        BulkAction(_("Confirm as asked"), reverse("purchasing:confirm_ticked"), "patch-check"),
    ]


@require_http_methods(["GET", "POST"])
@requires("purchase.write")
def order_create(request):
    initial = {"ordered_on": business_date(), "company": Company.objects.first()}
    initial["order_type"] = order_type_of(request.user)
    initial["supplier"] = request.GET.get("supplier", "")[:20]
    form = OrderForm(posted(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        order = operations.create_order(**form.cleaned_data, by=request.user, key=form.key)
        say_done(request, _("%(order)s is open. Add its rows.") % {"order": order})
        return go(request, "purchasing:order", order.pk)
    return render(request, "purchasing/order_create.html", {"form": form}, status=422 if form.is_bound else 200)


@require_GET
@requires("read")
def order(request, pk):
    shown = order_or_404(request, pk)
    wants_rest = bool(request.htmx) and "rest" in request.GET
    return order_page(request, shown, template="purchasing/_order_rest.html" if wants_rest else None)


@require_POST
@requires("purchase.write")
def change_order(request, pk):
    shown = order_or_404(request, pk)
    form = HeaderForm.of(shown, request.POST)
    if not form.is_valid():
        return order_page(request, shown, header_form=form, status=422)
    operations.change_order(order=shown, **form.cleaned_data, by=request.user, key=form.key)
    say_done(request, _("Saved."))
    return go(request, "purchasing:order", pk)


@require_POST
@requires("purchase.write")
def make_draft(request, pk):
    return press(request, pk, operations.make_draft, _("%(order)s is a draft now."))


@require_POST
@requires("purchase.write")
def copy(request, pk):
    shown = order_or_404(request, pk)
    key = ReasonForm(request.POST).key
    made = operations.copy_order(order=shown, by=request.user, business_date=business_date(), key=key)
    say_done(request, _("%(order)s is a draft with the same rows; look at its prices and dates.") % {"order": made})
    return go(request, "purchasing:order", made.pk)


@require_http_methods(["GET", "POST"])
@requires("purchase.write")
def recall(request, pk):
    shown = order_or_404(request, pk)
    form = ReasonForm(posted(request))
    if request.method == "POST" and form.is_valid():
        operations.recall(order=shown, **form.cleaned_data, by=request.user, key=form.key)
        say_done(request, _("%(order)s is a draft again.") % {"order": shown})
        return go(request, "purchasing:order", pk)
    return ask(request, shown, form, title=_("Recall %(order)s"), button=_("Recall"))


@require_http_methods(["GET", "POST"])
@requires("purchase.write")
def cancel(request, pk):
    shown = order_or_404(request, pk)
    form = ReleaseForm(posted(request))
    if request.method == "POST" and form.is_valid():
        _order, report = save_or_ask(
            operations.cancel,
            asked=asked(request),
            at_once=form.cleaned_data["release"],
            order=shown,
            **form.cleaned_data,
            by=request.user,
            key=form.key,
        )
        if report:
            title, back = _("Cancel %(order)s") % {"order": shown}, reverse("purchasing:order", args=[pk])
            return ask_change(request, report, title=title, action=request.path, back=back)
        say_done(request, _("%(order)s is cancelled.") % {"order": shown})
        return go(request, "purchasing:order", pk)
    links = links_to_come(shown.document.supplies.all())
    return ask(request, shown, form, title=_("Cancel %(order)s"), button=_("Cancel the order"), links=links)


@require_http_methods(["GET", "POST"])
@requires("purchase.write")
def close(request, pk):
    shown = order_or_404(request, pk)
    form = ShortCloseForm(posted(request))
    if request.method == "POST" and form.is_valid():
        operations.close(order=shown, **form.cleaned_data, by=request.user, key=form.key)
        say_done(request, _("%(order)s is closed.") % {"order": shown})
        return go(request, "purchasing:order", pk)
    links = links_to_come(shown.document.supplies.all())
    return ask(request, shown, form, title=_("Close %(order)s"), button=_("Close the order"), links=links)


def order_or_404(request, pk):
    return get_object_or_404(PurchaseOrder.objects.visible_to(request.user).for_list(), pk=pk)


def posted(request):
    """What a form gets: the posted fields, also where none was filled in; None on a GET."""
    return request.POST if request.method == "POST" else None


def press(request, pk, operation, sentence):
    """A button without questions."""
    shown = order_or_404(request, pk)
    key = ReasonForm(request.POST).key
    operation(order=shown, by=request.user, key=key)
    say_done(request, sentence % {"order": shown})
    return go(request, "purchasing:order", pk)


def ask(request, shown, form, *, title, button, links=()):
    """A question before something ends: a dialog for htmx, a page otherwise."""
    template = "purchasing/_ask.html" if request.htmx else "purchasing/ask.html"
    context = {"order": shown, "form": form, "title": title % {"order": shown}, "button": button, "links": links}
    return render(request, template, context, status=422 if form.is_bound else 200)


def order_page(request, shown, *, template=None, header_form=None, row_form=None, editing=None, status=200):
    """The whole order: header, rows, promises, waiting demands, receipts, timeline."""
    costs = may(request.user, "see costs")
    context = {
        "order": shown,
        "view": queries.order_view(shown),
        "header_form": header_form or HeaderForm.of(shown),
        "row_form": row_form or RowForm(order=shown, auto_id="new-%s"),
        "editing": editing,
        "timeline": timeline(histories(shown, costs=costs), asked=request.GET, viewer=request.user),
        "link_counts": link_counts(shown.document_id),
        "backorders_linked": queries.backorders_are_linked(),
        **rights_on(request.user),
    }
    return render(request, template or "purchasing/order.html", context, status=status)


def rights_on(user):
    """What the user may do on purchase orders, for templates."""
    return {
        "may_write": may(user, "purchase.write"),
        "may_receive": may(user, "stock.receive"),
        "may_reverse": may(user, "stock.write"),
        "may_link": may(user, "link.purchase"),
        "may_contract": may(user, "purchase.contract link"),
        "costs": may(user, "see costs"),
    }
