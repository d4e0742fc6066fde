"""Order link tracking lines: all links of an order line, edited in place like a grid.

A line is saved when it is left; *Close* saves the line that is being edited, or stays with its error.
"""

from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import reswap, retarget

from erp.register.access import requires
from erp.register.units import plain
from erp.web.answers import changed, go, say_done
from erp.web.listing import wants_table
from linkage import operations
from linkage.forms import ChangeLinkForm, TrackingForm
from linkage.models import OrderLink, Supply
from linkage.owners import urls_of
from linkage.queries.standing import link_rows, links_of, matching_demands
from linkage.queries.timeline import latest_event
from linkage.rights import may_disconnect, may_link
from linkage.views.answering import owner_url, posted_key, refuse_unless
from linkage.views.links import NO_DISCONNECT, NO_LINK


@require_GET
@requires("read")
def tracking(request, pk):
    """The lines; ``?edit=<link>`` and ``?new=1`` open a line without JavaScript."""
    supply = _supply_or_404(pk)
    mine = may_link(request.user, supply)
    new = TrackingForm(supply=supply) if mine and "new" in request.GET else None
    edited = next((link for link in links_of(supply) if mine and str(link.pk) == request.GET.get("edit")), None)
    form = ChangeLinkForm(link=edited, auto_id=f"edit_{edited.pk}_%s") if edited and edited.open > 0 else None
    return lines(request, supply, new=new, form=form)


@require_http_methods(["GET", "POST"])
@requires("link.purchase")
def tracking_new(request, pk):
    """An empty line, or the new upstream link that was typed into it."""
    supply = _supply_or_404(pk)
    refuse_unless(may_link(request.user, supply), NO_LINK)
    form = TrackingForm(request.POST or None, supply=supply)
    if request.method == "GET" or not form.is_valid():
        status = 422 if form.is_bound else 200
        if request.htmx:
            return render(request, "linkage/_tracking_new.html", {"supply": supply, "form": form}, status=status)
        return lines(request, supply, new=form, status=status)
    made = operations.link(supply=supply, **form.cleaned_data, by=request.user, key=form.key)
    _say(request, made, _("%(quantity)s is linked to %(demand)s."), form.cleaned_data["quantity"])
    return _written(request, supply)


@require_http_methods(["GET", "POST"])
@requires("link.purchase")
def tracking_edit(request, pk):
    """One line as it is edited; its quantity is saved in place."""
    link = _link_or_404(pk)
    refuse_unless(may_link(request.user, link.supply), NO_LINK)
    form = ChangeLinkForm(request.POST or None, link=link, auto_id=f"edit_{pk}_%s")
    if request.method == "GET" or not form.is_valid():
        status = 422 if form.is_bound else 200
        if not request.htmx:
            return lines(request, link.supply, form=form, status=status)
        return render(request, "linkage/_tracking_edit.html", {"row": _row(link), "form": form}, status=status)
    before = link.open
    link = operations.change_link(link=link, **form.cleaned_data, by=request.user, key=form.key)
    if link.open != before:
        _say(request, link, _("%(quantity)s is linked to %(demand)s now."), link.open)
    return _closed(request, link.supply) or changed(read_line(request, _link_or_404(pk)))


@require_GET
@requires("read")
def tracking_row(request, pk):
    """One line as it is read."""
    return read_line(request, _link_or_404(pk))


@require_POST
@requires("read")
def tracking_remove(request, pk):
    """Disconnect what is open of a line."""
    link = _link_or_404(pk)
    refuse_unless(may_disconnect(request.user, link), NO_DISCONNECT)
    quantity = link.open
    ended = operations.disconnect(link=link, by=request.user, key=posted_key(request))
    _say(request, ended, _("%(quantity)s is no longer linked to %(demand)s."), quantity)
    return _written(request, link.supply)


@require_GET
@requires("read")
def linkable(request, pk):
    """Choices for the downstream box: demands of the part and warehouse with something uncovered, nothing else."""
    supply = _supply_or_404(pk)
    text = request.GET.get("q", "").strip()[:80]
    found = matching_demands(text, part=supply.part_id, warehouse=supply.warehouse_id)
    unit = supply.part.unit
    results = [
        {"value": str(demand), "label": f"{demand}  {plain(demand.uncovered)} {unit} uncovered{_by(demand)}"}
        for demand in found
    ]
    return JsonResponse({"results": results})


def lines(request, supply, *, new=None, form=None, status=200):
    """The page of all lines, or its section for htmx."""
    supply.refresh_from_db(fields=["allocated", "free", "quantity"])
    rows = link_rows(links_of(supply))
    urls = urls_of(row.link.demand for row in rows)
    context = {
        "supply": supply,
        "rows": [
            (row, urls.get((row.link.demand.kind, row.link.demand_id), ""), may_disconnect(request.user, row.link))
            for row in rows
        ],
        "may_change": may_link(request.user, supply),
        "new": new,
        "form": form,
        "edited": form and form.link.pk,
        "owner_url": owner_url(supply) or reverse("linkage:supply", args=[supply.pk]),
        "total": sum((row.link.open for row in rows), 0),
    }
    template = "linkage/_tracking.html" if wants_table(request) else "linkage/tracking.html"
    return render(request, template, context, status=status)


def read_line(request, link):
    context = {"row": _row(link), "url": owner_url(link.demand), "may_change": may_link(request.user, link.supply)}
    context["may_remove"] = may_disconnect(request.user, link)
    return render(request, "linkage/_tracking_row.html", context)


def _written(request, supply):
    """The whole section again: a new line may have widened an old one."""
    if answer := _closed(request, supply):
        return answer
    return reswap(retarget(changed(lines(request, supply)), "#tracking"), "outerHTML")


def _closed(request, supply):
    """*Close* on the line that is edited: saved, so leave the page. Without htmx every save comes back to the lines."""
    if "close" in request.POST:
        return go(request, owner_url(supply) or reverse("linkage:supply", args=[supply.pk]))
    return None if request.htmx else redirect("linkage:tracking", supply.pk)


def _row(link):
    return link_rows([link])[0]


def _by(demand):
    return f" by {demand.need_date:%Y-%m-%d}" if demand.need_date else ""


def _supply_or_404(pk):
    return get_object_or_404(Supply.objects.orders().for_list(), pk=pk)


def _link_or_404(pk):
    return get_object_or_404(OrderLink.objects.with_ends().select_related("demand__part", "demand__warehouse"), pk=pk)


def _say(request, link, sentence, quantity):
    url = reverse("linkage:undo", args=[latest_event(link).pk])
    say_done(request, sentence % {"quantity": plain(quantity), "demand": link.demand}, undo_url=url)
