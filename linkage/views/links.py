"""What a planner does with links: make, change, hand over, keep, undo. Dialogs, and pages without htmx."""

from decimal import Decimal

from django.apps import apps
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from erp.register.access import requires
from erp.register.roles import may
from erp.register.units import plain
from erp.web.answers import say_done
from linkage import operations
from linkage.forms import ChangeLinkForm, HandOverForm, PairForm
from linkage.models import Demand, OrderLink, Supply
from linkage.operations.undoing import undo_link_change
from linkage.queries.proof import Taker, days_late, takers_of
from linkage.queries.standing import Choice, choices_for_demand, choices_for_supply
from linkage.queries.timeline import latest_event
from linkage.rights import NO_DISCONNECT, NO_LINK, may_disconnect, may_link
from linkage.views.answering import back, dialog, done, posted_key, refuse_unless


@require_GET
@requires("link.purchase")
def link_new(request, pk):
    """The free supplies that fit a demand, each with the quantity that fits."""
    return demand_choices(request, get_object_or_404(Demand.objects.for_list(), pk=pk))


@require_GET
@requires("link.purchase")
def link_new_from_supply(request, pk):
    """The uncovered demands that a supply fits, the most urgent first."""
    supply = get_object_or_404(Supply.objects.for_list(), pk=pk)
    refuse_unless(may_link(request.user, supply), NO_LINK)
    return supply_choices(request, supply)


@require_POST
@requires("link.purchase")
def link_create(request, demand_pk, supply_pk):
    demand = get_object_or_404(Demand.objects.for_list(), pk=demand_pk)
    supply = get_object_or_404(Supply.objects.for_list(), pk=supply_pk)
    refuse_unless(may_link(request.user, supply), NO_LINK)
    form = PairForm(request.POST, demand=demand, supply=supply)
    from_supply = request.POST.get("side") == "supply"
    if not form.is_valid():
        if from_supply:
            return supply_choices(request, supply, form=form, status=422)
        return demand_choices(request, demand, form=form, status=422)
    made = operations.link(demand=demand, supply=supply, **form.cleaned_data, by=request.user, key=form.key)
    say_linked(request, made, _("%(quantity)s of %(supply)s is linked to %(demand)s."), form.cleaned_data["quantity"])
    return done(request, "linkage:supply", supply_pk) if from_supply else done(request, "linkage:demand", demand_pk)


@require_http_methods(["GET", "POST"])
@requires("link.purchase")
def link_change(request, pk):
    """Set a link's open quantity."""
    link = link_or_404(pk)
    refuse_unless(may_link(request.user, link.supply), NO_LINK)
    form = ChangeLinkForm(request.POST or None, link=link)
    if request.method == "GET" or not form.is_valid():
        status = 422 if form.is_bound else 200
        return dialog(request, "linkage/_link_change.html", {"link": link, "form": form}, status=status)
    made = operations.change_link(link=link, **form.cleaned_data, by=request.user, key=form.key)
    say_linked(request, made, _("%(quantity)s of %(supply)s is linked to %(demand)s now."), made.open)
    return done(request, "linkage:demand", link.demand_id)


@require_GET
@requires("link.purchase")
def hand_over(request, pk):
    """The other demands that a link's quantity could go to, the most urgent first."""
    link = link_or_404(pk)
    refuse_unless(may_link(request.user, link.supply), NO_LINK)
    return takers(request, link)


@require_POST
@requires("link.purchase")
def hand_over_to(request, pk, demand_pk):
    link = link_or_404(pk)
    refuse_unless(may_link(request.user, link.supply), NO_LINK)
    demand = get_object_or_404(Demand.objects.for_list(), pk=demand_pk)
    form = HandOverForm(request.POST, link=link, demand=demand)
    if not form.is_valid():
        return takers(request, link, form=form, status=422)
    made = operations.hand_over(link=link, demand=demand, **form.cleaned_data, by=request.user, key=form.key)
    say_linked(
        request, made, _("%(quantity)s of %(supply)s is handed over to %(demand)s."), form.cleaned_data["quantity"]
    )
    return done(request, "linkage:demand", link.demand_id)


