"""Delivery planning and pick lists."""

from urllib.parse import urlencode

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from erp.register.access import requires
from erp.register.roles import may
from erp.web.answers import go, say_done
from erp.web.listing import list_view
from linkage.dates import business_date
from sales import operations
from sales.deliverable import MOST, deliverable, deliverable_rows, picked_lines
from sales.delivery_tables import PickFilter, PickListTable, pick_lists_for_list
from sales.forms.actions import ReasonForm
from sales.forms.deliveries import DueForm, PickForm, PlanForm, ReportForm
from sales.models import PickList, PickRow
from sales.views.panels import ask, found_or_404, posted, posted_before


@require_http_methods(["GET", "POST"])
@requires("stock.write")
def planning(request):
    """What is due until a date and can be delivered; the chosen quantities become pick lists."""
    due = DueForm(request.GET or {"until": business_date().isoformat()})
    lines = deliverable(deliverable_rows(**due.wanted))
    form = PlanForm(posted(request), lines=lines)
    if form.is_bound and posted_before(request, form):
        return go(request, "sales:pick_list_list")
    if form.is_bound and form.is_valid():
        made = operations.create_pick_lists(
            **form.arguments(), until=due.wanted.get("until"), by=request.user, key=form.key
        )
        names = ", ".join(str(pick_list) for pick_list in made)
        say_done(request, _("Put on pick list: %(lists)s.") % {"lists": names})
        return go(request, "sales:pick_list", made[0].pk) if len(made) == 1 else go(request, "sales:pick_list_list")
    context = {"due": due, "form": form, "at_most": MOST if len(lines) == MOST else 0}
    context["here"] = f"{request.path}?{urlencode(request.GET, doseq=True)}"
    return render(request, "sales/planning.html", context, status=422 if form.is_bound else 200)


@require_GET
@requires("read")
def pick_list_list(request):
    return list_view(
        request,
        queryset=pick_lists_for_list(user=request.user),
        table_class=PickListTable,
        filterset_class=PickFilter,
        title=_("Pick lists"),
    )


@require_GET
@requires("read")
def pick_list(request, pk):
    return pick_list_page(request, pick_list_or_404(request, pk))


def pick_list_page(request, shown, *, form=None, status=200):
    """The list as it lies in the warehouse; who may deliver reports from it."""
    may_write = may(request.user, "stock.write") and shown.is_open
    lines = picked_lines(shown)
    if may_write and form is None:
        form = ReportForm(lines=lines, initial={"effective_on": business_date()})
    context = {
        "pick_list": shown,
        "lines": lines,
        "form": form,
        "may_write": may_write,
        "prints": shown.prints.for_list().order_by("version"),
        "done": shown.rows.for_list().exclude(delivered=0).order_by("pk"),
        "notes": shown.delivery_notes.for_list().order_by("serial"),
    }
    return render(request, "sales/pick_list.html", context, status=status)


@require_POST
@requires("stock.write")
def pick_list_deliver(request, pk):
    """Report what of a pick list left the house."""
    shown = pick_list_or_404(request, pk)
    form = ReportForm(request.POST, lines=picked_lines(shown))
    if posted_before(request, form):
        return go(request, "sales:pick_list", pk)
    if not form.is_valid():
        return pick_list_page(request, shown, form=form, status=422)
    notes = operations.deliver_rows(**form.arguments(), pick_list=shown, by=request.user, key=form.key)
    say_done(request, _("Delivered: %(notes)s.") % {"notes": ", ".join(str(note) for note in notes)})
    return go(request, "sales:pick_list", pk)


@require_http_methods(["GET", "POST"])
@requires("stock.write")
def pick_change(request, pk):
    """Another quantity of a row on a pick list."""
    pick = pick_or_404(request, pk)
    line = next((line for line in picked_lines(pick.pick_list) if line.pick.pk == pick.pk), None)
    initial = {"quantity": line.offered if line else None}
    form = PickForm(posted(request), pick=pick, initial=initial)
    if form.is_bound and form.is_valid():
        operations.change_pick(pick_row=pick, **form.cleaned_data, by=request.user, key=form.key)
        say_done(request, _("%(row)s is changed on %(list)s.") % {"row": pick.row, "list": pick.pick_list})
        return go(request, "sales:pick_list", pick.pick_list_id)
    return ask(
        request,
        title=_("Change %(row)s on %(list)s") % {"row": pick.row, "list": pick.pick_list},
        form=form,
        action=reverse("sales:pick_change", args=[pk]),
        button=_("Change"),
        order=pick.row.order,
    )


@require_http_methods(["GET", "POST"])
@requires("stock.write")
def pick_list_cancel(request, pk):
    shown = pick_list_or_404(request, pk)
    form = ReasonForm(posted(request))
    if form.is_bound and form.is_valid():
        operations.cancel_pick_list(pick_list=shown, **form.cleaned_data, by=request.user, key=form.key)
        say_done(request, _("What was left on %(list)s is off it.") % {"list": shown})
        return go(request, "sales:pick_list", pk)
    return ask(
        request,
        title=_("Cancel %(list)s") % {"list": shown},
        intro=_("What is not delivered leaves the list; what it took from free stock is free again."),
        form=form,
        action=reverse("sales:pick_list_cancel", args=[pk]),
        button=_("Cancel the pick list"),
        order=None,
        danger=True,
    )


def pick_list_or_404(request, pk):
    return found_or_404(PickList.objects.visible_to(request.user).for_list(), pk)


def pick_or_404(request, pk):
    return found_or_404(PickRow.objects.for_list(), pk)
