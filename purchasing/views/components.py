"""Linking a purchase row: to a component under contract, or to a demand that waits."""

from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from erp.register.access import requires
from erp.register.units import plain
from erp.web.answers import go, say_done
from linkage import operations as ledger
from linkage.checks import NeedsConfirmation, link_warnings
from linkage.models import Demand
from purchasing import operations, queries
from purchasing.forms import ComponentForm, WaitingForm
from purchasing.views.orders import posted, rights_on
from purchasing.views.rows import row_or_404


@require_GET
@requires("purchase.contract link")
def component_list(request, pk):
    """The components that the row may be linked to; ``?wider=1`` shows every open one of the part."""
    shown = row_or_404(request, pk)
    wider = "wider" in request.GET
    components = queries.components_to_offer(shown, wider=wider)
    template = "purchasing/_components.html" if request.htmx else "purchasing/components.html"
    return render(request, template, {"row": shown, "components": components, "wider": wider})


@require_http_methods(["GET", "POST"])
@requires("purchase.contract link")
def link_to_component(request, pk, demand_pk):
    """Asks once more, with the figures, then links."""
    shown = row_or_404(request, pk)
    component = get_object_or_404(Demand.objects.for_list().select_related("for_supply__part"), pk=demand_pk)
    most = min(shown.supply.free, component.uncovered)
    facts = {"quantity": max(most, 0), "wider": "wider" in request.GET}
    form = ComponentForm(posted(request), initial=facts, row=shown, component=component)
    if request.method == "POST" and form.is_valid():
        made = operations.link_to_component(
            row=shown, component=component, **form.cleaned_data, by=request.user, key=form.key
        )
        figures = {"n": plain(form.cleaned_data["quantity"]), "unit": shown.supply.part.unit}
        say_done(
            request,
            _("%(n)s %(unit)s of %(row)s are contract-linked to %(demand)s.")
            % {**figures, "row": made.supply, "demand": made.demand},
        )
        return go(request, "purchasing:order", shown.order_id)
    template = "purchasing/_component_confirm.html" if request.htmx else "purchasing/component_confirm.html"
    warnings = link_warnings(demand=component, supply=shown.supply)
    context = {"row": shown, "component": component, "form": form, "most": most, "warnings": warnings}
    return render(request, template, context, status=422 if form.is_bound else 200)


@require_POST
@requires("link.purchase")
def link_waiting(request, pk, demand_pk):
    """A waiting demand takes from the row's free quantity; warnings are shown once and may be accepted."""
    shown = row_or_404(request, pk)
    demand = get_object_or_404(Demand.objects.for_list().select_related("for_supply"), pk=demand_pk)
    form = WaitingForm(request.POST)
    if not form.is_valid():
        return waiting_page(request, shown, demand, form, warnings=[])
    try:
        ledger.link(demand=demand, supply=shown.supply, **form.cleaned_data, by=request.user, key=form.key)
    except NeedsConfirmation as question:
        return waiting_page(request, shown, demand, form, warnings=question.warnings)
    say_done(request, _("%(row)s is linked to %(demand)s.") % {"row": shown, "demand": demand})
    return go(request, "purchasing:order", shown.order_id)


def waiting_page(request, shown, demand, form, *, warnings):
    """The question before a link with warnings, or the form with its error."""
    quantity = form.cleaned_data.get("quantity") if form.is_valid() else None
    template = "purchasing/_waiting_link.html" if request.htmx else "purchasing/waiting_link.html"
    context = {"row": shown, "demand": demand, "form": form, "quantity": quantity, "warnings": warnings}
    return render(request, template, context | rights_on(request.user), status=422)
