"""Purchase rows: the list, the grid of an order, and what ends a row."""

from django.contrib import messages
from django.db.models import Sum
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from erp.register.access import requires
from erp.register.roles import may
from erp.web.answers import changed, go, say_done
from erp.web.listing import list_view
from erp.web.previewing import ask_change, asked
from linkage.changes.asking import save_or_ask
from linkage.dates import business_date
from purchasing import operations, queries
from purchasing.counting import counted
from purchasing.filters import RowFilter
from purchasing.fitting import misfits
from purchasing.forms import ChangeRowForm, ReleaseForm, RowForm, ShortCloseForm
from purchasing.models import PurchaseOrderRow
from purchasing.operations.steps import links_to_come
from purchasing.tables import RowTable, RowTableWithoutCosts
from purchasing.views.orders import ask, order_or_404, order_page, posted, rights_on
from purchasing.views.telling import Told


@require_GET
@requires("read")
def row_list(request):
    return list_view(
        request,
        queryset=queries.rows_for_list(today=business_date()),
        table_class=RowTable if may(request.user, "see costs") else RowTableWithoutCosts,
        filterset_class=RowFilter,
        title=_("Purchase rows"),
        totals={"counted": Sum(counted()), "quantity": Sum("quantity")},
        unit="unit",
    )


@require_POST
@requires("purchase.write")
def add_row(request, pk):
    shown = order_or_404(request, pk)
    form = RowForm(request.POST, order=shown, auto_id="new-%s")
    if not form.is_valid():
        return order_page(request, shown, row_form=form, status=422)
    with Told(request, shown):
        row = operations.add_row(order=shown, **form.cleaned_data, by=request.user, key=form.key)
    say_done(request, _("%(row)s is added.") % {"row": row})
    _warn(request, row)
    return go(request, "purchasing:order", pk)


@require_http_methods(["GET", "POST"])
@requires("purchase.write")
def change_row(request, pk):
    shown = row_or_404(request, pk)
    form = ChangeRowForm.of(shown, posted(request))
    if request.method == "GET" or not form.is_valid():
        return row_editor(request, shown, form)
    looked = asked(request)
    with Told(request, shown.order):
        _row, report = _save(request, operations.change_row, shown, form)
    if report:
        return _ask_change(request, report, _("Change %(row)s"), shown)
    say_done(request, _("%(row)s is saved.") % {"row": shown})
    _warn(request, row_or_404(request, pk))
    if not request.htmx or looked.looks:
        return go(request, "purchasing:order", shown.order_id)
    return changed(row_cells(request, row_or_404(request, pk)))


@require_http_methods(["GET", "POST"])
@requires("purchase.write")
def remove_row(request, pk):
    shown = row_or_404(request, pk)
    form = ReleaseForm(posted(request))
    if request.method == "POST" and form.is_valid():
        _row, report = _save(request, operations.remove_row, shown, form)
        if report:
            return _ask_change(request, report, _("Remove %(row)s"), shown)
        say_done(request, _("%(row)s is removed.") % {"row": shown})
        return go(request, "purchasing:order", shown.order_id)
    links = links_to_come([shown.supply])
    title = _("Remove %(row)s") % {"row": shown}
    return ask(request, shown.order, form, title=title, button=_("Remove the row"), links=links)


@require_http_methods(["GET", "POST"])
@requires("purchase.write")
def short_close(request, pk):
    shown = row_or_404(request, pk)
    form = ShortCloseForm(posted(request))
    if request.method == "POST" and form.is_valid():
        _row, report = _save(request, operations.short_close, shown, form)
        if report:
            return _ask_change(request, report, _("Close %(row)s short"), shown)
        say_done(request, _("%(row)s is closed short.") % {"row": shown})
        return go(request, "purchasing:order", shown.order_id)
    links = links_to_come([shown.supply])
    title = _("Close %(row)s short") % {"row": shown}
    return ask(request, shown.order, form, title=title, button=_("Close the row short"), links=links)


def _warn(request, row):
    """Say what the supplier's terms have against the row's quantity and date, if anything."""
    for misfit in misfits([row]).values():
        messages.warning(request, f"{row}: {misfit}")


def _save(request, operation, shown, form):
    """(what the operation returns, None), or (None, what it would do to other orders)."""
    facts, at_once = form.cleaned_data, form.cleaned_data.get("release", False)
    return save_or_ask(
        operation, asked=asked(request), at_once=at_once, row=shown, **facts, by=request.user, key=form.key
    )


def _ask_change(request, report, title, shown):
    back = f"{reverse('purchasing:order', args=[shown.order_id])}#row-{shown.pk}"
    return ask_change(request, report, title=title % {"row": shown}, action=request.path, back=back)


def row_or_404(request, pk):
    return get_object_or_404(PurchaseOrderRow.objects.visible_to(request.user).for_list(), pk=pk)


def row_cells(request, shown):
    view = queries.row_view(shown)
    return render(request, "purchasing/_row.html", {"view": view, "order": shown.order, **rights_on(request.user)})


def row_editor(request, shown, form):
    """The row as inputs; on its order's page without htmx."""
    status = 422 if form.is_bound else 200
    if not request.htmx:
        return order_page(request, shown.order, editing=form_of(shown, form), status=status)
    context = {"view": queries.row_view(shown), "order": shown.order, "form": form, **rights_on(request.user)}
    return render(request, "purchasing/_row_form.html", context, status=status)


def form_of(shown, form):
    """What the order's page needs to show one row as inputs."""
    return {"pk": shown.pk, "form": form}
