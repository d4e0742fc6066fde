"""The shipping information of an order."""

from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from erp.exceptions import Stale
from erp.register.access import requires
from erp.web.answers import go, say_done
from sales import operations
from sales.forms.papers import ShippingForm
from sales.operations.shipping import seen_of
from sales.shipping import shipping_totals, weight_of_rows
from sales.views.panels import key_of, order_or_404, posted


@require_http_methods(["GET", "POST"])
@requires("sales.write")
def shipping(request, pk):
    order = order_or_404(request, pk)
    lines = list(order.shipping_lines.select_related("packaging"))
    form = ShippingForm(posted(request), lines=lines, initial={"seen": seen_of(order)})
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            operations.set_shipping(order=order, **form.arguments(), by=request.user, key=form.key)
        except Stale as stale:
            data = request.POST.copy()
            data["seen"] = seen_of(order)
            form = ShippingForm(data, lines=lines)
            form.add_error(None, str(stale))
            status = 409
        else:
            say_done(request, _("The shipping information of %(order)s is saved.") % {"order": order})
            return go(request, "sales:shipping", pk)
    context = {
        "order": order,
        "form": form,
        "totals": shipping_totals(order),
        "rows_weigh": weight_of_rows(order),
        "heads": [field.label for field in form.lines()[0]],
    }
    return render(request, "sales/shipping.html", context, status=status)


@require_POST
@requires("sales.write")
def shipping_weight(request, pk):
    """The line that follows the rows gets their weight."""
    order = operations.update_shipping_weight(order=order_or_404(request, pk), by=request.user, key=key_of(request))
    say_done(request, _("The shipping information of %(order)s has the weight of the rows.") % {"order": order})
    return go(request, "sales:shipping", pk)
