"""The chain of a demand, a supply or a whole order: down to what is bought, up to the customer."""

from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from erp.register.access import requires
from linkage.forms import AsOfForm
from linkage.models import Demand, Document, Supply
from linkage.models.positions import DocumentKind
from linkage.owners import across
from linkage.queries import chain_of_demand, chain_of_document, chain_of_supply, users_of_supply
from linkage.queries.differences import differences
from linkage.queries.trees import tree_of
from linkage.views.answering import owner_url
from linkage.views.tree_rows import render_rows


@require_GET
@requires("read")
def chain_demand(request, pk):
    demand = get_object_or_404(Demand.objects.visible_to(request.user).for_list(), pk=pk)
    users = [demand.for_supply] if demand.for_supply else []
    page = reverse("linkage:demand", args=[pk])
    return chain_page(request, demand, page, chain_of_demand, users)


@require_GET
@requires("read")
def chain_supply(request, pk):
    supply = get_object_or_404(Supply.objects.visible_to(request.user).for_list(), pk=pk)
    page = reverse("linkage:supply", args=[pk])
    return chain_page(request, supply, page, chain_of_supply, [supply])


@require_GET
@requires("read")
def chain_document(request, pk):
    """All positions of an order."""
    document = get_object_or_404(Document.objects.select_related("partner"), pk=pk)
    supplies = list(document.supplies.order_by("position", "pk"))
    return chain_page(request, document, "", chain_of_document, supplies)


@require_GET
@requires("read")
def demand_order(request, pk):
    """To the order that a demand belongs to, or to the demand's own page."""
    demand = get_object_or_404(Demand.objects.visible_to(request.user), pk=pk)
    return redirect(owner_url(demand) or reverse("linkage:demand", args=[pk]))


@require_GET
@requires("read")
def supply_order(request, pk):
    """To the order that a supply belongs to, or to the supply's own page."""
    supply = get_object_or_404(Supply.objects.visible_to(request.user), pk=pk)
    return redirect(owner_url(supply) or reverse("linkage:supply", args=[pk]))


def chain_page(request, root, page, chain_below, supplies):
    """``chain_below`` reads the chain down from the root; up it goes from ``supplies``. ``?at=`` a time: as of then."""
    form = AsOfForm(request.GET or None)
    at = form.cleaned_data["at"] if form.is_valid() else None
    down, up = _both_ways(root, chain_below, supplies, at)
    context = {
        "root": root,
        "kind": root.get_kind_display() if hasattr(root, "kind") else "",
        "page": page,
        "trees": _trees(root, down, up, at),
        "across": [] if at else across(_demands(root, down + up)),
        "form": form,
        "at": at,
        "differences": _differences(form, root, chain_below, supplies, down + up),
    }
    return render(request, "linkage/chain.html", context, status=422 if form.errors else 200)


def _demands(root, lines):
    """The (kind, id) of the root, if it is a demand, and of all demands of the chain."""
    own = [(root.kind, root.pk)] if isinstance(root, Demand) else []
    return own + [(line.edge.demand_kind, line.edge.demand_id) for line in lines]


def _both_ways(root, chain_below, supplies, at=None):
    return chain_below(root, at=at), users_of_supply(supplies, at=at) if supplies else []


def _differences(form, root, chain_below, supplies, then):
    """None where nobody asked to compare."""
    if not form.is_valid() or not (form.cleaned_data["at"] and form.cleaned_data["compare"]):
        return None
    now_down, now_up = _both_ways(root, chain_below, supplies)
    return differences(then, now_down + now_up)


def _trees(root, down, up, at):
    """[(heading, direction, tree, words for an empty one, its rows as HTML)]."""
    today = timezone.localdate(at) if at else None
    nothing = _("Nothing hung on it then.") if at else ""
    trees = [
        (
            _("What supplies it"),
            "down",
            tree_of(down, today=today),
            _("Nothing is linked below it. Link supply to see it here."),
        ),
        (
            _("What it supplies"),
            "up",
            tree_of(up, with_chart=not down, today=today),
            _("It is promised to nothing further."),
        ),
    ]
    is_purchase = isinstance(root, Document) and root.kind == DocumentKind.PURCHASE
    shown = trees[1:] if is_purchase and not down else trees
    return [(heading, way, tree, nothing or empty, render_rows(tree.rows)) for heading, way, tree, empty in shown]
