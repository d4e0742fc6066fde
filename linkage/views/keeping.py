"""Holds, and what is decided on orphans: keep as stock, keep for a customer, reduce or cancel."""

from functools import partial

from django.db.models import F, Sum
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from erp.exceptions import Refused
from erp.register.access import requires
from erp.register.units import plain
from erp.web.answers import say_done
from erp.web.listing import list_view
from erp.web.ticking import ticked
from linkage import operations
from linkage.keeping_forms import FreeForm, HoldForm, ProlongForm
from linkage.keeping_tables import HoldFilter, HoldTable
from linkage.models import Hold, Supply
from linkage.parting_forms import why_not_reduced
from linkage.preview import effects_of
from linkage.queries.worklists import hold_rows
from linkage.rights import NO_LINK, may_link
from linkage.views.answering import back, dialog, done, posted_key, refuse_unless


@require_GET
@requires("read")
def hold_list(request):
    return list_view(
        request,
        queryset=hold_rows(),
        table_class=partial(HoldTable, user=request.user, request=request),
        filterset_class=HoldFilter,
        title=_("Holds"),
        totals={"kept": Sum(F("demand__allocated"))},
        unit="demand__part__unit",
        template="linkage/worklist.html",
    )


@require_http_methods(["GET", "POST"])
@requires("link.purchase")
def hold_new(request, pk):
    """Keep what is free of a supply, or part of it, for a customer until a date."""
    supply = _supply(request, pk)
    form = HoldForm(request.POST or None, supply=supply, initial={"partner": _made_for(supply)})
    if request.method == "GET" or not form.is_valid():
        return _ask(request, form, title=_("Keep %(supply)s for a customer") % {"supply": supply}, button=_("Keep"))
    kept = operations.hold(supply=supply, **form.cleaned_data, by=request.user, key=form.key)
    facts = {"quantity": plain(form.cleaned_data["quantity"]), "supply": supply, "partner": kept.partner}
    say_done(request, _("%(quantity)s of %(supply)s is kept for %(partner)s.") % facts)
    return done(request, "linkage:hold_list")


@require_http_methods(["GET", "POST"])
@requires("link.purchase")
def reduce_supply(request, pk):
    """Take what is free of an order off it: shown first, then done."""
    supply = _supply(request, pk)
    form = FreeForm(request.POST or None, supply=supply)
    if request.method == "GET" or "preview" in request.POST or not form.is_valid():
        title = _("Reduce or cancel %(supply)s") % {"supply": supply}
        return _ask(request, form, title=title, button=_("Reduce or cancel"), effects=_effects(request, form))
    refuse_unless(not (why := why_not_reduced(request.user, supply, supply.free)), why)
    operations.reduce_or_cancel(supply=supply, **form.cleaned_data, by=request.user, key=form.key)
    facts = {"quantity": plain(form.cleaned_data["quantity"]), "supply": supply}
    say_done(request, _("%(quantity)s is taken off %(supply)s.") % facts)
    return done(request, "linkage:orphan_list")


@require_http_methods(["GET", "POST"])
@requires("link.purchase")
def hold_prolong(request, pk):
    kept = _hold(request, pk)
    form = ProlongForm(request.POST or None, initial={"until": kept.until})
    if request.method == "GET" or not form.is_valid():
        title = _("Prolong the %(hold)s") % {"hold": kept}
        return _ask(request, form, title=title, button=_("Prolong"), supply=None)
    operations.prolong_hold(hold=kept, **form.cleaned_data, by=request.user, key=form.key)
    say_done(request, _("The goods are kept until %(until)s.") % {"until": form.cleaned_data["until"]})
    return done(request, "linkage:hold_list")


@require_POST
@requires("link.purchase")
def hold_end(request, pk):
    """Give the goods of a hold free now."""
    kept = _hold(request, pk)
    operations.end_hold(hold=kept, by=request.user, reason=_("ended by hand"), key=posted_key(request))
    say_done(request, _("The %(hold)s has ended; its goods are free.") % {"hold": kept})
    return done(request, "linkage:hold_list") if request.htmx else back(request, "linkage:hold_list")


@require_POST
@requires("link.purchase")
def keep_ticked(request):
    """Keep the ticked orphans as stock."""
    supplies = ticked(request, Supply.objects.for_list(), nothing=_("Tick at least one orphan."))
    for supply in supplies:
        refuse_unless(may_link(request.user, supply), NO_LINK)
    kept = operations.keep_all_as_stock(supplies=supplies, by=request.user, key=posted_key(request))
    sentence = ngettext("%(n)d orphan is kept as stock.", "%(n)d orphans are kept as stock.", len(kept))
    say_done(request, sentence % {"n": len(kept)})
    return redirect("linkage:orphan_list")


def _ask(request, form, *, title, button, **context):
    status = 422 if form.is_bound and not form.is_valid() else 200
    facts = {"title": title, "button": button, "form": form, "action": request.path}
    return dialog(request, "linkage/_keep.html", {"supply": None, "effects": False, **facts, **context}, status=status)


def _effects(request, form):
    if why := why_not_reduced(request.user, form.supply, form.supply.free):
        return effects_of(_refuse, why=why)
    if form.is_bound and not form.is_valid():
        return None
    quantity = form.cleaned_data["quantity"] if form.is_bound else form.supply.free
    return effects_of(operations.reduce_or_cancel, supply=form.supply, quantity=quantity, by=request.user)


def _refuse(*, why):
    raise Refused(why)


def _supply(request, pk):
    supply = get_object_or_404(Supply.objects.for_list(), pk=pk)
    refuse_unless(may_link(request.user, supply), NO_LINK)
    return supply


def _made_for(supply):
    made_for = supply.provenance.filter(demand__document__partner__isnull=False).order_by("pk")
    first = made_for.select_related("demand__document__partner").first()
    return first and first.demand.document.partner


def _hold(request, pk):
    kept = get_object_or_404(Hold.objects.select_related("demand", "partner"), pk=pk)
    links = kept.demand.links.filter(open__gt=0).select_related("supply")
    refuse_unless(all(may_link(request.user, link.supply) for link in links), NO_LINK)
    return kept
