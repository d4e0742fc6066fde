"""How somebody sees the row grid: which columns, in which order."""

from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from erp.exceptions import Refused
from erp.register.access import requires
from erp.register.forms import ColumnsForm
from erp.register.operations import choose_columns, forget_columns
from erp.web.answers import go
from sales.columns import PAGE, choices_for
from sales.views.panels import order_or_404


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
