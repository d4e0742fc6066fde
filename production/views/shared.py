"""What the pages of production have in common."""

from django.shortcuts import get_object_or_404, render

from erp.register.models import Warehouse
from erp.web.answers import go, say_done
from erp.web.ticking import ticked
from production.forms.orders import ReasonForm
from production.models import Component, ProductionOrder, ProductionOrderLine


def order_or_404(request, pk):
    return get_object_or_404(ProductionOrder.objects.visible_to(request.user).for_list(), pk=pk)


def line_or_404(request, pk):
    orders = ProductionOrder.objects.visible_to(request.user)
    return get_object_or_404(ProductionOrderLine.objects.filter(order__in=orders).for_list(), pk=pk)


def component_or_404(request, pk):
    orders = ProductionOrder.objects.visible_to(request.user)
    components = Component.objects.filter(line__order__in=orders).select_related(
        "line__order__document", "demand__part"
    )
    return get_object_or_404(components, pk=pk)


def ticked_lines(request, **options):
    """The lines whose boxes were ticked in the list, in the order of their orders' numbers."""
    orders = ProductionOrder.objects.visible_to(request.user)
    lines = ProductionOrderLine.objects.filter(order__in=orders).for_list()
    return sorted(ticked(request, lines, **options), key=lambda line: (line.order.document.serial, line.pk))


def posted(request):
    """What a form gets: the posted fields, also where none was filled in; None on a GET."""
    return request.POST if request.method == "POST" else None


def status_of(form):
    return 422 if form.is_bound else 200


def press(request, shown, operation, sentence, /, **arguments):
    """A button without questions, on the page of an order."""
    operation(**arguments, by=request.user, key=ReasonForm(request.POST).key)
    say_done(request, sentence)
    return go(request, "production:order", shown.pk)


def ask(request, form, *, title, button, back):
    """A question: a dialog for htmx, a page otherwise."""
    template = "production/_ask.html" if request.htmx else "production/ask.html"
    context = {"form": form, "title": title, "button": button, "back": back}
    return render(request, template, context, status=status_of(form))


def usual_warehouse(part=None):
    """The part's default warehouse; else the only or first active one."""
    return (part and part.default_warehouse) or Warehouse.objects.filter(is_active=True).order_by("pk").first()
