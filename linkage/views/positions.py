"""One demand, one supply: what it is, its links, and what happened to it."""

from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from erp.register.access import requires
from erp.web.listing import wants_table
from linkage.models import Demand, Supply
from linkage.queries import coverage_of
from linkage.queries.certainty import with_certainty
from linkage.queries.standing import link_rows, links_of
from linkage.queries.timeline import position_histories, timeline
from linkage.queries.worklists import held
from linkage.rights import may_disconnect, may_link
from linkage.views.answering import owner_url

TEMPLATES = {
    "demand": ("linkage/demand.html", "linkage/_demand.html"),
    "supply": ("linkage/supply.html", "linkage/_supply.html"),
}


@require_GET
@requires("read")
def demand(request, pk):
    found = get_object_or_404(Demand.objects.visible_to(request.user).for_list(), pk=pk)
    context = {"demand": found, "coverage": coverage_of(found), "may_link": may_link(request.user)}
    return _answer(request, "demand", found, context)


@require_GET
@requires("read")
def supply(request, pk):
    found = get_object_or_404(Supply.objects.visible_to(request.user).for_list(), pk=pk)
    made_for = found.provenance.select_related("demand__document", "demand__for_supply").order_by("pk")
    mine = may_link(request.user, found)
    context = {"supply": found, "made_for": list(made_for), "may_link": mine and found.free > 0, "may_keep": mine}
    with_certainty([found])
    context["held"] = held(stock=found) if found.is_stock else held(supply=found)
    return _answer(request, "supply", found, context)


def _answer(request, side, position, context):
    rows = link_rows(links_of(position))
    context |= {
        "position": position,
        "side": side,
        "rows": [
            (row, may_link(request.user, row.link.supply), may_disconnect(request.user, row.link)) for row in rows
        ],
        "open_links": sum(row.is_open for row in rows),
        "owner_url": owner_url(position),
        "timeline": timeline(position_histories(position), asked=request.GET, viewer=request.user),
    }
    page, fragment = TEMPLATES[side]
    return render(request, fragment if wants_table(request) else page, context)
