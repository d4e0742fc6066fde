"""Pages of work centres and routings: the lists, one routing with its operations as a grid."""

from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from erp.register.access import require_role, requires
from erp.register.roles import ADMIN, PLANNER, has_role, may
from erp.web.answers import go, say_done
from erp.web.listing import list_view
from production import operations
from production.filters import RoutingFilter
from production.forms.orders import ReasonForm
from production.forms.routings import RoutingForm, RoutingOperationForm, WorkCentreForm
from production.models import Routing, RoutingOperation, WorkCentre
from production.queries.routings import routings_for_list
from production.tables import CostedWorkCentreTable, KeptWorkCentreTable, RoutingTable, WorkCentreTable
from production.views.shared import ask, posted, status_of

KEEPERS = (PLANNER, ADMIN)


@require_GET
@requires("read")
def work_centre_list(request):
    may_keep = has_role(request.user, *KEEPERS)
    costed = CostedWorkCentreTable if may(request.user, "see costs") else WorkCentreTable
    return list_view(
        request,
        queryset=WorkCentre.objects.visible_to(request.user),
        table_class=KeptWorkCentreTable if may_keep else costed,
        title=_("Work centres"),
        template="production/work_centre_list.html",
        context={"may_keep": may_keep},
    )


@require_http_methods(["GET", "POST"])
@require_role(*KEEPERS)
def work_centre_create(request):
    return _save_work_centre(request, WorkCentreForm(posted(request)), title=_("New work centre"))


@require_http_methods(["GET", "POST"])
@require_role(*KEEPERS)
def work_centre(request, pk):
    centre = get_object_or_404(WorkCentre.objects.visible_to(request.user), pk=pk)
    title = _("Work centre %(centre)s") % {"centre": centre}
    return _save_work_centre(request, WorkCentreForm.of(centre, posted(request)), title=title, centre=centre)


def _save_work_centre(request, form, *, title, centre=None):
    if request.method == "POST" and form.is_valid():
        saved = operations.save_work_centre(centre=centre, **form.cleaned_data, by=request.user, key=form.key)
        say_done(request, _("Work centre %(centre)s is saved.") % {"centre": saved})
        return go(request, "production:work_centre_list")
    return ask(request, form, title=title, button=_("Save"), back=reverse("production:work_centre_list"))


@require_GET
@requires("read")
def routing_list(request):
    return list_view(
        request,
        queryset=routings_for_list(),
        table_class=RoutingTable,
        filterset_class=RoutingFilter,
        title=_("Routings"),
        template="production/routing_list.html",
        context={"may_keep": has_role(request.user, *KEEPERS)},
    )


@require_http_methods(["GET", "POST"])
@require_role(*KEEPERS)
def routing_create(request):
    form = RoutingForm(posted(request))
    if request.method == "POST" and form.is_valid():
        routing = operations.create_routing(**form.cleaned_data, by=request.user, key=form.key)
        say_done(request, _("The routing of %(routing)s is open. Add its operations.") % {"routing": routing})
        return go(request, "production:routing", routing.pk)
    back = reverse("production:routing_list")
    return ask(request, form, title=_("New routing"), button=_("Open the routing"), back=back)


@require_GET
@requires("read")
def routing(request, pk):
    return routing_page(request, routing_or_404(request, pk))


@require_POST
@require_role(*KEEPERS)
def set_routing_active(request, pk):
    shown = routing_or_404(request, pk)
    active = request.POST.get("is_active") == "1"
    operations.set_routing_active(routing=shown, is_active=active, by=request.user, key=ReasonForm(request.POST).key)
    say_done(request, _("The routing is active.") if active else _("The routing is not used any more."))
    return go(request, "production:routing", pk)


@require_GET
@requires("read")
def routing_operation(request, pk):
    step = step_or_404(request, pk)
    if not request.htmx:
        return go(request, "production:routing", step.routing_id)
    return step_as_read(request, step)


@require_http_methods(["GET", "POST"])
@require_role(*KEEPERS)
def edit_operation(request, pk):
    step = step_or_404(request, pk)
    form = RoutingOperationForm.of(step, posted(request))
    if request.method == "POST" and form.is_valid():
        operations.change_operation(step=step, **form.cleaned_data, by=request.user, key=form.key)
        say_done(request, _("Saved."))
        if request.htmx:
            return step_as_read(request, step_or_404(request, pk))
        return go(request, "production:routing", step.routing_id)
    if not request.htmx:
        return routing_page(request, step.routing, editing=step.pk, step_form=form, status=status_of(form))
    return render(request, "production/_routing_row_edit.html", {"row": step, "form": form}, status=status_of(form))


@require_POST
@require_role(*KEEPERS)
def add_operation(request, pk):
    shown = routing_or_404(request, pk)
    form = RoutingOperationForm(request.POST, routing=shown, form_id="new-row")
    if not form.is_valid():
        return routing_page(request, shown, new_form=form, status=422)
    added = operations.add_operation(routing=shown, **form.cleaned_data, by=request.user, key=form.key)
    say_done(request, _("Operation %(number)s is added.") % {"number": added.position})
    return go(request, "production:routing", pk)


@require_POST
@require_role(*KEEPERS)
def remove_operation(request, pk):
    step = step_or_404(request, pk)
    operations.remove_operation(step=step, by=request.user, key=ReasonForm(request.POST).key)
    say_done(request, _("Operation %(number)s is removed.") % {"number": step.position})
    return go(request, "production:routing", step.routing_id)


def routing_or_404(request, pk):
    return get_object_or_404(Routing.objects.visible_to(request.user).for_list(), pk=pk)


def step_or_404(request, pk):
    steps = RoutingOperation.objects.filter(routing__in=Routing.objects.visible_to(request.user))
    related = ("routing__part", "routing__revision", "work_centre", "service_part__unit")
    return get_object_or_404(steps.select_related(*related), pk=pk)


def step_as_read(request, step):
    context = {"row": step, "may_keep": has_role(request.user, *KEEPERS)}
    return render(request, "production/_routing_row.html", context)


def routing_page(request, shown, *, editing=None, step_form=None, new_form=None, status=200):
    context = {
        "routing": shown,
        "rows": list(shown.operations.for_list()),
        "editing": editing,
        "form": step_form,
        "new_form": new_form or RoutingOperationForm(routing=shown, form_id="new-row"),
        "may_keep": has_role(request.user, *KEEPERS),
    }
    return render(request, "production/routing.html", context, status=status)
