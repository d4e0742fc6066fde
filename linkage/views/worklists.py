"""The worklists and the lists behind them: short, late, orphans, free, all demands, all supplies."""

from functools import partial
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.db.models import Sum
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from erp.register.access import requires
from erp.web.answers import go, say_done
from erp.web.listing import BulkAction, list_view
from erp.web.ticking import ticked
from linkage import operations
from linkage.filters import DemandFilter, OrphanFilter, SupplyFilter
from linkage.models import Demand, Supply, UndecidedChange
from linkage.queries import worklists
from linkage.queries.elsewhere import elsewhere_rows
from linkage.rights import may_decide, may_link
from linkage.views.answering import posted_key
from linkage.worklist_tables import (
    DemandTable,
    ElsewhereTable,
    FreeTable,
    LateTable,
    OrphanTable,
    ShortTable,
    SupplyTable,
    UndecidedTable,
)

PAGE = {"template": "linkage/worklist.html"}


def _table(kind, request):
    exclude = () if may_link(request.user) else ("tick",)
    return partial(kind, user=request.user, request=request, exclude=exclude)


def _for_demands(request):
    """What can be done with ticked demands, by who may link."""
    bench = BulkAction(_("To the bench"), reverse("linkage:bench_ticked"), "link-45deg")
    suggestions = BulkAction(_("Suggestions"), reverse("linkage:suggest_ticked"), "lightning-charge")
    return [bench, suggestions] if may_link(request.user) else []


@require_GET
@requires("read")
def short_list(request):
    return list_view(
        request,
        queryset=worklists.short_rows(),
        table_class=_table(ShortTable, request),
        actions=_for_demands(request),
        filterset_class=DemandFilter,
        title=_("Short demands"),
        totals={"uncovered": Sum("uncovered"), "short": Sum("short_quantity")},
        **PAGE,
    )


@require_GET
@requires("read")
def late_list(request):
    return list_view(
        request,
        queryset=worklists.late_rows(),
        table_class=_table(LateTable, request),
        actions=_for_demands(request),
        filterset_class=DemandFilter,
        title=_("Late demands"),
        **PAGE,
    )


@require_GET
@requires("read")
def elsewhere_list(request):
    """What another company of ours makes: not short here, and counted apart from what is."""
    return list_view(
        request,
        queryset=elsewhere_rows(),
        table_class=_table(ElsewhereTable, request),
        filterset_class=DemandFilter,
        title=_("Made by another company"),
        totals={"uncovered": Sum("uncovered"), "made": Sum("elsewhere_quantity")},
        **PAGE,
    )


@require_POST
@requires("link.purchase")
def bench_ticked(request):
    """The bench with the ticked demands chosen; with the supplies of their part and warehouse if they share them."""
    demands = _ticked_demands(request)
    shared = {"part": {demand.part.number for demand in demands}, "warehouse": {d.warehouse.code for d in demands}}
    sides = {name: values.pop() for name, values in shared.items() if len(values) == 1}
    chosen = {"d": [demand.pk for demand in demands]}
    return redirect(f"{reverse('linkage:bench')}?{urlencode(sides | chosen, doseq=True)}")


@require_POST
@requires("link.purchase")
def suggest_ticked(request):
    """What could be linked to the ticked demands."""
    chosen = {"d": [demand.pk for demand in _ticked_demands(request)]}
    return redirect(f"{reverse('linkage:suggestion_list')}?{urlencode(chosen, doseq=True)}")


def _ticked_demands(request):
    demands = Demand.objects.visible_to(request.user).select_related("part", "warehouse")
    return ticked(request, demands, nothing=_("Tick at least one demand."))


@require_GET
@requires("read")
def orphan_list(request):
    return list_view(
        request,
        queryset=worklists.orphan_rows(),
        table_class=_table(OrphanTable, request),
        filterset_class=OrphanFilter,
        title=_("Orphans"),
        totals={"free": Sum("free")},
        actions=[BulkAction(_("Keep as stock"), reverse("linkage:keep_ticked"), icon="boxes")]
        if _decides(request)
        else [],
        **PAGE,
    )


def _decides(request):
    return may_link(request.user)


@require_GET
@requires("read")
def free_list(request):
    return list_view(
        request,
        queryset=worklists.free_rows(),
        table_class=_table(FreeTable, request),
        filterset_class=SupplyFilter,
        title=_("Free supply"),
        totals={"free": Sum("free")},
        **PAGE,
    )


@require_GET
@requires("read")
def demand_list(request):
    return list_view(
        request,
        queryset=Demand.objects.visible_to(request.user).for_list(),
        table_class=_table(DemandTable, request),
        filterset_class=DemandFilter,
        title=_("All demands"),
        totals={"quantity": Sum("quantity"), "uncovered": Sum("uncovered")},
        **PAGE,
    )


@require_GET
@requires("read")
def supply_list(request):
    return list_view(
        request,
        queryset=Supply.objects.visible_to(request.user).for_list(),
        table_class=_table(SupplyTable, request),
        filterset_class=SupplyFilter,
        title=_("All supplies"),
        totals={"free": Sum("free")},
        **PAGE,
    )


@require_GET
@requires("read")
def undecided_list(request):
    """Changes that a command, or a person without the right, left for somebody to decide."""
    return list_view(
        request,
        queryset=UndecidedChange.objects.waiting().for_list(),
        table_class=_table(UndecidedTable, request),
        title=_("Undecided changes"),
        **PAGE,
    )


@require_POST
@requires("read")
def decide(request, pk):
    """Do an undecided change, or leave the order as it is; for who may change such orders."""
    undecided = get_object_or_404(UndecidedChange.objects.for_list(), pk=pk)
    does = "does" in request.POST
    if not may_decide(request.user, undecided):
        raise PermissionDenied
    operations.decide(undecided=undecided, does=does, by=request.user, key=posted_key(request))
    say_done(request, _("Done as proposed.") if does else _("The order stays as it is."))
    return go(request, "linkage:undecided_list")
