"""Link suggestions: for one supply, one demand, one part or everything; some or all are accepted in one operation."""

from django.http import QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from erp.register.access import requires
from erp.register.models import Part
from erp.register.settings_registry import get_many
from erp.register.units import plain
from erp.web.answers import say_done
from linkage import operations
from linkage.models import Demand, Supply
from linkage.pairing_forms import IdsField, PairsForm, WishForm
from linkage.queries.suggestions import EARLIEST, Wish, suggest, suggest_everywhere
from linkage.queries.timeline import latest_event
from linkage.rights import may_link, only_purchases
from linkage.views.answering import refuse_unless
from linkage.views.links import NO_LINK

RULE = "suggestion"
METHODS = ["GET", "POST"]
UNDONE_TOGETHER = 200  # each is undone with all its checks


@require_http_methods(METHODS)
@requires("read")
def supply_suggestions(request, pk):
    """The demands that a supply could serve."""
    supply = get_object_or_404(Supply.objects.visible_to(request.user).for_list(), pk=pk)
    refuse_unless(request.method == "GET" or may_link(request.user, supply), NO_LINK)
    about = {"about": supply, "back": reverse("linkage:supply", args=[pk])}
    return _answer(request, lambda wish: suggest(supplies=Supply.objects.filter(pk=pk), wish=wish), about)


@require_http_methods(METHODS)
@requires("read")
def demand_suggestions(request, pk):
    """The supplies that could serve a demand."""
    demand = get_object_or_404(Demand.objects.visible_to(request.user).for_list(), pk=pk)
    about = {"about": demand, "back": reverse("linkage:demand", args=[pk])}
    return _answer(request, lambda wish: suggest(demands=Demand.objects.filter(pk=pk), wish=wish), about)


@require_http_methods(METHODS)
@requires("read")
def part_suggestions(request, pk):
    """All that could be linked of a part."""
    part = get_object_or_404(Part.objects.for_list(), pk=pk)
    about = {"about": part, "back": reverse("linkage:part", args=[pk])}
    return _answer(request, lambda wish: suggest(demands=Demand.objects.filter(part=pk), wish=wish), about)


@require_http_methods(METHODS)
@requires("read")
def suggestion_list(request):
    """All that could be linked of order-oriented parts, or whatever could be linked to the demands ``d``."""
    ids = IdsField(required=False).clean(request.GET.getlist("d"))
    if not ids:
        return _answer(request, lambda wish: suggest_everywhere(wish=wish), {"about": "", "back": reverse("home")})
    demands = Demand.objects.visible_to(request.user).filter(pk__in=ids)
    chosen = ngettext("%(n)d chosen demand", "%(n)d chosen demands", len(ids)) % {"n": len(ids)}
    about = {"about": chosen, "back": reverse("linkage:short_list"), "chosen": ids}
    return _answer(request, lambda wish: suggest(demands=demands, wish=wish), about)


def _answer(request, find, about):
    if request.method == "GET":
        return _page(request, find, about)
    refuse_unless(may_link(request.user), NO_LINK)
    form = PairsForm(_chosen(request.POST))
    if not form.is_valid():
        return _page(request, find, about, form=form, status=422)
    refuse_unless(
        all(may_link(request.user, supply) for _demand, supply, _quantity in form.cleaned_data["pairs"]), NO_LINK
    )
    link_chosen(request, form, rule=RULE)
    return redirect(request.get_full_path())


def _chosen(posted):
    """*Accept* of a row posts ``only``, *Accept all* ``all`` with what was ``shown``; else the ticked pairs count."""
    data = posted.copy() if isinstance(posted, QueryDict) else posted
    if posted.get("only"):
        data.setlist("pairs", [posted["only"]])
    elif posted.get("all"):
        data.setlist("pairs", posted.getlist("shown"))
    return data


def _page(request, find, about, *, form=None, status=200):
    wish, wish_form, fixed = _wish(request)
    found = find(wish)
    chosen = set(form.data.getlist("pairs")) if form else set()
    context = {
        "found": found,
        "rows": [(row, row.pair in chosen) for row in found.shown],
        "wish_form": wish_form,
        "window_is_fixed": fixed,
        "form": form or PairsForm(),
        "may_link": may_link(request.user),
        "chosen": (),
        **about,
    }
    return render(request, "linkage/suggestions.html", context, status=status)


def _wish(request):
    """(wish, its form, whether the window is the setting's for all) of the page's address."""
    settings = get_many("suggestion_window", "suggestion_window_free")
    fixed = not settings["suggestion_window_free"]
    asked = {
        "order": request.GET.get("order", EARLIEST),
        "window": request.GET.get("window", settings["suggestion_window"]),
    }
    form = WishForm(asked | ({"window": settings["suggestion_window"]} if fixed else {}))
    form.fields["window"].disabled = fixed
    valid = form.is_valid()
    wish = Wish(
        order=form.cleaned_data.get("order") or EARLIEST,
        window=form.cleaned_data["window"] if valid and not fixed else settings["suggestion_window"],
        only_purchases=only_purchases(request.user),
    )
    return wish, form, fixed


def link_chosen(request, form, *, rule=""):
    """Link the pairs of a valid form in one operation; one toast for all, with one Undo for all."""
    links = operations.link_pairs(**form.cleaned_data, rule=rule, by=request.user, key=form.key)
    quantity = plain(sum(quantity for _demand, _supply, quantity in form.cleaned_data["pairs"]))
    sentence = ngettext("%(n)d link over %(quantity)s is made.", "%(n)d links over %(quantity)s are made.", len(links))
    few = len(links) <= UNDONE_TOGETHER
    undo_url = reverse("linkage:undo_together", args=[latest_event(links[-1]).pk]) if few else ""
    say_done(request, sentence % {"n": len(links), "quantity": quantity}, undo_url=undo_url)
