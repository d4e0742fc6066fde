"""Reports on one operation of an order, and what was lost by scrap."""

from django.db.models import Sum
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from erp.register.access import requires
from erp.register.roles import may
from erp.web.answers import go, say_done
from erp.web.listing import list_view
from linkage.dates import business_date
from production import operations
from production.forms.orders import HoldForm, OperationReportForm, ReasonForm
from production.models import Loss, Operation, ProductionOrder
from production.queries.losses import losses_for_list
from production.tables import LossTable
from production.views.lines import done, question
from production.views.shared import posted, press


@require_POST
@requires("production.report")
def start_operation(request, pk):
    step = step_or_404(request, pk)
    sentence = _("%(step)s has begun.") % {"step": step}
    return press(request, step.line.order, operations.start_operation, sentence, step=step)


@require_http_methods(["GET", "POST"])
@requires("production.report")
def report_operation(request, pk):
    step = step_or_404(request, pk)
    is_last = not step.line.operations.filter(position__gt=step.position).exists()
    initial = {
        "quantity": step.line.supply.open,
        "minutes": step.planned_minutes(step.line.supply.open),
        "effective_on": business_date(),
        "finish_line": True,
    }
    form = OperationReportForm(posted(request), supply=step.line.supply, is_last=is_last, initial=initial)
    if request.method == "POST" and form.is_valid():
        operations.report_operation(step=step, **form.cleaned_data, by=request.user, key=form.key)
        return done(request, step.line, _("The report on %(step)s is posted.") % {"step": step})
    title = _("Report operation %(number)s, %(name)s, of") % {"number": step.position, "name": step.name}
    return question(request, form, step.line, title=f"{title} %(line)s", button=_("Post the report"))


@require_http_methods(["GET", "POST"])
@requires("production.report")
def hold_operation(request, pk):
    step = step_or_404(request, pk)
    form = HoldForm(posted(request))
    if request.method == "POST" and form.is_valid():
        operations.hold_operation(step=step, **form.cleaned_data, by=request.user, key=form.key)
        return done(request, step.line, _("%(step)s is on hold.") % {"step": step})
    title = _("Put operation %(number)s, %(name)s, on hold, of") % {"number": step.position, "name": step.name}
    return question(request, form, step.line, title=f"{title} %(line)s", button=_("Put on hold"))


@require_POST
@requires("production.report")
def unhold_operation(request, pk):
    step = step_or_404(request, pk)
    sentence = _("%(step)s is off hold.") % {"step": step}
    return press(request, step.line.order, operations.unhold_operation, sentence, step=step)


@require_GET
@requires("read")
def loss_list(request):
    """Lost by scrap: who waits for what, and why."""
    return list_view(
        request,
        queryset=losses_for_list(),
        table_class=LossTable,
        totals={"quantity": Sum("quantity")},
        unit="demand__part__unit",
        title=_("Lost by scrap"),
        template="production/loss_list.html",
        context={"may_link": may(request.user, "link")},
    )


@require_POST
@requires("link")
def see_loss(request, pk):
    loss = get_object_or_404(Loss.objects.for_list(), pk=pk)
    operations.see_loss(loss=loss, by=request.user, key=ReasonForm(request.POST).key)
    say_done(request, _("%(demand)s is taken off the list.") % {"demand": loss.demand})
    return go(request, "production:loss_list")


def step_or_404(request, pk):
    steps = Operation.objects.filter(line__order__in=ProductionOrder.objects.visible_to(request.user)).for_list()
    return get_object_or_404(steps.select_related("line__order__document", "line__supply__part__unit"), pk=pk)
