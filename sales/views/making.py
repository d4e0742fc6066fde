"""The window that asks before production orders are made: of ticked rows, of one row, of all rows with a BOM."""

from urllib.parse import urlencode

from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from erp.exceptions import Refused
from erp.register.access import requires
from erp.register.units import plain
from erp.web.answers import go, say_done
from sales import operations
from sales.forms.making import MakeOrdersForm
from sales.made import rows_made_for
from sales.making import making_lines, rows_with_bom
from sales.views.actions import is_whole, say_made, ticked_parts
from sales.views.panels import order_or_404, posted, say_why_not

MOST = 12  # a message names no more


@require_POST
@requires("sales.write")
def make_ticked(request, pk):
    """The window for the ticked rows; the whole order is made without one, as *Create linked orders* does."""
    if is_whole(request.POST):
        order = order_or_404(request, pk)
        say_made(request, operations.create_linked_orders(order=order, by=request.user))
        return go(request, "sales:order", pk)
    rows = ticked_parts(request.POST, order_or_404(request, pk))
    address = reverse("sales:make_orders", args=[pk])
    return redirect(f"{address}?{urlencode({'rows': [row.pk for row in rows]}, doseq=True)}")


@require_http_methods(["GET", "POST"])
@requires("sales.write")
def make_orders(request, pk):
    """What will be made for each row and when, with what is free beside it; then the orders."""
    order = order_or_404(request, pk)
    lines = making_lines(_rows(request, order))
    form = MakeOrdersForm(_with_taken(request, lines), lines=lines)
    takes = "take" in request.POST
    if form.is_bound and not takes and form.is_valid():
        refused = {}
        orders = operations.create_production_orders(**form.arguments(), refused=refused, by=request.user, key=form.key)
        _say_made(request, orders)
        say_why_not(request, refused)
        return go(request, "sales:order", pk)
    context = {"order": order, "form": form}
    template = "sales/_make_orders.html" if request.htmx else "sales/make_orders.html"
    return render(request, template, context, status=422 if form.is_bound and not takes else 200)


def _rows(request, order):
    """The rows that were asked for; all rows with a BOM where none was."""
    asked = request.POST if request.method == "POST" else request.GET
    if "rows" in asked:
        return ticked_parts(asked, order)
    rows = [row for row in rows_with_bom(order.rows.for_list().in_order()) if not row.is_closed]
    if not rows:
        raise Refused(_("No row of %(order)s has a part with a BOM.") % {"order": order})
    return rows


def _with_taken(request, lines):
    """What was typed; *Take these first* fills in what is free and lowers what is made by as much."""
    data = posted(request)
    line = next((line for line in lines if str(line.pk) == request.POST.get("take")), None)
    if line is None:
        return data
    data = data.copy()
    data[f"take-{line.pk}"] = plain(line.takeable)
    data[f"quantity-{line.pk}"] = plain(line.uncovered - line.takeable)
    return data


def _say_made(request, orders):
    if not orders:
        say_done(request, _("Nothing had to be made: the rows have what was free."))
        return
    rows = rows_made_for(orders)
    named = [order for order in orders if order.pk in rows][:MOST]
    told = [(reverse("production:order", args=[one.pk]), one, ", ".join(map(str, rows[one.pk]))) for one in named]
    made = format_html_join(", ", _('<a href="{}">{}</a> for {}'), told)
    more = len(orders) - len(named)
    words = _("Made: {made}; {more} more with them.") if more else _("Made: {made}.")
    say_done(request, format_html(words, made=made, more=more))
