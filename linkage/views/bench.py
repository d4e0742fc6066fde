"""The link bench: choose demands and supplies, see the sums, see the pairs, link them in one operation."""

from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from erp.exceptions import Refused
from erp.register.access import requires
from erp.register.units import plain
from linkage import operations
from linkage.checks import warnings_of
from linkage.pairing_forms import MOST_PAIRS, BenchForm, PairsForm
from linkage.preview import preview
from linkage.queries import bench as queries
from linkage.queries.certainty import with_certainty
from linkage.queries.suggestions import EARLIEST
from linkage.rights import may_link, only_purchases
from linkage.views.answering import refuse_unless
from linkage.views.links import NO_LINK
from linkage.views.suggestions import link_chosen

PER_PAGE = 50
PAIRS_SHOWN = 200


@require_GET
@requires("link.purchase")
def bench(request):
    """Both sides, a page of each; what is ticked stays chosen from page to page."""
    return _sides(request)


@require_GET
@requires("link.purchase")
def bench_sums(request):
    """Chosen demand, chosen supply and their difference, part by part."""
    _form, _bench, demands, supplies = _chosen(request)
    return render(request, "linkage/_bench_sums.html", {"sums": queries.sums(demands, supplies)})


@require_http_methods(["GET", "POST"])
@requires("link.purchase")
def bench_pairs(request):
    """The pairs that would be linked, before anything is written; POST links what was shown."""
    if request.method == "POST":
        return _link(request)
    form, _bench, demands, supplies = _chosen(request)
    try:
        pairs = _pairs(form, demands, supplies)
        changes = preview(operations.link_pairs, pairs=pairs, accept_warnings=True, by=request.user)
    except Refused as refusal:
        return _sides(request, trouble=str(refusal), status=422)
    return _pairs_page(request, pairs, PairsForm(), changes=changes)


def _link(request):
    form = PairsForm(request.POST)
    if not form.is_valid():
        return _pairs_page(request, form.cleaned_data.get("pairs") or [], form, status=422)
    pairs = form.cleaned_data["pairs"]
    refuse_unless(all(may_link(request.user, supply) for _demand, supply, _quantity in pairs), NO_LINK)
    link_chosen(request, form)
    return redirect(f"{reverse('linkage:bench')}?{_filter_of(request)}")


def _pairs(form, demands, supplies):
    """What *Link in order* makes of the choice; one demand and one supply may have a quantity of their own."""
    if not form.is_valid():
        raise Refused(_("Correct what the form says first."))
    pairs = queries.link_in_order(demands, supplies, order=form.cleaned_data["order"] or EARLIEST)
    if not pairs:
        raise Refused(_("Choose at least one demand and one supply of the same part and warehouse."))
    quantity = form.cleaned_data["quantity"]
    if quantity is None:
        return pairs[:MOST_PAIRS]
    if len(pairs) > 1 or demands.count() > 1 or supplies.count() > 1:
        raise Refused(_("A quantity is for one pair: choose one demand and one supply, or leave it empty."))
    [(demand, supply, _fits)] = pairs
    return [(demand, supply, quantity)]


def _pairs_page(request, pairs, form, *, changes=None, status=200):
    told = queries.pairs_told(pairs)
    warnings = [said for each in warnings_of([pair[:2] for pair in pairs]) for said in each]
    moved = [change for change in changes.of("demand") if "need_date" in dict_of(change)] if changes else []
    context = {
        "pairs": told[:PAIRS_SHOWN],
        "more": max(len(told) - PAIRS_SHOWN, 0),
        "count": len(told),
        "quantity": sum(quantity for _demand, _supply, quantity in pairs),
        "covered": sum(pair.uncovered == 0 for pair in told),
        "used_up": sum(pair.free == 0 for pair in told),
        "moved": moved,
        "posted": ",".join(f"{demand.pk}:{supply.pk}:{plain(quantity)}" for demand, supply, quantity in pairs),
        "warnings": list(dict.fromkeys(warnings)),
        "form": form,
        "filter": _filter_of(request),
        "back": f"{reverse('linkage:bench')}?{request.GET.urlencode()}",
    }
    return render(request, "linkage/bench_pairs.html", context, status=status)


def dict_of(change):
    return {name: (before, after) for name, before, after in change.changed}


def _sides(request, *, trouble="", status=200):
    form, bench, demands, supplies = _chosen(request)
    facts = form.cleaned_data
    left, right = (
        _page(request, "dp", queries.by_need(bench.demands())),
        _page(request, "sp", queries.by_due(bench.supplies())),
    )
    right.object_list = with_certainty(right.object_list)
    context = {
        "form": form,
        "trouble": trouble,
        "demands": left,
        "supplies": right,
        "chosen_demands": set(facts.get("d") or ()),
        "chosen_supplies": set(facts.get("s") or ()),
        "elsewhere_demands": _elsewhere(facts.get("d"), left),
        "elsewhere_supplies": _elsewhere(facts.get("s"), right),
        "sums": queries.sums(demands, supplies),
        "only_purchases": bench.only_purchases,
    }
    return render(request, "linkage/bench.html", context, status=status)


def _page(request, name, rows):
    return Paginator(rows, PER_PAGE).get_page(request.GET.get(name, "")[:12])


def _elsewhere(chosen, page):
    """The chosen rows that this page does not show: they stay chosen."""
    here = {row.pk for row in page}
    return [pk for pk in chosen or () if pk not in here]


def _chosen(request):
    """(form, bench, chosen demands, chosen supplies) of the address; nonsense in it chooses and filters nothing."""
    form = BenchForm(request.GET)
    form.is_valid()
    facts = form.cleaned_data
    shown = queries.Bench(
        part=facts.get("part") or "",
        warehouse=facts.get("warehouse") or "",
        needed_to=facts.get("needed_to"),
        only_purchases=only_purchases(request.user),
    )
    demands, supplies = shown.demands(), shown.supplies()
    demands = demands if facts.get("all_d") else demands.filter(pk__in=facts.get("d") or ())
    supplies = supplies if facts.get("all_s") else supplies.filter(pk__in=facts.get("s") or ())
    return form, shown, demands, supplies


def _filter_of(request):
    """The address without what was chosen."""
    kept = request.GET.copy()
    for name in ("d", "s", "all_d", "all_s", "quantity"):
        kept.pop(name, None)
    return kept.urlencode()
