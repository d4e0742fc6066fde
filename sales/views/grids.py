"""How somebody sees the row grid: which columns, in which order, what is folded away and what is left out."""

from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from erp.exceptions import Refused
from erp.register.access import requires
from erp.register.forms import ColumnsForm
from erp.register.operations import choose_columns, forget_columns
from erp.web.answers import go
from erp.web.sitting import marked
from sales.columns import PAGE, choices_for
from sales.folding import Folding, folding_of, hides_delivered, keep_folding, show_delivered
from sales.pages import asked_page, number_in
from sales.views.panels import grid_panel, order_or_404


@require_http_methods(["GET", "POST"])
@requires("read")
def row_columns(request, pk):
    """The columns of the row grid as a dialog; the choice is kept for the user and holds on every order."""
    order = order_or_404(request, pk)
    if request.method == "POST":
        return _keep_columns(request, order)
    template = "sales/_row_columns.html" if request.htmx else "sales/row_columns.html"
    context = {
        "choices": choices_for(request.user),
        "action": reverse("sales:row_columns", args=[pk]),
        "order": order,
    }
    return render(request, template, context)


def _keep_columns(request, order):
    form = ColumnsForm(request.POST)
    if not form.is_valid():
        raise Refused(next(iter(form.errors.values()))[0])
    if form.cleaned_data["reset"]:
        forget_columns(page=PAGE, by=request.user)
    else:
        choose_columns(page=PAGE, columns=form.columns, by=request.user)
    return go(request, "sales:order", order.pk)


@require_POST
@requires("read")
def row_fold(request, pk):
    """Fold away or open what stands below a row, or below all rows of the order."""
    order, row = order_or_404(request, pk), number_in(request.POST.get("row"))
    folding = folding_of(request, order)
    folding = folding.turned(row) if row else Folding(is_all="all" in request.POST and request.POST["all"] == "fold")
    keep_folding(request, order, folding)
    return _grid_again(request, order)


@require_POST
@requires("read")
def row_delivered(request, pk):
    """Show or leave out rows with final delivery made, on all orders, until the browser is closed."""
    order = order_or_404(request, pk)
    show_delivered(request, shown=request.POST.get("delivered") != "hide")
    return _grid_again(request, order)


def _grid_again(request, order):
    """The grid as it is now, on the page with the row that was touched, else on the page that was shown."""
    if not request.htmx:
        return marked(go(request, f"{reverse('sales:order', args=[order.pk])}{_place(request.POST)}"), request)
    page = asked_page(order, request.POST, without_delivered=hides_delivered(request))
    return marked(grid_panel(request, order, page=page), request)


def _place(posted):
    if row := number_in(posted.get("row")):
        return f"?row={row}#row-{row}"
    page = number_in(posted.get("page"))
    return f"?page={page}" if page > 1 else ""
