"""The chain of a demand, a supply or a whole order: down to what is bought, up to the customer."""

from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from erp.register.access import requires
from linkage.models import Demand, Document, Supply
from linkage.models.positions import DocumentKind
from linkage.queries import chain_of_demand, chain_of_document, chain_of_supply, users_of_supply
from linkage.queries.trees import tree_of
from linkage.views.answering import owner_url
from linkage.views.tree_rows import render_rows


@require_GET
@requires("read")
def chain_demand(request, pk):
    demand = get_object_or_404(Demand.objects.visible_to(request.user).for_list(), pk=pk)
    above = users_of_supply([demand.for_supply]) if demand.for_supply else []
    page = reverse("linkage:demand", args=[pk])
    return chain_page(request, demand, page, down=chain_of_demand(demand), up=above)


@require_GET
@requires("read")
def chain_supply(request, pk):
    supply = get_object_or_404(Supply.objects.visible_to(request.user).for_list(), pk=pk)
    page = reverse("linkage:supply", args=[pk])
    return chain_page(request, supply, page, down=chain_of_supply(supply), up=users_of_supply([supply]))


@require_GET
@requires("read")
def chain_document(request, pk):
    """All positions of an order."""
    document = get_object_or_404(Document.objects.select_related("partner"), pk=pk)
    above = users_of_supply(document.supplies.order_by("position", "pk"))
    return chain_page(request, document, "", down=chain_of_document(document), up=above)


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


def chain_page(request, root, page, *, down, up):
    kind = root.get_kind_display() if hasattr(root, "kind") else ""
    is_purchase = isinstance(root, Document) and root.kind == DocumentKind.PURCHASE
    trees = [
        (_("What supplies it"), "down", tree_of(down), _("Nothing is linked below it. Link supply to see it here.")),
        (_("What it supplies"), "up", tree_of(up, with_chart=not down), _("It is promised to nothing further.")),
    ]
    shown = [(*tree, render_rows(tree[2].rows)) for tree in (trees[1:] if is_purchase and not down else trees)]
    context = {"root": root, "kind": kind, "page": page, "trees": shown}
    return render(request, "linkage/chain.html", context)
