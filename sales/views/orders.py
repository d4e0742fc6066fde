"""Sales orders: the list, one order, and the steps of its life."""

from django.contrib import messages
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from erp.exceptions import Stale
from erp.register.access import requires
from erp.register.roles import may
from erp.web.answers import go, say_done
from erp.web.listing import list_view, wants_table
from erp.web.previewing import ask_change, asked
from linkage.changes.asking import save_or_ask
from linkage.dates import business_date
from linkage.queries.timeline import timeline
from sales import operations, queries
from sales.filters import OrderFilter, RowFilter
from sales.forms.actions import CancelOrderForm
from sales.forms.orders import NewOrderForm, OrderForm
from sales.operations.repricing import ANEW, KEPT
from sales.pages import number_in
from sales.price_preview import asks_about_prices, price_question
from sales.serials import with_numbers
from sales.statuses import REGISTERED
from sales.suggesting import suggest_warehouse
from sales.tables import OrderTable, RowTable
from sales.timeline import histories
from sales.views.made import telling_purchases
from sales.views.panels import (
    ask,
    grid_panel,
    key_of,
    look_of,
    new_row_form,
    order_head,
    order_or_404,
    order_page,
    posted,
    say_why_not,
    with_both_values,
)

NOT_TYPED = {"csrfmiddlewaretoken", "prices"}


@require_GET
@requires("read")
def order_list(request):
    return list_view(
        request,
        queryset=queries.orders_for_list(user=request.user),
        table_class=OrderTable,
        filterset_class=OrderFilter,
        title=_("Sales orders"),
        template="sales/order_list.html",
        context={"may_write": may(request.user, "sales.write")},
    )


@require_GET
@requires("read")
def row_list(request):
    return list_view(
        request,
        queryset=queries.rows_for_list(user=request.user),
        table_class=RowTable,
        filterset_class=RowFilter,
        title=_("Sales rows"),
    )


@require_GET
@requires("read")
def order(request, pk):
    """One page of the rows; with ``?new`` a line for a new row is open, ``before`` a row or at the end."""
    found = order_or_404(request, pk)
    if wants_table(request) and "head" in request.GET:
        return order_head(request, found)
    if "new" not in request.GET:
        return grid_panel(request, found) if wants_table(request) else order_page(request, found)
    before = found.rows.main().filter(pk=number_in(request.GET.get("before"))).first()
    form = new_row_form(look_of(request, found), before=before)
    return order_page(request, found, editing="new", form=form)


@require_GET
@requires("read")
def order_timeline(request, pk):
    found = order_or_404(request, pk)
    shown = timeline(histories(found, costs=may(request.user, "see costs")), asked=request.GET, viewer=request.user)
    return render(request, "sales/order_timeline.html", {"order": found, "timeline": shown})


@require_GET
@requires("read")
def order_supplies(request, pk):
    """What serves the order or was made for it."""
    found = order_or_404(request, pk)
    return render(request, "sales/order_supplies.html", {"order": found, "lines": queries.supplies_of(found)})


@require_GET
@requires("read")
def order_deliveries(request, pk):
    found = order_or_404(request, pk)
    context = {
        "order": found,
        "deliveries": with_numbers(queries.deliveries_of(found)),
        "may": may(request.user, "stock.write"),
    }
    return render(request, "sales/order_deliveries.html", context)


