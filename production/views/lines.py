"""Actions on one line of a production order and on its components."""

from django.contrib import messages
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from erp.register.access import requires
from erp.web.answers import go, say_done
from erp.web.previewing import ask_change, asked
from linkage.changes.asking import save_or_ask
from linkage.dates import business_date
from linkage.models import SerialNumber, StockMovement
from linkage.models.movements import MovementKind
from production import operations
from production.forms.orders import ComponentForm, FinishForm, IssueForm, LineForm, PressForm, ReasonForm
from production.models import Report
from production.views.shared import ask, component_or_404, line_or_404, posted, press

MOVED = ("part", "supply", "from_stock", "to_stock", "demand__component", "link__supply")


@require_http_methods(["GET", "POST"])
@requires("production.write")
def change_line(request, pk):
    line = line_or_404(request, pk)
    form = LineForm.of(line, posted(request))
    if request.method == "POST" and form.is_valid():
        _line, report = save_or_ask(
            operations.change_line, asked=asked(request), line=line, **form.cleaned_data, by=request.user, key=form.key
        )
        if report:
            title, back = _("Change %(line)s") % {"line": line}, reverse("production:order", args=[line.order_id])
            return ask_change(request, report, title=title, action=request.path, back=back)
        return done(request, line, _("%(line)s is changed.") % {"line": line})
    return question(request, form, line, title=_("Change %(line)s"), button=_("Save"))


@require_http_methods(["GET", "POST"])
@requires("production.report")
def finish(request, pk):
    line = line_or_404(request, pk)
    initial = {"quantity": line.supply.open, "effective_on": business_date()}
    form = FinishForm(posted(request), supply=line.supply, initial=initial)
    if request.method == "POST" and form.is_valid():
        operations.finish(line=line, **form.cleaned_data, by=request.user, key=form.key)
        return done(request, line, _("The report on %(line)s is posted.") % {"line": line})
    return question(request, form, line, title=_("Report on %(line)s"), button=_("Post the report"))


@require_POST
@requires("production.report")
def undo_issue(request, pk):
    issues = StockMovement.objects.filter(kind=MovementKind.ISSUE, demand__component__isnull=False)
    movement = get_object_or_404(issues.select_related(*MOVED), pk=pk)
    line = line_or_404(request, movement.demand.component.line_id)
    sentence, today = _("%(part)s is taken back.") % {"part": movement.part}, business_date()
    return press(request, line.order, operations.undo_issue, sentence, movement=movement, effective_on=today)


@require_POST
@requires("production.report")
def undo_report(request, pk):
    report = get_object_or_404(Report.objects.select_related("line__order__document"), pk=pk)
    line = line_or_404(request, report.line_id)
    sentence, today = _("The report on %(line)s is undone.") % {"line": line}, business_date()
    undone = operations.undo_report(
        report=report, effective_on=today, by=request.user, key=ReasonForm(request.POST).key
    )
    say_done(request, sentence)
    for why in getattr(undone, "left_out", []):
        messages.warning(request, why)
    return go(request, "production:order", line.order_id)


@require_POST
@requires("production.write")
def re_explode(request, pk):
    line = line_or_404(request, pk)
    sentence = _("%(line)s has the components of its BOM as it is now.") % {"line": line}
    return press(request, line.order, operations.re_explode, sentence, line=line)


@require_POST
@requires("production.write")
def take_revision(request, pk):
    """The revision that the rows ask for, with what it does to the components shown first."""
    line = line_or_404(request, pk)
    form = PressForm(request.POST)
    facts = {"line": line, "by": request.user, "key": form.key, "version": form.cleaned_data.get("version")}
    _line, report = save_or_ask(operations.take_revision, asked=asked(request), **facts)
    if report:
        title, back = _("Revision of %(line)s") % {"line": line}, reverse("production:order", args=[line.order_id])
        return ask_change(request, report, title=title, action=request.path, back=back)
    return done(request, line, _("%(line)s is made as the revision that was chosen.") % {"line": line})


@require_http_methods(["GET", "POST"])
@requires("production.write")
def add_component(request, pk):
    line = line_or_404(request, pk)
    form = ComponentForm(posted(request))
    if request.method == "POST" and form.is_valid():
        operations.add_component(line=line, **form.cleaned_data, by=request.user, key=form.key)
        return done(request, line, _("%(part)s is added.") % {"part": form.cleaned_data["part"]})
    return question(request, form, line, title=_("Add a component to %(line)s"), button=_("Add"))


@require_POST
@requires("production.write")
def remove_component(request, pk):
    component = component_or_404(request, pk)
    sentence = _("%(part)s is removed.") % {"part": component.demand.part}
    return press(request, component.line.order, operations.remove_component, sentence, component=component)


@require_http_methods(["GET", "POST"])
@requires("production.report")
def issue_component(request, pk):
    component = component_or_404(request, pk)
    demand = component.demand
    initial = {"quantity": demand.open, "effective_on": business_date()}
    pieces = SerialNumber.objects.in_warehouse(demand.part_id, demand.warehouse_id)
    form = IssueForm(posted(request), unit=demand.part.unit, pieces=pieces, initial=initial)
    if request.method == "POST" and form.is_valid():
        operations.issue_component(component=component, **form.cleaned_data, by=request.user, key=form.key)
        return done(request, component.line, _("%(part)s is issued.") % {"part": component.demand.part})
    title = _("Issue to %(line)s")
    return question(request, form, component.line, title=title, button=_("Issue"))


def done(request, line, sentence):
    say_done(request, sentence)
    return go(request, "production:order", line.order_id)


def question(request, form, line, *, title, button):
    back = reverse("production:order", args=[line.order_id])
    return ask(request, form, title=title % {"line": line}, button=button, back=back)
