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
from linkage.models import OrderLink, Supply
from linkage.owners import urls_of
from linkage.queries import linkable as offers
from linkage.queries.standing import link_rows, links_of, planned_row
from linkage.queries.timeline import latest_event
from linkage.rights import NO_DISCONNECT, NO_LINK, may_disconnect, may_link
from linkage.tracking_forms import LineForm, TrackingForm
from linkage.views.answering import owner_url, posted_key, refuse_unless


@require_GET
@requires("read")
def tracking(request, pk):
    """The lines; ``?edit=<link>`` and ``?new=1`` open a line without JavaScript."""
    supply = _supply_or_404(pk)
    mine = may_link(request.user, supply)
    new = TrackingForm(supply=supply) if mine and "new" in request.GET else None
    edited = next((link for link in links_of(supply) if mine and str(link.pk) == request.GET.get("edit")), None)
    form = LineForm(link=edited) if edited and edited.open > 0 else None
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
            context = {"supply": supply, "form": form, "planned": _planned(form)}
            return render(request, "linkage/_tracking_new.html", context, status=status)
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
    form = LineForm(request.POST or None, link=link)
    if request.method == "GET" or not form.is_valid():
        status = 422 if form.is_bound else 200
        if not request.htmx:
            return lines(request, link.supply, form=form, status=status)
        context = {"row": _row(link), "form": form, "planned": _planned_change(form)}
        return render(request, "linkage/_tracking_edit.html", context, status=status)
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
@requires("link.purchase")
def tracking_figures(request, pk):
    """Ratio, coverage and warnings of the line that is being typed, before it is saved."""
    supply = _supply_or_404(pk)
    refuse_unless(may_link(request.user, supply), NO_LINK)
    form = TrackingForm(request.GET, supply=supply)
    return render(request, "linkage/_tracking_figures.html", {"form": form, "planned": _planned(form)})


@require_GET
@requires("link.purchase")
def tracking_edit_figures(request, pk):
    """The same of a line that is edited."""
    link = _link_or_404(pk)
    refuse_unless(may_link(request.user, link.supply), NO_LINK)
    form = LineForm(request.GET, link=link)
    return render(request, "linkage/_tracking_figures.html", {"form": form, "planned": _planned_change(form)})


@require_GET
@requires("read")
def linkable(request, pk):
    """What a box of the new line offers: ``of`` is order, line or component; the boxes before it narrow it down."""
    supply = _supply_or_404(pk)
    text, order, line = (_typed(request, name) for name in ("q", "order", "line"))
    if request.GET.get("of") == "component":
        found = offers.components(supply, order=order, line=int(line), text=text) if _is_position(line) else []
    elif request.GET.get("of") == "line":
        found = offers.lines(supply, order=order, text=text)
    else:
        found = offers.orders(supply, text.split("/")[0].strip())
    results = [{"value": option.value, "label": _in_words(option, supply.part.unit)} for option in found]
    return JsonResponse({"results": results})


def _typed(request, name):
    return request.GET.get(name, "").strip()[:80]


def _is_position(text):
    return text.isascii() and text.isdigit() and len(text) < 10


def _in_words(option, unit):
    by = _(" by %(date)s") % {"date": option.need_date.isoformat()} if option.need_date else _(", no date")
    words = {"value": option.value, "quantity": plain(option.uncovered), "unit": unit, "by": by}
    return _("%(value)s  %(quantity)s %(unit)s uncovered%(by)s") % words


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
        "planned": _planned(new) if new else form and _planned_change(form),
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


def _planned(form):
    """The new line as it would be, with its figures; None while it names no demand."""
    facts = form.cleaned_data if form.is_bound and (form.is_valid() or form.warnings) else {}
    if facts.get("demand") is None or facts.get("quantity") is None:
        return None
    return planned_row(form.supply, facts["demand"], facts["quantity"])


def _planned_change(form):
    """The edited line as it would be; None while its quantity is none."""
    quantity = form.cleaned_data.get("quantity") if form.is_bound and (form.is_valid() or form.warnings) else None
    if quantity is None:
        return None
    link = form.link
    return planned_row(link.supply, link.demand, link.quantity - link.released + quantity - link.open)


def _supply_or_404(pk):
    return get_object_or_404(Supply.objects.orders().for_list(), pk=pk)


def _link_or_404(pk):
    return get_object_or_404(OrderLink.objects.with_ends().select_related("demand__part", "demand__warehouse"), pk=pk)


def _say(request, link, sentence, quantity):
    url = reverse("linkage:undo", args=[latest_event(link).pk])
    say_done(request, sentence % {"quantity": plain(quantity), "demand": link.demand}, undo_url=url)