@require_POST
@requires("link.purchase")
def keep_as_stock(request, pk):
    """Decide on an orphan: it stays as it is and leaves the worklist."""
    supply = get_object_or_404(Supply.objects.for_list(), pk=pk)
    refuse_unless(may_link(request.user, supply), NO_LINK)
    operations.keep_as_stock(supply=supply, by=request.user, key=posted_key(request))
    say_done(request, _("%(supply)s is kept as stock.") % {"supply": supply})
    return done(request, "linkage:orphan_list") if request.htmx else back(request, "linkage:orphan_list")


@require_POST
@requires("read")
def undo(request, pk):
    """Take back the latest change of a link."""
    event = get_object_or_404(apps.get_model("linkage", "OrderLinkEvent").objects.select_related("pgh_context"), pk=pk)
    link = link_or_404(event.pgh_obj_id)
    refuse_unless(may_disconnect(request.user, link), NO_DISCONNECT)
    undo_link_change(event=event, by=request.user, key=posted_key(request))
    say_done(request, _("Undone: %(link)s.") % {"link": link})
    return back(request, "linkage:demand", link.demand_id)


@require_POST
@requires("link.purchase")
def undo_together(request, pk):
    """Take back all the links that one operation made."""
    event = get_object_or_404(apps.get_model("linkage", "OrderLinkEvent").objects.select_related("pgh_context"), pk=pk)
    links = operations.undo_together(event=event, by=request.user, key=posted_key(request))
    sentence = ngettext("Undone: %(n)d link.", "Undone: %(n)d links.", len(links))
    say_done(request, sentence % {"n": len(links)})
    return back(request, "home")


def demand_choices(request, demand, *, form=None, status=200):
    choices = choices_for_demand(demand, only_purchases=not may(request.user, "link"))
    context = {"demand": demand, "side": "demand", "rows": _with_forms(choices, form), "action": _("Link")}
    return dialog(request, "linkage/_choices.html", context, status=status)


def supply_choices(request, supply, *, form=None, status=200):
    context = {"supply": supply, "side": "supply", "rows": _with_forms(choices_for_supply(supply), form)}
    return dialog(request, "linkage/_choices.html", context | {"action": _("Link")}, status=status)


def takers(request, link, *, form=None, status=200):
    rows = [
        (taker, form if form and form.demand == taker.demand else HandOverForm(link=link, demand=taker.demand))
        for taker in takers_of(link)
    ]
    if form and not any(shown is form for _taker, shown in rows):
        rows.insert(0, (Taker(form.demand, link.supply, link.open, Decimal(0), 0, 0, from_shelf=False), form))
    context = {"link": link, "supply": link.supply, "side": "hand over", "action": _("Hand over"), "rows": rows}
    context["late"] = days_late([link.demand_id])[link.demand_id]
    return dialog(request, "linkage/_choices.html", context, status=status)


def _with_forms(choices, form):
    """Each choice with its form; the form that was sent comes back with what was typed."""
    pair = form and (form.demand.pk, form.supply.pk)
    rows = [
        (
            choice,
            form if choice.pair == pair else PairForm(demand=choice.demand, supply=choice.supply, quantity=choice.fits),
        )
        for choice in choices
    ]
    return _kept(rows, form)


def _kept(rows, form):
    """A pair that fits no longer is still shown, with the reason beside it."""
    if form is None or any(shown is form for _choice, shown in rows):
        return rows
    return [(Choice(form.demand, form.supply, form.supply.free, None), form), *rows]


def link_or_404(pk):
    links = OrderLink.objects.with_ends().select_related("demand__part__unit", "demand__warehouse")
    return get_object_or_404(links, pk=pk)


def say_linked(request, link, sentence, quantity):
    names = {"quantity": plain(quantity), "supply": link.supply, "demand": link.demand}
    say_done(request, sentence % names, undo_url=reverse("linkage:undo", args=[latest_event(link).pk]))