@require_http_methods(["GET", "POST"])
@requires("sales.write")
def order_create(request):
    warehouse = suggest_warehouse(request.user)
    initial = {"ordered_on": business_date(), "warehouse": warehouse, "status": REGISTERED}
    form = NewOrderForm(posted(request), initial=initial)
    if form.is_bound and form.is_valid():
        made = operations.create_order(**form.cleaned_data, by=request.user, key=form.key)
        say_done(request, _("%(order)s is opened. Add its rows.") % {"order": made})
        return go(request, f"{reverse('sales:order', args=[made.pk])}?new=1")
    context = {"form": form, "title": _("New sales order"), "order": None}
    return render(request, "sales/order_form.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@requires("sales.write")
def order_change(request, pk):
    found = order_or_404(request, pk)
    fields = [name for name in OrderForm.base_fields if hasattr(found, name)]
    form = OrderForm(posted(request), order=found, initial={name: getattr(found, name) for name in fields})
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            if question := _price_question(request, found, form):
                return _ask_about_prices(request, found, question)
            _order, report = save_or_ask(
                operations.change_order,
                asked=asked(request),
                order=found,
                **form.cleaned_data,
                by=request.user,
                key=form.key,
            )
        except Stale as stale:
            form, status = with_both_values(request, stale, lambda data: OrderForm(data, order=found)), 409
        else:
            if report:
                title, back = _("Change %(order)s") % {"order": found}, reverse("sales:order", args=[pk])
                return ask_change(request, report, title=title, action=request.path, back=back)
            say_done(request, _("%(order)s is changed.") % {"order": found})
            say_what_is_marked(request, found, form)
            return go(request, "sales:order", pk)
    context = {"form": form, "title": str(found), "order": found}
    return render(request, "sales/order_form.html", context, status=status)


def _price_question(request, order, form):
    """What another type would make of the prices, until somebody has said whether it shall.

    An answer counts only where there is a question.
    """
    changes = form.cleaned_data
    if not asks_about_prices(order, changes):
        changes["prices"] = ""
        return None
    if changes["prices"]:
        return None
    return price_question(order, by=request.user, **changes)


def _ask_about_prices(request, order, question):
    typed = [(name, value) for name in request.POST for value in request.POST.getlist(name) if name not in NOT_TYPED]
    context = {"order": order, "question": question, "typed": typed, "choices": {"anew": ANEW, "kept": KEPT}}
    return render(request, "sales/prices_anew.html", context)


def say_what_is_marked(request, order, form):
    """Another currency or rate leaves typed prices as they are: how many rows somebody should look at."""
    count = order.rows.exclude(priced_in="", setup_priced_in="").count()
    if count and {"currency", "exchange_rate"} & set(form.changed_data):
        words = ngettext(
            "%(n)d row has a typed price that is not converted. It is marked.",
            "%(n)d rows have a typed price that is not converted. They are marked.",
            count,
        )
        messages.warning(request, words % {"n": count})


@require_POST
@requires("sales.write")
def order_register(request, pk):
    found, refused = order_or_404(request, pk), {}
    with telling_purchases(request, found):
        made = operations.register_order(order=found, refused=refused, by=request.user, key=key_of(request))
    say_done(request, _("%(order)s is registered.") % {"order": made})
    say_why_not(request, refused)
    return go(request, "sales:order", pk)


@require_POST
@requires("sales.write")
def order_confirm(request, pk):
    made = operations.confirm_order(order=order_or_404(request, pk), by=request.user, key=key_of(request))
    say_done(request, _("%(order)s is confirmed.") % {"order": made})
    return go(request, "sales:order", pk)


@require_POST
@requires("sales.write")
def order_close(request, pk):
    made = operations.close_order(order=order_or_404(request, pk), by=request.user, key=key_of(request))
    say_done(request, _("%(order)s is closed.") % {"order": made})
    return go(request, "sales:order", pk)


@require_POST
@requires("sales.write")
def order_copy(request, pk):
    made = operations.copy_order(order=order_or_404(request, pk), by=request.user, key=key_of(request))
    say_done(request, _("%(order)s is a quote with the same rows. Give them dates.") % {"order": made})
    return go(request, "sales:order", made.pk)


@require_http_methods(["GET", "POST"])
@requires("sales.write")
def order_cancel(request, pk):
    found = order_or_404(request, pk)
    form = CancelOrderForm(posted(request))
    if form.is_bound and form.is_valid():
        _order, report = save_or_ask(
            operations.cancel_order,
            asked=asked(request),
            at_once=form.cleaned_data["release"],
            order=found,
            **form.cleaned_data,
            by=request.user,
            key=form.key,
        )
        if report:
            title, back = _("Cancel %(order)s") % {"order": found}, reverse("sales:order", args=[pk])
            return ask_change(request, report, title=title, action=request.path, back=back)
        say_done(request, _("%(order)s is cancelled.") % {"order": found})
        return go(request, "sales:order", pk)
    return ask(
        request,
        title=_("Cancel %(order)s") % {"order": found},
        intro=_("Nothing that is linked is cancelled along with it."),
        lines=queries.supplies_in_words(found),
        form=form,
        action=reverse("sales:order_cancel", args=[pk]),
        button=_("Cancel the order"),
        order=found,
        danger=True,
    )
